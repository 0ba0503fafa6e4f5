//! Sessions in which passages are split, joined, extended and set anew; and the review of a new revision, below the
//! browser.
use concord::model::anchor::Outcome;
use concord::model::annotation::Annotation;
use concord::model::edit::Change;
use concord::model::id::AnnotationId;
use concord::model::review::{Finder, Texts, Verdict};
use concord::model::text::{CharOffset, Span};
use concord::state::{Action, Notice};

use crate::cases::document;
use crate::session::Session;

const TEXT: &str = "Hội Nông dân và Hội Phụ nữ xã An Thủy trồng chín trăm cây ở đồi tây.\nTrạm giống giữ sổ.";

fn quotes(s: &Session) -> Vec<String> {
    s.state.annotations.iter().map(|annotation| annotation.quote()).collect()
}

fn split(s: &mut Session, id: &AnnotationId, offset: CharOffset) {
    let (new, at) = (s.id(), s.at());
    s.act(Action::Split { annotation: id.clone(), offset, id: new, at });
}

#[test]
fn a_passage_is_split_where_the_caret_stands_and_both_halves_keep_the_tags() {
    let mut s = Session::reading(TEXT);
    let id = s.select("Hội Nông dân và Hội Phụ nữ").tag("lead");
    s.note(&id, "Hai hội", 10_000).settle();
    let cut = s.span("và Hội").start;
    split(&mut s, &id, cut);
    assert_eq!(quotes(&s), ["Hội Nông dân", "và Hội Phụ nữ"]);
    let notes: Vec<String> = s.state.annotations.iter().map(|it| it.note.clone()).collect();
    assert_eq!(notes, ["Hai hội", ""], "the note stays with the first half");
    assert!(s.state.annotations.iter().all(|it| it.tags == ["lead".into()]));
    s.settle().undo().settle();
    assert_eq!(quotes(&s), ["Hội Nông dân và Hội Phụ nữ"], "one step of undo");
    s.redo().settle();
    assert_eq!(quotes(&s).len(), 2);
}

#[test]
fn a_cut_that_leaves_nothing_on_one_side_changes_nothing() {
    let mut s = Session::reading(TEXT);
    let id = s.select("Hội Phụ nữ").tag("lead");
    for offset in [CharOffset(0), s.span("Hội Phụ nữ").start, s.span("xã An Thủy").end] {
        split(&mut s, &id, offset);
        assert_eq!(quotes(&s), ["Hội Phụ nữ"]);
        assert_eq!(s.state.notice.as_ref().map(|(_, notice)| notice), Some(&Notice::CutInside));
    }
}

#[test]
fn passages_that_touch_become_one_stretch_and_others_one_passage_of_two() {
    let mut s = Session::reading(TEXT);
    let first = s.select("Hội Nông dân").tag("lead");
    s.deselect().select("và Hội Phụ nữ").tag("lead");
    s.deselect().select("đồi tây").tag("lead");
    s.deselect().select("An Thủy").tag("place");
    s.settle();
    let at = s.at();
    s.act(Action::Join { annotation: first.clone(), at });
    assert_eq!(quotes(&s), ["Hội Nông dân và Hội Phụ nữ", "An Thủy", "đồi tây"]);
    let at = s.at();
    s.act(Action::Join { annotation: first.clone(), at });
    assert_eq!(
        quotes(&s),
        ["Hội Nông dân và Hội Phụ nữ … đồi tây", "An Thủy"],
        "what has another tag is left out"
    );
    assert_eq!(
        s.state.annotations.spans_of(&first),
        [s.span("Hội Nông dân và Hội Phụ nữ"), s.span("đồi tây")]
    );
    let at = s.at();
    s.act(Action::Join { annotation: first, at });
    assert_eq!(s.state.notice.as_ref().map(|(_, notice)| notice), Some(&Notice::NothingToJoin));
    s.settle().undo().undo().settle();
    assert_eq!(quotes(&s).len(), 4);
}

#[test]
fn a_selection_is_added_to_the_passage_in_focus() {
    let mut s = Session::reading(TEXT);
    let id = s.select("Hội Nông dân").tag("lead");
    s.deselect().act(Action::Focus(Some(id.clone()))).select("Trạm giống");
    let at = s.at();
    s.act(Action::Extend { at });
    assert_eq!(quotes(&s), ["Hội Nông dân … Trạm giống"]);
    assert_eq!(s.selected(), None);
    // Setting the second stretch anew leaves the first alone.
    s.select("Trạm giống").act(Action::StartRange(id.clone())).select("Trạm giống giữ sổ");
    let at = s.at();
    s.act(Action::ApplyRange { at }).settle();
    assert_eq!(quotes(&s), ["Hội Nông dân … Trạm giống giữ sổ"]);
    s.undo().undo().settle();
    assert_eq!(quotes(&s), ["Hội Nông dân"]);
}

