//! Whole sessions, replayed: what people do, what the app shows and stores.
use std::collections::BTreeMap;
use std::rc::Rc;

use concord::import::ImportError;
use concord::model::codebook::TagStyle;
use concord::model::document::{Language, Role};
use concord::model::edit::{Change, Deed};
use concord::model::id::{AnnotationId, DocumentId};
use concord::model::text::{CharOffset, Span};
use concord::record::{Glance, Settings, Theme};
use concord::state::{
    Action, AppState, Effect, ImportFailure, JobState, Loaded, Notice, Phase, Planned, RawSelection, Route,
    SettingChange, Spoken, StorageTrouble,
};
use proptest::prelude::*;

use crate::session::{Session, Storage, head, loaded, plain};

/// Three paragraphs in which much can be marked.
const ARTICLE: &str = "Chiều 30/5, Đảng ủy Khối và Đảng đoàn Tổng LĐLĐ ký quy chế phối hợp.\n\
    Hai bên chủ trì hội nghị tại Hà Nội, đại diện các ban cùng dự.\n\
    Công đoàn các cấp thực hiện Nghị quyết 02-NQ/TW, đạt trên 97%.";
const OTHER: &str = "Sở Y tế chủ trì khám sức khỏe định kỳ.\nKinh phí do tỉnh cấp.";

fn reading() -> Session {
    Session::reading(ARTICLE)
}

#[track_caller]
fn check_passages(session: &Session, expected: &[&str]) {
    assert_eq!(session.passages(), expected);
}

fn is_commit(effect: &Effect) -> bool {
    matches!(effect, Effect::Commit { .. })
}

fn read(document: &DocumentId) -> Route {
    Route::Read { document: document.clone(), annotation: None }
}

// A whole session

#[test]
fn a_session_from_the_first_start_to_undo_and_back() {
    let mut s = Session::loading();
    assert_eq!(s.state.phase, Phase::Loading);
    s.run(Action::Loaded(Box::new(loaded())));
    assert_eq!(s.state.phase, Phase::Ready);
    assert!(s.state.library.entries.is_empty());

    let job = s.choose(ARTICLE);
    assert_eq!(s.effects, [Effect::Import(job)]);
    assert_eq!(s.job(job), Some(&JobState::Reading));
    s.answer();
    assert!(s.wished(|effect| matches!(effect, Effect::StoreDocument { .. })));
    assert_eq!(s.job(job), Some(&JobState::Storing));
    assert!(s.state.library.entries.is_empty(), "nothing is in the library before storage has it");
    s.answer();
    let document = s.state.library.entries.keys().next().cloned().expect("it is in the library");
    assert_eq!(s.effects, [Effect::KeepCopySoon, Effect::AskToPersist, Effect::Navigate(read(&document))]);
    assert!(s.state.imports.is_empty());
    s.answer();
    assert_eq!(s.effects, [Effect::Open(document.clone())]);
    s.answer();
    assert_eq!(s.document(), document);
    assert_eq!(s.state.library.entries[&document].glance.reads, 1);

    s.select("ảng ủy Kh");
    assert_eq!(s.selected().as_deref(), Some("Đảng ủy Khối"));
    let body = s.highlight();
    check_passages(&s, &["Đảng ủy Khối ||"]);
    assert_eq!(s.spoken(), Some(&Spoken::Marked(None, 0)));
    assert!(s.wished(is_commit));
    assert_eq!(s.unsaved(), 1);
    s.settle();
    assert_eq!(s.unsaved(), 0);

    assert_eq!(s.tag("lead"), body, "the same range is the same passage");
    assert!(s.wished(|effect| matches!(effect, Effect::SaveSettings(_))));
    check_passages(&s, &["Đảng ủy Khối |lead|"]);
    s.select("Đảng ủy Khối và Đảng đoàn Tổng LĐLĐ");
    let pair = s.highlight();
    assert_eq!(s.spoken(), Some(&Spoken::Marked(Some("lead".into()), 1)));
    check_passages(&s, &["Đảng ủy Khối và Đảng đoàn Tổng LĐLĐ |lead|", "Đảng ủy Khối |lead|"]);

    s.deselect();
    s.note(&pair, "H", 1000).note(&pair, "Ha", 300).note(&pair, "Hai bên ký", 300);
    check_passages(&s, &["Đảng ủy Khối và Đảng đoàn Tổng LĐLĐ |lead| Hai bên ký", "Đảng ủy Khối |lead|"]);
    s.settle();
    let end = s.annotations();
    assert_eq!(s.storage.living().count(), 2);

    s.undo();
    assert_eq!(s.notice(), Some(&Notice::Undone(Deed::Note, None)));
    check_passages(&s, &["Đảng ủy Khối và Đảng đoàn Tổng LĐLĐ |lead|", "Đảng ủy Khối |lead|"]);
    s.undo();
    check_passages(&s, &["Đảng ủy Khối |lead|"]);
    s.undo();
    check_passages(&s, &["Đảng ủy Khối ||"]);
    s.undo();
    check_passages(&s, &[]);
    s.settle();
    assert!(s.storage.living().next().is_none());
    s.redo().redo().redo().redo();
    assert_eq!(s.notice(), Some(&Notice::Redone(Deed::Note, None)));
    assert_eq!(s.annotations(), end);
    s.redo();
    assert_eq!(s.notice(), Some(&Notice::NothingToRedo));
    s.settle();
    assert_eq!(s.storage.living().count(), 2);

    s.delete(&body);
    assert_eq!(s.notice(), Some(&Notice::Done(Deed::Delete)));
    check_passages(&s, &["Đảng ủy Khối và Đảng đoàn Tổng LĐLĐ |lead| Hai bên ký"]);
    s.undo();
    assert_eq!(s.annotations(), end);
}

#[test]
fn nothing_can_be_taken_back_in_a_fresh_library() {
    let mut s = Session::ready();
    s.undo();
    assert_eq!(s.notice(), Some(&Notice::NothingToUndo));
    s.redo();
    assert_eq!(s.notice(), Some(&Notice::NothingToRedo));
    assert_eq!(s.unsaved(), 0);
}

#[test]
fn something_new_after_undo_forgets_what_was_taken_back() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    s.undo();
    s.select("Hai bên").tag("lead");
    s.redo();
    assert_eq!(s.notice(), Some(&Notice::NothingToRedo));
    check_passages(&s, &["Hai bên |lead|"]);
}

// Marking

#[test]
fn the_same_tag_twice_is_refused_with_a_notice() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    let done = s.state.history.done.len();
    s.tag("place");
    assert_eq!(s.notice(), Some(&Notice::AlreadyTagged("place".into())));
    assert_eq!(s.state.history.done.len(), done);
    check_passages(&s, &["Hà Nội |place|"]);
    s.deselect();
    s.tag("place");
    check_passages(&s, &["Hà Nội |place|"]);
}

#[test]
fn a_tag_without_anything_to_carry_it_asks_for_a_selection() {
    let mut s = reading();
    s.tag("lead");
    assert_eq!(s.notice(), Some(&Notice::SelectFirst));
    check_passages(&s, &[]);
    let (id, at) = (s.id(), s.at());
    s.act(Action::StartNote { id, at });
    assert_eq!(s.notice(), Some(&Notice::SelectFirst));
}

#[test]
fn an_unknown_tag_is_not_given() {
    let mut s = reading();
    s.select("Hà Nội").tag("nothing");
    check_passages(&s, &[]);
}

