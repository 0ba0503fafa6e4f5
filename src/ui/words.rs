//! Words for the closed sets of `state`: troubles, failures, notices, roles.
use super::messages::Messages;
use crate::import::{ImportError, MAX_BYTES};
use crate::model::codebook::{Codebook, Family};
use crate::model::document::Role;
use crate::model::edit::Deed;
use crate::model::id::TagId;
use crate::model::review::Bring;
use crate::state::{ImportFailure, Notice, Spoken, StorageTrouble};

/// The name of a tag in the language of the interface.
pub(super) fn tag_name(messages: Messages, codebook: &Codebook, id: &TagId) -> String {
    codebook.get(id).map_or_else(|| id.to_string(), |tag| tag.name.get(messages.0).to_owned())
}

pub(super) fn family(messages: Messages, family: Family) -> &'static str {
    match family {
        Family::Party => messages.family_party(),
        Family::Work => messages.family_work(),
        Family::Basis => messages.family_basis(),
        Family::Time => messages.family_time(),
        Family::Check => messages.family_check(),
    }
}

pub(super) fn role(messages: Messages, role: Role) -> &'static str {
    match role {
        Role::SectionLabel => messages.role_section_label(),
        Role::Headline => messages.role_headline(),
        Role::UpdatedAt => messages.role_updated_at(),
        Role::Lede => messages.role_lede(),
        Role::Heading(0..=2) => messages.role_heading_large(),
        Role::Heading(_) => messages.role_heading_small(),
        Role::Paragraph => messages.role_paragraph(),
        Role::ListItem => messages.role_list_item(),
        Role::Quote => messages.role_quote(),
        Role::Caption => messages.role_caption(),
        Role::TableCell => messages.role_table_cell(),
        Role::Code => messages.role_code(),
        Role::Byline => messages.role_byline(),
        Role::Note => messages.role_note(),
        Role::Chrome => messages.role_chrome(),
    }
}

pub(super) fn trouble(messages: Messages, trouble: StorageTrouble) -> &'static str {
    match trouble {
        StorageTrouble::Missing => messages.trouble_missing(),
        StorageTrouble::Refused => messages.trouble_refused(),
        StorageTrouble::Full => messages.trouble_full(),
        StorageTrouble::Newer => messages.trouble_newer(),
        StorageTrouble::Blocked => messages.trouble_blocked(),
        StorageTrouble::LostByBrowser => messages.trouble_lost(),
        StorageTrouble::Failed => messages.trouble_failed(),
    }
}

pub(super) fn failure(messages: Messages, failure: &ImportFailure) -> String {
    match failure {
        ImportFailure::Unreadable(error) => import_error(messages, error),
        ImportFailure::FileGone => messages.fail_file_gone().to_owned(),
        ImportFailure::Worker => messages.fail_worker().to_owned(),
        ImportFailure::SameText => messages.fail_same_text().to_owned(),
        ImportFailure::NoAnnotations => messages.fail_no_annotations().to_owned(),
        ImportFailure::Storage(cause) => trouble(messages, *cause).to_owned(),
    }
}

fn import_error(messages: Messages, error: &ImportError) -> String {
    let number = |n: u64| messages.number(u32::try_from(n).unwrap_or(u32::MAX));
    match error {
        ImportError::Empty => messages.fail_empty().to_owned(),
        ImportError::Binary => messages.fail_binary().to_owned(),
        ImportError::NotUnicode { at } => messages.fail_not_unicode(&number(*at)),
        ImportError::NoText => messages.fail_no_text().to_owned(),
        ImportError::UnknownFormat { extension } if extension.is_empty() => {
            messages.fail_no_extension().to_owned()
        }
        ImportError::UnknownFormat { extension } => messages.fail_unknown_format(extension),
        ImportError::TooLarge { bytes } => {
            messages.fail_too_large(&messages.bytes(MAX_BYTES as f64), &messages.bytes(*bytes as f64))
        }
        ImportError::LineTooLong { chars } => messages.fail_line_too_long(&number(*chars)),
    }
}

