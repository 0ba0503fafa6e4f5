//! Without a network: after one visit the app, the document and the passages are there, and work goes on.
use crate::page::{Page, Step, ensure};

const NETS: &str = "31 tonnes of lost net";
const POTS: &str = "mark their pots with numbered tags";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open_sample().await?;
    let script = "
        navigator.serviceWorker.getRegistration().then(found => { window.workerState = found?.active?.state });
        return window.workerState";
    page.until("an active service worker", script, vec![], |state| state == "activated").await?;
    page.select(NETS).await?;
    page.key('5').await?;
    page.until_card(NETS, &["result"]).await?;
    page.until_saved().await?;
    let place = page.place().await?;

    page.server.kill();
    page.until_server_is_gone().await?;

    page.open("").await?;
    let titles = page.until_documents(1).await?;
    page.press_in("[aria-label=Documents]", "link", &titles[0]).await?;
    page.until_text_is_shown().await?;
    ensure(page.place().await? == place, || "the document has another address offline".to_owned())?;
    page.until_card(NETS, &["result"]).await?;
    page.until_painted("tag-result", &[NETS]).await?;
    page.select(POTS).await?;
    page.key('4').await?;
    page.until_card(POTS, &["task"]).await?;
    page.until_saved().await?;

    page.open(&place).await?;
    page.until_card(NETS, &["result"]).await?;
    page.until_card(POTS, &["task"]).await?;

    // The helper thread, which reads what is imported, starts without a network, too.
    page.press("link", "Library").await?;
    page.import_text("A harbour without a network\n\nThe crane works all the same.").await?;
    page.until_block("The crane works all the same.").await?;
    page.open("").await?;
    page.until_documents(2).await?;
    Ok(())
}
