//! What must be seen.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::page::{DEADLINE, Page, Step, Stop, ensure, failed, project};

/// A passage in the list "Annotations".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) quote: String,
    pub(crate) tags: Vec<String>,
    pub(crate) note: String,
    pub(crate) is_current: bool,
}

impl Card {
    /// What picks this card, for [`Page::find_in`].
    pub(crate) fn selector(&self) -> String {
        format!("[data-annotation=\"{}\"]", self.id)
    }
}

const CARDS: &str = "
    return cards().map(card => ({
        id: card.dataset.annotation,
        quote: card.querySelector('blockquote').textContent,
        tags: [...card.querySelectorAll('[data-tag]')].map(tag => tag.dataset.tag),
        note: card.querySelector('textarea[aria-label=Note]').value,
        isCurrent: card.getAttribute('aria-current') === 'true',
    }))";

const PAINTED: &str = "
    const painted = {};
    for (const [name, ranges] of CSS.highlights) for (const { startContainer, startOffset, endContainer, endOffset } of ranges) {
        const range = document.createRange();
        range.setStart(startContainer, startOffset);
        range.setEnd(endContainer, endOffset);
        (painted[name] ||= []).push(String(range));
    }
    return painted";

impl Page {
    /// Waits until a document is on screen.
    pub(crate) async fn until_text_is_shown(&self) -> Step {
        self.until("a text is shown", "return blocks().length", vec![], |count| count.as_u64() > Some(0))
            .await?;
        Ok(())
    }

    /// The passages as listed.
    pub(crate) async fn cards(&self) -> Step<Vec<Card>> {
        Ok(read_cards(&self.run(CARDS, vec![]).await?))
    }

    /// Waits until the list of passages is as wanted; returns it.
    pub(crate) async fn until_cards(
        &self,
        what: &str,
        are_right: impl Fn(&[Card]) -> bool,
    ) -> Step<Vec<Card>> {
        let value = self.until(what, CARDS, vec![], |value| are_right(&read_cards(value))).await?;
        Ok(read_cards(&value))
    }

    /// Waits for a passage of exactly these words and tags; returns it.
    pub(crate) async fn until_card(&self, quote: &str, tags: &[&str]) -> Step<Card> {
        let fits = |card: &Card| card.quote == quote && card.tags == tags;
        let what = format!("a passage “{quote}” tagged {tags:?}");
        let cards =
            self.until_cards(&what, |cards| cards.iter().filter(|card| fits(card)).count() == 1).await?;
        cards.into_iter().find(fits).map_or_else(|| failed(what), Ok)
    }

    /// Waits until a passage has the focus.
    pub(crate) async fn until_current(&self, quote: &str) -> Step {
        let what = format!("the focus on “{quote}”");
        self.until_cards(&what, |cards| {
            cards.iter().all(|card| card.is_current == (card.quote == quote))
                && cards.iter().any(|card| card.is_current)
        })
        .await?;
        Ok(())
    }

    /// Waits until exactly these words are painted in a style, in any order.
    pub(crate) async fn until_painted(&self, style: &str, words: &[&str]) -> Step {
        let mut wanted: Vec<String> = words.iter().map(|&words| words.to_owned()).collect();
        wanted.sort();
        let what = format!("{style} painted on {wanted:?}");
        self.until(&what, PAINTED, vec![], |value| {
            let mut seen = read_painted(value).remove(style).unwrap_or_default();
            seen.sort();
            seen == wanted
        })
        .await?;
        Ok(())
    }

    /// The registry of highlights may hold only the app's own names.
    pub(crate) async fn ensure_highlight_names(&self) -> Step {
        let names = self.run("return [...CSS.highlights.keys()]", vec![]).await?;
        let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let is_ours = |name: &&str| name.starts_with("tag-") || name.starts_with("ui-");
        ensure(!names.is_empty() && names.iter().all(is_ours), || format!("highlights are named {names:?}"))
    }

