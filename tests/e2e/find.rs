//! Finding things as a person or a screen reader does: by role and English name.
use std::time::{Duration, Instant};

use fantoccini::elements::{Element, ElementRef};
use serde_json::{Value, json};

use crate::page::{DEADLINE, Page, Step, failed};

/// Functions that every script can use.
pub(crate) const VOCABULARY: &str = r#"
const SELECTORS = {
  button: 'button, [role=button]', link: 'a[href]', textbox: 'textarea, input:not([type]), input[type=text]',
  list: 'ul, ol', dialog: 'dialog[open]', article: 'article', menuitem: '[role=menuitem], [role=menuitemradio]',
};
const plain = text => text.replace(/\s+/g, ' ').trim();
// The text without what is hidden from assistive technology.
function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  return [...node.childNodes].map(spoken).join('');
}
function nameOf(element) {
  const label = element.getAttribute('aria-label');
  if (label) return plain(label);
  if (element.labels && element.labels.length) return plain(spoken(element.labels[0]));
  return plain(spoken(element));
}
const isShown = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
// A name that ends in * stands for all that begin like it.
function fits(name, wanted) {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
function byRole(role, name, within) {
  const roots = within ? [...document.querySelectorAll(within)] : [document];
  const all = roots.flatMap(root => [...root.querySelectorAll(SELECTORS[role] || `[role=${role}]`)]);
  return all.filter(element => isShown(element) && fits(nameOf(element), name));
}
const blocks = () => [...document.querySelectorAll('article [data-block]')];
const utf16 = (text, chars) => [...text].slice(0, chars).join('').length;
// The text node and the place in it, so many code points into a block.
function placeIn(block, chars, isEnd) {
  let left = utf16(block.textContent, chars), last = [block, 0], node;
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while ((node = walker.nextNode())) {
    if (left < node.length || (isEnd && left === node.length)) return [node, left];
    left -= node.length;
    last = [node, node.length];
  }
  return last;
}
function rangeIn(block, start, end) {
  const range = document.createRange();
  range.setStart(...placeIn(block, start, false));
  range.setEnd(...placeIn(block, end, true));
  return range;
}
const cards = () => [...document.querySelectorAll('ol[aria-label="Annotations"] > li[data-annotation]')];
"#;

/// Words of the text: a block, and code points in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) block: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Words {
    /// Some characters of them, counted from their start.
    pub(crate) fn part(self, start: usize, end: usize) -> Self {
        Self { start: self.start + start, end: self.start + end, ..self }
    }
}

impl Page {
    /// Waits for the one visible thing of this role and name. A name that ends in `*` stands for all that begin
    /// like it.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Step<Element> {
        self.find_in("", role, name).await
    }

    /// [`Page::find`] inside of the things that a CSS selector picks.
    pub(crate) async fn find_in(&self, within: &str, role: &str, name: &str) -> Step<Element> {
        let started = Instant::now();
        let script = "return byRole(...arguments)";
        loop {
            let found = self.run(script, vec![json!(role), json!(name), json!(within)]).await;
            let elements = found.as_ref().ok().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if let [only] = elements
                && let Some(element) = self.element(only)
            {
                return Ok(element);
            }
            if started.elapsed() > DEADLINE {
                let place = if within.is_empty() { String::new() } else { format!(" in {within}") };
                let count = elements.len();
                return failed(format!(
                    "there should be one {role} named “{name}”{place}, there are {count}"
                ));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Waits until nothing of this role and name is visible.
    pub(crate) async fn until_gone(&self, role: &str, name: &str) -> Step {
        let script = "return byRole(...arguments).length";
        let what = format!("no {role} named “{name}”");
        self.until(&what, script, vec![json!(role), json!(name)], |count| *count == 0).await?;
        Ok(())
    }

    /// The element that a script returned.
    fn element(&self, value: &Value) -> Option<Element> {
        let id = value.as_object()?.values().next()?.as_str()?;
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned())))
    }

    /// The texts of the blocks, in order.
    pub(crate) async fn blocks(&self) -> Step<Vec<String>> {
        let script = "return blocks().map(block => block.textContent)";
        let value = self.run(script, vec![]).await?;
        let texts = value.as_array().into_iter().flatten();
        Ok(texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Where words first stand in the text.
    pub(crate) async fn words(&self, words: &str) -> Step<Words> {
        let blocks = self.blocks().await?;
        let found = blocks.iter().enumerate().find_map(|(block, text)| {
            let start = text[..text.find(words)?].chars().count();
            Some(Words { block, start, end: start + words.chars().count() })
        });
        found.map_or_else(|| failed(format!("the text has no “{words}”")), Ok)
    }
}
