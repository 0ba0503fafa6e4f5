//! A browser without IndexedDB: the app works, and does not pretend to keep anything.
use serde_json::json;

use crate::driver::Engine;
use crate::page::{Page, Step};

const TONNES: &str = "31 tonnes of lost net";
const SNAGS: &str = "412 snags";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.only_in(Engine::Chromium, "only its developer tools can take IndexedDB away before the app starts")?;
    let script = "Object.defineProperty(window, 'indexedDB', { get: () => undefined })";
    page.developer_tools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))?;
    page.open("").await?;
    page.until_sentence("trouble_missing").await?;
    page.press("button", "Open a sample").await?;
    page.until_text_is_shown().await?;
    page.select(TONNES).await?;
    page.key('5').await?;
    page.until_card(TONNES, &["result"]).await?;
    page.until_unsaved(1).await?;
    page.select(SNAGS).await?;
    page.key('6').await?;
    page.until_card(SNAGS, &["measure"]).await?;
    page.until_unsaved(2).await?;
    page.until_painted("tag-measure", &[SNAGS]).await?;
    page.until_sentence("trouble_missing").await?;
    // A way round through the library loses nothing as long as the page is open.
    page.press("link", "Library").await?;
    page.until_documents(1).await?;
    page.press("link", "Read").await?;
    page.until_card(TONNES, &["result"]).await?;
    page.until_card(SNAGS, &["measure"]).await?;
    Ok(())
}
