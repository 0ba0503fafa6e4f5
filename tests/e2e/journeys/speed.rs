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
    let mut times = Vec::new();
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
        page.notes.push(time.to_string());
        times.extend(time[3].as_f64());
        page.until_saved().await?;
    }
    times.sort_by(f64::total_cmp);
    let (fastest, median, slowest) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    page.notes.push(format!("key to painted passage: {fastest:.1} / {median:.1} / {slowest:.1} ms (least, median, most)"));

    let place = page.place().await?;
    let mut starts = Vec::new();
    for _ in 0..5 {
        page.open(&place).await?;
        page.until_text_is_shown().await?;
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
        starts.extend(page.until("a first paint", script, vec![], Value::is_number).await?.as_f64());
    }
    starts.sort_by(f64::total_cmp);
    page.notes.push(format!("warm start to first contentful paint: {:.0} ms (median of 5)", starts[2]));
    ensure(median <= KEY_TO_PAINT, || format!("key to painted passage takes {median:.1} ms in the median, {times:?}"))
}
