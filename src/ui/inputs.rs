//! The bytes of imports: where they come from, until the import is over.
use std::cell::RefCell;
use std::rc::Rc;

use web_sys::File;

use crate::browser::{files, log, told};
use crate::state::{Action, Chosen, JobId};

/// Things to import, by the number of their job.
#[derive(Default)]
pub(super) struct Inputs {
    /// A handful at a time: looked through, not looked up.
    inputs: RefCell<Vec<(JobId, Rc<Input>)>>,
    next_job: RefCell<u32>,
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

impl Inputs {
    /// Registers things to import; the action says so.
    pub(super) fn choose(&self, inputs: Vec<Input>) -> Action {
        let chosen = inputs.into_iter().map(|input| {
            let job = self.next_job();
            let (name, bytes) = match &input {
                Input::File(file) => (Some(file.name()), file.size() as u64),
                Input::Text(text) => (None, text.len() as u64),
                Input::Sample(path) => (path.rsplit('/').next().map(|name| format!("sample-{name}")), 0),
            };
            self.inputs.borrow_mut().push((job, Rc::new(input)));
            Chosen { job, name, bytes }
        });
        Action::Chose(chosen.collect())
    }

    /// Registers a file that is no article of its own.
    pub(super) fn keep(&self, file: File) -> JobId {
        let job = self.next_job();
        self.inputs.borrow_mut().push((job, Rc::new(Input::File(file))));
        job
    }

    fn input(&self, job: JobId) -> Option<Rc<Input>> {
        self.inputs.borrow().iter().find(|(known, _)| *known == job).map(|(_, input)| input.clone())
    }

    fn next_job(&self) -> JobId {
        let mut next = self.next_job.borrow_mut();
        *next += 1;
        JobId(*next)
    }

    /// The bytes of an import; `None` when they cannot be had.
    pub(super) async fn bytes(&self, job: JobId) -> Option<Vec<u8>> {
        let input = self.input(job)?;
        let read = match &*input {
            Input::File(file) => files::bytes(file).await,
            Input::Text(text) => return Some(text.clone().into_bytes()),
            Input::Sample(path) => files::own_file(path).await,
        };
        read.inspect_err(|error| log(&["could not read the file: ", &told(error)].concat())).ok()
    }

    /// The name of an import's file.
    pub(super) fn file_name(&self, job: JobId) -> Option<String> {
        match &*self.input(job)? {
            Input::File(file) => Some(file.name()),
            Input::Text(_) => None,
            Input::Sample(path) => path.rsplit('/').next().map(str::to_owned),
        }
    }

    /// Lets go of an import's bytes.
    pub(super) fn forget(&self, job: JobId) {
        self.inputs.borrow_mut().retain(|(known, _)| *known != job);
    }
}