#[test]
fn with_nothing_selected_a_tag_goes_to_the_passage_in_focus() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    s.deselect();
    s.tag("gap");
    check_passages(&s, &["Hà Nội |place gap|"]);
    let id = s.state.view.focus.clone().expect("it stays in focus");
    let at = s.at();
    s.act(Action::TakeTag { annotation: id, tag: "place".into(), at });
    check_passages(&s, &["Hà Nội |gap|"]);
    s.undo();
    check_passages(&s, &["Hà Nội |place gap|"]);
}

#[test]
fn highlight_gives_the_last_tag() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    s.select("Hai bên").highlight();
    check_passages(&s, &["Hai bên |place|", "Hà Nội |place|"]);
    let (id, at) = (s.id(), s.at());
    s.select("97%").act(Action::MarkOnly { id, at });
    check_passages(&s, &["Hai bên |place|", "Hà Nội |place|", "97% ||"]);
}

#[test]
fn marking_what_is_marked_only_focuses_it() {
    let mut s = reading();
    let first = s.select("Hà Nội").tag("place");
    s.act(Action::Focus(None));
    let (id, at) = (s.id(), s.at());
    s.select("Hà Nội").act(Action::MarkOnly { id, at });
    assert_eq!(s.state.view.focus, Some(first));
    check_passages(&s, &["Hà Nội |place|"]);
}

#[test]
fn a_note_begins_with_a_mark_on_the_selection() {
    let mut s = reading();
    let (id, at) = (s.id(), s.at());
    s.select("Hà Nội").act(Action::StartNote { id: id.clone(), at });
    assert!(s.effects.contains(&Effect::FocusNote(id.clone())));
    check_passages(&s, &["Hà Nội ||"]);
    let (other, at) = (s.id(), s.at());
    s.act(Action::StartNote { id: other, at });
    assert!(s.effects.contains(&Effect::FocusNote(id)), "the passage on this range has its note already");
    check_passages(&s, &["Hà Nội ||"]);
}

#[test]
fn typing_without_a_pause_is_one_step_and_with_a_pause_two() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    s.note(&id, "m", 5000).note(&id, "mộ", 500).note(&id, "một", 2999);
    s.note(&id, "một h", 3000).note(&id, "một hai", 100);
    s.undo();
    check_passages(&s, &["Hà Nội |place| một"]);
    s.undo();
    check_passages(&s, &["Hà Nội |place|"]);
    s.redo().redo();
    check_passages(&s, &["Hà Nội |place| một hai"]);
}

#[test]
fn typing_in_two_notes_is_two_steps() {
    let mut s = reading();
    let one = s.select("Hà Nội").tag("place");
    let two = s.select("Hai bên").tag("lead");
    s.note(&one, "một", 100).note(&two, "hai", 100);
    s.undo();
    check_passages(&s, &["Hai bên |lead|", "Hà Nội |place| một"]);
}

#[test]
fn a_note_is_written_when_the_person_pauses() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    s.settle();
    s.note(&id, "m", 100);
    assert!(s.effects.contains(&Effect::CommitSoon) && !s.wished(is_commit));
    s.note(&id, "mộ", 100).note(&id, "một", 100);
    assert_eq!(s.unsaved(), 1, "typing on is the same unsaved edit");
    s.act(Action::Flush);
    let Some(Effect::Commit { steps, device, .. }) = s.effects.first() else { panic!("{:?}", s.effects) };
    assert_eq!((steps.len(), device.as_str()), (1, "here"));
    let [Change::Annotation { before: Some(before), after: Some(after) }] = steps[0].changes.as_slice()
    else {
        panic!("{steps:?}")
    };
    assert_eq!((before.note.as_str(), after.note.as_str()), ("", "một"));
}

#[test]
fn an_edit_that_changes_nothing_is_no_step() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    s.settle();
    let document = s.document();
    let title = s.state.library.entries[&document].head.title.clone();
    let role = s.state.open.as_ref().map_or(Role::Note, |open| open.document.blocks[0].role);
    let before = (s.state.history.clone(), s.unsaved());
    s.note(&id, "", 5000).relabel(0, role).rename(&document, &format!(" {title} ")).rename(&document, "  ");
    s.remove(&document, false).relabel(999, Role::Note).delete(&"nobody".into());
    let at = s.at();
    s.act(Action::TakeTag { annotation: id, tag: "lead".into(), at });
    assert_eq!((s.state.history.clone(), s.unsaved()), before);
    assert_ne!(s.notice(), Some(&Notice::Done(Deed::Relabel)));
}

#[test]
fn a_new_tag_is_made_and_given_in_one_step() {
    let mut s = reading();
    let (id, at) = (s.id(), s.at());
    s.select("97%").act(Action::CreateTag { tag: "own".into(), name: " Tiến độ ".into(), id, at });
    check_passages(&s, &["97% |own|"]);
    let made = s.state.codebook.get(&"own".into()).cloned().expect("the tag is known");
    assert_eq!(
        (made.name.vi.as_str(), made.name.en.as_str(), made.style),
        ("Tiến độ", "Tiến độ", TagStyle::Study)
    );
    assert_eq!(s.state.settings.last_tag, Some("own".into()));
    s.undo();
    check_passages(&s, &[]);
    assert_eq!(s.state.codebook.get(&"own".into()), None);
    s.select("Hà Nội").highlight();
    check_passages(&s, &["Hà Nội ||"]);
    s.undo();
    s.redo();
    s.settle();
    assert!(s.storage.tags.is_empty());
}

#[test]
fn a_new_tag_with_a_known_name_is_the_known_tag() {
    let mut s = reading();
    let (id, at) = (s.id(), s.at());
    s.select("97%").act(Action::CreateTag { tag: "own".into(), name: "chỉ TIÊU".into(), id, at });
    check_passages(&s, &["97% |measure|"]);
    let (id, at) = (s.id(), s.at());
    s.select("Hà Nội").act(Action::CreateTag { tag: "own".into(), name: "  ".into(), id, at });
    check_passages(&s, &["97% |measure|"]);
}

#[test]
fn every_change_says_who_made_it_where_and_when() {
    let mut s = reading();
    s.act(Action::Set(SettingChange::Author(" Lan ".into())));
    let id = s.select("Hà Nội").tag("place");
    let first = s.state.annotations.get(&id).expect("it is there").clone();
    assert_eq!((first.stamp.device.as_str(), first.stamp.author.as_deref()), ("here", Some("Lan")));
    assert_eq!((first.created, first.revision, &first.document), (first.stamp.modified, 1, &s.document()));
    s.note(&id, "một", 5000);
    let second = s.state.annotations.get(&id).expect("it is there").clone();
    assert_eq!(second.created, first.created);
    assert!(second.stamp.modified > first.stamp.modified && second.stamp.clock > first.stamp.clock);
    s.undo();
    let third = s.state.annotations.get(&id).expect("it is there").clone();
    assert!(third.stamp.clock > second.stamp.clock, "taking back is a later change, not an older one");
}

// Selecting and focusing

