//! The review queue: each passage that lost its place beside the places where it may stand now. Nothing is moved
//! before the person says so, and each decision can be taken back.
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::Desk;
use crate::browser::{clock, page, window};
use crate::model::anchor::Outcome;
use crate::model::codebook::Codebook;
use crate::model::document::Language;
use crate::model::id::{AnnotationId, DocumentId};
use crate::model::review::{Item, Offer, Piece, Queue, Verdict};
use crate::state::Route;
use crate::ui::messages::Messages;
use crate::ui::widgets::{Icon, icon, swatch};
use crate::ui::words;
use crate::worker::vault_protocol::{DocumentQueue, VaultAnswer, VaultRequest};

/// The groups in the order in which they are shown.
const GROUPS: [Outcome; 4] = [Outcome::Changed, Outcome::Lost, Outcome::Moved, Outcome::Exact];
/// Changed passages that score this much differ in a few letters: they may be accepted together. In permille.
const ALMOST: u16 = 950;

/// What the person may do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Accept,
    Redraw,
    Keep,
    Next,
    Previous,
}

/// The queue with what is chosen in it.
#[derive(Clone, PartialEq)]
struct Table {
    desk: Desk,
    document: DocumentId,
    found: Rc<DocumentQueue>,
    codebook: Rc<Codebook>,
    current: UseStateHandle<Option<AnnotationId>>,
    /// Which of the offers.
    chosen: UseStateHandle<Option<usize>>,
}

impl Table {
    fn items(&self) -> &[Item] {
        &self.found.queue.items
    }

    /// The item shown: the one chosen, else the first.
    fn position(&self) -> usize {
        let chosen = (*self.current).as_ref();
        chosen.and_then(|id| self.items().iter().position(|item| item.annotation == *id)).unwrap_or(0)
    }

    fn item(&self) -> Option<&Item> {
        self.items().get(self.position())
    }

    /// Which offer an acceptance takes: none for what is lost, until one was chosen.
    fn offer_of(&self, item: &Item) -> Option<usize> {
        let proposed = (item.outcome != Outcome::Lost && !item.offers.is_empty()).then_some(0);
        self.chosen.or(proposed).filter(|&n| n < item.offers.len())
    }

    fn show(&self, position: usize) {
        self.current.set(self.items().get(position).map(|item| item.annotation.clone()));
        self.chosen.set(None);
    }

    fn act(&self, act: Act) {
        let (position, count) = (self.position(), self.items().len());
        let Some(item) = self.item() else { return };
        match act {
            Act::Next => self.show((position + 1) % count),
            Act::Previous => self.show((position + count - 1) % count),
            Act::Keep => self.decide(vec![(item.annotation.clone(), Verdict::Keep)]),
            Act::Accept => {
                if let Some(offer) = self.offer_of(item).and_then(|n| item.offers.get(n)) {
                    self.decide(vec![(item.annotation.clone(), Verdict::Place(offer.spans.clone()))]);
                }
            }
            Act::Redraw => {
                let (document, annotation) = (self.document.clone(), Some(item.annotation.clone()));
                page::set_hash(&Route::Read { document, annotation }.href());
            }
        }
    }

    /// Carries verdicts out as one step, and goes on to the item after.
    fn decide(&self, verdicts: Vec<(AnnotationId, Verdict)>) {
        let is_decided = |item: &&Item| verdicts.iter().any(|(id, _)| *id == item.annotation);
        let after = self.items().iter().skip(self.position()).find(|item| !is_decided(item));
        self.current.set(after.map(|item| item.annotation.clone()));
        self.chosen.set(None);
        let (document, origin) = (self.document.clone(), self.desk.origin());
        let request = VaultRequest::Decide { document, verdicts, origin };
        self.desk.ask(Some(self.desk.m.review_saving()), request, Vec::new(), |desk, answer, _| {
            if let VaultAnswer::Decided(count) = answer {
                desk.say(false, desk.m.review_decided(count));
                desk.changed();
            }
        });
    }

