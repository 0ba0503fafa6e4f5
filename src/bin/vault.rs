//! The vault's binary: backups, storage health and history, loaded when the settings are first opened.
fn main() {
    concord::ui::vault::run();
}