#[test]
fn growing_and_shrinking_returns_to_the_same_span() {
    let mut s = reading();
    s.select("Nội");
    let start = s.state.selected_span();
    for expected in [
        "Hà Nội",
        "Hai bên chủ trì hội nghị tại Hà Nội",
        "Hai bên chủ trì hội nghị tại Hà Nội, đại diện các ban cùng dự",
        "Hai bên chủ trì hội nghị tại Hà Nội, đại diện các ban cùng dự.",
    ] {
        s.act(Action::GrowSelection);
        assert_eq!(s.selected().as_deref(), Some(expected));
        assert_eq!(s.effects, [Effect::SelectInPage(s.state.selected_span().expect("it is selected"))]);
        assert_eq!(s.spoken(), Some(&Spoken::Selected(expected.to_owned())));
    }
    s.act(Action::GrowSelection);
    assert!(s.effects.is_empty(), "it grows no further");
    for _ in 0..4 {
        s.act(Action::ShrinkSelection);
    }
    assert_eq!(s.state.selected_span(), start);
    s.act(Action::ShrinkSelection);
    assert_eq!(s.state.selected_span(), start);
}

#[test]
fn a_selection_by_hand_forgets_what_was_grown() {
    let mut s = reading();
    s.select("Nội").act(Action::GrowSelection);
    s.select("Hai bên").act(Action::ShrinkSelection);
    assert_eq!(s.selected().as_deref(), Some("Hai bên"));
}

#[test]
fn the_page_saying_back_what_it_was_told_to_select_changes_nothing() {
    // `SelectInPage` makes the browser fire `selectionchange` with the very span; no Alt is held then.
    let echo = |s: &mut Session| {
        let span = s.state.selected_span().expect("something is selected");
        s.act(Action::SelectionChanged(Some(RawSelection { span, is_exact: false })));
    };
    let mut s = reading();
    s.select("Nội").act(Action::GrowSelection);
    echo(&mut s);
    s.act(Action::ShrinkSelection);
    assert_eq!(s.selected().as_deref(), Some("Nội"), "it can still be narrowed");

    let exact = s.span("ảng ủ");
    s.act(Action::SelectionChanged(Some(RawSelection { span: exact, is_exact: true })));
    let id = s.highlight();
    s.act(Action::StartRange(id));
    echo(&mut s);
    assert_eq!(s.selected().as_deref(), Some("ảng ủ"), "an exact range is not widened by editing it");
}

#[test]
fn with_alt_the_edges_stay_as_they_are() {
    let mut s = reading();
    let span = s.span("ảng ủ");
    s.act(Action::SelectionChanged(Some(RawSelection { span, is_exact: true })));
    assert_eq!(s.selected().as_deref(), Some("ảng ủ"));
    s.act(Action::SelectionChanged(Some(RawSelection { span: Span::new(11, 12), is_exact: true })));
    assert_eq!(s.selected(), None);
}

#[test]
fn escape_leaves_the_range_then_the_selection_then_the_focus() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    s.select("Hai bên");
    s.act(Action::Escape);
    assert_eq!(s.effects, [Effect::ClearPageSelection]);
    assert_eq!((s.selected(), s.state.view.focus.clone()), (None, Some(id.clone())));
    s.act(Action::Escape);
    assert_eq!(s.state.view.focus, None);
    s.act(Action::StartRange(id.clone()));
    assert_eq!(s.state.view.editing_range, Some(id.clone()));
    s.act(Action::Escape);
    assert_eq!((s.state.view.editing_range.clone(), s.state.view.focus.clone()), (None, Some(id)));
    s.act(Action::Escape).act(Action::Escape);
    assert_eq!(*s.state.view, concord::state::View::default());
}

#[test]
fn a_range_is_set_anew_in_one_step() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    let span = s.span("Hà Nội");
    s.act(Action::StartRange(id.clone()));
    assert_eq!(s.effects, [Effect::Reveal(span), Effect::SelectInPage(span)]);
    s.select("tại Hà Nội");
    let at = s.at();
    s.act(Action::ApplyRange { at });
    check_passages(&s, &["tại Hà Nội |place|"]);
    assert_eq!(s.notice(), Some(&Notice::Done(Deed::Range)));
    assert!(s.effects.contains(&Effect::ClearPageSelection));
    assert_eq!((s.selected(), s.state.view.editing_range.clone()), (None, None));
    s.undo();
    check_passages(&s, &["Hà Nội |place|"]);
    assert_eq!(s.state.annotations.span_of(&id), Some(span));
}

#[test]
fn keeping_a_range_as_it_is_is_no_edit() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    let done = s.state.history.done.len();
    s.act(Action::StartRange(id));
    let at = s.at();
    s.act(Action::ApplyRange { at });
    assert_eq!(s.state.history.done.len(), done);
    assert_ne!(s.notice(), Some(&Notice::Done(Deed::Range)), "nothing was done that could be taken back");
}

#[test]
fn clicking_again_goes_through_the_layers() {
    let mut s = reading();
    let long = s.select("Hai bên chủ trì hội nghị tại Hà Nội").tag("task");
    let middle = s.select("tại Hà Nội").tag("gap");
    let short = s.select("Hà Nội").tag("place");
    s.deselect().act(Action::Focus(None));
    let at = s.span("Nội").start;
    for (expected, layer) in [(&short, 1), (&middle, 2), (&long, 3), (&short, 1)] {
        s.act(Action::FocusLayerAt(at));
        assert_eq!(s.state.view.focus.as_ref(), Some(expected));
        let Some(Spoken::Focused { layer: said, layers, .. }) = s.spoken() else {
            panic!("{:?}", s.spoken())
        };
        assert_eq!((*said, *layers), (layer, 3), "what is said is which of the layers at this place");
    }
    s.act(Action::FocusLayerAt(s.span("Chiều").start));
    assert_eq!(s.state.view.focus, None);
}

#[test]
fn the_neighbours_of_a_passage_are_those_in_the_text() {
    let mut s = reading();
    let second = s.select("Hà Nội").tag("place");
    let third = s.select("97%").tag("measure");
    let first = s.select("Đảng ủy Khối").tag("lead");
    s.deselect().act(Action::Focus(None));
    let mut go = |forward, from: &str| {
        let from = s.span(from).start;
        s.act(Action::FocusNeighbour { forward, from });
        s.state.view.focus.clone()
    };
    assert_eq!(go(true, "Hai bên"), Some(second.clone()));
    assert_eq!(go(true, "Chiều"), Some(third.clone()));
    assert_eq!(go(true, "Chiều"), Some(third.clone()), "there is none after the last");
    assert_eq!(go(false, "Chiều"), Some(second.clone()));
    assert_eq!(go(false, "Chiều"), Some(first.clone()));
    assert_eq!(go(false, "Chiều"), Some(first.clone()));
    s.act(Action::Focus(None));
    let from = s.span("97%").start;
    s.act(Action::FocusNeighbour { forward: false, from });
    assert_eq!(s.state.view.focus, Some(second));
    s.act(Action::Focus(None)).act(Action::FocusNeighbour { forward: false, from: CharOffset(0) });
    assert_eq!(s.state.view.focus, None);
}

#[test]
fn hidden_tags_are_a_matter_of_the_view() {
    let mut s = reading();
    s.act(Action::ToggleTag("lead".into()))
        .act(Action::ToggleTag("due".into()))
        .act(Action::ToggleTag("lead".into()));
    assert_eq!(s.state.view.hidden.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(), ["due"]);
    assert_eq!(s.unsaved(), 0);
}

// Documents