    fn on(&self, act: Act) -> Callback<MouseEvent> {
        let table = self.clone();
        Callback::from(move |_| table.act(act))
    }
}

#[hook]
pub(super) fn use_review(desk: &Desk, document: &DocumentId) -> Html {
    let m = desk.m;
    let found = use_state_eq(|| None::<Rc<DocumentQueue>>);
    let current = use_state_eq(|| None::<AnnotationId>);
    let chosen = use_state_eq(|| None::<usize>);
    let (shown, asking, id) = (found.clone(), desk.clone(), document.clone());
    use_effect_with((*desk.round, document.clone()), move |_| {
        asking.ask(None, VaultRequest::Queue(id), Vec::new(), move |_, answer, _| {
            if let VaultAnswer::Queue(queue) = answer {
                shown.set(Some(queue.into()));
            }
        });
    });
    let table = found.as_ref().map(|found| Table {
        desk: desk.clone(),
        document: document.clone(),
        found: found.clone(),
        codebook: Rc::new(Codebook::with(found.tags.iter().cloned())),
        current: current.clone(),
        chosen: chosen.clone(),
    });
    use_keys(&table);
    let Some(table) = table else {
        return html! { <p class="note" role="status">{ icon(Icon::Busy) }{ m.review_reading() }</p> };
    };
    html! {
        <>
            { queue(&table) }
            { comparison(&table) }
        </>
    }
}

/// A accepts, R draws anew, G keeps the old words, S, J and K go on and back.
#[hook]
fn use_keys(table: &Option<Table>) {
    let held = table.clone();
    use_effect_with(table.clone(), move |_| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&window(), "keydown", options, move |event| {
            let (Some(event), Some(table)) = (event.dyn_ref::<KeyboardEvent>(), &held) else { return };
            let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            if !is_plain || page::has_dialog() || event.is_composing() {
                return;
            }
            let act = match event.key().to_lowercase().as_str() {
                "a" => Act::Accept,
                "r" => Act::Redraw,
                "g" => Act::Keep,
                "s" | "j" => Act::Next,
                "k" => Act::Previous,
                digit => {
                    let offers = table.item().map_or(0, |item| item.offers.len());
                    let number = digit.parse::<usize>().ok().and_then(|digit| digit.checked_sub(1));
                    if let Some(number) = number.filter(|&number| number < offers) {
                        table.chosen.set(Some(number));
                    }
                    return;
                }
            };
            event.prevent_default();
            event.stop_immediate_propagation();
            table.act(act);
        });
        move || drop(listener)
    });
}

fn name(m: Messages, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Exact => m.outcome_exact(),
        Outcome::Moved => m.outcome_moved(),
        Outcome::Changed => m.outcome_changed(),
        Outcome::Lost => m.outcome_lost(),
    }
}

fn percent(score: u16) -> String {
    format!("{}%", score / 10)
}

fn queue(table: &Table) -> Html {
    let m = table.desk.m;
    let DocumentQueue { title, language, revision, added, queue, .. } = &*table.found;
    let when = |number: u32| {
        let at = added.iter().find(|(known, _)| *known == number).map(|(_, at)| *at);
        let date = at.map(|at| clock::local_text(at, m.0.code())).unwrap_or_default();
        format!("{number} ({date})")
    };
    let oldest = queue.items.iter().map(|item| item.revision).max().unwrap_or(*revision);
    html! {
        <aside class="queue" aria-label={m.review_queue()}>
            <header>
                <h1>{ m.review_title() }</h1>
                <p lang={language.code()}>{ title }</p>
                <p class="faint">
                    if oldest != *revision && oldest > 0 {
                        { m.review_between(&when(oldest), &when(*revision)) }
                    } else {
                        { m.review_of(&when(*revision)) }
                    }
                </p>
                { tally(m, queue) }
            </header>
            <div class="queue__l">
                for outcome in GROUPS { { group(table, outcome) } }
                if queue.placed > 0 {
                    <p class="rg__done">{ icon(Icon::Check) }{ m.review_placed(queue.placed) }</p>
                }
                if queue.kept > 0 {
                    <p class="rg__done">{ m.review_kept(queue.kept) }</p>
                }
            </div>
        </aside>
    }
}

