//! A phone's width: nothing runs off the side, and everything can be reached.
use serde_json::json;

use crate::driver::Engine;
use crate::page::{Page, Step, ensure};

const WIDTH: u32 = 390;
const HEIGHT: u32 = 844;
/// Firefox makes no window narrower than this.
const WIDEST: u64 = 500;
const NETS: &str = "lost nets";

pub(super) async fn walk(page: &mut Page) -> Step {
    if page.engine == Engine::Chromium {
        let size = json!({ "width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false });
        page.developer_tools("Emulation.setDeviceMetricsOverride", size)?;
    } else {
        page.client.set_window_rect(0, 0, WIDTH, HEIGHT).await?;
    }
    page.open("").await?;
    let width = page.run("return innerWidth", vec![]).await?.as_u64().unwrap_or_default();
    page.notes.push(format!("{width} px wide"));
    ensure(width <= WIDEST, || format!("the window is {width} px wide, which tells nothing"))?;
    ensure_fits(page, "the empty library").await?;
    page.press("button", "Open a sample").await?;
    page.until_text_is_shown().await?;
    ensure_fits(page, "the reader").await?;

    page.select(NETS).await?;
    let toolbar = "return byRole('toolbar', 'Selection')[0]";
    page.ensure_in_view("the toolbar", toolbar).await?;
    page.press_in("[aria-label=Selection]", "button", "Tag").await?;
    page.find("combobox", "Tag").await?;
    page.ensure_in_view("the tag picker", "return document.querySelector('.picker')").await?;
    ensure_fits(page, "the reader with the tag picker").await?;
    page.type_text("result").await?;
    page.key(fantoccini::key::Key::Enter).await?;
    page.until_painted("tag-result", &[NETS]).await?;
    page.key(fantoccini::key::Key::Escape).await?;
    page.until_gone("toolbar", "Selection").await?;

    page.press("button", "Show the passages").await?;
    page.find("button", "Hide the passages").await?;
    page.until_card(NETS, &["result"]).await?;
    page.ensure_in_view("the passage in the sheet", "return cards()[0].querySelector('blockquote')").await?;
    ensure_fits(page, "the reader with the sheet open").await?;
    page.press("button", "Hide the passages").await?;
    page.press("link", "Library").await?;
    page.until_documents(1).await?;
    ensure_fits(page, "the library").await?;
    page.press("link", "Settings").await?;
    page.until_gone("list", "Documents").await?;
    ensure_fits(page, "the settings").await?;
    // The frame fills the window; only what is in it scrolls.
    let script = "return [document.documentElement.scrollHeight, innerHeight]";
    let heights = page.run(script, vec![]).await?;
    ensure(heights[0] == heights[1], || format!("the page is {} px high in a window of {}", heights[0], heights[1]))
}

/// Nothing may be wider than the window.
async fn ensure_fits(page: &Page, what: &str) -> Step {
    let script = "
        const root = document.documentElement;
        if (root.scrollWidth <= innerWidth) return true;
        const wide = [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > innerWidth + 1);
        return [root.scrollWidth, innerWidth, wide.slice(0, 5).map(element => element.tagName + '.' + element.className)]";
    let fits = page.run(script, vec![]).await?;
    ensure(fits == true, || format!("{what} is wider than the window: {fits}"))
}
