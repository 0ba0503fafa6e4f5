//! Everything is carried away in one file, lost, and brought back.
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::page::{Page, Step, Stop, ensure};

const NETS: &str = "31 tonnes of lost net";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open_sample().await?;
    let place = page.place().await?;
    page.select(NETS).await?;
    page.key('5').await?;
    page.until_card(NETS, &["result"]).await?;
    page.until_saved().await?;

    page.open("#/settings").await?;
    page.find("button", "Download backup").await?;
    // The bytes are read where the page hands them over: not every test browser has a place for downloads.
    let script = "
        const create = URL.createObjectURL;
        URL.createObjectURL = blob => {
            const reader = new FileReader();
            reader.onload = () => { window.savedBytes = reader.result.split(',')[1] };
            reader.readAsDataURL(blob);
            return create.call(URL, blob);
        };
        HTMLAnchorElement.prototype.click = function () { window.savedName = this.download };";
    page.run(script, vec![]).await?;
    page.press("button", "Download backup").await?;
    let saved = page.until("a backup", "return window.savedBytes", vec![], Value::is_string).await?;
    let bytes = from_base64(saved.as_str().unwrap_or_default());
    ensure(bytes.starts_with(b"PK"), || "the backup is no archive".to_owned())?;
    let path = page.write_file("backup.zip", &bytes)?;

    wipe(page).await?;
    page.open("#/settings").await?;
    restore(page, &path).await?;
    page.open(&place).await?;
    page.until_card(NETS, &["result"]).await?;
    page.until_painted("tag-result", &[NETS]).await?;

    // What is no backup is refused with a sentence, and nothing changes.
    page.open("#/settings").await?;
    page.press("button", "Restore backup").await?;
    let damaged = page.write_file("damaged.zip", &bytes[..bytes.len() / 2])?;
    choose(page, &damaged).await?;
    page.until_sentence("refused_not").await
}

async fn restore(page: &Page, path: &std::path::Path) -> Step {
    page.press("button", "Restore backup").await?;
    choose(page, path).await?;
    page.until("a preview", "return document.querySelector('[data-restore=preview]') !== null", vec![], |seen| *seen == true)
        .await?;
    page.press_in("dialog[open]", "button", "Restore").await?;
    page.until("it is restored", "return document.querySelector('[data-restore=done]') !== null", vec![], |seen| *seen == true)
        .await?;
    Ok(())
}

async fn choose(page: &Page, path: &std::path::Path) -> Step {
    let input = page.client.find(Locator::Css("dialog[open] input[type=file]")).await?;
    let Some(path) = path.to_str() else { return Err(Stop::Failed("a path that is no text".to_owned())) };
    Ok(input.send_keys(path).await?)
}

/// Deletes the database while no page of the app is open.
async fn wipe(page: &Page) -> Step {
    page.go_to(&format!("{}manifest.webmanifest", page.server.address())).await?;
    let script = "
        window.wiped = undefined;
        const request = indexedDB.deleteDatabase('concord');
        request.onsuccess = () => { window.wiped = true };
        localStorage.clear();";
    page.run(script, vec![]).await?;
    page.until("the database is gone", "return window.wiped", vec![], |wiped| *wiped == json!(true)).await?;
    Ok(())
}

fn from_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits = text.trim_end_matches('=').as_bytes();
    digits
        .chunks(4)
        .flat_map(|chunk| {
            let bits = chunk.iter().fold(0, |bits, &byte| bits << 6 | value(byte)) << (6 * (4 - chunk.len()));
            bits.to_be_bytes()[1..chunk.len()].to_vec()
        })
        .collect()
}