/// How many there are of each kind, as a bar with its sentence.
fn tally(m: Messages, queue: &Queue) -> Html {
    let count = |outcome| queue.items.iter().filter(|item| item.outcome == outcome).count() as u32;
    let parts = [
        ("placed", queue.placed + queue.kept),
        ("moved", count(Outcome::Moved) + count(Outcome::Exact)),
        ("changed", count(Outcome::Changed)),
        ("lost", count(Outcome::Lost)),
    ];
    let total = parts.iter().map(|(_, count)| count).sum::<u32>().max(1);
    let label = m.review_tally(
        &m.number(parts[0].1),
        &m.number(parts[1].1),
        &m.number(parts[2].1),
        &m.number(parts[3].1),
    );
    let mut at = 0;
    let bars = parts.map(|(kind, count)| {
        let (x, width) = (at * 1000 / total, count * 1000 / total);
        at += count;
        html! {
            if count > 0 {
                <rect data-kind={kind} x={x.to_string()} y="0" height="10" width={width.saturating_sub(4).max(4).to_string()} />
            }
        }
    });
    html! {
        <svg class="rtally" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label={label}>
            { for bars }
        </svg>
    }
}

fn group(table: &Table, outcome: Outcome) -> Html {
    let m = table.desk.m;
    let items: Vec<&Item> = table.items().iter().filter(|item| item.outcome == outcome).collect();
    if items.is_empty() {
        return html! {};
    }
    let is_wanted = |item: &Item| match outcome {
        Outcome::Exact | Outcome::Moved => true,
        Outcome::Changed => item.offers.first().is_some_and(|offer| offer.score >= ALMOST),
        Outcome::Lost => false,
    };
    let verdicts: Vec<(AnnotationId, Verdict)> = items
        .iter()
        .filter(|item| is_wanted(item))
        .filter_map(|item| {
            Some((item.annotation.clone(), Verdict::Place(item.offers.first()?.spans.clone())))
        })
        .collect();
    let all_lost = (outcome == Outcome::Lost && items.len() > 1)
        .then(|| items.iter().map(|item| (item.annotation.clone(), Verdict::Keep)).collect::<Vec<_>>());
    let bulk = |label: String, verdicts: Vec<(AnnotationId, Verdict)>| {
        let table = table.clone();
        let press = Callback::from(move |_: MouseEvent| table.decide(verdicts.clone()));
        html! { <button type="button" class="btn btn--sm" onclick={press}>{ label }</button> }
    };
    let heading = format!("{}: {}", name(m, outcome), items.len());
    html! {
        <section class="rg" data-outcome={outcome_name(outcome)} aria-label={heading}>
            <header>
                <h2>{ name(m, outcome) }</h2><span class="num">{ m.number(items.len() as u32) }</span>
                <span class="grow" />
                if verdicts.len() > 1 {
                    { bulk(
                        if outcome == Outcome::Changed {
                            m.review_accept_almost(&m.number(verdicts.len() as u32))
                        } else {
                            m.review_accept_all(&m.number(verdicts.len() as u32))
                        },
                        verdicts,
                    ) }
                }
                if let Some(all) = all_lost { { bulk(m.review_keep_all(&m.number(all.len() as u32)), all) } }
            </header>
            <ul>{ for items.into_iter().map(|item| entry(table, item)) }</ul>
        </section>
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Exact => "exact",
        Outcome::Moved => "moved",
        Outcome::Changed => "changed",
        Outcome::Lost => "lost",
    }
}

