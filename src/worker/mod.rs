//! The helper thread: reads and writes files so that the page never stutters.
//!
//! [`protocol`] says what can be asked, [`serve`] answers (pure), [`host`] is the shell inside the worker. The
//! page's side is `browser::worker_client`.
pub mod host;
pub mod protocol;
mod review;
pub mod serve;
pub mod vault;
pub mod vault_protocol;
