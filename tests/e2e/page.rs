//! A page of the app in a browser of its own, and how a journey ends early.
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::driver::{Driver, Engine, WINDOW};
use crate::find::VOCABULARY;
use crate::server::Server;

/// How long a state may take to come about.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// Between two looks at the page.
const PAUSE: Duration = Duration::from_millis(25);

/// Why a journey did not reach its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is wrong.
    Failed(String),
    /// This engine, or this machine, cannot go this way.
    Skipped(String),
}

/// What every step returns.
pub(crate) type Step<T = ()> = Result<T, Stop>;

impl From<CmdError> for Stop {
    fn from(error: CmdError) -> Self {
        Self::Failed(format!("the browser said: {error}"))
    }
}

/// A failure with its reason.
pub(crate) fn failed<T>(reason: impl Into<String>) -> Step<T> {
    Err(Stop::Failed(reason.into()))
}

/// Fails with a reason unless something holds.
pub(crate) fn ensure(holds: bool, reason: impl FnOnce() -> String) -> Step {
    if holds { Ok(()) } else { Err(Stop::Failed(reason())) }
}

/// A browser with the app, its server, and what a journey wants to be printed.
pub(crate) struct Page {
    pub(crate) engine: Engine,
    pub(crate) client: Client,
    pub(crate) server: Server,
    /// A folder for the files of this journey.
    pub(crate) folder: PathBuf,
    /// Printed under the journey's line.
    pub(crate) notes: Vec<String>,
    /// The language in the address.
    pub(crate) language: &'static str,
    driver: Driver,
    session: String,
    trail: RefCell<Vec<String>>,
}

