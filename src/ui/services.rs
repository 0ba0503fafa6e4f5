//! What effects work with: storage, the helper thread, the bytes of imports, the elements of the reader.
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use web_sys::{Element, File};
use yew::prelude::*;

use crate::browser::storage::Storage;
use crate::browser::worker_client::WorkerClient;
use crate::browser::{files, log};
use crate::state::{Action, Chosen, JobId};

/// Shared by the whole page; compared by identity.
#[derive(Clone)]
pub(super) struct Services(Rc<Inner>);

struct Inner {
    storage: RefCell<Option<Storage>>,
    worker: WorkerClient,
    inputs: RefCell<HashMap<JobId, Rc<Input>>>,
    next_job: RefCell<u32>,
    article: NodeRef,
    scroller: NodeRef,
}

/// Where the bytes of an import come from. Kept until the import is over, so that it can be tried again.
pub(super) enum Input {
    /// A file that the person chose.
    File(File),
    /// A pasted text.
    Text(String),
    /// A sample that belongs to the app, by its path.
    Sample(&'static str),
}

impl PartialEq for Services {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Services {
    pub(super) fn new() -> Self {
        Self(Rc::new(Inner {
            storage: RefCell::new(None),
            worker: WorkerClient::default(),
            inputs: RefCell::default(),
            next_job: RefCell::new(0),
            article: NodeRef::default(),
            scroller: NodeRef::default(),
        }))
    }

    /// The opened storage. Effects that need it are wished for only after it was opened.
    pub(super) fn storage(&self) -> Option<Storage> {
        self.0.storage.borrow().clone()
    }

    pub(super) fn set_storage(&self, storage: Storage) {
        *self.0.storage.borrow_mut() = Some(storage);
    }

    pub(super) fn worker(&self) -> &WorkerClient {
        &self.0.worker
    }

    /// The `<article>` of the reader.
    pub(super) fn article_ref(&self) -> NodeRef {
        self.0.article.clone()
    }

    /// The element that scrolls it.
    pub(super) fn scroller_ref(&self) -> NodeRef {
        self.0.scroller.clone()
    }

    pub(super) fn article(&self) -> Option<Element> {
        self.0.article.cast()
    }

    pub(super) fn scroller(&self) -> Option<Element> {
        self.0.scroller.cast()
    }

    /// Registers things to import; the action says so.
    pub(super) fn choose(&self, inputs: Vec<Input>) -> Action {
        let chosen = inputs.into_iter().map(|input| {
            let job = {
                let mut next = self.0.next_job.borrow_mut();
                *next += 1;
                JobId(*next)
            };
            let (name, bytes) = match &input {
                Input::File(file) => (Some(file.name()), file.size() as u64),
                Input::Text(text) => (None, text.len() as u64),
                Input::Sample(path) => (path.rsplit('/').next().map(|name| format!("sample-{name}")), 0),
            };
            self.0.inputs.borrow_mut().insert(job, Rc::new(input));
            Chosen { job, name, bytes }
        });
        Action::Chose(chosen.collect())
    }

    /// The bytes of an import; `None` when they cannot be had.
    pub(super) async fn bytes(&self, job: JobId) -> Option<Vec<u8>> {
        let input = self.0.inputs.borrow().get(&job).cloned()?;
        let read = match &*input {
            Input::File(file) => files::bytes(file).await,
            Input::Text(text) => return Some(text.clone().into_bytes()),
            Input::Sample(path) => files::own_file(path).await,
        };
        read.inspect_err(|error| log(&format!("could not read the file: {error:?}"))).ok()
    }

    /// The name of an import's file.
    pub(super) fn file_name(&self, job: JobId) -> Option<String> {
        match &*self.0.inputs.borrow().get(&job).cloned()? {
            Input::File(file) => Some(file.name()),
            Input::Text(_) => None,
            Input::Sample(path) => path.rsplit('/').next().map(str::to_owned),
        }
    }

    /// Lets go of an import's bytes.
    pub(super) fn forget(&self, job: JobId) {
        self.0.inputs.borrow_mut().remove(&job);
    }
}
