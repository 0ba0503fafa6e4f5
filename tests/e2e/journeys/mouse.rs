//! With the mouse: from an empty library to passages that are there after closing and opening.
use crate::page::{Page, Step, ensure};

const AGREEMENT: &str = "three-year agreement";
const TUESDAY: &str = "agreement on Tuesday that says";
const NOTE: &str = "Signed where?";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open("").await?;
    page.watch_status().await?;
    ensure(page.documents().await?.is_empty(), || "the first library is not empty".to_owned())?;
    page.press("button", "Open a sample").await?;
    page.until_text_is_shown().await?;
    ensure(page.place().await?.starts_with("#/read/"), || "the sample has no address".to_owned())?;

    // A highlight, then a tag: typed without the accents of its Vietnamese name.
    page.select(AGREEMENT).await?;
    page.press_in("[aria-label=Selection]", "button", "Highlight").await?;
    page.until_card(AGREEMENT, &[]).await?;
    page.until_painted("tag-mark", &[AGREEMENT]).await?;
    page.until_saved().await?;
    page.select(AGREEMENT).await?;
    page.press_in("[aria-label=Selection]", "button", "Tag").await?;
    page.find("combobox", "Tag").await?;
    page.type_text("nhiem").await?;
    page.key(fantoccini::key::Key::Enter).await?;
    page.until_card(AGREEMENT, &["task"]).await?;
    page.until_painted("tag-task", &[AGREEMENT]).await?;
    page.until_painted("tag-mark", &[]).await?;

    // One that overlaps it; it gets the last tag.
    page.select(TUESDAY).await?;
    page.press_in("[aria-label=Selection]", "button", "Highlight").await?;
    page.until_card(TUESDAY, &["task"]).await?;
    page.until_painted("tag-task", &[AGREEMENT, TUESDAY]).await?;
    page.ensure_highlight_names().await?;
    page.until_current(TUESDAY).await?;

    // Presses elsewhere, to drop the selection; then on the words that both have, the shortest passage first. Each at
    // another letter, so that they are no double click.
    let elsewhere = page.words("Quillhaven Harbour Office and the Union").await?;
    page.click_on(elsewhere.part(3, 4)).await?;
    page.until_gone("toolbar", "Selection").await?;
    let overlap = page.words("agreement on").await?;
    page.click_on(overlap.part(1, 2)).await?;
    page.until_current(AGREEMENT).await?;
    page.click_on(overlap.part(6, 7)).await?;
    page.until_current(TUESDAY).await?;
    page.until_painted("ui-active", &[TUESDAY]).await?;

    write_note_and_take_it_back(page).await?;
    delete_and_take_it_back(page).await?;
    page.ensure_status_was_honest().await?;

    let place = page.place().await?;
    let before = page.cards().await?;
    page.open(&place).await?;
    page.until_text_is_shown().await?;
    let plain = |cards: &[crate::check::Card]| -> Vec<_> {
        cards.iter().map(|card| (card.id.clone(), card.quote.clone(), card.tags.clone(), card.note.clone())).collect()
    };
    let wanted = plain(&before);
    page.until_cards("all passages after opening again", |cards| plain(cards) == wanted).await?;
    page.until_painted("tag-task", &[AGREEMENT, TUESDAY]).await?;
    page.until_saved().await
}

async fn write_note_and_take_it_back(page: &Page) -> Step {
    let card = page.until_card(TUESDAY, &["task"]).await?;
    page.press_in(&card.selector(), "textbox", "Note").await?;
    page.type_text(NOTE).await?;
    let has_note = |note: &'static str| {
        let id = card.id.clone();
        move |cards: &[crate::check::Card]| cards.iter().any(|card| card.id == id && card.note == note)
    };
    page.until_cards("the note that was typed", has_note(NOTE)).await?;
    page.until_saved().await?;
    let tools = "[aria-label='Reading tools']";
    page.press_in(tools, "button", "Undo").await?;
    page.until_cards("no note after undo", has_note("")).await?;
    page.press_in(tools, "button", "Redo").await?;
    page.until_cards("the note again after redo", has_note(NOTE)).await?;
    page.until_saved().await
}

async fn delete_and_take_it_back(page: &Page) -> Step {
    let card = page.until_card(AGREEMENT, &["task"]).await?;
    page.press_card(&card).await?;
    page.press_in(&card.selector(), "button", "Delete").await?;
    page.until_cards("one passage after deleting", |cards| cards.len() == 1).await?;
    page.until_painted("tag-task", &[TUESDAY]).await?;
    page.press_in(".toast", "button", "Undo").await?;
    page.until_card(AGREEMENT, &["task"]).await?;
    page.until_painted("tag-task", &[AGREEMENT, TUESDAY]).await?;
    page.until_saved().await
}
