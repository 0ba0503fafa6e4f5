//! The names of settings that speak of this profile and not of its library: no backup brings them along.

/// This profile's id.
pub const DEVICE: &str = "device";
/// The copies that are kept by themselves.
pub const COPIES: &str = "copies";
/// The file that the person chose for copies: a handle of the browser.
pub const COPY_FILE: &str = "copy-file";
/// When a backup last left this browser, in ms since 1970 as a text.
pub const LAST_BACKUP: &str = "last-backup";
/// All of them.
pub const OF_THE_PROFILE: [&str; 4] = [DEVICE, COPIES, COPY_FILE, LAST_BACKUP];
