//! A service, a browser, and what a visitor does with the page.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::places;

use super::chromium::Chromium;
use crate::service::processes::{Process, answers, free_port, run, words};

/// Somebody who has opened the page.
pub(crate) struct Visit {
    pub(crate) browser: Chromium,
    /// The service; it ends behind the browser.
    service: Process,
    /// A folder for files.
    pub(crate) folder: TempDir,
    /// `http://127.0.0.1:8080`
    pub(crate) origin: String,
}

impl Visit {
    /// Opens the page of a new service.
    pub(crate) fn begin() -> Self {
        Self::with("")
    }

    /// Opens the page of a service that is started with further words.
    pub(crate) fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let data = folder.path().join("data");
        let line = format!(
            "serve --data {} --bind 127.0.0.1:{port} --set metrics.enabled=false {more}",
            data.display()
        );
        let service = Process::start(folder.path(), "serve", &words(line.trim()));
        answers(port, &service);
        let origin = format!("http://127.0.0.1:{port}");
        let browser = Chromium::start();
        let mut visit = Self { browser, service, folder, origin };
        visit.size(1280, 900);
        visit.open("/");
        visit.browser.until("document.querySelectorAll('input[name=format]').length === 6");
        visit.lists_recent(0);
        visit
    }

    /// Waits until the page has read the list of recent jobs, from that place of the events on.
    pub(crate) fn lists_recent(&mut self, from: usize) {
        let is_list = |of: &Value| {
            of["response"]["url"].as_str().is_some_and(|url| url.ends_with("/v1/jobs?limit=20"))
        };
        let answered = self.browser.event(from, "Network.responseReceived", is_list);
        let is_it = |of: &Value| of["requestId"] == answered["requestId"];
        self.browser.event(from, "Network.loadingFinished", is_it);
    }

    /// Ends the service as a power cut would.
    pub(crate) fn end_service(&mut self) {
        self.service.kill();
    }

    /// Goes to a page of the service.
    pub(crate) fn open(&mut self, path: &str) {
        let from = self.browser.events().len();
        let url = format!("{}{path}", self.origin);
        let answer = self.browser.call("Page.navigate", json!({"url": url}));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.browser.event(from, "Page.loadEventFired", |_| true);
    }

    /// Sets the size of the window in pixels.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.browser.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// A file with these bytes.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// Drags files over the page and lets them go there.
    pub(crate) fn drop_files(&mut self, files: &[&Path]) {
        let (x, y) = self.middle("#drop");
        let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": kind, "x": x, "y": y, "data": data});
            self.browser.call("Input.dispatchDragEvent", event);
        }
    }

    /// Presses the mouse on the first element of a selector.
    pub(crate) fn click(&mut self, selector: &str) {
        let (x, y) = self.middle(selector);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.browser.call("Input.dispatchMouseEvent", event);
        }
    }

    fn middle(&mut self, selector: &str) -> (f64, f64) {
        let place = format!(
            "(() => {{ const found = document.querySelector({}); \
             found.scrollIntoView({{ block: 'center' }}); \
             const box = found.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            json!(selector)
        );
        let place = self.browser.js(&place);
        (place[0].as_f64().expect("a number"), place[1].as_f64().expect("a number"))
    }

    /// Presses a key: its name, and the text that it types.
    pub(crate) fn press(&mut self, key: &str, text: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            _ => 32,
        };
        let event = json!({
            "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text,
        });
        self.browser.call("Input.dispatchKeyEvent", event);
        let event =
            json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code});
        self.browser.call("Input.dispatchKeyEvent", event);
    }

    /// Chooses exactly these formats.
    pub(crate) fn formats(&mut self, formats: &[&str]) {
        let set = format!(
            "document.querySelectorAll('input[name=format]').forEach((box) => {{ \
             if ({}.includes(box.value) !== box.checked) box.click(); }})",
            json!(formats)
        );
        self.browser.js(&set);
    }

    /// Waits until the newest conversions have come to these ends, the newest first.
    pub(crate) fn ends(&mut self, ends: &[&str]) {
        let states = "[...document.querySelectorAll('#jobs .state')].map((one) => one.textContent)";
        self.browser.until(&format!("{states}.join() === '{}'", ends.join(",")));
    }

    /// The text of the first element of a selector.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text =
            self.browser.js(&format!("document.querySelector({}).innerText", json!(selector)));
        text.as_str().expect("text").to_owned()
    }

    /// What is downloaded while something is done: its name and its bytes.
    pub(crate) fn downloaded(&mut self, act: impl FnOnce(&mut Self)) -> (String, Vec<u8>) {
        let from = self.browser.events().len();
        act(self);
        let begun = self.browser.event(from, "Browser.downloadWillBegin", |_| true);
        let is_over = |at: &Value| at["guid"] == begun["guid"] && at["state"] != "inProgress";
        let ended = self.browser.event(from, "Browser.downloadProgress", is_over);
        assert_eq!(ended["state"], "completed", "{begun}");
        let path = self.browser.downloads().join(begun["guid"].as_str().expect("an id"));
        let name = begun["suggestedFilename"].as_str().expect("a name").to_owned();
        (name, fs::read(path).expect("the download"))
    }

    /// Fails if the console has complained, the content policy was hurt, a dialog was opened, or
    /// anything was asked of another host. Entries with one of these words are expected.
    pub(crate) fn is_quiet(&mut self, expected: &[&str]) {
        // Whatever is on its way has arrived when a call that follows it is answered.
        self.browser.js("new Promise((done) => setTimeout(done, 50))");
        let origin = self.origin.clone();
        for event in self.browser.events() {
            let of = &event["params"];
            let is_bad = match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown"
                | "Runtime.consoleAPICalled"
                | "Audits.issueAdded"
                | "Page.javascriptDialogOpening" => true,
                "Log.entryAdded" => of["entry"]["level"] == "error",
                "Network.requestWillBeSent" => {
                    let url = of["request"]["url"].as_str().unwrap_or_default();
                    !url.starts_with(&format!("{origin}/")) && !url.starts_with("blob:")
                }
                _ => false,
            };
            let text = event.to_string();
            assert!(!is_bad || expected.iter().any(|word| text.contains(word)), "{text}");
        }
    }
}

/// What `refmill convert` makes of a file in one format, with further words.
pub(crate) fn converted(file: &Path, format: &str, more: &[&str]) -> String {
    let mut line = vec!["convert".to_owned(), "--quiet".to_owned(), "--to".to_owned()];
    line.extend([format.to_owned(), file.display().to_string()]);
    line.extend(more.iter().map(|&word| word.to_owned()));
    let (printed, status) = run(&line);
    assert!(!printed.is_empty(), "{line:?}: {status:?}");
    printed
}

/// A file of the workspace.
pub(crate) fn example(path: &str) -> PathBuf {
    places::root().join(path)
}
