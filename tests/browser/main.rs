//! What only a browser can show to be true: storage, selection, painting. Runs in Chromium and Firefox.
#![cfg(target_arch = "wasm32")]

mod article;
mod painting;
mod storage;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
