//! No space left: a sentence, nothing harmed, and all is written once there is space again.
use serde_json::json;

use crate::driver::Engine;
use crate::page::{Page, Step};

const TONNES: &str = "31 tonnes of lost net";
const SNAGS: &str = "412 snags";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.only_in(Engine::Chromium, "only its developer tools can set the quota")?;
    page.open_sample().await?;
    page.select(TONNES).await?;
    page.key('5').await?;
    page.until_card(TONNES, &["result"]).await?;
    page.until_saved().await?;
    let place = page.place().await?;
    let origin = page.server.address();
    page.developer_tools("Storage.overrideQuotaForOrigin", json!({ "origin": origin, "quotaSize": 1 }))?;

    page.select(SNAGS).await?;
    page.key('6').await?;
    page.until_card(SNAGS, &["measure"]).await?;
    page.until_sentence("trouble_full").await?;
    page.until_unsaved(1).await?;

    page.developer_tools("Storage.overrideQuotaForOrigin", json!({ "origin": origin }))?;
    page.press("button", "Try again").await?;
    page.until_saved().await?;
    page.open(&place).await?;
    page.until_card(TONNES, &["result"]).await?;
    page.until_card(SNAGS, &["measure"]).await?;
    Ok(())
}
