//! The page's binary: mounts the app.
fn main() {
    concord::ui::app::mount();
}
