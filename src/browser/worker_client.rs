//! The page's side of the helper thread: started when first needed, restarted when it dies, stopped to cancel.
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::model::id::DocumentId;
use crate::record::{read_json, to_json};
use crate::worker::protocol::{Envelope, READY, Request, Response};
use crate::worker::vault_protocol::{Origin, VaultAnswer, VaultRequest};
use serde::de::{DeserializeOwned, IgnoredAny};

/// The script that Trunk writes beside the worker's binary.
const SCRIPT: &str = "./worker_loader.js";

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerError {
    /// The request was cancelled.
    Cancelled,
    /// The worker could not be started, or died twice on this request.
    Died(String),
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the request was cancelled"),
            Self::Died(cause) => write!(f, "the helper thread died: {cause}"),
        }
    }
}

impl std::error::Error for WorkerError {}

/// Asks questions of the helper thread.
#[derive(Clone, Default)]
pub struct WorkerClient {
    running: Rc<RefCell<Option<Running>>>,
    next_number: Rc<RefCell<u32>>,
}

struct Running {
    worker: Worker,
    started: Promise,
    pending: Rc<RefCell<Vec<Pending>>>,
    _listeners: [EventListener; 2],
}

/// A question without an answer yet.
struct Pending {
    number: u32,
    resolve: Function,
    reject: Function,
}

const CANCELLED: &str = "cancelled";

impl WorkerClient {
    /// Asks for work on a file, and asks once more when the worker died over it.
    pub async fn ask(&self, request: &Request, bytes: &[u8]) -> Result<Response, WorkerError> {
        let question = to_json(request);
        match self.ask_once("Work", &question, bytes).await {
            Err(WorkerError::Died(cause)) => {
                super::log(&format!("the helper thread died and is started again: {cause}"));
                self.ask_once("Work", &question, bytes).await
            }
            answer => answer,
        }
        .map(|(response, _)| response)
    }

    /// Asks for work on storage as a whole; bytes may come along with the answer. Nothing is asked twice: a restore
    /// that failed is looked at before it is tried again.
    pub async fn ask_vault(
        &self,
        request: &VaultRequest,
        bytes: &[u8],
    ) -> Result<(VaultAnswer, Option<Uint8Array>), WorkerError> {
        self.ask_once("Vault", &to_json(request), bytes).await
    }

    /// A backup of everything, in whatever version the database is.
    pub async fn backup(&self, origin: &Origin) -> Result<Uint8Array, WorkerError> {
        let bytes = self.tell_vault("Backup", &to_json(origin)).await?;
        bytes.ok_or_else(|| WorkerError::Died("there is no backup".to_owned()))
    }

    /// Has a copy of everything kept.
    pub async fn keep_copy(&self, origin: &Origin) -> Result<(), WorkerError> {
        self.tell_vault("KeepCopy", &to_json(origin)).await.map(drop)
    }

    /// Has the annotations of a document packed.
    pub async fn pack(&self, document: &DocumentId) -> Result<(), WorkerError> {
        self.tell_vault("Pack", &to_json(document)).await.map(drop)
    }

    /// The page, which must stay small, asks the vault in as few words as can be, and reads nothing but the bytes that
    /// come along with the answer.
    async fn tell_vault(&self, what: &str, body: &str) -> Result<Option<Uint8Array>, WorkerError> {
        let request = ["{\"", what, "\":", body, "}"].concat();
        Ok(self.ask_once::<IgnoredAny>("Vault", &request, &[]).await?.1)
    }

    /// Stops whatever is being done. The next question starts a new worker.
    pub fn cancel(&self) {
        if let Some(running) = self.running.borrow_mut().take() {
            running.stop(CANCELLED);
        }
    }

