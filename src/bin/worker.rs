//! The helper thread's binary.
fn main() {
    concord::worker::host::run();
}