pub(super) fn deed(messages: Messages, codebook: &Codebook, deed: &Deed) -> String {
    match deed {
        Deed::Highlight => messages.did_highlight().to_owned(),
        Deed::GiveTag(tag) => messages.did_give_tag(&tag_name(messages, codebook, tag)),
        Deed::TakeTag(tag) => messages.did_take_tag(&tag_name(messages, codebook, tag)),
        Deed::Note => messages.did_note().to_owned(),
        Deed::Range => messages.did_range().to_owned(),
        Deed::Split => messages.did_split().to_owned(),
        Deed::Join => messages.did_join().to_owned(),
        Deed::Extend => messages.did_extend().to_owned(),
        Deed::Revise => messages.did_revise().to_owned(),
        Deed::Review => messages.did_review().to_owned(),
        Deed::TakeIn => messages.did_take_in().to_owned(),
        Deed::Delete => messages.did_delete().to_owned(),
        Deed::Rename => messages.did_rename().to_owned(),
        Deed::Relabel => messages.did_relabel().to_owned(),
        Deed::AddDocument => messages.did_add_document().to_owned(),
        Deed::RemoveDocument => messages.did_remove_document().to_owned(),
        Deed::Choose => messages.did_choose().to_owned(),
        Deed::Revert => messages.did_revert().to_owned(),
        Deed::Restore => messages.did_restore().to_owned(),
    }
}

pub(super) fn notice(messages: Messages, codebook: &Codebook, notice: &Notice) -> String {
    match notice {
        Notice::Done(done) => deed(messages, codebook, done),
        Notice::Undone(done, None) => messages.undone(&deed(messages, codebook, done)),
        Notice::Undone(done, Some(title)) => {
            messages.undone_elsewhere(&deed(messages, codebook, done), title)
        }
        Notice::Redone(done, None) => messages.redone(&deed(messages, codebook, done)),
        Notice::Redone(done, Some(title)) => {
            messages.redone_elsewhere(&deed(messages, codebook, done), title)
        }
        Notice::KeptChanged => messages.kept_changed().to_owned(),
        Notice::RemovedElsewhere => messages.removed_elsewhere().to_owned(),
        Notice::NothingToUndo => messages.nothing_to_undo().to_owned(),
        Notice::NothingToRedo => messages.nothing_to_redo().to_owned(),
        Notice::AlreadyTagged(tag) => messages.already_tagged(&tag_name(messages, codebook, tag)),
        Notice::SelectFirst => messages.select_first().to_owned(),
        Notice::NoSuchDocument => messages.no_such_document().to_owned(),
        Notice::DamagedDocument => messages.damaged_document().to_owned(),
        Notice::NoSuchAnnotation => messages.no_such_annotation().to_owned(),
        Notice::CutInside => messages.cut_inside().to_owned(),
        Notice::NothingToJoin => messages.nothing_to_join().to_owned(),
        Notice::SelectPlace => messages.select_place().to_owned(),
        Notice::Bringing => messages.bringing().to_owned(),
        Notice::Brought(Bring::Version, placed, waiting) => {
            messages.brought_version(&messages.number(*placed), &messages.number(*waiting))
        }
        Notice::Brought(Bring::Annotations, placed, waiting) => {
            messages.brought_annotations(&messages.number(*placed), &messages.number(*waiting))
        }
        Notice::NotBrought(cause) => failure(messages, cause),
        Notice::Copied => messages.copied().to_owned(),
        Notice::Exported(name) => messages.exported(name),
        Notice::ExportFailed => messages.export_failed().to_owned(),
    }
}

pub(super) fn spoken(messages: Messages, codebook: &Codebook, spoken: &Spoken) -> String {
    match spoken {
        Spoken::Marked(tag, overlaps) => {
            let marked = match tag {
                Some(tag) => messages.spoken_marked_tag(&tag_name(messages, codebook, tag)),
                None => messages.spoken_marked().to_owned(),
            };
            if *overlaps == 0 { marked } else { marked + &messages.spoken_overlaps(*overlaps) }
        }
        Spoken::Focused { tags, quote, layer, layers } => {
            let tags = match tags.as_slice() {
                [] => messages.untagged().to_owned(),
                tags => {
                    tags.iter().map(|tag| tag_name(messages, codebook, tag)).collect::<Vec<_>>().join(", ")
                }
            };
            let focused = messages.spoken_focused(quote, &tags);
            if *layers < 2 {
                focused
            } else {
                focused + &messages.spoken_layer(&messages.number(*layer), &messages.number(*layers))
            }
        }
        Spoken::Selected(quote) => messages.spoken_selected(quote),
        Spoken::Passed(words) => words.clone(),
        Spoken::CaretMode(true) => messages.spoken_caret_on().to_owned(),
        Spoken::CaretMode(false) => messages.spoken_caret_off().to_owned(),
    }
}