    async fn ask_once<Answer: DeserializeOwned>(
        &self,
        kind: &str,
        request: &str,
        bytes: &[u8],
    ) -> Result<(Answer, Option<Uint8Array>), WorkerError> {
        let number = {
            let mut next = self.next_number.borrow_mut();
            *next += 1;
            *next
        };
        let (answer, started) = self.prepare(number)?;
        JsFuture::from(started).await.map_err(|error| error_of(&error))?;
        let question = [r#"{"number":"#, &number.to_string(), r#","body":{""#, kind, r#"":"#, request, "}}"];
        self.send(&question.concat(), bytes)?;
        let answer: Array = JsFuture::from(answer).await.map_err(|error| error_of(&error))?.unchecked_into();
        let text = answer.get(0).as_string().unwrap_or_default();
        let envelope: Envelope<Answer> =
            read_json(&text).map_err(|error| WorkerError::Died(error.to_string()))?;
        Ok((envelope.body, answer.get(1).dyn_into().ok()))
    }

    /// The promise of an answer, and of a worker that listens.
    fn prepare(&self, number: u32) -> Result<(Promise, Promise), WorkerError> {
        let mut slot = self.running.borrow_mut();
        if slot.is_none() {
            *slot =
                Some(Running::start(&self.running).map_err(|error| WorkerError::Died(super::told(&error)))?);
        }
        let Some(running) = slot.as_ref() else {
            return Err(WorkerError::Died("it did not start".to_owned()));
        };
        let pending = running.pending.clone();
        let answer = Promise::new(&mut |resolve, reject| {
            pending.borrow_mut().push(Pending { number, resolve, reject });
        });
        Ok((answer, running.started.clone()))
    }

    fn send(&self, question: &str, bytes: &[u8]) -> Result<(), WorkerError> {
        let array = Uint8Array::from(bytes);
        let message = Array::of2(&question.into(), &array);
        let slot = self.running.borrow();
        let running = slot.as_ref().ok_or(WorkerError::Cancelled)?;
        running
            .worker
            .post_message_with_transfer(&message, &Array::of1(&array.buffer()))
            .map_err(|error| WorkerError::Died(super::told(&error)))
    }
}

fn error_of(error: &JsValue) -> WorkerError {
    match error.as_string() {
        Some(text) if text == CANCELLED => WorkerError::Cancelled,
        Some(text) => WorkerError::Died(text),
        None => WorkerError::Died(super::told(error)),
    }
}

impl Running {
    fn start(slot: &Rc<RefCell<Option<Running>>>) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(SCRIPT, &options)?;
        let pending: Rc<RefCell<Vec<Pending>>> = Rc::default();
        // Number 0 stands for the start itself.
        let starting = pending.clone();
        let started = Promise::new(&mut |resolve, reject| {
            starting.borrow_mut().push(Pending { number: 0, resolve, reject });
        });
        let answers = pending.clone();
        let on_message = EventListener::new(&worker, "message", move |event| {
            let Some(data) = event.dyn_ref::<MessageEvent>().map(MessageEvent::data) else { return };
            let number = if data.as_string().as_deref() == Some(READY) {
                Some(0)
            } else {
                data.dyn_ref::<Array>().and_then(|parts| number_of(&parts.get(0).as_string()?))
            };
            let waiting = number.and_then(|number| {
                let mut answers = answers.borrow_mut();
                let place = answers.iter().position(|pending| pending.number == number)?;
                Some(answers.swap_remove(place))
            });
            if let Some(waiting) = waiting
                && waiting.resolve.call1(&JsValue::NULL, &data).is_err()
            {
                super::log("an answer of the helper thread found nobody");
            }
        });
        let slot = Rc::downgrade(slot);
        let on_error = EventListener::new(&worker, "error", move |event| {
            let cause =
                event.dyn_ref::<web_sys::ErrorEvent>().map_or_else(String::new, web_sys::ErrorEvent::message);
            let running = slot.upgrade().and_then(|slot| slot.borrow_mut().take());
            if let Some(running) = running {
                running.stop(&cause);
            }
        });
        Ok(Self { worker, started, pending, _listeners: [on_message, on_error] })
    }

    fn stop(self, cause: &str) {
        self.worker.terminate();
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        for waiting in pending {
            if waiting.reject.call1(&JsValue::NULL, &cause.into()).is_err() {
                super::log("the end of the helper thread found nobody");
            }
        }
        // This runs inside one of its own listeners: they must outlive the call.
        let listeners = self._listeners;
        gloo::timers::callback::Timeout::new(0, move || drop(listeners)).forget();
    }
}

fn number_of(text: &str) -> Option<u32> {
    #[derive(serde::Deserialize)]
    struct Number {
        number: u32,
    }
    read_json::<Number>(text).ok().map(|parsed| parsed.number)
}
