//! Takes the article out of the blocks of a page: the body, and the parts that stand elsewhere.
use super::extract::Found;
use super::metadata::Metadata;
use super::parts::Part;
use crate::import::article::{Draft, Hints};
use crate::import::inline::char_len;
use crate::import::stamp::{date_in, stamp_line};
use crate::model::document::Role;

/// The blocks of the article in page order, and what else is known.
pub(super) fn select(mut found: Vec<Found>, metadata: Metadata) -> (Vec<Draft>, Hints) {
    check_parts(&mut found);
    open_layout_cells(&mut found);
    let body = body(&found);
    let headline = headline(&found, &metadata, body);
    let mut chosen: Vec<Option<Role>> =
        found.iter().map(|block| block.role.filter(|_| block.is_inside)).collect();
    let mut kept: Vec<bool> = found.iter().map(|block| block.is_inside).collect();
    let mut choose = |n: usize, role: Role| {
        if let (Some(chosen), Some(kept)) = (chosen.get_mut(n), kept.get_mut(n)) {
            *chosen = Some(role);
            *kept = true;
        }
    };
    for (part, role) in [
        (Part::Section, Role::SectionLabel),
        (Part::UpdatedAt, Role::UpdatedAt),
        (Part::Lede, Role::Lede),
        (Part::Byline, Role::Byline),
    ] {
        if let Some(n) = nearest(&found, part, body) {
            choose(n, role);
        }
    }
    for (n, _) in
        found.iter().enumerate().filter(|(_, block)| block.is_inside && block.part == Some(Part::Caption))
    {
        choose(n, Role::Caption);
    }
    if let Some(headline) = headline {
        choose(headline, Role::Headline);
        for (n, role) in companions(&found, headline, body) {
            choose(n, role);
        }
    }
    drop_crumbs(&found, &chosen, &mut kept);
    drop_repeated_lede(&found, &chosen, &mut kept);
    let hints = hints(&found, &chosen, metadata);
    let blocks = found.into_iter().zip(chosen).zip(kept).filter(|(_, kept)| *kept);
    let drafts = blocks.map(|((block, role), _)| Draft { role, text: block.text, marks: block.marks });
    (drafts.collect(), hints)
}

/// Forgets parts that cannot be: a time without a date, an author with a life story.
fn check_parts(found: &mut [Found]) {
    const LONGEST_STAMP: usize = 100;
    const LONGEST_BYLINE: usize = 100;
    const LONGEST_SECTION: usize = 60;
    const LONGEST_CAPTION: usize = 1000;
    for block in found {
        let is_within = |longest: usize| char_len(&block.text, longest + 1) <= longest;
        let can_be = match block.part {
            Some(Part::UpdatedAt) => {
                let has_date = stamp_line(&block.text).is_some() || date_in(&block.text).is_some();
                is_within(LONGEST_STAMP)
                    && (has_date || block.moment.as_deref().is_some_and(|at| date_in(at).is_some()))
            }
            Some(Part::Byline) => is_within(LONGEST_BYLINE),
            Some(Part::Section) => is_within(LONGEST_SECTION),
            Some(Part::Caption) => is_within(LONGEST_CAPTION),
            Some(Part::Headline | Part::Lede) | None => true,
        };
        if !can_be {
            block.part = None;
        }
    }
}

/// Old pages use tables for layout: a cell with running text or with many blocks is none of a table.
fn open_layout_cells(found: &mut [Found]) {
    const LONGEST: usize = 300;
    const MOST_BLOCKS: usize = 3;
    for cell in found.chunk_by_mut(|a, b| a.cell == b.cell) {
        let is_long = |block: &Found| char_len(&block.text, LONGEST + 1) > LONGEST;
        if cell.len() > MOST_BLOCKS || cell.iter().any(is_long) {
            let cells = cell.iter_mut().filter(|block| block.role == Some(Role::TableCell));
            cells.for_each(|block| block.role = None);
        }
    }
}

/// The first and the last block inside the element that holds the article.
fn body(found: &[Found]) -> (usize, usize) {
    let first = found.iter().position(|block| block.is_inside).unwrap_or(found.len());
    (first, found.iter().rposition(|block| block.is_inside).unwrap_or(found.len()))
}

/// The block that plays a part: the first one in the article, else the one closest above it.
/// An author may also stand below; a section is the last step of its trail.
fn nearest(found: &[Found], part: Part, (first, last): (usize, usize)) -> Option<usize> {
    let plays = |n: &usize| found.get(*n).is_some_and(|block| block.part == Some(part));
    let inside = |n: &usize| found.get(*n).is_some_and(|block| block.is_inside) && plays(n);
    let within = if part == Part::Section {
        let start = (0..found.len()).find(inside);
        start.map(|start| (start..found.len()).take_while(inside).last().unwrap_or(start))
    } else {
        (0..found.len()).find(inside)
    };
    let above = || (0..first.min(found.len())).rev().find(plays);
    let below = || (last.saturating_add(1)..found.len()).find(plays).filter(|_| part == Part::Byline);
    within.or_else(below).or_else(above)
}

