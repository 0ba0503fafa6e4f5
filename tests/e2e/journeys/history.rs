//! Undo outlives a reload, and the history in the settings tells and brings back.
use fantoccini::key::Key;

use crate::page::{Page, Step, ensure};

const NETS: &str = "31 tonnes of lost net";
const AGREEMENT: &str = "The agreement";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open_sample().await?;
    let place = page.place().await?;
    for (words, key) in [(NETS, '5'), (AGREEMENT, '4')] {
        page.select(words).await?;
        page.key(key).await?;
        page.until_card(words, &[if key == '5' { "result" } else { "task" }]).await?;
    }
    page.until_saved().await?;

    page.open(&place).await?;
    page.until_card(AGREEMENT, &["task"]).await?;
    page.chord(&[Key::Control], 'z').await?;
    page.until_cards("one passage after undo", |cards| cards.len() == 1).await?;
    page.until_saved().await?;
    page.open(&place).await?;
    page.until_card(NETS, &["result"]).await?;
    page.chord(&[Key::Control, Key::Shift], 'z').await?;
    page.until_card(AGREEMENT, &["task"]).await?;
    page.until_saved().await?;

    // The vault tells what was done, and brings a passage back to before it.
    page.open("#/settings").await?;
    // What the vault finds out makes its sections longer: nothing is pressed while they move.
    let is_looked_at = "return document.querySelector('[data-quarantined]') !== null";
    page.until("the health of the storage", is_looked_at, vec![], |seen| *seen == true).await?;
    page.press("button", "Show the history").await?;
    let script = "
        const items = [...document.querySelectorAll('.history__i')].map(item => item.textContent);
        return items.length > 0 ? items : document.querySelector('.annex').textContent";
    let told =
        page.until("the history", script, vec![], |items| items.as_array().is_some_and(|all| all.len() == 5)).await?;
    let newest = told[0].as_str().unwrap_or_default();
    ensure(newest.contains("Done again") && newest.contains(AGREEMENT), || format!("the newest entry is {newest}"))?;
    page.press_in(".history__i:nth-of-type(1)", "button", "Bring this passage back to before this").await?;
    let said = "return document.querySelector('.vault__said')?.textContent ?? ''";
    page.until("what was brought back", said, vec![], |text| text.as_str().is_some_and(|text| text.starts_with("Brought back: 1")))
        .await?;
    page.open(&place).await?;
    page.until_cards("the passage is gone again", |cards| cards.len() == 1).await?;
    Ok(())
}
