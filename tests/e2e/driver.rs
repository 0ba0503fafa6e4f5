//! The browsers: how each is started, and commands that only some of them know.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// The size of the window in which journeys start.
pub(crate) const WINDOW: (u32, u32) = (1280, 960);
/// How long a driver may take to listen.
const START: Duration = Duration::from_secs(20);

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    /// In the order in which they are run.
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// As it is printed, and chosen by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Reads [`Engine::name`].
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|engine| engine.name() == name);
        found.ok_or_else(|| format!("no engine is called {name:?}; there are chromium, firefox and webkit"))
    }

    /// What the driver is asked for: a fresh, quiet browser. Downloads go to `downloads`.
    pub(crate) fn capabilities(self, downloads: &Path) -> Result<Map<String, Value>, String> {
        let (width, height) = WINDOW;
        let value = match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "goog:loggingPrefs": { "browser": "ALL" },
                "goog:chromeOptions": {
                    "binary": browser(&["chromium", "google-chrome", "chromium-browser"])?,
                    "args": [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--no-first-run", format!("--window-size={width},{height}"),
                    ],
                    "prefs": { "download.default_directory": downloads, "download.prompt_for_download": false },
                },
            }),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": browser(&["firefox-esr", "firefox"])?,
                    "args": ["-headless", format!("--width={width}"), format!("--height={height}")],
                    "prefs": {
                        "app.update.enabled": false,
                        "browser.download.dir": downloads,
                        "browser.download.folderList": 2,
                        "browser.download.useDownloadDir": true,
                        "network.captive-portal-service.enabled": false,
                        "network.connectivity-service.enabled": false,
                    },
                },
            }),
            Self::WebKit => json!({
                "browserName": "MiniBrowser",
                "webkitgtk:browserOptions": {
                    "binary": mini_browser()?,
                    "args": ["--automation", format!("--geometry={width}x{height}")],
                },
            }),
        };
        match value {
            Value::Object(map) => Ok(map),
            other => Err(format!("these are no capabilities: {other}")),
        }
    }
}

/// A running driver process; killed when dropped.
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver of an engine on a free port and waits until it listens.
    pub(crate) async fn start(engine: Engine) -> Result<Self, String> {
        if engine == Engine::WebKit && std::env::var_os("DISPLAY").is_none() {
            return Err("WebKit's browser needs a display: run this under `xvfb-run -a`".to_owned());
        }
        let port = free_port().map_err(|error| format!("no free port: {error}"))?;
        let (program, arguments) = match engine {
            Engine::Chromium => ("chromedriver", vec![format!("--port={port}")]),
            Engine::Firefox => {
                ("geckodriver", vec!["--port".into(), port.to_string(), "--log".into(), "fatal".into()])
            }
            Engine::WebKit => ("WebKitWebDriver", vec![format!("--port={port}")]),
        };
        let process = Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{program} cannot be started ({error}); is it on the PATH?"))?;
        let driver = Self { process, port };
        let started = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if started.elapsed() > START {
                return Err(format!("{program} does not listen"));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Ok(driver)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends a command outside of the standard, such as Chromium's developer tools protocol, and returns its value.
    pub(crate) fn command(&self, path: &str, body: &Value) -> Result<Value, String> {
        let answer = self.post(path, &body.to_string()).map_err(|error| format!("{path}: {error}"))?;
        let mut answer: Value = serde_json::from_slice(&answer).map_err(|error| {
            format!("{path} answered no JSON ({error}): {}", String::from_utf8_lossy(&answer))
        })?;
        let value = answer["value"].take();
        match value.get("error") {
            Some(error) => Err(format!("{path}: {error}: {}", value["message"])),
            None => Ok(value),
        }
    }

    /// The body of the answer. The driver keeps the connection open, so the length must be read.
    fn post(&self, path: &str, body: &str) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(START))?;
        let (port, length) = (self.port, body.len());
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json; charset=utf-8\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )?;
        let mut reader = BufReader::new(stream);
        let mut expected = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? <= "\r\n".len() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                expected = value.trim().parse().unwrap_or_default();
            }
        }
        let mut answer = vec![0; expected];
        reader.read_exact(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to kill or to wait for.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The first of these programs that is on the PATH.
fn browser(names: &[&str]) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = names.iter().find_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
    });
    found.ok_or_else(|| format!("none of {} is on the PATH", names.join(", ")))
}

/// WebKitGTK's test browser: `/usr/lib/*/webkit2gtk-4.*/MiniBrowser`.
fn mini_browser() -> Result<PathBuf, String> {
    let folders_in = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let is_webkit = |folder: &PathBuf| {
        folder
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with("webkit2gtk-4."))
    };
    let folders = folders_in(Path::new("/usr/lib")).into_iter().flat_map(|folder| folders_in(&folder));
    let mut found: Vec<PathBuf> = folders
        .filter(is_webkit)
        .map(|folder| folder.join("MiniBrowser"))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.pop().ok_or_else(|| "there is no MiniBrowser below /usr/lib/*/webkit2gtk-4.*".to_owned())
}
