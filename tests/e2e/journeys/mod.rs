//! The journeys. Each is walked in every engine, or says why it cannot be.
use std::pin::Pin;

use crate::page::{Page, Step};

type Walk = for<'page> fn(&'page mut Page) -> Pin<Box<dyn Future<Output = Step> + 'page>>;

/// A way through the app.
pub(crate) struct Journey {
    pub(crate) name: &'static str,
    pub(crate) walk: Walk,
}

macro_rules! journeys {
    ($($name:ident)*) => {
        $(mod $name;)*
        /// In the order in which they are walked.
        pub(crate) const ALL: &[Journey] =
            &[$(Journey { name: stringify!($name), walk: |page| Box::pin($name::walk(page)) }),*];
    };
}

journeys! {
    mouse keyboard caret_mode offline import bad_inputs storage_missing storage_full seed export
    vietnamese narrow history windows backup revision stretches quiet speed
}
