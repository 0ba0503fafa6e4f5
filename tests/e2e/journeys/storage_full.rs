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
        const database = request.result, noise = new Uint8Array(4 * 1024 * 1024);
        // Noise, because zeros would be packed.
        for (let at = 0; at < noise.length; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
        const put = size => new Promise(done => {
            const writing = database.transaction('rows', 'readwrite');
            writing.objectStore('rows').add(noise.slice(0, size));
            writing.oncomplete = () => done(true);
            writing.onabort = () => done(false);
        });
        for (let size = noise.length; size >= 16; size = Math.floor(size / 4)) while (await put(size));
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
