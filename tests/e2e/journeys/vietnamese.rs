//! The interface in Vietnamese, and tags found without typing accents.
use fantoccini::key::Key;

use crate::check::message;
use crate::page::{Page, Step, ensure};

const READERS: &str = "mở 118/120 điểm đọc cộng đồng";

pub(super) async fn walk(page: &mut Page) -> Step {
    page.language = "vi";
    let say = |key: &str| message("vi", key);
    page.open("").await?;
    let language = page.text_from("return document.documentElement.lang", vec![]).await?;
    ensure(language == "vi", || format!("the page says its language is {language:?}"))?;
    page.find("link", &say("nav_library")?).await?;
    page.find("button", &say("import")?).await?;
    page.press("button", &say("open_sample")?).await?;
    page.until_text_is_shown().await?;

    let words = page.words(READERS).await?;
    page.drag_over(words).await?;
    page.find("toolbar", &say("selection")?).await?;
    for key in ["highlight", "tag", "note", "task", "card"] {
        page.find_in(".selbar", "button", &say(key)?).await?;
    }
    page.press_in(".selbar", "button", &say("tag")?).await?;
    page.find("combobox", &say("tag")?).await?;
    page.type_text("nhiem").await?;
    page.key(Key::Enter).await?;
    page.until_painted("tag-task", &[READERS]).await?;
    let script = "return [...document.querySelectorAll('[data-tag=task]')].map(tag => plain(spoken(tag)))";
    let names = page.run(script, vec![]).await?;
    ensure(names[0].as_str().is_some_and(|name| name.starts_with("Nhiệm vụ")), || format!("the tag is called {names}"))?;
    let script = "return [...document.querySelectorAll('[role=status]')].map(status => plain(spoken(status)))";
    let saved = say("saved")?;
    page.until("saved, in Vietnamese", script, vec![], |status| status[0] == saved.as_str()).await?;
    Ok(())
}
