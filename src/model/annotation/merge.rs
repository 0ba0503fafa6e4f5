//! Merging: what a change does to an annotation that has been changed elsewhere meanwhile, and what two copies of
//! an annotation make together.
//!
//! Each field is a last-writer-wins register under a hybrid logical clock, each tag an element of a
//! last-writer-wins set (Shapiro et al. 2011, "A comprehensive study of Convergent and Commutative Replicated Data
//! Types", sections 3.2 and 3.3). What the later writer had not seen is kept beside its value as a [`Rival`].
use super::{Annotation, Rival, RivalValue, Stamp, Version};
use crate::model::id::TagId;

/// What becomes of a change when it meets the annotation as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "it is matched where it is made")]
pub enum Settled {
    /// This is to be stored.
    Write(Annotation),
    /// It is so already.
    Nothing,
    /// A deletion of what the person had not seen: the annotation stays.
    Kept,
}

/// Applies the change from `before` to `after` to the annotation as it is `stored`.
///
/// Only the fields that the change touches are written. `stamp` must be later than that of `stored`. An edit brings
/// back what was deleted meanwhile; a deletion applies only to what the person saw.
pub fn settle(
    before: Option<&Annotation>,
    after: Option<&Annotation>,
    stored: Option<&Annotation>,
    stamp: &Stamp,
) -> Settled {
    let Some(after) = after else { return delete(before, stored, stamp) };
    let Some(stored) = stored else {
        let mut new = Annotation { stamp: stamp.clone(), deleted: None, ..after.clone() };
        if let Some(before) = before {
            set_versions(&mut new, before, after, stamp);
        }
        return Settled::Write(new);
    };
    // Without a `before` the person brings back what was deleted, just as it was.
    let base = before.unwrap_or(stored);
    let mut new = stored.clone();
    new.deleted = None;
    if !after.is_placed_like(base) {
        keep_rival(
            &mut new,
            // Between two revisions there is nothing to choose.
            stored.selectors != base.selectors
                && stored.selectors != after.selectors
                && stored.revision == after.revision,
            || Rival {
                value: RivalValue::Range(Box::new(stored.selectors.clone())),
                stamp: stored.stamp.clone(),
            },
        );
        new.place_like(after);
    }
    if after.note != base.note {
        keep_rival(
            &mut new,
            stored.note != base.note && stored.note != after.note && !stored.note.is_empty(),
            || Rival { value: RivalValue::Note(stored.note.clone()), stamp: stored.stamp.clone() },
        );
        new.note.clone_from(&after.note);
    }
    for tag in after.tags.iter().filter(|tag| !base.tags.contains(tag)) {
        if !new.tags.contains(tag) {
            new.tags.push(tag.clone());
        }
    }
    new.tags.retain(|tag| after.tags.contains(tag) || !base.tags.contains(tag));
    if new.tags.len() == after.tags.len() && new.tags.iter().all(|tag| after.tags.contains(tag)) {
        // What is taken back comes back to its place.
        new.tags.clone_from(&after.tags);
    }
    if after.rivals != base.rivals {
        new.rivals.clone_from(&after.rivals);
    }
    if new == *stored {
        return Settled::Nothing;
    }
    if stored.deleted.is_some() {
        new.versions.revived = Some(stamp.version());
    }
    let result = new.clone();
    set_versions(&mut new, stored, &result, stamp);
    new.stamp = stamp.clone();
    Settled::Write(new)
}

fn keep_rival(annotation: &mut Annotation, is_one: bool, rival: impl FnOnce() -> Rival) {
    if is_one {
        let rival = rival();
        annotation.rivals.retain(|known| known.value != rival.value);
        annotation.rivals.push(rival);
    }
}

fn delete(before: Option<&Annotation>, stored: Option<&Annotation>, stamp: &Stamp) -> Settled {
    match stored {
        None | Some(Annotation { deleted: Some(_), .. }) => Settled::Nothing,
        Some(stored) if before.is_none_or(|before| stored.reads_like(before)) => Settled::Write(Annotation {
            deleted: Some(stamp.version()),
            stamp: stamp.clone(),
            ..stored.clone()
        }),
        Some(_) => Settled::Kept,
    }
}

/// Gives the fields that differ between two states the version of a change.
fn set_versions(annotation: &mut Annotation, old: &Annotation, new: &Annotation, stamp: &Stamp) {
    let version = stamp.version();
    let versions = &mut annotation.versions;
    if !old.is_placed_like(new) {
        versions.range = Some(version.clone());
    }
    if old.note != new.note {
        versions.note = Some(version.clone());
    }
    if old.rivals != new.rivals {
        versions.rivals = Some(version.clone());
    }
    let is_in_one = |tag: &&TagId| old.tags.contains(tag) != new.tags.contains(tag);
    let changed: Vec<TagId> = old.tags.iter().chain(&new.tags).filter(is_in_one).cloned().collect();
    for tag in changed {
        versions.set_tag(&tag, version.clone());
    }
}

/// What two copies of one annotation make together: of each field the later value, of all tags those whose last
/// change gave them. Commutative and idempotent, so that it does not matter who merges with whom first.
pub fn merged(one: &Annotation, other: &Annotation) -> Annotation {
    let rank = |annotation: &Annotation| (annotation.stamp.version(), annotation.note.clone());
    let (late, early) = if rank(one) >= rank(other) { (one, other) } else { (other, one) };
    let mut result = late.clone();
    if early.versions.range > late.versions.range {
        result.place_like(early);
        result.versions.range.clone_from(&early.versions.range);
    }
    if early.versions.note > late.versions.note {
        result.note.clone_from(&early.note);
        result.versions.note.clone_from(&early.versions.note);
    }
    if early.versions.rivals > late.versions.rivals {
        result.rivals.clone_from(&early.rivals);
        result.versions.rivals.clone_from(&early.versions.rivals);
    }
    result.versions.revived = late.versions.revived.clone().max(early.versions.revived.clone());
    merge_tags(&mut result, early);
    // A deletion counts when nothing was changed after it.
    let deleted = late.deleted.clone().max(early.deleted.clone());
    let last_change = last_change(&result);
    result.deleted = deleted.filter(|deleted| Some(deleted) >= last_change.as_ref());
    result
}

fn merge_tags(result: &mut Annotation, early: &Annotation) {
    for (tag, version) in &early.versions.tags {
        if Some(version) <= result.versions.of_tag(tag) {
            continue;
        }
        result.versions.set_tag(tag, version.clone());
        result.tags.retain(|known| known != tag);
        if early.tags.contains(tag) {
            result.tags.push(tag.clone());
        }
    }
    for tag in &early.tags {
        if early.versions.of_tag(tag).is_none()
            && result.versions.of_tag(tag).is_none()
            && !result.tags.contains(tag)
        {
            result.tags.push(tag.clone());
        }
    }
    result.versions.tags.sort();
}

/// The latest version of any field, or of coming back.
fn last_change(annotation: &Annotation) -> Option<Version> {
    let Annotation { versions, .. } = annotation;
    let tags = versions.tags.iter().map(|(_, version)| version);
    versions
        .range
        .iter()
        .chain(&versions.note)
        .chain(&versions.rivals)
        .chain(&versions.revived)
        .chain(tags)
        .max()
        .cloned()
}