const OLD: &str = "Sở Y tế chủ trì, phối hợp với Liên đoàn Lao động tỉnh khám sức khỏe cho công nhân các khu công nghiệp trước ngày 30/9/2026.\nBan Quản lý chợ kiểm tra bếp ăn tập thể.\nHội Nông dân tặng quà cho công nhân ở xa.";
const NEW: &str = "Hội Nông dân tặng quà cho công nhân ở xa.\nSở Y tế chủ trì, phối hợp với Liên đoàn Lao động tỉnh khám sức khỏe cho công nhân các khu công nghiệp chậm nhất ngày 31/10/2026.";

/// Passages of the old text, found in a session so that they are what the app makes.
fn marked(words: &[&str]) -> Vec<Annotation> {
    let mut s = Session::reading(OLD);
    for words in words {
        s.deselect().select(words).tag("lead");
    }
    s.state.annotations.iter().map(|annotation| (**annotation).clone()).collect()
}

fn texts() -> Texts {
    [(1, document(OLD)), (2, document(NEW))].into()
}

#[test]
fn what_reads_on_is_carried_over_and_the_rest_waits_in_the_queue() {
    let annotations =
        marked(&["Sở Y tế", "trước ngày 30/9/2026", "kiểm tra bếp ăn", "tặng quà cho công nhân"]);
    let texts = texts();
    let mut finder = Finder::new(&texts, 2).expect("the text is there");
    let carried = finder.carried_over(&annotations);
    let [Change::Annotation { after: Some(after), .. }] = carried.as_slice() else { panic!("{carried:?}") };
    assert_eq!((after.quote().as_str(), after.revision), ("Sở Y tế", 2));
    assert_eq!(texts[&2].slice(after.selectors.position), "Sở Y tế");

    let queue = finder.queue(&annotations[1..]);
    let shown: Vec<(Outcome, &str)> =
        queue.items.iter().map(|item| (item.outcome, item.quote.as_str())).collect();
    assert_eq!(
        shown,
        [
            (Outcome::Changed, "trước ngày 30/9/2026"),
            (Outcome::Lost, "kiểm tra bếp ăn"),
            (Outcome::Moved, "tặng quà cho công nhân"),
        ]
    );
    let changed = &queue.items[0];
    let marked = |pieces: &[concord::model::review::Piece]| -> String {
        pieces.iter().filter(|piece| piece.is_marked).map(|piece| piece.text.as_str()).collect()
    };
    assert_eq!(marked(&changed.offers[0].was), "trước ngày 30/9/2026");
    assert_eq!(marked(&changed.offers[0].is.pieces), "chậm nhất ngày 31/10/2026");
    let added: Vec<&str> = changed.offers[0]
        .is
        .pieces
        .iter()
        .filter(|piece| piece.is_changed)
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(added, ["chậm nhất ", "31", "10"]);
    let whole: String =
        queue.items[1].was.iter().flat_map(|was| &was.pieces).map(|it| it.text.as_str()).collect();
    assert_eq!(whole, "Ban Quản lý chợ kiểm tra bếp ăn tập thể.", "the old text stays readable");
}

#[test]
fn a_verdict_is_carried_out_as_it_was_given() {
    let annotations = marked(&["trước ngày 30/9/2026", "kiểm tra bếp ăn"]);
    let texts = texts();
    let mut finder = Finder::new(&texts, 2).expect("the text is there");
    let queue = finder.queue(&annotations);
    let after = |verdict: &Verdict, annotation: &Annotation| match finder.decided(annotation, verdict) {
        Some(Change::Annotation { after: Some(after), .. }) => Some((*after).clone()),
        _ => None,
    };
    let placed = after(&Verdict::Place(queue.items[0].offers[0].spans.clone()), &annotations[0])
        .expect("it is placed");
    assert_eq!(
        (placed.quote().as_str(), placed.revision, placed.kept),
        ("chậm nhất ngày 31/10/2026", 2, None)
    );
    let kept = after(&Verdict::Keep, &annotations[1]).expect("it is kept");
    assert_eq!((kept.quote().as_str(), kept.revision, kept.kept), ("kiểm tra bếp ăn", 1, Some(2)));
    assert!(!kept.waits_in(2) && kept.waits_in(3), "the next revision is asked about again");
    // A place that is none is refused.
    assert!(after(&Verdict::Place(vec![Span::new(0, 9_999)]), &annotations[0]).is_none());
    assert!(after(&Verdict::Place(vec![Span::new(4, 4)]), &annotations[0]).is_none());
    assert!(after(&Verdict::Place(Vec::new()), &annotations[0]).is_none());
    let queue = finder.queue(&[placed, kept]);
    assert_eq!((queue.items.len(), queue.placed, queue.kept), (0, 1, 1));
}

#[test]
fn a_passage_made_elsewhere_is_looked_for_by_its_words() {
    let mut foreign = marked(&["tặng quà cho công nhân"]).remove(0);
    foreign.revision = 0;
    foreign.selectors.position = Span::default();
    let texts = texts();
    let queue = Finder::new(&texts, 2).expect("the text is there").queue(&[foreign]);
    assert_eq!(queue.items[0].outcome, Outcome::Moved);
    assert!(queue.items[0].was.is_none());
    assert_eq!(texts[&2].slice(queue.items[0].offers[0].spans[0]), "tặng quà cho công nhân");
}