fn entry(table: &Table, item: &Item) -> Html {
    let m = table.desk.m;
    let is_current = table.item().is_some_and(|current| current.annotation == item.annotation);
    let id = item.annotation.clone();
    let (current, chosen) = (table.current.clone(), table.chosen.clone());
    let press = Callback::from(move |_: MouseEvent| {
        current.set(Some(id.clone()));
        chosen.set(None);
    });
    let best = item.offers.first().filter(|_| item.outcome != Outcome::Lost);
    let place = match (&item.was, best) {
        (Some(was), Some(offer)) if was.block != offer.is.block => {
            m.review_from_to(&m.number(was.block + 1), &m.number(offer.is.block + 1))
        }
        (_, Some(offer)) => m.review_at(&m.number(offer.is.block + 1)),
        (_, None) => m.review_nowhere().to_owned(),
    };
    html! {
        <li>
            <button type="button" class="rv" aria-current={is_current.then_some("true")} onclick={press}
                data-annotation={item.annotation.0.clone()}>
                { swatch(table.codebook.style_of(&item.tags)) }
                <span class="rv__q" lang={table.found.language.code()}>{ &item.quote }</span>
                <span class="rv__m">{ place }</span>
                if let Some(offer) = best { <span class="num rv__s">{ percent(offer.score) }</span> }
            </button>
        </li>
    }
}

fn comparison(table: &Table) -> Html {
    let m = table.desk.m;
    let Some(item) = table.item() else {
        let back = Route::Read { document: table.document.clone(), annotation: None };
        return html! {
            <section class="cmp" aria-label={m.review_compare()}>
                <p class="note note--ok">{ icon(Icon::Check) }<span>{ m.review_done() }</span></p>
                <p><a class="btn btn--primary" href={back.href()}>{ m.review_back() }</a></p>
            </section>
        };
    };
    let chosen = table.offer_of(item);
    let offer = chosen.and_then(|n| item.offers.get(n));
    let (position, count) = (table.position() as u32 + 1, table.items().len() as u32);
    let language = table.found.language;
    let tags = item.tags.iter().map(|tag| {
        let style = table.codebook.style_of(std::slice::from_ref(tag));
        html! { <span class="tag" data-style={style.name()}>{ swatch(style) }{ words::tag_name(m, &table.codebook, tag) }</span> }
    });
    let key = |key: &'static str| html! { <kbd class="kbd" aria-hidden="true">{ key }</kbd> };
    html! {
        <section class="cmp" aria-label={m.review_compare()}>
            <header class="cmp__h">
                { for tags }
                <h2 lang={language.code()}>{ "“" }{ &item.quote }{ "”" }</h2>
                <span class="grow" />
                <span class="muted num">{ m.number(position) }{ "/" }{ m.number(count) }</span>
                <button type="button" class="btn btn--quiet btn--sm" onclick={table.on(Act::Previous)}>{ m.review_previous() }</button>
                <button type="button" class="btn btn--quiet btn--sm" onclick={table.on(Act::Next)}>{ m.review_next() }</button>
            </header>
            <div class="cmp__g" aria-live="polite">
                { old_side(table, item, offer) }
                { new_side(table, item, offer) }
            </div>
            { candidates(table, item, chosen) }
            <footer class="cmp__f">
                <button type="button" class="btn btn--primary" disabled={offer.is_none()} onclick={table.on(Act::Accept)}>
                    { m.review_accept() }{ key("A") }
                </button>
                <button type="button" class="btn" onclick={table.on(Act::Redraw)}>{ m.review_redraw() }{ key("R") }</button>
                <button type="button" class="btn" onclick={table.on(Act::Keep)}>{ m.review_keep() }{ key("G") }</button>
                <button type="button" class="btn btn--quiet" onclick={table.on(Act::Next)}>{ m.review_later() }{ key("S") }</button>
                <span class="grow" />
                <span class="faint">{ m.review_nothing_deleted() }</span>
            </footer>
        </section>
    }
}

fn old_side(table: &Table, item: &Item, offer: Option<&Offer>) -> Html {
    let m = table.desk.m;
    let language = table.found.language;
    html! {
        <article aria-label={m.review_old()}>
            if let Some(was) = &item.was {
                <h3>{ m.review_old() }{ ", " }{ m.review_at(&m.number(was.block + 1)) }</h3>
                { context(&was.before, language) }
                { paragraph(offer.map_or(&was.pieces, |offer| &offer.was), true, language) }
                { context(&was.after, language) }
            } else {
                <h3>{ m.review_foreign() }</h3>
                <p lang={language.code()}><mark>{ &item.quote }</mark></p>
            }
        </article>
    }
}

