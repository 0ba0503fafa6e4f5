//! Bringing articles in, finding them again, and naming them and their lines.
use serde_json::json;

use crate::page::{Page, Step, ensure};

const NEWS: &str = "Tin vắn từ bến cảng\n\nNgư dân Suối Chuông thu gom 12 tấn lưới trong quý I/2027.\n\nBưu điện tỉnh hỗ trợ xe chở.\n";
const TONNES: &str = "thu gom 12 tấn lưới";
const OTHER: &str = "Another short article\n\nThe villages meet again in May.";

pub(super) async fn walk(page: &mut Page) -> Step {
    let file = page.write_file("tin vắn.txt", NEWS)?;
    page.open("").await?;
    page.import_file(&file).await?;
    page.until_block("Bưu điện tỉnh hỗ trợ xe chở.").await?;
    let place = page.place().await?;
    page.press("link", "Library").await?;
    let titles = page.until_documents(1).await?;

    // The same words again: a question, with both answers.
    page.import_file(&file).await?;
    page.press("link", "Open that one").await?;
    page.until_text_is_shown().await?;
    ensure(page.place().await? == place, || "“Open that one” opens something else".to_owned())?;
    page.press("link", "Library").await?;
    page.until_documents(1).await?;
    page.import_text(NEWS).await?;
    page.press("button", "Keep both").await?;
    page.until_text_is_shown().await?;
    ensure(page.place().await? != place, || "“Keep both” opens the old one".to_owned())?;
    page.press("link", "Library").await?;
    page.until_documents(2).await?;
    page.import_text(OTHER).await?;
    page.until_block("The villages meet again in May.").await?;
    page.press("link", "Library").await?;
    page.until_documents(3).await?;

    follow_deep_link(page, &place).await?;
    name_a_line(page).await?;
    rename(page, &titles[0]).await
}

async fn follow_deep_link(page: &Page, place: &str) -> Step {
    page.open(place).await?;
    page.until_text_is_shown().await?;
    page.select(TONNES).await?;
    page.key('6').await?;
    let card = page.until_card(TONNES, &["measure"]).await?;
    page.until_saved().await?;
    page.open(&format!("{place}?annotation={}", card.id)).await?;
    page.until_current(TONNES).await?;
    page.until_painted("ui-active", &[TONNES]).await
}

/// Two presses: the button beside the line, and the role.
async fn name_a_line(page: &Page) -> Step {
    let before = page.blocks().await?;
    let line = page.words("Ngư dân").await?;
    page.hover_over(line).await?;
    let spot = page.find("button", "What this line is: *").await?;
    let script = "
        const [spot, number] = arguments, line = blocks()[number].getBoundingClientRect(), at = spot.getBoundingClientRect();
        return at.bottom > line.top && at.top < line.bottom && Math.abs(at.left - line.right) < 80";
    let spot = serde_json::to_value(&spot).map_err(|error| crate::page::Stop::Failed(error.to_string()))?;
    page.until("the button stands beside its line", script, vec![spot, json!(line.block)], |beside| *beside == true)
        .await?;
    page.press("button", "What this line is: *").await?;
    page.press("menuitem", "Quotation").await?;
    let role = "return blocks()[arguments[0]].dataset.role";
    page.until("the line is a quotation", role, vec![json!(line.block)], |role| role == "quote").await?;
    ensure(page.blocks().await? == before, || "relabelling a line changed the text".to_owned())?;
    page.until_painted("tag-measure", &[TONNES]).await?;
    page.until_saved().await?;
    let place = page.place().await?;
    page.open(&place).await?;
    page.until("the line is still a quotation", role, vec![json!(line.block)], |role| role == "quote").await?;
    page.until_card(TONNES, &["measure"]).await?;
    Ok(())
}

async fn rename(page: &Page, old: &str) -> Step {
    page.press("link", "Library").await?;
    page.until_documents(3).await?;
    // Two documents have this name; the one at hand is the one that was opened last, and stands first.
    let first = "[aria-label=Documents] > li:first-child";
    page.press_in(first, "button", &format!("More for “{old}”")).await?;
    page.press("menuitem", "Rename").await?;
    let field = page.find_in("dialog", "textbox", "Title").await?;
    field.clear().await?;
    field.send_keys("Tin bến cảng").await?;
    page.press_in("dialog", "button", "Save").await?;
    page.until_gone("dialog", "Rename the document").await?;
    page.find_in(first, "link", "Tin bến cảng").await?;
    page.until_saved().await?;
    page.open("").await?;
    page.find_in("[aria-label=Documents]", "link", "Tin bến cảng").await?;
    Ok(())
}