impl Page {
    /// Starts server, driver and browser. No page is open yet.
    pub(crate) async fn start(engine: Engine) -> Step<Self> {
        let dist = dist();
        ensure(dist.join("index.html").is_file(), || {
            format!(
                "there is no build in {}; run `trunk build --release` or set CONCORD_DIST",
                dist.display()
            )
        })?;
        let server = Server::start(&dist).map_err(|error| Stop::Failed(format!("no server: {error}")))?;
        let folder =
            scratch_folder().map_err(|error| Stop::Failed(format!("no folder for files: {error}")))?;
        let driver = Driver::start(engine).await.map_err(Stop::Failed)?;
        let capabilities = engine.capabilities(&folder).map_err(Stop::Failed)?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.address())
            .await
            .map_err(|error| Stop::Failed(format!("the browser does not start: {error}")))?;
        let session = client.session_id().await?.unwrap_or_default();
        let page = Self {
            engine,
            client,
            server,
            folder,
            notes: Vec::new(),
            language: "en",
            driver,
            session,
            trail: RefCell::default(),
        };
        if engine == Engine::WebKit {
            let (width, height) = WINDOW;
            page.client.set_window_rect(0, 0, width, height).await?;
        }
        Ok(page)
    }

    /// Ends the session, the driver and the server.
    pub(crate) async fn close(self) {
        match tokio::time::timeout(DEADLINE, self.client.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("the browser did not close: {error}"),
            // Its driver is killed next, and the browser with it.
            Err(_) => eprintln!("the browser did not close in time"),
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays: {error}", self.folder.display());
        }
    }

    /// Notes what is being done, for the report of a failure.
    pub(crate) fn did(&self, what: impl Into<String>) {
        self.trail.borrow_mut().push(what.into());
    }

    /// The last things that were done.
    pub(crate) fn trail(&self) -> String {
        const SHOWN: usize = 6;
        let trail = self.trail.borrow();
        trail[trail.len().saturating_sub(SHOWN)..].join(" → ")
    }

    /// Loads the app at a place (`""` for the library, else `#/read/…`), as after closing and opening the tab, and
    /// waits until it is ready. No reload: geckodriver reloads past the service worker.
    pub(crate) async fn open(&self, place: &str) -> Step {
        self.did(format!("open {:?}", self.address(place)));
        self.go_to(&self.address(place)).await?;
        self.wait_until_ready().await
    }

    /// Loads an address. Away first: the same one with another part behind `#` would load nothing.
    pub(crate) async fn go_to(&self, address: &str) -> Step {
        self.client.goto("about:blank").await?;
        Ok(self.client.goto(address).await?)
    }

    /// The address of a place in the app.
    pub(crate) fn address(&self, place: &str) -> String {
        format!("{}?lang={}{place}", self.server.address(), self.language)
    }

    /// Waits until the app has read its storage.
    pub(crate) async fn wait_until_ready(&self) -> Step {
        self.until("the app is ready", "return document.documentElement.dataset.state", vec![], |state| {
            state == "ready"
        })
        .await?;
        Ok(())
    }

    /// The place that is shown now: the address from `#` on.
    pub(crate) async fn place(&self) -> Step<String> {
        self.text_from("return location.hash", vec![]).await
    }

    /// Runs a script with the [`VOCABULARY`] in the page.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Step<Value> {
        Ok(self.client.execute(&format!("{VOCABULARY}\n{script}"), arguments).await?)
    }

    /// The same for a script that returns a text; another value counts as none.
    pub(crate) async fn text_from(&self, script: &str, arguments: Vec<Value>) -> Step<String> {
        Ok(self.run(script, arguments).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script again and again until its value is right; returns that value.
    pub(crate) async fn until(
        &self,
        what: &str,
        script: &str,
        arguments: Vec<Value>,
        is_right: impl Fn(&Value) -> bool,
    ) -> Step<Value> {
        self.until_within(DEADLINE, what, script, arguments, is_right).await
    }

    /// [`Page::until`] with a deadline of its own, for what is slow by nature.
    pub(crate) async fn until_within(
        &self,
        deadline: Duration,
        what: &str,
        script: &str,
        arguments: Vec<Value>,
        is_right: impl Fn(&Value) -> bool,
    ) -> Step<Value> {
        let started = Instant::now();
        loop {
            // While a page is being replaced a script may fail; the next look will tell.
            let seen = self.run(script, arguments.clone()).await;
            if let Ok(value) = &seen
                && is_right(value)
            {
                return Ok(value.clone());
            }
            if started.elapsed() > deadline {
                let seen = match seen {
                    Ok(value) => value.to_string(),
                    Err(stop) => format!("{stop:?}"),
                };
                return failed(format!("not within {} s: {what}; instead: {seen}", deadline.as_secs()));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Skips the journey in other engines.
    pub(crate) fn only_in(&self, engine: Engine, reason: &str) -> Step {
        if self.engine == engine { Ok(()) } else { Err(Stop::Skipped(reason.to_owned())) }
    }

    /// A command of Chromium's developer tools.
    pub(crate) fn developer_tools(&self, command: &str, parameters: Value) -> Step<Value> {
        let path = format!("/session/{}/goog/cdp/execute", self.session);
        self.driver.command(&path, &json!({ "cmd": command, "params": parameters })).map_err(Stop::Failed)
    }

    /// What the browser wrote to its console since the last call; Chromium only.
    pub(crate) fn console(&self) -> Step<Vec<Value>> {
        let path = format!("/session/{}/se/log", self.session);
        let log = self.driver.command(&path, &json!({ "type": "browser" })).map_err(Stop::Failed)?;
        Ok(log.as_array().cloned().unwrap_or_default())
    }

    /// Writes a file for this journey and returns its path.
    pub(crate) fn write_file(&self, name: &str, bytes: impl AsRef<[u8]>) -> Step<PathBuf> {
        let path = self.folder.join(name);
        match std::fs::write(&path, bytes) {
            Ok(()) => Ok(path),
            Err(error) => failed(format!("{} cannot be written: {error}", path.display())),
        }
    }

    /// Leaves a picture of the page.
    pub(crate) async fn save_screenshot(&self, path: &Path) {
        let saved = match self.client.screenshot().await {
            Ok(png) => path
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(path, png))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = saved {
            eprintln!("no picture of the page: {error}");
        }
    }
}

fn dist() -> PathBuf {
    std::env::var_os("CONCORD_DIST").map_or_else(|| project().join("dist"), PathBuf::from)
}

/// The folder of the package.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn scratch_folder() -> std::io::Result<PathBuf> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("concord-e2e-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