    /// Waits until the toolbar shows these words as selected.
    pub(crate) async fn until_selected(&self, words: &str) -> Step {
        let script = "
            const [toolbar] = byRole('toolbar', 'Selection');
            return toolbar ? toolbar.querySelector('p').textContent : null";
        let clipped = clipped(words);
        self.until(&format!("“{words}” in the toolbar"), script, vec![], |seen| {
            *seen == clipped.as_str()
        })
        .await?;
        Ok(())
    }

    /// Waits until the selection is these words and more; returns it.
    pub(crate) async fn until_selection_grows_beyond(&self, words: &str) -> Step<String> {
        let pending = |value: &Value| value["ui-pending"][0].as_str().unwrap_or_default().to_owned();
        let what = format!("a selection wider than “{words}”");
        let value = self
            .until(&what, PAINTED, vec![], |value| {
                let now = pending(value);
                now != words && now.contains(words)
            })
            .await?;
        Ok(pending(&value))
    }

    /// Waits until storage has acknowledged everything, and the page says so.
    pub(crate) async fn until_saved(&self) -> Step {
        let script = "
            const [status] = document.querySelectorAll('[role=status]');
            return [document.documentElement.dataset.unsaved, status ? plain(spoken(status)) : null]";
        let wanted = json!(["0", "Saved on this device"]);
        self.until("everything is saved and the status says so", script, vec![], |seen| *seen == wanted)
            .await?;
        Ok(())
    }

    /// Waits until so many edits are unsaved.
    pub(crate) async fn until_unsaved(&self, count: u32) -> Step {
        let script = "return document.documentElement.dataset.unsaved";
        let wanted = count.to_string();
        self.until(&format!("{wanted} unsaved"), script, vec![], |seen| *seen == wanted.as_str()).await?;
        Ok(())
    }

    /// From now on notes each frame in which the page says "saved" while something is not.
    pub(crate) async fn watch_status(&self) -> Step {
        let script = "
            window.falselySaved = 0;
            const look = () => {
                const [status] = document.querySelectorAll('[role=status]');
                const saysSaved = status && plain(spoken(status)) === 'Saved on this device';
                if (saysSaved && document.documentElement.dataset.unsaved !== '0') window.falselySaved += 1;
                requestAnimationFrame(look);
            };
            look()";
        self.run(script, vec![]).await?;
        Ok(())
    }

    /// What [`Page::watch_status`] saw must be nothing.
    pub(crate) async fn ensure_status_was_honest(&self) -> Step {
        let seen = self.run("return window.falselySaved", vec![]).await?;
        ensure(seen == 0, || format!("“Saved on this device” with unsaved edits, in {seen} frames"))
    }

    /// Waits for a sentence of the interface, anywhere on the page.
    pub(crate) async fn until_sentence(&self, key: &str) -> Step {
        let pieces = pieces(key)?;
        let script = "
            const text = plain(spoken(document.body));
            let from = 0;
            for (const piece of arguments[0]) {
                const at = text.indexOf(piece, from);
                if (at < 0) return text;
                from = at + piece.length;
            }
            return true";
        self.until(&format!("the sentence {key}: {pieces:?}"), script, vec![json!(pieces)], |seen| {
            *seen == true
        })
        .await?;
        Ok(())
    }

    /// Waits until a block of the text says exactly this.
    pub(crate) async fn until_block(&self, text: &str) -> Step {
        let script = "return blocks().some(block => block.textContent === arguments[0]) || blocks().map(block => block.textContent)";
        self.until(&format!("the block “{text}”"), script, vec![json!(text)], |seen| *seen == true).await?;
        Ok(())
    }

    /// Waits until assistive technology was told something that begins like this.
    pub(crate) async fn until_spoken(&self, start: &str) -> Step {
        let script = "return document.querySelector('[data-spoken]').textContent";
        let begins = |said: &Value| said.as_str().is_some_and(|said| said.starts_with(start));
        self.until(&format!("spoken: “{start}…”"), script, vec![], begins).await?;
        Ok(())
    }

