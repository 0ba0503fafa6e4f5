//! What a person does: press, drag, type.
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::Locator;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::check::Card;
use crate::find::Words;
use crate::page::{DEADLINE, Page, Step, Stop, failed};

/// A point of the viewport, in CSS pixels.
type Point = (f64, f64);

impl Page {
    /// Presses the one visible thing of this role and name.
    pub(crate) async fn press(&self, role: &str, name: &str) -> Step {
        self.press_in("", role, name).await
    }

    /// [`Page::press`] inside of the things that a CSS selector picks.
    pub(crate) async fn press_in(&self, within: &str, role: &str, name: &str) -> Step {
        self.did(format!("press {role} “{name}” {within}"));
        let started = Instant::now();
        loop {
            let element = self.find_in(within, role, name).await?;
            // Between finding and pressing it may have been drawn anew, or something may lie over it for a moment.
            match element.click().await {
                Ok(()) => return Ok(()),
                Err(error) if started.elapsed() > DEADLINE => {
                    return failed(format!("the {role} “{name}” cannot be pressed: {error}"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(25)).await,
            }
        }
    }

    /// Drags the mouse over words, from the first character to the last, and lets go.
    pub(crate) async fn drag_over(&self, words: Words) -> Step {
        self.did(format!("drag over {words:?}"));
        let ((x1, y1), (x2, y2)) = self.ends_of(words).await?;
        let (from, to) = ((x1 + 0.5, y1), (x2 - 0.5, y2));
        let middle = ((x1 + x2) / 2.0, (y1 + y2) / 2.0);
        let drag = mouse()
            .then(move_to(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(move_to(middle))
            .then(move_to(to))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(drag).await?)
    }

    /// Drags a thing by the mouse to the end of words, and so many CSS pixels beside it.
    pub(crate) async fn drag_from(&self, selector: &str, words: Words, beside: Point) -> Step {
        self.did(format!("drag {selector} to {words:?}"));
        let (_, (x, y)) = self.ends_of(words).await?;
        let script = "
            const rect = document.querySelector(arguments[0]).getBoundingClientRect();
            return [rect.x + rect.width / 2, rect.y + rect.height / 2]";
        let at = self.run(script, vec![json!(selector)]).await?;
        let from = (at[0].as_f64().unwrap_or_default(), at[1].as_f64().unwrap_or_default());
        let drag = mouse()
            .then(move_to(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(move_to((x - 1.0, y + beside.1)))
            .then(move_to((x - 0.5 + beside.0, y + beside.1)))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(drag).await?)
    }

    /// Finds words in the text and drags the mouse over them; the toolbar must then show exactly them.
    pub(crate) async fn select(&self, words: &str) -> Step {
        let place = self.words(words).await?;
        self.drag_over(place).await?;
        self.until_selected(words).await
    }

    /// Clicks into the middle of words.
    pub(crate) async fn click_on(&self, words: Words) -> Step {
        self.did(format!("click on {words:?}"));
        let ((x1, y1), (x2, y2)) = self.ends_of(words).await?;
        let click = mouse()
            .then(move_to(((x1 + x2) / 2.0, (y1 + y2) / 2.0)))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(click).await?)
    }

    /// Presses the quotation of a passage in the margin and waits until the passage has the focus.
    pub(crate) async fn press_card(&self, card: &Card) -> Step {
        self.did(format!("press the passage “{}”", card.quote));
        let quote = format!("{} blockquote", card.selector());
        self.client.find(Locator::Css(&quote)).await?.click().await?;
        self.until_current(&card.quote).await
    }

    /// Moves the mouse over words.
    pub(crate) async fn hover_over(&self, words: Words) -> Step {
        self.did(format!("hover over {words:?}"));
        let ((x1, y1), (x2, y2)) = self.ends_of(words).await?;
        // From elsewhere: a move to where the mouse is already is none.
        let hover = mouse().then(move_to((x1, y1))).then(move_to(((x1 + x2) / 2.0, (y1 + y2) / 2.0)));
        Ok(self.client.perform_actions(hover).await?)
    }

    /// The left edge of the first character and the right edge of the last, at half the height of their lines;
    /// scrolls them into the middle of the view first.
    async fn ends_of(&self, words: Words) -> Step<(Point, Point)> {
        let script = "
            const [number, start, end] = arguments, block = blocks()[number];
            block.scrollIntoView({ block: 'center', behavior: 'instant' });
            const rects = [...rangeIn(block, start, end).getClientRects()].filter(rect => rect.width > 0);
            const first = rects[0], last = rects[rects.length - 1];
            return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2]";
        let value = self.run(script, vec![json!(words.block), json!(words.start), json!(words.end)]).await?;
        let numbers: Vec<f64> = value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        match numbers.as_slice() {
            &[x1, y1, x2, y2] => Ok(((x1, y1), (x2, y2))),
            _ => failed(format!("{words:?} has no place on screen: {value}")),
        }
    }

    /// Selects words by script, without the mouse.
    pub(crate) async fn select_by_script(&self, words: Words) -> Step {
        let script = "
            const [number, start, end] = arguments, block = blocks()[number];
            block.scrollIntoView({ block: 'center', behavior: 'instant' });
            getSelection().setBaseAndExtent(...placeIn(block, start, false), ...placeIn(block, end, true))";
        self.run(script, vec![json!(words.block), json!(words.start), json!(words.end)]).await?;
        Ok(())
    }

    /// Presses a key with others held down, wherever the keyboard is.
    pub(crate) async fn chord(&self, held: &[Key], key: impl Into<char>) -> Step {
        let key = key.into();
        self.did(format!("keys {held:?} {}", name_of(key)));
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in held {
            actions = actions.then(KeyAction::Down { value: (*key).into() });
        }
        actions = actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        for key in held.iter().rev() {
            actions = actions.then(KeyAction::Up { value: (*key).into() });
        }
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Presses a key.
    pub(crate) async fn key(&self, key: impl Into<char>) -> Step {
        self.chord(&[], key).await
    }

    /// Types, wherever the keyboard is.
    pub(crate) async fn type_text(&self, text: &str) -> Step {
        self.did(format!("type “{text}”"));
        let actions = text.chars().fold(KeyActions::new("keyboard".to_owned()), |actions, key| {
            actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key })
        });
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Presses Tab until something is focused whose name fits, as [`Page::find`] understands names.
    pub(crate) async fn tab_to(&self, name: &str) -> Step {
        const FARTHEST: usize = 60;
        for _ in 0..FARTHEST {
            let script = "return fits(nameOf(document.activeElement), arguments[0])";
            if self.run(script, vec![json!(name)]).await? == true {
                return Ok(());
            }
            self.key(Key::Tab).await?;
        }
        failed(format!("Tab does not reach “{name}”"))
    }

    /// Opens the import dialog and chooses a file.
    pub(crate) async fn import_file(&self, path: &Path) -> Step {
        self.did(format!("import {}", path.display()));
        self.press("button", "Import").await?;
        self.find("dialog", "Add articles").await?;
        let path =
            path.canonicalize().map_err(|error| Stop::Failed(format!("{}: {error}", path.display())))?;
        let Some(path) = path.to_str() else { return failed("a path that is no text") };
        let input = self.client.find(Locator::Css("dialog input[type=file]")).await?;
        Ok(input.send_keys(path).await?)
    }

    /// Opens the import dialog, puts a text in as a paste would, and adds it.
    pub(crate) async fn import_text(&self, text: &str) -> Step {
        self.press("button", "Import").await?;
        let area = self.find("textbox", "Article text").await?;
        let script = "
            const [area, text] = arguments;
            area.value = text;
            area.dispatchEvent(new InputEvent('input', { bubbles: true }))";
        let area = serde_json::to_value(&area).map_err(|error| Stop::Failed(error.to_string()))?;
        self.run(script, vec![area, json!(text)]).await?;
        self.press("button", "Add article").await
    }

    /// Opens the English sample from the empty library, with the mouse, and waits for its text.
    pub(crate) async fn open_sample(&self) -> Step {
        self.open("").await?;
        self.press("button", "Open a sample").await?;
        self.until_text_is_shown().await
    }
}

fn mouse() -> MouseActions {
    MouseActions::new("mouse".to_owned())
}

fn move_to((x, y): Point) -> PointerAction {
    PointerAction::MoveTo { duration: Some(Duration::from_millis(40)), x, y }
}

/// WebDriver's names for keys are private characters.
fn name_of(key: char) -> String {
    const KEYS: [Key; 13] = [
        Key::Tab,
        Key::Enter,
        Key::Escape,
        Key::Delete,
        Key::F7,
        Key::Left,
        Key::Right,
        Key::Up,
        Key::Down,
        Key::Shift,
        Key::Control,
        Key::Alt,
        Key::Backspace,
    ];
    let known = KEYS.into_iter().find(|known| char::from(*known) == key);
    known.map_or_else(|| key.to_string(), |known| format!("{known:?}"))
}