fn new_side(table: &Table, item: &Item, offer: Option<&Offer>) -> Html {
    let m = table.desk.m;
    let language = table.found.language;
    html! {
        <article aria-label={m.review_new()}>
            if let Some(Offer { is, .. }) = offer {
                <h3>{ m.review_new() }{ ", " }{ m.review_at(&m.number(is.block + 1)) }</h3>
                { context(&is.before, language) }
                { paragraph(&is.pieces, false, language) }
                { context(&is.after, language) }
            } else {
                <h3>{ m.review_new() }</h3>
                <p class="note note--warn">
                    { icon(Icon::Warning) }
                    <span>{ if item.offers.is_empty() { m.review_gone() } else { m.review_choose() } }</span>
                </p>
            }
        </article>
    }
}

fn context(text: &str, language: Language) -> Html {
    html! { if !text.is_empty() { <p class="ctx" lang={language.code()}>{ text }</p> } }
}

/// A paragraph with what only it has, and with the passage in it.
fn paragraph(pieces: &[Piece], is_old: bool, language: Language) -> Html {
    let piece = |piece: &Piece| {
        let text = html! { { &piece.text } };
        let text = match (piece.is_changed, is_old) {
            (false, _) => text,
            (true, true) => html! { <del>{ text }</del> },
            (true, false) => html! { <ins>{ text }</ins> },
        };
        if piece.is_marked {
            html! { <mark>{ text }</mark> }
        } else {
            text
        }
    };
    html! { <p lang={language.code()}>{ for pieces.iter().map(piece) }</p> }
}

fn candidates(table: &Table, item: &Item, chosen: Option<usize>) -> Html {
    let m = table.desk.m;
    let is_worth_asking = item.offers.len() > 1 || item.outcome == Outcome::Lost;
    if !is_worth_asking || item.offers.is_empty() {
        return html! {};
    }
    let row = |(n, offer): (usize, &Offer)| {
        let choice = table.chosen.clone();
        let choose = Callback::from(move |_: Event| choice.set(Some(n)));
        let is_chosen = chosen == Some(n);
        html! {
            <label class={classes!("cand__r", is_chosen.then_some("is-on"))}>
                <input type="radio" name="candidate" checked={is_chosen} onchange={choose} />
                <span class="num">{ percent(offer.score) }</span>
                <span class="serif" lang={table.found.language.code()}>{ in_a_line(&offer.is.pieces) }</span>
                <small>{ m.review_at(&m.number(offer.is.block + 1)) }</small>
            </label>
        }
    };
    html! {
        <fieldset class="cand">
            <legend>{ m.review_where() }</legend>
            { for item.offers.iter().enumerate().map(row) }
        </fieldset>
    }
}

/// The passage with a few words around it.
fn in_a_line(pieces: &[Piece]) -> Html {
    const WORDS: usize = 48;
    let text = |is_wanted: &dyn Fn(usize) -> bool| -> String {
        pieces
            .iter()
            .enumerate()
            .filter(|(n, _)| is_wanted(*n))
            .map(|(_, piece)| piece.text.as_str())
            .collect()
    };
    let first = pieces.iter().position(|piece| piece.is_marked).unwrap_or(0);
    let last = pieces.iter().rposition(|piece| piece.is_marked).unwrap_or(0);
    let before = text(&|n| n < first);
    let skip = before.chars().count().saturating_sub(WORDS);
    let before: String = before.chars().skip(skip).collect();
    let after: String = text(&|n| n > last).chars().take(WORDS).collect();
    html! {
        <>{ if skip > 0 { "…" } else { "" } }{ before }<b>{ text(&|n| first <= n && n <= last) }</b>{ after }</>
    }
}
