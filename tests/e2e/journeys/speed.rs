//! How fast it feels: from a key press to the painted passage, and from a warm start to the text.
use serde_json::Value;

use serde_json::json;

use crate::driver::Engine;
use crate::page::{Page, Step, ensure, failed, project};
use crate::server::Server;

/// From the press to the changed highlight: within one frame of 60 a second, in ms. When the engine then draws the
/// frame is printed: without a graphics card that is its time, not ours.
const KEY_TO_HIGHLIGHT: f64 = 16.7;
/// The app's first text against the text of a blank Yew page. The goal is 2; see `bench/README.md` for what is
/// reached and why. This bound only keeps it from getting worse.
const START_RATIO: f64 = 8.0;
/// Notes when the first block of text stands in the page.
const WATCH_TEXT: &str = "
    new MutationObserver((_, observer) => {
        if (!document.querySelector('[data-block]')) return;
        observer.disconnect();
        window.firstText = performance.now();
    }).observe(document, { childList: true, subtree: true })";
const STRETCHES: [&str; 10] = [
    "Quillhaven Harbour Office", "Union of Fishing Villages", "three-year agreement", "abandoned gear", "Sallow Bay",
    "Clean Berths", "informal arrangement", "Council Order", "harbour master", "two nautical miles",
];

pub(super) async fn walk(page: &mut Page) -> Step {
    page.only_in(Engine::Chromium, "the budgets are for one engine on one machine")?;
    page.open_sample().await?;
    // Until the press is heard, the highlight is changed, the next frame begins, and that frame is painted.
    let mut times: [Vec<f64>; 4] = Default::default();
    // Another stretch each time: what is tagged already is not tagged again.
    for words in STRETCHES {
        let stretch = page.words(words).await?;
        page.select_by_script(stretch).await?;
        page.until_selected(words).await?;
        let script = "
            window.keyToPaint = null;
            const painted = () => CSS.highlights.get('tag-lead')?.size ?? 0;
            const before = painted();
            const { add } = Highlight.prototype;
            let added = 0;
            Highlight.prototype.add = function (range) { added = performance.now(); return add.call(this, range) };
            addEventListener('keydown', event => {
                const pressed = event.timeStamp, heard = performance.now();
                const frame = () => {
                    if (painted() === before) return requestAnimationFrame(frame);
                    const seen = performance.now();
                    // After this frame has been painted.
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => { 
                        Highlight.prototype.add = add;
                        window.keyToPaint = [heard, added, seen, performance.now()].map(time => time - pressed);
                    };
                    port2.postMessage(0);
                };
                requestAnimationFrame(frame);
            }, { capture: true, once: true })";
        page.run(script, vec![]).await?;
        page.key('1').await?;
        let time = page.until("a painted passage", "return window.keyToPaint", vec![], Value::is_array).await?;
        for (step, time) in times.iter_mut().zip(time.as_array().into_iter().flatten()) {
            step.extend(time.as_f64());
        }
        page.until_saved().await?;
    }
    let [heard, changed, frame, painted] = times.map(median);
    page.notes.push(format!(
        "key to painted passage, ms, median of {}: heard {heard:.1}, changed {changed:.1}, frame {frame:.1}, painted {painted:.1}",
        STRETCHES.len()
    ));

    let ratio = start_ratio(page).await?;
    ensure(changed <= KEY_TO_HIGHLIGHT, || {
        format!("key to highlight takes {changed:.1} ms, more than {KEY_TO_HIGHLIGHT}")
    })?;
    ensure(ratio.is_none_or(|ratio| ratio <= START_RATIO), || {
        format!("the first text takes {ratio:?} times as long as a blank page, more than {START_RATIO}")
    })
}

/// The first text of a document on a warm start, against that of a blank Yew page; none when `script/blank` was not
/// run. The two take turns, so that a busy machine is busy for both.
async fn start_ratio(page: &mut Page) -> Step<Option<f64>> {
    let folder = project().join("target/blank");
    if !folder.join("index.html").exists() {
        page.notes.push("skipped: the start against a blank page; script/blank builds it".to_owned());
        return Ok(None);
    }
    let blank = match Server::start(&folder) {
        Ok(server) => server,
        Err(error) => return failed(format!("the blank page cannot be served: {error}")),
    };
    page.developer_tools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH_TEXT }))?;
    let place = page.address(&page.place().await?);
    let (mut app_times, mut blank_times) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        app_times.push(first_text(page, &place).await?);
        blank_times.push(first_text(page, &blank.address()).await?);
    }
    let (app, blank) = (median(app_times), median(blank_times));
    page.notes.push(format!(
        "warm start to first text, ms, median of 9: {app:.0}; a blank Yew page {blank:.0}; ratio {:.2}",
        app / blank
    ));
    Ok(Some(app / blank))
}

async fn first_text(page: &Page, address: &str) -> Step<f64> {
    page.go_to(address).await?;
    let time = page.until("the first text", "return window.firstText ?? null", vec![], Value::is_number).await?;
    Ok(time.as_f64().unwrap_or(f64::NAN))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
