//! The keyboard caret leaves the buttons alone: Enter presses the one that has the keyboard.
use fantoccini::key::Key;

use crate::page::{Page, Step};

const OFFICE: &str = "Quillhaven Harbour Office";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open_sample().await?;
    page.select(OFFICE).await?;
    page.key('1').await?;
    page.until_card(OFFICE, &["lead"]).await?;
    page.key(Key::Escape).await?;
    page.until_gone("toolbar", "Selection").await?;
    page.key(Key::F7).await?;
    page.until_spoken("Keyboard caret on").await?;

    page.tab_to("Edit range").await?;
    page.key(Key::Enter).await?;
    page.find("button", "Keep this range").await?;
    page.chord(&[Key::Alt], Key::Right).await?;
    page.until_selection_grows_beyond(OFFICE).await?;
    page.tab_to("Cancel").await?;
    page.key(Key::Enter).await?;
    page.until_gone("button", "Cancel").await?;
    page.until_card(OFFICE, &["lead"]).await?;
    page.until_saved().await
}
