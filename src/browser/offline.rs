//! Working without a network: the service worker, its updates, and the browser's promise to keep the data.
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};

use super::window;

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let has_it = js_sys::Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    has_it.then(|| navigator.service_worker())
}

/// Registers the service worker; `on_waiting` is called when a newer version of the app is ready to take over.
pub async fn register(on_waiting: impl Fn() + 'static) {
    let Some(container) = container() else { return };
    let registration = match JsFuture::from(container.register("./sw.js")).await {
        Ok(registration) => registration.unchecked_into::<ServiceWorkerRegistration>(),
        Err(error) => return super::log(&["no service worker: ", &super::told(&error)].concat()),
    };
    let on_waiting = Rc::new(on_waiting);
    // Either may be there before `updatefound` can be heard.
    watch(registration.waiting(), on_waiting.clone());
    watch(registration.installing(), on_waiting.clone());
    let (found, callback) = (registration.clone(), on_waiting);
    EventListener::new(&registration, "updatefound", move |_| watch(found.installing(), callback.clone()))
        .forget();
}

/// Starts the version that waits; the page is loaded anew once it has taken over.
pub async fn activate_waiting() {
    let Some(container) = container() else { return super::page::reload() };
    EventListener::once(&container, "controllerchange", |_| super::page::reload()).forget();
    let Ok(registration) = JsFuture::from(container.get_registration()).await else {
        return super::page::reload();
    };
    match registration.dyn_into::<ServiceWorkerRegistration>().ok().and_then(|found| found.waiting()) {
        Some(waiting) if waiting.post_message(&JsValue::from_str("skip-waiting")).is_ok() => {}
        Some(_) | None => super::page::reload(),
    }
}

fn watch(worker: Option<web_sys::ServiceWorker>, on_waiting: Rc<impl Fn() + 'static>) {
    let Some(worker) = worker else { return };
    let check = {
        let worker = worker.clone();
        // Without a controller this is the first installation, not an update.
        let is_update = move || container().is_some_and(|container| container.controller().is_some());
        move || {
            if worker.state() == ServiceWorkerState::Installed && is_update() {
                on_waiting();
            }
        }
    };
    check();
    EventListener::new(&worker, "statechange", move |_| check()).forget();
}

/// What the browser says about stored data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StorageReport {
    /// Whether it promised not to throw the data away; none when it cannot say.
    pub persisted: Option<bool>,
    /// Bytes in use, as the browser estimates.
    pub usage: Option<f64>,
    /// Bytes that could be used.
    pub quota: Option<f64>,
    /// Whether the app starts without a network.
    pub works_offline: bool,
}

/// Asks how the stored data are doing.
pub async fn storage_report() -> StorageReport {
    let works_offline = match container() {
        Some(container) => JsFuture::from(container.get_registration())
            .await
            .ok()
            .and_then(|found| found.dyn_into::<ServiceWorkerRegistration>().ok())
            .is_some_and(|registration| registration.active().is_some()),
        None => false,
    };
    let mut report = StorageReport { works_offline, ..StorageReport::default() };
    let Some(manager) = storage_manager() else { return report };
    if let Ok(promise) = manager.persisted() {
        report.persisted = JsFuture::from(promise).await.ok().and_then(|value| value.as_bool());
    }
    if let Ok(promise) = manager.estimate()
        && let Ok(estimate) = JsFuture::from(promise).await
    {
        let number =
            |key: &str| js_sys::Reflect::get(&estimate, &key.into()).ok().and_then(|value| value.as_f64());
        report.usage = number("usage");
        report.quota = number("quota");
    }
    report
}

/// Asks the browser to keep the data; it may ask the person.
pub async fn ask_to_persist() -> Option<bool> {
    let promise = storage_manager()?.persist().ok()?;
    JsFuture::from(promise).await.ok().and_then(|value| value.as_bool())
}

fn storage_manager() -> Option<web_sys::StorageManager> {
    let navigator = window().navigator();
    let has_it = js_sys::Reflect::has(&navigator, &"storage".into()).unwrap_or(false);
    has_it.then(|| navigator.storage())
}
