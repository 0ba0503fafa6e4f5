//! The page itself: its address, language, theme and state for those who look from outside.
use super::{document, layout, window};

/// The part of the address behind `#`.
pub fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// Goes to an address inside the app.
pub fn set_hash(hash: &str) {
    if window().location().set_hash(hash).is_err() {
        super::log("could not change the address");
    }
}

/// A value of the address's query, before `#` or in it.
pub fn query(name: &str) -> Option<String> {
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let hash = hash();
    let queries = [search.trim_start_matches('?'), hash.split_once('?').map_or("", |(_, query)| query)];
    queries.iter().flat_map(|query| query.split('&')).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The languages that the browser asks for, the best first.
pub fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|language| language.as_string()).collect()
}

/// Sets an attribute of `<html>`; none removes it.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    // Setting an attribute of the root makes the browser look at the styles of the whole page again.
    if root.get_attribute(name).as_deref() == value {
        return;
    }
    let result = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
    if result.is_err() {
        super::log(&format!("could not set {name}"));
    }
}

thread_local! {
    static FAILED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Says, outside of Yew, that the app met an error of its own; [`has_failed`] is true from then on.
pub fn fail(sentence: &str) {
    FAILED.set(true);
    set_root_attribute("data-state", Some("failed"));
    let said = document().create_element("div").ok().zip(document().body()).is_some_and(|(banner, body)| {
        banner.set_class_name("banner banner--danger banner--failed");
        banner.set_text_content(Some(sentence));
        banner.set_attribute("role", "alert").is_ok() && body.prepend_with_node_1(&banner).is_ok()
    });
    if !said {
        super::log(sentence);
    }
}

/// Whether the app met an error of its own: nothing may be written any more.
pub fn has_failed() -> bool {
    FAILED.get()
}

/// Sets a custom property for the whole page.
pub fn set_root_style(property: &str, value: &str) {
    if let Some(root) = document().document_element() {
        layout::set_style(&root, property, value);
    }
}

/// Sets the title of the window.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Loads the page anew.
pub fn reload() {
    if window().location().reload().is_err() {
        super::log("could not reload");
    }
}

/// Opens the print dialog.
pub fn print() {
    if window().print().is_err() {
        super::log("could not open the print dialog");
    }
}

/// Whether the keyboard is in something that takes text, so that letters are no shortcuts.
pub fn is_typing() -> bool {
    document().active_element().is_some_and(|element| {
        let takes_text = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
        takes_text || element.has_attribute("contenteditable")
    })
}

/// Whether Enter belongs to what has the keyboard: a button, a link, a field.
pub fn is_on_control() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "A" | "BUTTON" | "INPUT" | "SELECT" | "SUMMARY" | "TEXTAREA")
    })
}

/// Whether a modal dialog is open.
pub fn has_dialog() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// Calls back when the next frame is about to be drawn.
pub fn on_next_frame(f: impl FnOnce() + 'static) {
    let callback = wasm_bindgen::closure::Closure::once_into_js(f);
    if window().request_animation_frame(wasm_bindgen::JsCast::unchecked_ref(&callback)).is_err() {
        super::log("the browser gives no frames");
    }
}

/// The page's whole address with another part behind `#`.
pub fn address_with_hash(hash: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    let base = href.split('#').next().unwrap_or_default();
    format!("{base}{hash}")
}

/// Starts a module script of the app's own, once; later calls only send its event to the window, so that it can look
/// at the page again.
pub fn start_script(path: &str, event: &str) {
    let is_there = document().query_selector(&format!("script[src='{path}']")).ok().flatten().is_some();
    let done = if is_there {
        web_sys::Event::new(event).and_then(|event| window().dispatch_event(&event)).is_ok()
    } else {
        let script = document().create_element("script");
        script.is_ok_and(|script| {
            script.set_attribute("type", "module").is_ok()
                && script.set_attribute("src", path).is_ok()
                && document().body().is_some_and(|body| body.append_child(&script).is_ok())
        })
    };
    if !done {
        super::log("a part of the app could not be started");
    }
}
