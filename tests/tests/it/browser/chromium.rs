//! A headless Chromium, driven by its debugging protocol over a pipe: it reads calls from its
//! descriptor 3 and writes answers and events to 4. No port is opened and no client is needed.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::service::processes::PATIENCE;

/// What it may be called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// No traffic but to the service that is tested, nothing of the user's, and no window.
const FLAGS: &[&str] = &[
    "--remote-debugging-pipe",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=AutofillServerCommunication,MediaRouter,OptimizationHints,Translate",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--lang=en-GB",
    "about:blank",
];

/// What the shell does: the pipes of its input and output become descriptors 3 and 4.
const WITH_PIPES: &str = r#"exec "$0" "$@" 3<&0 4>&1 < /dev/null > /dev/null"#;

/// A browser with one page.
pub(crate) struct Chromium {
    child: Child,
    input: Option<ChildStdin>,
    heard: Receiver<Value>,
    events: Vec<Value>,
    calls: u64,
    session: Option<String>,
    folder: TempDir,
}

impl Chromium {
    /// Starts one with a profile of its own.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("a log");
        let mut child = Command::new("sh")
            .args(["-c", WITH_PIPES])
            .arg(program())
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .args(FLAGS)
            .env("HOME", folder.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the browser can be started");
        let (sender, heard) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        thread::spawn(move || {
            for message in output.split(0) {
                let Ok(message) = message else { break };
                let message = serde_json::from_slice(&message).expect("messages are JSON");
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        let events = Vec::new();
        let mut browser = Self { child, input, heard, events, calls: 0, session: None, folder };
        browser.begin();
        browser
    }

    fn begin(&mut self) {
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", target);
        self.session = Some(session["sessionId"].as_str().expect("a session").to_owned());
        for domain in ["Page", "Runtime", "Network", "Log", "DOM", "Audits", "Accessibility"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
        let downloads = self.downloads();
        fs::create_dir_all(&downloads).expect("a folder");
        let allow =
            json!({"behavior": "allowAndName", "downloadPath": downloads, "eventsEnabled": true});
        self.call("Browser.setDownloadBehavior", allow);
    }

    /// Where downloads are laid, each named by its id.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    /// Calls a method of the protocol, of the browser or of the page.
    pub(crate) fn call(&mut self, method: &str, params: impl Serialize) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut call = json!({"id": id, "method": method, "params": json!(params)});
        let is_of_page = !method.starts_with("Browser.") && !method.starts_with("Target.");
        if let Some(session) = self.session.as_ref().filter(|_| is_of_page) {
            call["sessionId"] = session.as_str().into();
        }
        let mut bytes = call.to_string().into_bytes();
        bytes.push(0);
        let input = self.input.as_mut().expect("it runs");
        if let Err(error) = input.write_all(&bytes) {
            panic!("the browser has gone: {error}: {}", self.said());
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut heard = self.hear(deadline, method);
            if heard["id"] == id {
                assert!(heard["error"].is_null(), "{method}: {}", heard["error"]);
                return heard["result"].take();
            }
            self.events.push(heard);
        }
    }

    fn hear(&mut self, deadline: Instant, what: &str) -> Value {
        let left = deadline.saturating_duration_since(Instant::now());
        let heard = self.heard.recv_timeout(left);
        heard.unwrap_or_else(|error| panic!("{what}: {error}: {}", self.said()))
    }

    /// What has happened so far in the page and the browser.
    pub(crate) fn events(&mut self) -> &[Value] {
        self.events.extend(self.heard.try_iter());
        &self.events
    }

    /// The parameters of the first such event from a place in [`Chromium::events`] on.
    pub(crate) fn event(
        &mut self,
        from: usize,
        method: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut at = from;
        loop {
            while at >= self.events.len() {
                let heard = self.hear(deadline, method);
                self.events.push(heard);
            }
            let event = &self.events[at];
            if event["method"] == method && is_it(&event["params"]) {
                return event["params"].clone();
            }
            at += 1;
        }
    }

    /// The value of a JavaScript expression, as a click of the user would reckon it.
    pub(crate) fn js(&mut self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
            "userGesture": true,
        });
        let mut answer = self.call("Runtime.evaluate", asked);
        let failed = &answer["exceptionDetails"];
        assert!(failed.is_null(), "{expression}: {failed}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&mut self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.js(&format!("Boolean({expression})")) != true {
            if Instant::now() > deadline {
                let text = self.js("document.body.innerText");
                panic!("never: {expression}\n{}", text.as_str().unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // At the end of its pipe it ends itself, and with it the processes that it has started.
        drop(self.input.take());
        let deadline = Instant::now() + Duration::from_secs(10);
        while let Ok(None) = self.child.try_wait() {
            if Instant::now() > deadline {
                self.child.kill().ok();
                self.child.wait().ok();
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let all = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|program: &PathBuf| Path::is_file(program)).unwrap_or_else(|| {
        panic!("the tests of the page need Chromium (Debian's package `chromium`): `make servers`")
    })
}
