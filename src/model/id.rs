//! Identifiers. All are UUIDv7 texts made at the edge (see `browser::clock`) and passed in, so that replays are exact.
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A document, over all its revisions.
    DocumentId
}
id! {
    /// An annotation.
    AnnotationId
}
id! {
    /// A tag of a codebook. The built-in tags have short names (`lead`), those made by people UUIDs.
    TagId
}
id! {
    /// This copy of the app in this browser profile.
    DeviceId
}
id! {
    /// One step of editing, on whatever device.
    StepId
}
id! {
    /// One window of the app, from its start to its end.
    WindowId
}
