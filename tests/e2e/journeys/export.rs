//! What leaves the app: the annotations as W3C Web Annotations.
use serde_json::{Value, json};

use crate::driver::Engine;
use crate::page::{Page, Step, Stop, ensure};

const NETS: &str = "31 tonnes of lost net";
const NOTE: &str = "Against a target of *28*";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open_sample().await?;
    page.select(NETS).await?;
    page.key('5').await?;
    let card = page.until_card(NETS, &["result"]).await?;
    page.key('n').await?;
    page.until_keyboard_is_at("Note").await?;
    page.type_text(NOTE).await?;
    page.until_saved().await?;

    // What is saved is read where the page hands it over; WebKit's test browser has nowhere to put it.
    let script = "
        const create = URL.createObjectURL;
        URL.createObjectURL = blob => {
            blob.text().then(text => { window.savedText = text; window.savedType = blob.type });
            return create.call(URL, blob);
        };
        const click = HTMLAnchorElement.prototype.click;
        HTMLAnchorElement.prototype.click = function () {
            window.savedName = this.download;
            if (arguments.length === 0 && window.letDownloadsPass) click.call(this);
        };
        window.letDownloadsPass = arguments[0]";
    let has_downloads = page.engine != Engine::WebKit;
    page.run(script, vec![json!(has_downloads)]).await?;
    page.press("button", "Export").await?;
    page.press("menuitem", "Web Annotation (JSON-LD)").await?;
    let saved = page
        .until("a file", "return window.savedText && [window.savedName, window.savedText, window.savedType]", vec![], Value::is_array)
        .await?;
    let (name, text) = (saved[0].as_str().unwrap_or_default(), saved[1].as_str().unwrap_or_default());
    ensure(name.ends_with(".jsonld"), || format!("the file is called {name:?}"))?;
    ensure(saved[2] == "application/ld+json", || format!("the file is of type {}", saved[2]))?;
    check_export(page, text, &card.id).await?;
    if has_downloads {
        let path = page.folder.join(name);
        let started = std::time::Instant::now();
        while std::fs::read_to_string(&path).ok().as_deref() != Some(text) {
            ensure(started.elapsed() < crate::page::DEADLINE, || format!("{} was not downloaded", path.display()))?;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
    Ok(())
}

async fn check_export(page: &Page, text: &str, id: &str) -> Step {
    let all: Value = serde_json::from_str(text).map_err(|error| Stop::Failed(format!("no JSON: {error}")))?;
    ensure(all["@context"] == "http://www.w3.org/ns/anno.jsonld", || "the context is missing".to_owned())?;
    ensure(all["type"] == "AnnotationCollection" && all["total"] == 1, || format!("a wrong collection: {all}"))?;
    let one = &all["first"]["items"][0];
    ensure(one["id"] == format!("urn:uuid:{id}"), || format!("a wrong id: {}", one["id"]))?;
    let selector = |kind: &str| {
        let selectors = one["target"]["selector"].as_array().into_iter().flatten();
        selectors.into_iter().find(|selector| selector["type"] == kind).cloned().unwrap_or_default()
    };
    let quote = selector("TextQuoteSelector");
    ensure(quote["exact"] == NETS, || format!("a wrong quotation: {quote}"))?;
    let position = selector("TextPositionSelector");
    let whole: Vec<char> = page.blocks().await?.join("\n").chars().collect();
    let at = |key: &str| position[key].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
    let words = whole.get(at("start")..at("end")).map(String::from_iter);
    ensure(words.as_deref() == Some(NETS), || format!("the position {position} means {words:?}"))?;
    let has_body = |purpose: &str, value: &str| {
        let bodies = one["body"].as_array().into_iter().flatten();
        bodies.into_iter().any(|body| body["purpose"] == purpose && body["value"] == value)
    };
    ensure(has_body("tagging", "Result") && has_body("commenting", NOTE), || format!("wrong bodies: {}", one["body"]))
}