#[test]
fn the_same_text_twice_asks_and_keeps_both_on_request() {
    let mut s = reading();
    let first = s.document();
    let job = s.import(ARTICLE);
    assert_eq!(s.state.library.entries.len(), 1);
    let Some(JobState::Asks { twin, .. }) = s.job(job) else { panic!("{:?}", s.job(job)) };
    assert_eq!(*twin, first);
    s.run(Action::KeepBoth(job));
    assert_eq!(s.state.library.entries.len(), 2);
    assert_ne!(s.document(), first);
    s.run(Action::KeepBoth(job));
    assert_eq!(s.state.library.entries.len(), 2);
}

#[test]
fn the_same_text_twice_at_once_asks_too() {
    let mut s = Session::ready();
    s.choose(ARTICLE);
    let two = s.choose(ARTICLE);
    s.answer();
    // Storage is slower than the helper thread: the second is read before the first is stored.
    s.pending.rotate_left(1);
    s.settle();
    assert!(matches!(s.job(two), Some(JobState::Asks { .. })));
    assert_eq!(s.state.library.entries.len(), 1);
}

#[test]
fn a_text_that_was_removed_may_come_again() {
    let mut s = reading();
    let first = s.document();
    s.remove(&first, true).settle();
    s.import(ARTICLE);
    assert_eq!(s.state.library.in_order().len(), 1);
    assert_ne!(s.document(), first);
}

#[test]
fn files_are_read_one_after_the_other() {
    let mut s = Session::ready();
    let one = s.choose(ARTICLE);
    let two = s.choose(OTHER);
    assert_eq!((s.job(one), s.job(two)), (Some(&JobState::Reading), Some(&JobState::Waiting)));
    s.answer();
    assert_eq!((s.job(one), s.job(two)), (Some(&JobState::Storing), Some(&JobState::Waiting)));
    s.settle();
    assert_eq!(s.state.library.entries.len(), 2);
    assert_eq!(s.state.route, Route::Library, "nobody is sent away from a list of several");
    assert!(matches!(s.job(two), Some(JobState::Done(_))));
    s.choose(ARTICLE);
    assert_eq!(s.state.imports.len(), 1, "lines of imports that are over go with the next");
}

#[test]
fn a_failed_import_changes_nothing_and_can_be_tried_again() {
    let mut s = Session::ready();
    let job = s.choose(ARTICLE);
    s.pending.clear();
    let failure = ImportFailure::Unreadable(ImportError::Binary);
    s.act(Action::Parsed { job, result: Err(failure.clone()) });
    assert_eq!(s.job(job), Some(&JobState::Failed(failure)));
    assert!(s.state.library.entries.is_empty());
    s.act(Action::RetryJob(job));
    assert_eq!(s.effects, [Effect::Import(job)]);
    s.settle();
    assert_eq!(s.state.library.entries.len(), 1);
}

#[test]
fn trying_again_twice_reads_the_file_once() {
    let mut s = Session::ready();
    let job = s.choose(ARTICLE);
    s.pending.clear();
    s.act(Action::Parsed { job, result: Err(ImportFailure::Worker) });
    s.act(Action::RetryJob(job)).act(Action::RetryJob(job));
    assert!(s.effects.is_empty());
    s.settle();
    assert_eq!(s.state.library.entries.len(), 1);
}

#[test]
fn a_document_that_could_not_be_stored_is_not_in_the_library() {
    let mut s = Session::ready();
    let job = s.choose(ARTICLE);
    s.answer();
    s.pending.clear();
    s.act(Action::Stored { job, result: Err(StorageTrouble::Full) });
    assert_eq!(s.job(job), Some(&JobState::Failed(ImportFailure::Storage(StorageTrouble::Full))));
    assert!(s.state.library.entries.is_empty());
    assert!(s.state.history.done.is_empty());
}

#[test]
fn the_answer_to_a_dropped_import_is_dropped() {
    let mut s = Session::ready();
    let one = s.choose(ARTICLE);
    let two = s.choose(OTHER);
    s.act(Action::DropJob(one));
    assert_eq!(s.effects, [Effect::StopImport { job: one, is_being_read: true }, Effect::Import(two)]);
    let new = s.imported(ARTICLE);
    s.act(Action::Parsed { job: one, result: Ok(new) });
    assert_eq!(s.effects, []);
    s.pending.retain(|effect| *effect != Effect::Import(one));
    s.settle();
    assert_eq!(s.state.library.entries.len(), 1);
}

#[test]
fn clearing_the_line_of_a_waiting_import_stops_nobody_else() {
    let mut s = Session::ready();
    s.choose(ARTICLE);
    let two = s.choose(OTHER);
    s.act(Action::DropJob(two));
    assert_eq!(s.effects, [Effect::StopImport { job: two, is_being_read: false }]);
}

#[test]
fn the_answer_for_a_document_that_was_left_is_dropped() {
    let mut s = reading();
    let first = s.document();
    s.import(OTHER);
    let second = s.document();
    s.go(read(&first)).go(Route::Library);
    s.settle();
    assert_eq!(s.state.open, None);
    s.go(read(&first)).go(read(&second)).settle();
    assert_eq!(s.document(), second);
    let before = s.state.clone();
    let found = Some((Rc::new(s.storage.documents[&first].clone()), Vec::new()));
    let at = s.at();
    s.act(Action::Opened { id: first, found, quarantined: 3, at });
    assert_eq!((&s.state, s.effects.is_empty()), (&before, true));
}

#[test]
fn an_address_without_a_document_leads_to_the_library() {
    let mut s = Session::ready();
    s.open(&"nobody".into());
    assert_eq!(s.notice(), Some(&Notice::NoSuchDocument));
    assert_eq!(s.state.route, Route::Library);
}

#[test]
fn an_address_may_name_an_annotation() {
    let mut s = reading();
    let document = s.document();
    let id = s.select("Hà Nội").tag("place");
    s.settle().go(Route::Library);
    let route = Route::Read { document: document.clone(), annotation: Some(id.clone()) };
    s.go(route).answer();
    assert_eq!(s.state.view.focus, Some(id));
    assert!(s.effects.contains(&Effect::Reveal(s.span("Hà Nội"))));
    s.go(Route::Read { document, annotation: Some("nobody".into()) });
    assert_eq!(s.notice(), Some(&Notice::NoSuchAnnotation));
}

#[test]
fn an_address_given_at_the_start_is_opened_once_the_data_are_there() {
    let mut old = reading();
    let document = old.document();
    old.settle();
    let mut s = Session::loading();
    s.storage = old.storage.clone();
    s.go(read(&document));
    assert!(s.effects.is_empty() && s.state.open.is_none());
    let glances = [(document.clone(), Glance { block: 2, ..Glance::default() })].into();
    let heads = vec![head(&s.storage.documents[&document])];
    s.act(Action::Loaded(Box::new(Loaded { heads, glances, quarantined: 2, ..loaded() })));
    assert_eq!(s.effects, [Effect::Open(document.clone()), Effect::Recall(0)]);
    s.settle();
    assert_eq!(s.document(), document);
    assert_eq!(s.state.open.as_ref().map(|open| open.first_block), Some(2));
    assert_eq!(s.state.quarantined, 2);
}

#[test]
fn where_one_reads_is_kept_and_progress_never_goes_back() {
    let mut s = reading();
    let document = s.document();
    let mut read_to = |block, permille| {
        s.act(Action::ReadTo { document: document.clone(), block, permille });
        let glance = &s.state.library.entries[&document].glance;
        (glance.block, glance.read_permille, s.effects.len())
    };
    assert_eq!(read_to(2, 700), (2, 700, 1));
    assert_eq!(read_to(1, 300), (1, 700, 1));
    assert_eq!(read_to(1, 300), (1, 700, 0));
    assert_eq!(read_to(0, 9000), (0, 1000, 1));
}

