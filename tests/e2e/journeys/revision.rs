//! A new version of a document: what reads on unchanged keeps its place, what does not waits for the person, nothing
//! lands on other words, and each decision can be taken back.
use serde_json::{Value, json};

use crate::page::{Page, Step, ensure};

const OLD: &str = "Harbour plan for the coming year\n\nThe Harbour Office leads the survey of the eastern quay together with the Divers' Union.\n\nThe survey ends before 30 September and covers ninety berths.\n\nThe Bell Foundry repairs the fog signal at its own cost.\n\nA report goes to the town council at the end of each month.\n";
const NEW: &str = "Harbour plan for the coming year\n\nA new paragraph stands first and says that the plan was amended.\n\nThe Harbour Office leads the survey of the eastern quay together with the Divers' Union.\n\nThe survey ends no later than 31 October and covers ninety berths.\n\nA report goes to the town council at the end of each month.\n";
const LEAD: &str = "Harbour Office";
const DUE: &str = "before 30 September";
const NEW_DUE: &str = "no later than 31 October";
const GONE: &str = "repairs the fog signal";
const REPORT: &str = "A report goes to the town council";

pub(super) async fn walk(page: &mut Page) -> Step {
    let old = page.write_file("plan.txt", OLD)?;
    page.open("").await?;
    page.import_file(&old).await?;
    page.until_block("A report goes to the town council at the end of each month.").await?;
    for (words, key, tag) in [(LEAD, '1', "lead"), (DUE, '9', "due"), (GONE, '4', "task"), (REPORT, '5', "result")] {
        page.select(words).await?;
        page.key(key).await?;
        page.until_card(words, &[tag]).await?;
    }
    page.until_saved().await?;
    let place = page.place().await?;

    // The same name and another text: a newer version.
    let new = page.write_file("plan.txt", NEW)?;
    page.press("link", "Library").await?;
    page.import_file(&new).await?;
    page.press("button", "New version of it").await?;
    page.until_block("A new paragraph stands first and says that the plan was amended.").await?;
    ensure(page.place().await? == place, || "the new version is another document".to_owned())?;
    page.until_painted("tag-lead", &[LEAD]).await?;
    page.until_painted("tag-result", &[REPORT]).await?;
    page.until_painted("tag-due", &[]).await?;
    page.until_painted("tag-task", &[]).await?;
    // What waits is in the list with its old words.
    page.until_card(DUE, &["due"]).await?;
    page.until_card(GONE, &["task"]).await?;

    page.press_in("aside.margin", "link", "Review").await?;
    until_group(page, "changed", &[DUE]).await?;
    until_group(page, "lost", &[GONE]).await?;
    let shown = page.run("return [...document.querySelectorAll('.cmp__g ins')].map(it => it.textContent)", vec![]).await?;
    ensure(shown.to_string().contains("31 October"), || format!("the change is not shown: {shown}"))?;
    page.key('a').await?;
    until_group(page, "changed", &[]).await?;
    page.key('g').await?;
    until_group(page, "lost", &[]).await?;
    page.press("link", "Back to the document").await?;
    page.until_painted("tag-due", &[NEW_DUE]).await?;
    page.until_card(NEW_DUE, &["due"]).await?;
    page.until_card(GONE, &["task"]).await?;

    // Back, decision by decision, to the old text.
    let tools = "[aria-label='Reading tools']";
    page.press_in(tools, "button", "Undo").await?;
    page.press_in(tools, "button", "Undo").await?;
    page.until_painted("tag-due", &[]).await?;
    page.until_card(DUE, &["due"]).await?;
    page.press_in(tools, "button", "Undo").await?;
    page.until_block("The Bell Foundry repairs the fog signal at its own cost.").await?;
    page.until_painted("tag-due", &[DUE]).await?;
    page.until_painted("tag-task", &[GONE]).await?;
    page.until_painted("tag-lead", &[LEAD]).await?;
    page.until_saved().await?;
    page.open(&place).await?;
    page.until_painted("tag-task", &[GONE]).await
}

/// Waits until a group of the queue holds exactly these words; an empty group is not shown.
async fn until_group(page: &Page, outcome: &str, words: &[&str]) -> Step {
    let script = "
        if (!document.querySelector('.queue')) return null;
        return [...document.querySelectorAll(`[data-outcome=${arguments[0]}] .rv__q`)].map(it => it.textContent)";
    let wanted = json!(words);
    page.until(&format!("{outcome}: {words:?}"), script, vec![json!(outcome)], |found: &Value| *found == wanted)
        .await
        .map(drop)
}