    /// Waits until the keyboard is in something of this name.
    pub(crate) async fn until_keyboard_is_at(&self, name: &str) -> Step {
        let script = "return nameOf(document.activeElement)";
        self.until(&format!("the keyboard at “{name}”"), script, vec![], |seen| *seen == name).await?;
        Ok(())
    }

    /// Waits until the element that a script returns lies wholly inside the window.
    pub(crate) async fn ensure_in_view(&self, what: &str, script: &str) -> Step {
        let script = format!(
            "const element = (() => {{ {script} }})();
            if (!element || !isShown(element)) return 'not shown';
            const {{ left, top, right, bottom }} = element.getBoundingClientRect();
            const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
            return isInside || [left, top, right, bottom, innerWidth, innerHeight]"
        );
        self.until(&format!("{what} inside the window"), &script, vec![], |seen| *seen == true).await?;
        Ok(())
    }

    /// Waits until nobody answers any more where the server was.
    pub(crate) async fn until_server_is_gone(&self) -> Step {
        let started = Instant::now();
        while self.server.answers().await {
            ensure(started.elapsed() < DEADLINE, || "the server lives on".to_owned())?;
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(())
    }

    /// The titles in the list "Documents".
    pub(crate) async fn documents(&self) -> Step<Vec<String>> {
        let value = self.run(DOCUMENTS, vec![]).await?;
        Ok(read_texts(&value))
    }

    /// Waits until the library lists so many documents; returns their titles.
    pub(crate) async fn until_documents(&self, count: usize) -> Step<Vec<String>> {
        let what = format!("{count} documents in the library");
        let value = self.until(&what, DOCUMENTS, vec![], |value| read_texts(value).len() == count).await?;
        Ok(read_texts(&value))
    }
}

const DOCUMENTS: &str = "
    const [list] = byRole('list', 'Documents');
    return list ? [...list.querySelectorAll('a')].map(link => link.textContent) : []";

/// A message of the interface, from its own file.
pub(crate) fn message(language: &str, key: &str) -> Step<String> {
    let path = project().join(format!("locales/{language}.toml"));
    let all = std::fs::read_to_string(&path)
        .map_err(|error| Stop::Failed(format!("{} cannot be read: {error}", path.display())))?;
    let line = all.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    match line.and_then(|line| line.trim().strip_prefix('"')?.strip_suffix('"')) {
        Some(text) => Ok(text.to_owned()),
        None => failed(format!("{} has no plain text {key}", path.display())),
    }
}

/// An English message, cut at its placeholders.
fn pieces(key: &str) -> Step<Vec<String>> {
    let text = message("en", key)?;
    let pieces = text.split('{').enumerate().map(|(n, piece)| match (n, piece.split_once('}')) {
        (0, _) | (_, None) => piece,
        (_, Some((_placeholder, after))) => after,
    });
    Ok(pieces.map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect())
}

/// The toolbar shows both ends of a long passage.
fn clipped(words: &str) -> String {
    const EDGE: usize = 36;
    let chars: Vec<char> = words.chars().collect();
    if chars.len() <= 2 * EDGE + 3 {
        return words.to_owned();
    }
    let (head, tail) = (&chars[..EDGE], &chars[chars.len() - EDGE..]);
    format!("{} … {}", String::from_iter(head), String::from_iter(tail))
}

fn read_cards(value: &Value) -> Vec<Card> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let cards = value.as_array().into_iter().flatten();
    cards
        .map(|card| Card {
            id: text(&card["id"]),
            quote: text(&card["quote"]),
            tags: read_texts(&card["tags"]),
            note: text(&card["note"]),
            is_current: card["isCurrent"] == true,
        })
        .collect()
}

fn read_painted(value: &Value) -> BTreeMap<String, Vec<String>> {
    let names = value.as_object().into_iter().flatten();
    names.map(|(name, words)| (name.clone(), read_texts(words))).collect()
}

fn read_texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}