#[test]
fn relabelling_moves_no_offset() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    let (text, annotations) = (s.text(), s.annotations());
    s.relabel(0, Role::Headline);
    assert_eq!(s.notice(), Some(&Notice::Done(Deed::Relabel)));
    let role = |s: &Session| s.state.open.as_ref().map(|open| open.document.blocks[0].role);
    assert_eq!(role(&s), Some(Role::Headline));
    assert!(Rc::ptr_eq(&text, &s.text()), "the text is not even made anew");
    assert_eq!(s.annotations(), annotations);
    s.undo();
    assert_ne!(role(&s), Some(Role::Headline));
    s.redo().settle();
    assert_eq!(s.storage.documents[&s.document()].blocks[0].role, Role::Headline);
}

#[test]
fn a_document_is_renamed_everywhere() {
    let mut s = reading();
    let document = s.document();
    let old = s.state.library.entries[&document].head.title.clone();
    s.rename(&document, "  Quy chế mới ").settle();
    let titles = |s: &Session| {
        let shown = s.state.open.as_ref().map(|open| open.document.title.clone()).unwrap_or_default();
        [
            s.state.library.entries[&document].head.title.clone(),
            shown,
            s.storage.documents[&document].title.clone(),
        ]
    };
    assert_eq!(titles(&s), ["Quy chế mới"; 3]);
    s.undo().settle();
    assert_eq!(titles(&s), [old.as_str(); 3]);
}

#[test]
fn a_removed_document_can_be_put_back_with_all_its_passages() {
    let mut s = reading();
    let document = s.document();
    s.select("Hà Nội").tag("place");
    s.settle();
    s.remove(&document, true);
    assert_eq!(s.notice(), Some(&Notice::Done(Deed::RemoveDocument)));
    assert!(s.effects.contains(&Effect::Navigate(Route::Library)));
    s.settle();
    assert!(s.state.library.in_order().is_empty());
    assert_eq!(s.state.library.removed().count(), 1);
    s.remove(&document, false).settle();
    assert_eq!(s.state.library.in_order().len(), 1);
    s.open(&document);
    check_passages(&s, &["Hà Nội |place|"]);
    s.undo().settle();
    assert!(s.state.library.in_order().is_empty());
    s.undo().settle();
    assert_eq!(s.state.library.in_order().len(), 1);
}

#[test]
fn an_import_can_be_taken_back() {
    let mut s = reading();
    s.undo();
    assert_eq!(s.notice(), Some(&Notice::Undone(Deed::AddDocument, None)));
    s.settle();
    assert_eq!((s.state.library.in_order().len(), &s.state.route), (0, &Route::Library));
    s.redo().settle();
    assert_eq!(s.state.library.in_order().len(), 1);
}

#[test]
fn an_edit_in_another_document_is_taken_back_and_named() {
    let mut s = reading();
    let first = s.document();
    s.select("Hà Nội").tag("place");
    s.settle();
    let title = s.state.library.entries[&first].head.title.clone();
    s.import(OTHER);
    s.undo().settle();
    s.undo();
    assert_eq!(s.notice(), Some(&Notice::Undone(Deed::Highlight, Some(title))));
    assert_eq!(s.state.library.entries[&first].glance.annotations, 0);
    s.settle().open(&first);
    check_passages(&s, &[]);
    s.redo();
    check_passages(&s, &["Hà Nội |place|"]);
}

#[test]
fn the_library_shows_the_last_used_document_first() {
    let mut s = reading();
    let first = s.document();
    s.import(OTHER);
    let second = s.document();
    let order = |s: &Session| {
        s.state.library.in_order().iter().map(|entry| entry.head.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order(&s), [second.clone(), first.clone()]);
    s.open(&first);
    assert_eq!(order(&s), [first.clone(), second]);
    assert_eq!(s.state.library.entries[&first].glance.reads, 2);
}

#[test]
fn a_glance_shows_where_the_marks_are() {
    let mut s = reading();
    let document = s.document();
    s.select("Chiều").tag("due");
    s.select("97%").highlight();
    let glance = &s.state.library.entries[&document].glance;
    assert_eq!(glance.annotations, 2);
    assert_eq!(glance.strip[0].style, TagStyle::Due);
    assert!(glance.strip[0].start == 0 && glance.strip[1].end > 950 && glance.strip[1].end <= 1000);
    assert!(
        s.effects.iter().any(
            |effect| matches!(effect, Effect::SaveGlance(id, saved) if *id == document && saved == glance)
        )
    );
}

// Saving

#[test]
fn an_edit_counts_as_unsaved_until_storage_acknowledges_it() {
    let mut s = reading();
    assert_eq!(s.unsaved(), 0);
    s.select("Hà Nội").tag("place");
    s.act(Action::Flush);
    assert_eq!((s.unsaved(), s.commits()), (1, vec![1]), "what is in flight is not sent twice");
    assert!(s.storage.living().next().is_none());
    s.settle();
    assert_eq!((s.unsaved(), s.storage.living().count()), (0, 1));
}

#[test]
fn edits_made_during_a_write_survive_its_acknowledgement() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    s.select("Hai bên").tag("lead");
    s.select("97%").tag("measure");
    assert_eq!((s.unsaved(), s.commits()), (3, vec![1]));
    s.answer();
    assert_eq!((s.unsaved(), s.storage.living().count()), (2, 1));
    assert!(s.effects.contains(&Effect::CommitSoon));
    s.answer();
    assert_eq!(s.commits(), [2]);
    s.settle();
    assert_eq!((s.unsaved(), s.storage.living().count()), (0, 3));
}

#[test]
fn a_note_typed_during_a_write_is_not_joined_to_what_is_in_flight() {
    let mut s = reading();
    let id = s.select("Hà Nội").tag("place");
    s.settle();
    s.note(&id, "m", 100).act(Action::Flush);
    s.note(&id, "mộ", 100).note(&id, "một", 100);
    assert_eq!((s.unsaved(), s.commits()), (2, vec![1]));
    s.settle();
    assert_eq!((s.unsaved(), s.storage.annotations[&id].note.as_str()), (0, "một"));
}

#[test]
fn a_refused_write_stays_queued_and_is_tried_again() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    s.refuse(StorageTrouble::Full);
    assert_eq!(s.effects, [Effect::RetryLater]);
    assert_eq!((s.unsaved(), s.state.saving.trouble), (1, Some(StorageTrouble::Full)));
    s.pending.clear();
    s.select("Hai bên").tag("lead");
    assert_eq!(s.commits(), [2], "the next edit takes the refused one along, in order");
    s.refuse(StorageTrouble::Failed);
    s.pending.clear();
    assert_eq!(s.unsaved(), 2);
    s.act(Action::Flush).settle();
    assert_eq!((s.unsaved(), s.state.saving.trouble, s.storage.living().count()), (0, None, 2));
}

#[test]
fn undo_of_a_refused_edit_is_written_after_it() {
    let mut s = reading();
    s.select("Hà Nội").tag("place");
    s.refuse(StorageTrouble::Failed);
    s.undo();
    assert_eq!(s.unsaved(), 2);
    s.settle();
    assert_eq!((s.unsaved(), s.storage.living().count()), (0, 0));
}

