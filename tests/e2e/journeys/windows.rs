//! Two windows of one profile: each sees at once what the other did, and neither overwrites it.
use crate::driver::Engine;
use crate::page::{Page, Step, Stop};

const NETS: &str = "31 tonnes of lost net";
const AGREEMENT: &str = "The agreement";

pub(super) async fn walk(page: &mut Page) -> Step {
    if page.engine == Engine::WebKit {
        return Err(Stop::Skipped("its driver does not answer once there is a second window".to_owned()));
    }
    page.open_sample().await?;
    let place = page.place().await?;
    let first = page.client.window().await?;
    let second = page.client.new_window(true).await?.handle;
    page.client.switch_to_window(second.clone()).await?;
    page.open(&place).await?;
    page.until_text_is_shown().await?;

    page.client.switch_to_window(first.clone()).await?;
    page.select(NETS).await?;
    page.key('5').await?;
    page.until_card(NETS, &["result"]).await?;
    page.until_saved().await?;

    page.client.switch_to_window(second.clone()).await?;
    let card = page.until_card(NETS, &["result"]).await?;
    page.until_painted("tag-result", &[NETS]).await?;
    page.press_card(&card).await?;
    page.key('n').await?;
    page.until_keyboard_is_at("Note").await?;
    page.type_text("from the second").await?;
    page.until_saved().await?;

    page.client.switch_to_window(first).await?;
    page.until_cards("the note of the other window", |cards| cards.iter().any(|card| card.note == "from the second"))
        .await?;
    page.select(AGREEMENT).await?;
    page.key('4').await?;
    page.until_card(AGREEMENT, &["task"]).await?;
    page.until_saved().await?;

    page.client.switch_to_window(second).await?;
    page.until_cards("both passages", |cards| cards.len() == 2).await?;
    page.open(&place).await?;
    page.until_cards("both passages after opening anew", |cards| {
        cards.len() == 2 && cards.iter().any(|card| card.note == "from the second")
    })
    .await?;
    Ok(())
}
