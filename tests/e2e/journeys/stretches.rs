//! The shape of passages: their edges moved by keys and by handles, split, joined, and given a further stretch.
use fantoccini::key::Key;
use serde_json::json;

use crate::page::{Page, Step};

const TEXT: &str = "Notes on the tree nursery\n\nThe Forest Service and the Youth League plant nine hundred saplings on the western hills before the rains.\n\nThe seed bank keeps the count.\n";
const BOTH: &str = "Forest Service and the Youth League";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open("").await?;
    page.import_text(TEXT).await?;
    page.until_block("The seed bank keeps the count.").await?;
    page.select(BOTH).await?;
    page.key('1').await?;
    page.until_card(BOTH, &["lead"]).await?;

    // The end moves by a word, then back; the beginning by a syllable.
    page.key(Key::Escape).await?;
    page.key('e').await?;
    page.until_selected(BOTH).await?;
    page.key(Key::Right).await?;
    page.until_selected("Forest Service and the Youth League plant").await?;
    page.key(Key::Left).await?;
    page.until_selected(BOTH).await?;
    page.chord(&[Key::Shift], Key::Right).await?;
    page.until_selected("Service and the Youth League").await?;
    page.chord(&[Key::Shift], Key::Left).await?;
    page.until_selected(BOTH).await?;

    // The handle at the end, dragged to the end of "plant".
    let plant = page.words("plant").await?;
    page.drag_from(".grip:not(.grip--first)", plant, (0.0, 20.0)).await?;
    page.until_selected("Forest Service and the Youth League plant").await?;
    page.key(Key::Enter).await?;
    page.until_card("Forest Service and the Youth League plant", &["lead"]).await?;
    page.until_painted("tag-lead", &["Forest Service and the Youth League plant"]).await?;

    // Split where a selection begins; both halves keep the tag.
    let cut = page.words("Youth League plant").await?;
    page.select_by_script(cut).await?;
    page.key('s').await?;
    page.until_card("Forest Service and the", &["lead"]).await?;
    page.until_card("Youth League plant", &["lead"]).await?;
    page.until_painted("tag-lead", &["Forest Service and the", "Youth League plant"]).await?;

    // Joined again: they touch, so they are one stretch.
    page.key(Key::Escape).await?;
    let first = page.until_card("Forest Service and the", &["lead"]).await?;
    page.press_card(&first).await?;
    page.key('u').await?;
    page.until_card("Forest Service and the Youth League plant", &["lead"]).await?;

    // A further stretch: one passage, two places.
    page.select("western hills").await?;
    page.key('x').await?;
    page.until_card("Forest Service and the Youth League plant … western hills", &["lead"]).await?;
    page.until_painted("tag-lead", &["Forest Service and the Youth League plant", "western hills"]).await?;
    page.until_saved().await?;
    let place = page.place().await?;
    page.open(&place).await?;
    page.until_painted("tag-lead", &["Forest Service and the Youth League plant", "western hills"]).await?;
    let undo = "[aria-label='Reading tools']";
    page.press_in(undo, "button", "Undo").await?;
    page.until_painted("tag-lead", &["Forest Service and the Youth League plant"]).await?;
    page.until("one stretch", "return document.querySelectorAll('[data-annotation]').length === 1", vec![], |it| *it == json!(true))
        .await
        .map(drop)
}