#[test]
fn without_storage_edits_stay_unsaved_and_nothing_is_retried() {
    let mut s = Session::loading();
    let trouble = Some(StorageTrouble::Refused);
    s.run(Action::Loaded(Box::new(Loaded { trouble, ..loaded() })));
    assert_eq!(s.state.phase, Phase::MemoryOnly(StorageTrouble::Refused));
    s.import(ARTICLE);
    s.select("Hà Nội").tag("place");
    assert_eq!((s.unsaved(), s.state.saving.trouble), (1, trouble));
    s.refuse(StorageTrouble::Refused);
    assert!(s.effects.is_empty());
    check_passages(&s, &["Hà Nội |place|"]);
    assert_eq!((s.unsaved(), s.state.saving.trouble), (1, trouble));
}

#[test]
fn unsaved_passages_are_there_when_their_document_is_opened_again() {
    let mut s = reading();
    let document = s.document();
    let kept = s.select("Hà Nội").tag("place");
    let gone = s.select("Hai bên").tag("lead");
    s.settle();
    s.select("97%").tag("measure");
    s.refuse(StorageTrouble::Failed);
    s.pending.clear();
    s.note(&kept, "một", 100).delete(&gone);
    s.refuse(StorageTrouble::Failed);
    s.pending.clear();
    let shown = s.annotations();
    s.open(&document);
    s.go(Route::Library);
    s.go(read(&document)).answer();
    assert_eq!(s.annotations(), shown);
    assert_eq!(s.storage.living().count(), 2);
}

#[test]
fn an_unsaved_title_and_role_are_there_when_their_document_is_opened_again() {
    let mut s = reading();
    let document = s.document();
    s.relabel(0, Role::Headline);
    s.refuse(StorageTrouble::Failed);
    s.pending.clear();
    s.go(Route::Library);
    s.go(read(&document)).answer();
    assert_eq!(s.state.open.as_ref().map(|open| open.document.blocks[0].role), Some(Role::Headline));
    s.rename(&document, "Tên mới");
    s.refuse(StorageTrouble::Failed);
    s.pending.clear();
    s.go(Route::Library);
    s.go(read(&document)).answer();
    assert_eq!(s.state.open.as_ref().map(|open| open.document.title.as_str()), Some("Tên mới"));
}

#[test]
fn the_browser_is_asked_once_to_keep_the_data() {
    let mut s = Session::ready();
    let mut asked = 0;
    let mut step =
        |s: &mut Session| asked += s.effects.iter().filter(|effect| **effect == Effect::AskToPersist).count();
    s.choose(ARTICLE);
    while s.answer() {
        step(&mut s);
    }
    s.select("Hà Nội").tag("place");
    while s.answer() {
        step(&mut s);
    }
    assert_eq!(asked, 1);
}

// Settings, routes, messages

#[test]
fn settings_are_kept_within_their_bounds_and_saved() {
    let mut s = Session::ready();
    let mut set = |change| {
        s.act(Action::Set(change));
        assert_eq!(s.effects, [Effect::SaveSettings(s.state.settings.clone())]);
        (*s.state.settings).clone()
    };
    assert_eq!(set(SettingChange::Theme(Theme::Sepia)).theme, Theme::Sepia);
    assert_eq!(set(SettingChange::TypeSize(3)).type_size, 16);
    assert_eq!(set(SettingChange::TypeSize(200)).type_size, 26);
    assert_eq!(set(SettingChange::LineHeight(10)).line_height, 160);
    assert_eq!(set(SettingChange::LineHeight(255)).line_height, 200);
    assert_eq!(set(SettingChange::Author("  ".into())).author, None);
    assert_eq!(set(SettingChange::Author(" Lan ".into())).author.as_deref(), Some("Lan"));
    assert!(set(SettingChange::LinesOnly(true)).lines_only);
    assert!(set(SettingChange::ShelfHidden(true)).shelf_hidden);
    let last = set(SettingChange::LetterKeys(false));
    assert_eq!((last.letter_keys, last.theme, last.line_height), (false, Theme::Sepia, 200));
}

#[test]
fn the_language_is_the_addresss_then_the_chosen_then_the_browsers() {
    let mut s = Session::ready();
    assert_eq!(s.state.language(), Language::Vi);
    s.state.browser_language = Language::En;
    assert_eq!(s.state.language(), Language::En);
    s.state.address_language = Some(Language::Vi);
    assert_eq!(s.state.language(), Language::Vi);
    s.act(Action::Set(SettingChange::Language(Language::En)));
    assert_eq!(
        s.state.language(),
        Language::En,
        "what is chosen now counts more than the address of the start"
    );
    s.state.browser_language = Language::Vi;
    assert_eq!(s.state.language(), Language::En);
}

#[test]
fn settings_are_read_at_the_start() {
    let mut s = Session::loading();
    let settings = Settings { theme: Theme::Dark, language: Some(Language::En), ..Settings::default() };
    s.act(Action::Loaded(Box::new(Loaded { settings: settings.clone(), ..loaded() })));
    assert_eq!(*s.state.settings, settings);
}

#[track_caller]
fn check_route(hash: &str, expected: Route, href: &str) {
    let route = Route::parse(hash);
    assert_eq!(route, expected);
    assert_eq!(route.href(), href);
    assert_eq!(Route::parse(&route.href()), route);
}

#[test]
fn addresses_are_read_and_written() {
    let reading = |annotation: Option<&str>| Route::Read {
        document: "d1".into(),
        annotation: annotation.map(AnnotationId::from),
    };
    for hash in ["", "#", "#/", "/", "#/nonsense", "#/read", "#/settings/x"] {
        check_route(hash, Route::Library, "#/");
    }
    check_route("#/read/d1", reading(None), "#/read/d1");
    check_route("#/read/d1/", reading(None), "#/read/d1");
    check_route("#/read/d1?annotation=a1", reading(Some("a1")), "#/read/d1?annotation=a1");
    check_route("#/read/d1?x=1&annotation=a1&y", reading(Some("a1")), "#/read/d1?annotation=a1");
    check_route("#/read/d1?annotation=", reading(None), "#/read/d1");
    check_route("#/settings", Route::Settings, "#/settings");
    check_route("#/tasks", Route::Planned(Planned::Tasks), "#/tasks");
    check_route("#/matrix", Route::Planned(Planned::Matrix), "#/matrix");
    check_route("#/search?q=quy%20chế", Route::Planned(Planned::Search), "#/search");
    check_route("#/study", Route::Planned(Planned::Study), "#/study");
    check_route("#/review", Route::Review(None), "#/review");
    check_route("#/review/d1", Route::Review(Some("d1".into())), "#/review/d1");
}

#[test]
fn a_message_goes_only_when_it_is_the_one_that_was_read() {
    let mut s = Session::ready();
    s.act(Action::Tell(Notice::Copied));
    let first = s.state.notice.clone().expect("it is shown").0;
    s.act(Action::Tell(Notice::Copied));
    s.act(Action::DismissNotice(first));
    assert_eq!(s.notice(), Some(&Notice::Copied));
    s.act(Action::DismissNotice(first + 1));
    assert_eq!(s.notice(), None);
}

#[test]
fn a_waiting_version_is_started_on_request() {
    let mut s = Session::ready();
    s.act(Action::UpdateWaits);
    assert!(s.state.update_waits);
    s.act(Action::ApplyUpdate);
    assert_eq!(s.effects, [Effect::ActivateUpdate]);
}

