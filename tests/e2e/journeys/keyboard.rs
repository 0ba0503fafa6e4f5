//! With the keyboard alone: no pointer is moved or pressed from the first page load on.
use fantoccini::key::Key;

use crate::page::{Page, Step};

const OFFICE: &str = "Quillhaven Harbour Office";
/// What "agreement" grows to: its clause.
const AGREEMENT: &str = "The agreement";
const NOTE: &str = "See the 2023 text";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open("").await?;
    page.tab_to("Open a sample").await?;
    page.key(Key::Enter).await?;
    page.until_text_is_shown().await?;

    // The caret starts at the top of the view: the headline, the time of the page, then the lede "The Quillhaven …".
    page.key(Key::F7).await?;
    page.until_spoken("Keyboard caret on").await?;
    page.chord(&[Key::Control], Key::Down).await?;
    page.chord(&[Key::Control], Key::Down).await?;
    page.until_spoken("The Quillhaven Harbour Office and the Union").await?;
    page.key(Key::Right).await?;
    page.until_spoken("Quillhaven").await?;
    for _ in 0..3 {
        page.chord(&[Key::Shift], Key::Right).await?;
    }
    page.until_selected(OFFICE).await?;
    page.key('1').await?;
    page.until_card(OFFICE, &["lead"]).await?;
    page.until_painted("tag-lead", &[OFFICE]).await?;

    page.key('t').await?;
    page.find("combobox", "Tag").await?;
    page.type_text("partn").await?;
    page.key(Key::Enter).await?;
    page.until_gone("combobox", "Tag").await?;
    page.until_card(OFFICE, &["lead", "partner"]).await?;

    page.key('n').await?;
    page.until_keyboard_is_at("Note").await?;
    page.type_text(NOTE).await?;
    page.until_cards("the note that was typed", |cards| cards.iter().any(|card| card.note == NOTE)).await?;
    page.key(Key::Escape).await?;
    page.until_saved().await?;

    select_by_units(page).await?;
    page.key('9').await?;
    page.until_card(AGREEMENT, &["due"]).await?;

    // The first Escape drops the selection; the passage keeps the focus.
    page.key(Key::Escape).await?;
    page.until_gone("toolbar", "Selection").await?;
    page.until_current(AGREEMENT).await?;
    page.key('[').await?;
    page.until_current(OFFICE).await?;
    page.key(']').await?;
    page.until_current(AGREEMENT).await?;

    page.key(Key::Delete).await?;
    page.until_cards("one passage after Delete", |cards| cards.len() == 1).await?;
    page.chord(&[Key::Control], 'z').await?;
    page.until_card(AGREEMENT, &["due"]).await?;
    page.chord(&[Key::Control, Key::Shift], 'z').await?;
    page.until_cards("one passage after redo", |cards| cards.len() == 1).await?;
    page.chord(&[Key::Control], 'z').await?;
    page.until_card(AGREEMENT, &["due"]).await?;

    let wider = widen_range(page).await?;
    page.until_saved().await?;
    let place = page.place().await?;
    page.open(&place).await?;
    page.until_card(AGREEMENT, &["due"]).await?;
    page.until_card(&wider, &["lead", "partner"]).await?;
    Ok(())
}

/// Gives the first passage another range: its button "Edit range", a wider selection, Enter. Returns the new words.
async fn widen_range(page: &Page) -> Step<String> {
    // Taking the deletion back gave the passage its focus back.
    page.until_current(AGREEMENT).await?;
    page.key('[').await?;
    page.until_current(OFFICE).await?;
    // Without the caret: `caret_mode` tells what Enter does with it.
    page.key(Key::F7).await?;
    page.until_spoken("Keyboard caret off").await?;
    page.tab_to("Edit range").await?;
    page.key(Key::Enter).await?;
    page.find("button", "Keep this range").await?;
    page.until_selected(OFFICE).await?;
    page.chord(&[Key::Alt], Key::Right).await?;
    let wider = page.until_selection_grows_beyond(OFFICE).await?;
    page.key(Key::Enter).await?;
    page.until_card(&wider, &["lead", "partner"]).await?;
    Ok(wider)
}

/// Selects by word, and grows and shrinks the selection.
async fn select_by_units(page: &Page) -> Step {
    // On to "The agreement, known as Clean Berths 2027–2029, replaces …".
    page.chord(&[Key::Control], Key::Down).await?;
    page.until_spoken("The agreement, known as").await?;
    page.key(Key::Right).await?;
    page.until_spoken("agreement").await?;
    page.chord(&[Key::Shift], Key::Right).await?;
    page.until_selected("agreement").await?;
    page.chord(&[Key::Shift, Key::Alt], Key::Left).await?;
    page.until_selected("agreemen").await?;
    page.chord(&[Key::Shift, Key::Alt], Key::Right).await?;
    page.until_selected("agreement").await?;
    page.chord(&[Key::Alt], Key::Right).await?;
    page.until_selected(AGREEMENT).await?;
    page.chord(&[Key::Alt], Key::Left).await?;
    page.until_selected("agreement").await?;
    page.chord(&[Key::Alt], Key::Right).await?;
    page.until_selected(AGREEMENT).await
}