/// The headline: what a class names or the metadata repeats, else a first-level heading; never the site's name.
fn headline(found: &[Found], metadata: &Metadata, (first, last): (usize, usize)) -> Option<usize> {
    const LONGEST: usize = 300;
    const NEAR: usize = 4;
    let weight = |n: usize, block: &Found| {
        let is_candidate = n <= last
            && char_len(&block.text, LONGEST + 1) <= LONGEST
            && !metadata.site.as_ref().is_some_and(|site| is_same(site, &block.text));
        let is_titled = || metadata.titles.iter().any(|title| is_title_of(title, &block.text));
        let is_heading = matches!(block.role, Some(Role::Heading(_)));
        let is_first_level =
            block.role == Some(Role::Heading(1)) && block.part.is_none_or(|part| part == Part::Headline);
        let is_right_above = is_heading && block.part.is_none() && n < first && n + NEAR >= first;
        let inside = u32::from(block.is_inside);
        if !is_candidate {
            0
        } else if block.part == Some(Part::Headline) {
            6 + inside
        } else if block.part.is_none() && (is_heading || n < first + NEAR) && is_titled() {
            4 + inside
        } else if is_first_level {
            2 + inside
        } else {
            u32::from(is_right_above)
        }
    };
    let mut best = None;
    let mut best_weight = 0;
    for (n, block) in found.iter().enumerate() {
        let weight = weight(n, block);
        // Above the article the closest one counts, inside it the first.
        if weight > best_weight || (weight == best_weight && weight > 0 && n < first) {
            (best, best_weight) = (Some(n), weight);
        }
    }
    best
}

/// A stamp beside a headline that stands above the body, and the section label above that stamp.
fn companions(found: &[Found], headline: usize, (first, _): (usize, usize)) -> Vec<(usize, Role)> {
    const LONGEST_LABEL: usize = 50;
    const FARTHEST: usize = 3;
    let is_stamp =
        |n: &usize| found.get(*n).is_some_and(|block| matches!(stamp_line(&block.text), Some(Some(_))));
    let has_stamp = found.iter().any(|block| block.part == Some(Part::UpdatedAt));
    if headline >= first || has_stamp {
        return Vec::new();
    }
    let above = headline.checked_sub(1).filter(is_stamp);
    let below = || (headline + 1..first.min(headline + 1 + FARTHEST)).find(is_stamp);
    let Some(stamp) = above.or_else(below) else { return Vec::new() };
    let label = stamp.min(headline).checked_sub(1).filter(|n| {
        let has_section = found.iter().any(|block| block.part == Some(Part::Section));
        let is_short = |block: &Found| char_len(&block.text, LONGEST_LABEL + 1) <= LONGEST_LABEL;
        above.is_some() && !has_section && found.get(*n).is_some_and(is_short)
    });
    let label = label.map(|label| (label, Role::SectionLabel));
    label.into_iter().chain([(stamp, Role::UpdatedAt)]).collect()
}

/// Whether a page title is this text, with or without the name of the site behind it.
fn is_title_of(title: &str, text: &str) -> bool {
    const SHORTEST: usize = 8;
    is_same(title, text)
        || (char_len(text, SHORTEST) >= SHORTEST
            && title
                .strip_prefix(text)
                .is_some_and(|rest| rest.trim_start().starts_with(['|', '-', '–', '—', '·'])))
}

fn is_same(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// The steps of a trail above the section are navigation.
fn drop_crumbs(found: &[Found], chosen: &[Option<Role>], kept: &mut [bool]) {
    let Some(section) = chosen.iter().position(|role| *role == Some(Role::SectionLabel)) else { return };
    for (n, block) in found.iter().enumerate() {
        if block.part == Some(Part::Section)
            && n != section
            && let Some(kept) = kept.get_mut(n)
        {
            *kept = false;
        }
    }
}

/// Many pages show the lede above the body and once more inside: one of them is enough.
fn drop_repeated_lede(found: &[Found], chosen: &[Option<Role>], kept: &mut [bool]) {
    const NEAR: usize = 6;
    let Some(at) = chosen.iter().position(|role| *role == Some(Role::Lede)) else { return };
    let Some(lede) = found.get(at) else { return };
    for (n, block) in found.iter().enumerate().skip(at + 1).filter(|(_, block)| block.is_inside).take(NEAR) {
        if is_same(without_source(&block.text), without_source(&lede.text))
            && let Some(kept) = kept.get_mut(n)
        {
            *kept = false;
        }
    }
}

/// The text without the agency in front: `(Chinhphu.vn) - `.
fn without_source(text: &str) -> &str {
    const LONGEST_BYTES: usize = 40;
    let after = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    after
        .filter(|(source, _)| source.len() <= LONGEST_BYTES)
        .map_or(text, |(_, rest)| rest.trim_start_matches([' ', '-', '–', '—', ':']))
}

fn hints(found: &[Found], chosen: &[Option<Role>], metadata: Metadata) -> Hints {
    let Metadata { titles, site, language, section, author, mut moments } = metadata;
    let stamp = chosen.iter().position(|role| *role == Some(Role::UpdatedAt)).and_then(|n| found.get(n));
    if let Some(moment) = stamp.and_then(|stamp| stamp.moment.clone()) {
        moments.insert(0, moment);
    }
    let is_author = |author: &String| {
        let is_site = site.as_ref().is_some_and(|site| is_same(site, author));
        !is_site && !author.contains("://") && char_len(author, 81) <= 80
    };
    Hints {
        title: titles.into_iter().next().map(|title| without_site(title, site.as_deref())),
        language,
        section,
        byline: author.filter(is_author),
        moments,
    }
}

/// The title without the name of the site behind it.
fn without_site(title: String, site: Option<&str>) -> String {
    let by_name = site.and_then(|site| title.strip_suffix(site));
    let by_bar = || title.rsplit_once(" | ").map(|(title, _)| title);
    let cut = by_name.or_else(by_bar).map(|cut| cut.trim_end_matches([' ', '|', '-', '–', '—', '·']));
    cut.filter(|cut| !cut.is_empty()).map_or(title.clone(), str::to_owned)
}
