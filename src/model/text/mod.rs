//! Text: offsets in three units, boundaries that people see, and folded views for matching.
mod fold;
mod index;
mod normalize;
mod offset;
mod segment;
mod selectable;
mod tone;

pub use fold::{fold_char, folded, is_folded_prefix_of_word};
pub use index::TextIndex;
pub use normalize::normalized;
pub use offset::{ByteOffset, CharOffset, Span, Utf16Offset};
pub use segment::{Unit, units};
pub use selectable::{grown, snapped, trimmed};
pub use tone::tone_apart;
