//! The end-to-end suite: real browsers on a built app, driven over WebDriver as a person would use it.
//!
//! `CONCORD_ENGINES=chromium,firefox,webkit` chooses the engines (all three when unset), `CONCORD_DIST` the folder
//! of the build (`dist/` when unset); an argument runs only the journeys whose names contain it. WebKit's browser
//! needs a display: run under `xvfb-run -a`.
//!
//! Each journey gets its own server, its own driver and a fresh profile. What went wrong is printed, and a picture
//! of the page is left in `target/e2e/`.
mod action;
mod check;
mod driver;
mod find;
mod journeys;
mod page;
mod server;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use driver::Engine;
use journeys::{ALL, Journey};
use page::{Page, Step, Stop};

/// A journey that takes longer than this hangs.
const LONGEST: Duration = Duration::from_secs(240);

#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
}

fn main() -> ExitCode {
    let engines = match chosen_engines() {
        Ok(engines) => engines,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    // Cargo hands its own options on, such as --nocapture.
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut tally = Tally::default();
    for engine in engines {
        for journey in ALL.iter().filter(|journey| journey.name.contains(&filter)) {
            runtime.block_on(run(engine, journey, &mut tally));
        }
    }
    println!("{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
    if tally.failed == 0 && tally.passed + tally.skipped > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn chosen_engines() -> Result<Vec<Engine>, String> {
    match std::env::var("CONCORD_ENGINES") {
        Ok(names) if !names.trim().is_empty() => {
            names.split(',').map(|name| Engine::named(name.trim())).collect()
        }
        Ok(_) | Err(_) => Ok(Engine::ALL.to_vec()),
    }
}

/// One walk, in a browser of its own.
async fn attempt(engine: Engine, journey: &Journey) -> (Step, Vec<String>) {
    match Page::start(engine).await {
        Err(stop) => (Err(stop), Vec::new()),
        Ok(mut page) => {
            let result = match tokio::time::timeout(LONGEST, (journey.walk)(&mut page)).await {
                Ok(result) => result,
                Err(_) => Err(Stop::Failed(format!("not done after {} s", LONGEST.as_secs()))),
            };
            let result = match result {
                Err(Stop::Failed(reason)) => {
                    page.save_screenshot(&picture(engine, journey)).await;
                    Err(Stop::Failed(format!("{reason}\n      after: {}", page.trail())))
                }
                result => result,
            };
            let notes = std::mem::take(&mut page.notes);
            page.close().await;
            (result, notes)
        }
    }
}

async fn run(engine: Engine, journey: &Journey, tally: &mut Tally) {
    let started = Instant::now();
    let name = format!("{} {}", engine.name(), journey.name);
    let mut outcome = attempt(engine, journey).await;
    // A browser on a busy machine can stumble; a broken promise is broken the second time, too. Either is told.
    if let (Err(Stop::Failed(reason)), _) = &outcome {
        println!("again {name}  {reason}");
        outcome = attempt(engine, journey).await;
    }
    let (result, notes) = outcome;
    let ms = started.elapsed().as_millis();
    match result {
        Ok(()) => {
            tally.passed += 1;
            println!("pass  {name}  {ms} ms");
        }
        Err(Stop::Skipped(reason)) => {
            tally.skipped += 1;
            println!("skip  {name}  {reason}");
        }
        Err(Stop::Failed(reason)) => {
            tally.failed += 1;
            println!("FAIL  {name}  {ms} ms\n      {reason}");
        }
    }
    for note in notes {
        println!("      {note}");
    }
}

fn picture(engine: Engine, journey: &Journey) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/e2e");
    folder.join(format!("{}-{}.png", engine.name(), journey.name))
}