#[test]
fn an_export_takes_the_annotations_in_text_order() {
    let mut s = Session::ready();
    s.act(Action::ExportWebAnnotation);
    assert!(s.effects.is_empty());
    s.import(ARTICLE);
    s.select("97%").tag("measure");
    s.select("Chiều").tag("due");
    s.act(Action::ExportWebAnnotation);
    let [Effect::ExportWebAnnotation { document, annotations }] = s.effects.as_slice() else {
        panic!("{:?}", s.effects)
    };
    assert_eq!(document.id, s.document());
    assert_eq!(annotations.iter().map(|a| a.quote()).collect::<Vec<_>>(), ["Chiều", "97%"]);
}

#[test]
fn no_action_harms_an_app_that_is_still_loading() {
    let mut s = Session::loading();
    let start = s.state.clone();
    let (id, at) = (s.id(), s.at());
    for action in [
        Action::GrowSelection,
        Action::ShrinkSelection,
        Action::Escape,
        Action::Highlight { id: id.clone(), at },
        Action::GiveTag { tag: "lead".into(), id, at },
        Action::FocusLayerAt(CharOffset(3)),
        Action::FocusNeighbour { forward: true, from: CharOffset(0) },
        Action::ApplyRange { at },
        Action::Undo { at },
        Action::Redo { at },
        Action::Flush,
        Action::ExportWebAnnotation,
        Action::SelectionChanged(Some(RawSelection { span: Span::new(0, 5), is_exact: false })),
    ] {
        s.act(action);
    }
    assert!(s.pending.is_empty());
    let plain = |state: &AppState| AppState {
        notice: None,
        message_count: 0,
        settings: Rc::default(),
        ..state.clone()
    };
    assert_eq!(plain(&s.state), plain(&start));
}

// Any session

/// Something a person does or the world answers; the numbers choose among what is there.
#[derive(Clone, Debug)]
enum Move {
    Select(u8, u8, bool),
    Deselect,
    Grow,
    Shrink,
    Highlight,
    MarkOnly,
    GiveTag(u8),
    CreateTag(u8),
    StartNote,
    TakeTag(u8, u8),
    Type(u8, u8, u16),
    Delete(u8),
    StartRange(u8),
    ApplyRange,
    Escape,
    Focus(u8),
    FocusLayer(u8),
    FocusNeighbour(bool, u8),
    ToggleTag(u8),
    Relabel(u8, u8),
    Rename(u8),
    Remove(u8, bool),
    Import(u8),
    KeepBoth,
    DropJob,
    Go(u8),
    GoToLibrary,
    Undo,
    Redo,
    Flush,
    Answer,
    Refuse,
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (any::<u8>(), 1_u8..40, any::<bool>()).prop_map(|(start, length, exact)| Move::Select(start, length, exact)),
        3 => Just(Move::Highlight),
        4 => any::<u8>().prop_map(Move::GiveTag),
        1 => (0_u8..3).prop_map(Move::CreateTag),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(a, b)| Move::TakeTag(a, b)),
        4 => (any::<u8>(), 0_u8..6, 0_u16..5000).prop_map(|(a, note, after)| Move::Type(a, note, after)),
        2 => any::<u8>().prop_map(Move::Delete),
        1 => any::<u8>().prop_map(Move::StartRange),
        1 => any::<u8>().prop_map(Move::Focus),
        1 => any::<u8>().prop_map(Move::FocusLayer),
        1 => (any::<bool>(), any::<u8>()).prop_map(|(forward, from)| Move::FocusNeighbour(forward, from)),
        1 => any::<u8>().prop_map(Move::ToggleTag),
        2 => (0_u8..5, any::<u8>()).prop_map(|(block, role)| Move::Relabel(block, role)),
        1 => (0_u8..4).prop_map(Move::Rename),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(n, removed)| Move::Remove(n, removed)),
        1 => (0_u8..3).prop_map(Move::Import),
        2 => any::<u8>().prop_map(Move::Go),
        12 => prop::sample::select(vec![
            Move::Deselect, Move::Grow, Move::Shrink, Move::MarkOnly, Move::StartNote, Move::ApplyRange, Move::Escape,
            Move::KeepBoth, Move::DropJob, Move::GoToLibrary, Move::Undo, Move::Redo, Move::Flush,
        ]),
        10 => Just(Move::Answer),
        1 => Just(Move::Refuse),
    ]
}

fn perform(s: &mut Session, action: Move) {
    let annotations: Vec<AnnotationId> = s.state.annotations.iter().map(|a| a.id.clone()).collect();
    let annotation =
        |n: u8| annotations.get(n as usize % annotations.len().max(1)).cloned().unwrap_or_default();
    let mut documents: Vec<DocumentId> = s.state.library.entries.keys().cloned().collect();
    documents.sort_unstable();
    let document = |n: u8| documents[n as usize % documents.len()].clone();
    let tags: Vec<_> = s.state.codebook.tags().iter().map(|tag| tag.id.clone()).collect();
    let tag = |n: u8| tags[n as usize % tags.len()].clone();
    let job = s.state.imports.last().map(|job| job.id);
    let (id, at) = (s.id(), s.at());
    let action = match action {
        Move::Select(start, length, is_exact) => {
            let span = Span::new(start.into(), u32::from(start) + u32::from(length));
            Action::SelectionChanged(Some(RawSelection { span, is_exact }))
        }
        Move::Deselect => Action::SelectionChanged(None),
        Move::Grow => Action::GrowSelection,
        Move::Shrink => Action::ShrinkSelection,
        Move::Highlight => Action::Highlight { id, at },
        Move::MarkOnly => Action::MarkOnly { id, at },
        Move::GiveTag(n) => Action::GiveTag { tag: tag(n), id, at },
        Move::CreateTag(n) => {
            let number = s.number();
            Action::CreateTag {
                tag: format!("own{number}").as_str().into(),
                name: format!("Thẻ {n}"),
                id,
                at,
            }
        }
        Move::StartNote => Action::StartNote { id, at },
        Move::TakeTag(a, t) => Action::TakeTag { annotation: annotation(a), tag: tag(t), at },
        Move::Type(a, note, after) => {
            let note = "một hai".chars().take(note.into()).collect();
            let at = s.wait(after.into());
            Action::EditNote { annotation: annotation(a), note, at }
        }
        Move::Delete(a) => Action::Delete { annotation: annotation(a), at },
        Move::StartRange(a) => Action::StartRange(annotation(a)),
        Move::ApplyRange => Action::ApplyRange { at },
        Move::Escape => Action::Escape,
        Move::Focus(a) => Action::Focus(annotations.get(a as usize).cloned()),
        Move::FocusLayer(n) => Action::FocusLayerAt(CharOffset(n.into())),
        Move::FocusNeighbour(forward, n) => Action::FocusNeighbour { forward, from: CharOffset(n.into()) },
        Move::ToggleTag(n) => Action::ToggleTag(tag(n)),
        Move::Relabel(block, role) => Action::Relabel {
            block: block.into(),
            role: Role::CHOICES[role as usize % Role::CHOICES.len()],
            at,
        },
        Move::Rename(n) => Action::Rename { document: document(n), title: format!("Tên {n}"), at },
        Move::Remove(n, removed) => Action::Remove { document: document(n), removed, at },
        Move::Import(n) => {
            s.choose([ARTICLE, OTHER, "Một câu.\nHai câu."][n as usize % 3]);
            return;
        }
        Move::KeepBoth => {
            let Some(job) = job else { return };
            Action::KeepBoth(job)
        }
        Move::DropJob => {
            let Some(job) = job else { return };
            s.pending.retain(|effect| *effect != Effect::Import(job));
            Action::DropJob(job)
        }
        Move::Go(n) => Action::Went(read(&document(n))),
        Move::GoToLibrary => Action::Went(Route::Library),
        Move::Undo => Action::Undo { at },
        Move::Redo => Action::Redo { at },
        Move::Flush => Action::Flush,
        Move::Answer => {
            s.answer();
            return;
        }
        Move::Refuse => {
            s.refuse(StorageTrouble::Failed);
            return;
        }
    };
    s.act(action);
}

