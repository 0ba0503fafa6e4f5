//! How fast it feels: from a key press to the painted passage, and from a warm start to the text.
use serde_json::Value;

use crate::driver::Engine;
use crate::page::{Page, Step, ensure};

/// Two frames: the press falls into one, the paint is done by the end of the next.
const KEY_TO_PAINT: f64 = 34.0;
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

    let place = page.place().await?;
    let mut starts = Vec::new();
    for _ in 0..5 {
        page.open(&place).await?;
        page.until_text_is_shown().await?;
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
        starts.extend(page.until("a first paint", script, vec![], Value::is_number).await?.as_f64());
    }
    page.notes.push(format!("warm start to first contentful paint: {:.0} ms (median of 5)", median(starts)));
    ensure(painted <= KEY_TO_PAINT, || format!("key to painted passage takes {painted:.1} ms, more than {KEY_TO_PAINT}"))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
