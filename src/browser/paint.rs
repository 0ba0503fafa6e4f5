//! Painting by the CSS Custom Highlight API: one `Highlight` a style, static ranges, only what is near the screen.
//!
//! A registered highlight is never replaced: WebKit would leave the old paint behind. It is cleared and filled.
use wasm_bindgen::prelude::*;
use web_sys::{AbstractRange, Element};

use super::article::static_range;
use crate::model::document::DocumentText;
use crate::model::text::Span;

#[wasm_bindgen]
extern "C" {
    // web-sys has these behind a compiler flag only.
    type Highlight;
    #[wasm_bindgen(constructor)]
    fn new() -> Highlight;
    #[wasm_bindgen(method)]
    fn add(this: &Highlight, range: &AbstractRange) -> Highlight;
    #[wasm_bindgen(method)]
    fn clear(this: &Highlight);
    #[wasm_bindgen(method, setter)]
    fn set_priority(this: &Highlight, priority: i32);

    type HighlightRegistry;
    #[wasm_bindgen(thread_local_v2, js_namespace = CSS, js_name = highlights)]
    static HIGHLIGHTS: Option<HighlightRegistry>;
    #[wasm_bindgen(method)]
    fn get(this: &HighlightRegistry, name: &str) -> Option<Highlight>;
    #[wasm_bindgen(method)]
    fn set(this: &HighlightRegistry, name: &str, highlight: &Highlight) -> JsValue;
}

/// Whether this browser can paint highlights.
pub fn is_supported() -> bool {
    HIGHLIGHTS.with(Option::is_some)
}

/// Paints exactly these spans under a name; none clears it.
pub fn paint(
    name: &str,
    priority: i32,
    article: &Element,
    text: &DocumentText,
    spans: impl IntoIterator<Item = Span>,
) {
    HIGHLIGHTS.with(|registry| {
        let Some(registry) = registry else { return };
        let highlight = registry.get(name).unwrap_or_else(|| {
            let highlight = Highlight::new();
            highlight.set_priority(priority);
            registry.set(name, &highlight);
            highlight
        });
        highlight.clear();
        for span in spans {
            if let Some(range) = static_range(article, text, span) {
                highlight.add(&range);
            }
        }
    });
}

/// Clears all of these names.
pub fn clear(names: impl IntoIterator<Item = String>) {
    HIGHLIGHTS.with(|registry| {
        let Some(registry) = registry else { return };
        for name in names {
            if let Some(highlight) = registry.get(&name) {
                highlight.clear();
            }
        }
    });
}