/// Windows of one profile: each knows what it has seen, and all write to one storage.
struct Windows {
    windows: Vec<Session>,
    storage: Storage,
}

impl Windows {
    /// All windows show the same document.
    fn open(count: usize) -> Self {
        let mut first = reading();
        let (document, storage) = (first.document(), std::mem::take(&mut first.storage));
        let mut all = Self { windows: vec![first], storage };
        for n in 1..count {
            all.windows.push(Session::loading());
            all.within(n, |s| {
                // Ids are made anew in each window.
                s.skip_ids(n as u32 * 100_000);
                s.start(&format!("window{n}"));
                s.open(&document);
            });
        }
        all
    }

    /// Does something in one of them.
    fn within<T>(&mut self, n: usize, act: impl FnOnce(&mut Session) -> T) -> T {
        let window = &mut self.windows[n];
        std::mem::swap(&mut window.storage, &mut self.storage);
        let result = act(window);
        std::mem::swap(&mut window.storage, &mut self.storage);
        result
    }
}

/// What a window shows is what storage holds.
fn check_shown(s: &Session) -> Result<(), TestCaseError> {
    if let Some(open) = s.state.open.clone() {
        let here = s.storage.living().filter(|a| a.document == open.document.id);
        let stored: BTreeMap<_, _> = here.map(|a| (a.id.clone(), plain(a))).collect();
        let shown: BTreeMap<_, _> = s.state.annotations.iter().map(|a| (a.id.clone(), plain(a))).collect();
        prop_assert_eq!(shown, stored);
        let blocks = &s.storage.documents[&open.document.id].blocks;
        prop_assert_eq!(&open.document.blocks, blocks);
    }
    for (id, entry) in &s.state.library.entries {
        prop_assert_eq!(&entry.head.title, &s.storage.documents[id].title);
        prop_assert_eq!(entry.head.removed, s.storage.removed.contains(id));
    }
    let own = s.state.codebook.tags().iter().filter(|tag| tag.id.as_str().starts_with("own"));
    prop_assert_eq!(own.count(), s.storage.tags.len());
    Ok(())
}

proptest! {
    #[test]
    fn what_is_shown_is_what_is_stored_in_the_end(moves in prop::collection::vec(any_move(), 0..60)) {
        let mut s = reading();
        moves.into_iter().for_each(|action| perform(&mut s, action));
        s.act(Action::Flush).settle();
        prop_assert_eq!(s.unsaved(), 0);
        check_shown(&s)?;
        for (id, entry) in &s.state.library.entries {
            let count = s.storage.living().filter(|a| a.document == *id).count();
            prop_assert_eq!(entry.glance.annotations as usize, count, "the count of {}", id);
        }
    }

    #[test]
    fn a_restart_after_any_step_changes_nothing_and_can_be_taken_back_through(
        moves in prop::collection::vec((any_move(), any::<bool>()), 0..40),
    ) {
        let (mut steady, mut restarting) = (reading(), reading());
        for (n, (action, restarts)) in moves.into_iter().enumerate() {
            for session in [&mut steady, &mut restarting] {
                perform(session, action.clone());
                session.act(Action::Escape).act(Action::Flush).settle();
                // What is selected, focused or asked does not outlive a window.
                session.act(Action::Escape).act(Action::Focus(None));
                let asked: Vec<_> = session.state.imports.iter().map(|job| job.id).collect();
                asked.into_iter().for_each(|job| { session.act(Action::DropJob(job)); });
                session.settle();
            }
            if restarts {
                let route = restarting.state.route.clone();
                let last_tag = restarting.state.settings.last_tag.clone();
                restarting = restarting.restarted(&format!("window{n}"));
                restarting.state.settings = Settings { last_tag, ..Settings::default() }.into();
                restarting.act(Action::Went(route)).settle();
            }
        }
        prop_assert_eq!(restarting.storage.content(), steady.storage.content());
        check_shown(&restarting)?;
        let deeds = |s: &Session| s.state.history.done.iter().map(|step| step.deed.clone()).collect::<Vec<_>>();
        prop_assert_eq!(deeds(&restarting), deeds(&steady));
        for session in [&mut steady, &mut restarting] {
            while !session.state.history.done.is_empty() {
                session.undo().settle();
            }
        }
        prop_assert_eq!(restarting.storage.content(), steady.storage.content());
    }

    #[test]
    fn several_windows_agree_in_the_end_and_nothing_acknowledged_is_lost(
        moves in prop::collection::vec((0_usize..3, any_move(), any::<bool>()), 0..80),
    ) {
        let mut windows = Windows::open(3);
        for (n, action, is_heard) in moves {
            windows.within(n, |s| perform(s, action));
            if is_heard {
                windows.within((n + 1) % 3, |s| { s.act(Action::Rang).settle(); });
            }
        }
        for n in 0..3 {
            windows.within(n, |s| { s.act(Action::Flush).settle(); });
        }
        for n in 0..3 {
            windows.within(n, |s| { s.act(Action::Rang).settle(); });
            windows.within(n, |s| -> Result<(), TestCaseError> {
                prop_assert_eq!(s.unsaved(), 0);
                check_shown(s)
            })?;
        }
    }

    #[test]
    fn taking_everything_back_returns_to_the_start_and_doing_it_again_to_the_end(
        moves in prop::collection::vec(any_move(), 0..60),
    ) {
        let mut s = reading();
        let (imported, after_import) = (s.state.history.done[0].clone(), s.storage.content());
        moves.into_iter().for_each(|action| perform(&mut s, action));
        s.act(Action::Flush).settle();
        // The import itself may have been taken back for good.
        let is_imported = s.state.history.done.first() == Some(&imported);
        let (start, steps) = if is_imported { (after_import, 1) } else { (Storage::default(), 0) };
        let end = s.storage.content();
        let done = s.state.history.done.len();
        for _ in steps..done {
            s.undo();
        }
        s.settle();
        prop_assert_eq!(s.storage.content(), start);
        for _ in steps..done {
            s.redo();
        }
        s.settle();
        prop_assert_eq!(s.storage.content(), end);
    }

    #[test]
    fn reader_addresses_survive_writing_and_reading(document in "[0-9a-f-]{1,36}", annotation in prop::option::of("[0-9a-f-]{1,36}")) {
        let route = Route::Read {
            document: DocumentId(document),
            annotation: annotation.map(AnnotationId),
        };
        prop_assert_eq!(Route::parse(&route.href()), route);
    }

    #[test]
    fn any_address_leads_somewhere(hash in any::<String>()) {
        let route = Route::parse(&hash);
        prop_assert_eq!(Route::parse(&route.href()), route);
    }
}
