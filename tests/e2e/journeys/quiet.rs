//! Nothing in the console: the first journey again, with an ear on errors and on the content security policy.
use serde_json::json;

use crate::driver::Engine;
use crate::page::{Page, Step, ensure};

pub(super) async fn walk(page: &mut Page) -> Step {
    page.only_in(Engine::Chromium, "only its driver tells what the console says")?;
    let script = "
        const note = what => localStorage.setItem('e2e-noise', (localStorage.getItem('e2e-noise') || '') + what + '\\n');
        document.addEventListener('securitypolicyviolation', event =>
            note('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
        addEventListener('error', event => note('error: ' + event.message));
        addEventListener('unhandledrejection', event => note('rejection: ' + event.reason));";
    page.developer_tools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))?;
    super::mouse::walk(page).await?;
    let noise = page.text_from("return localStorage.getItem('e2e-noise') || ''", vec![]).await?;
    ensure(noise.is_empty(), || format!("the page met:\n{noise}"))?;
    let console = page.console()?;
    let messages = |level: &str| {
        let entries = console.iter().filter(|entry| entry["level"] == level);
        entries.map(|entry| entry["message"].to_string()).collect::<Vec<_>>()
    };
    page.notes.extend(messages("WARNING"));
    let errors = messages("SEVERE");
    ensure(errors.is_empty(), || format!("the console says:\n{}", errors.join("\n")))
}
