//! No space left: a sentence, nothing harmed, and all is written once there is space again.
use std::time::Duration;

use serde_json::json;

use crate::driver::Engine;
use crate::page::{Page, Step};

const TONNES: &str = "31 tonnes of lost net";
const SNAGS: &str = "412 snags";
/// Room for the app and its document, and not much more.
const QUOTA: u64 = 32 * 1024 * 1024;

/// Fills what is left of the quota, in ever smaller pieces, with another database of the same origin.
const FILL: &str = "
    const request = indexedDB.open('filler');
    request.onupgradeneeded = () => request.result.createObjectStore('rows', { autoIncrement: true });
    request.onsuccess = async () => {
        const database = request.result;
        const put = size => new Promise(done => {
            const writing = database.transaction('rows', 'readwrite');
            writing.objectStore('rows').add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65536))).buffer);
            const piece = new Uint8Array(size);
            for (let at = 0; at < size; at += 65536) crypto.getRandomValues(piece.subarray(at, Math.min(size, at + 65536)));
            writing.objectStore('rows').add(piece);
            writing.oncomplete = () => done(true);
            writing.onabort = () => done(false);
        });
        for (let size = 4 * 1024 * 1024; size >= 16; size = Math.floor(size / 4)) while (await put(size)) window.filled = (window.filled || 0) + size;
        database.close();
        window.isFull = true;
    }";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.only_in(Engine::Chromium, "only its developer tools can set the quota")?;
    let origin = page.server.address();
    page.developer_tools("Storage.overrideQuotaForOrigin", json!({ "origin": origin, "quotaSize": QUOTA }))?;
    page.open_sample().await?;
    page.select(TONNES).await?;
    page.key('5').await?;
    page.until_card(TONNES, &["result"]).await?;
    page.until_saved().await?;
    let place = page.place().await?;

    page.run(FILL, vec![]).await?;
    page.until_within(Duration::from_secs(60), "full storage", "return window.isFull", vec![], |full| *full == true).await?;
    let x = page.run("navigator.storage.estimate().then(e => window.est = JSON.stringify(e)); return [window.filled, window.est]", vec![]).await?;
    let x2 = page.run("return [window.filled, window.est]", vec![]).await?;
    page.notes.push(format!("{x} {x2}"));
    page.select(SNAGS).await?;
    page.key('6').await?;
    page.until_card(SNAGS, &["measure"]).await?;
    page.until_sentence("trouble_full").await?;
    page.until_unsaved(1).await?;
    page.until_painted("tag-measure", &[SNAGS]).await?;

    page.developer_tools("Storage.overrideQuotaForOrigin", json!({ "origin": origin }))?;
    page.press("button", "Try again").await?;
    page.until_saved().await?;
    page.open(&place).await?;
    page.until_card(TONNES, &["result"]).await?;
    page.until_card(SNAGS, &["measure"]).await?;
    Ok(())
}
