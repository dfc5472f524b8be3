//! A browser without a window, driven through the pipe that Chromium gives to its debuggers:
//! JSON messages with a zero byte behind each.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// A browser that does not answer for so long never will.
const PATIENCE: Duration = Duration::from_secs(120);

/// One browser with one page.
pub(crate) struct Browser {
    process: Child,
    pipe: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    session: String,
    /// What the page reported since it was asked last.
    events: Vec<Value>,
    profile: PathBuf,
}

impl Browser {
    /// Starts one, with a profile of its own below the folder.
    pub(crate) fn start(folder: &Path) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profile = folder.join(format!("profile-{}-{number}", std::process::id()));
        // The debugger's pipe is descriptor 3 and 4 of the browser.
        let script = "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut process = Command::new("sh")
            .args(["-c", script, "chromium", "--remote-debugging-pipe"])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let pipe = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        thread::spawn(move || {
            loop {
                let mut message = Vec::new();
                match answers.read_until(0, &mut message) {
                    Ok(length) if length > 0 => {}
                    _ => return,
                }
                message.pop();
                let message = serde_json::from_slice(&message).expect("JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            process,
            pipe,
            messages,
            last_id: 0,
            session: String::new(),
            events: Vec::new(),
            profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method and returns its result; what happens meanwhile is kept.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        // Where there is no browser, reading tells.
        let _ = self.pipe.write_all(&bytes);
        loop {
            let answer = self.next();
            if answer["id"] == self.last_id {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn next(&mut self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect(
            "a browser that answers: the Debian package chromium, which .ci/packages installs",
        )
    }

    /// Opens a file and waits until all of it is there.
    pub(crate) fn open(&mut self, file: &Path) {
        self.events.clear();
        let url = format!("file://{}", file.display());
        self.call("Page.navigate", json!({"url": url}));
        while !self
            .events
            .iter()
            .any(|e| e["method"] == "Page.loadEventFired")
        {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// The value of an expression; a promise's once it is kept.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true,
        });
        let answer = self.call("Runtime.evaluate", parameters);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer:#}"
        );
        answer["result"]["value"].clone()
    }

    /// What the page has complained of since it was opened.
    pub(crate) fn complaints(&self) -> Vec<&Value> {
        let complains = |event: &&Value| {
            let method = event["method"].as_str().unwrap_or_default();
            [
                "Runtime.consoleAPICalled",
                "Runtime.exceptionThrown",
                "Log.entryAdded",
            ]
            .contains(&method)
        };
        self.events.iter().filter(complains).collect()
    }

    /// The size of the window, and what the reader's system prefers.
    pub(crate) fn show(&mut self, width: u32, height: u32, media: &str, scheme: &str) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"media": media, "features": features});
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// Whether scripts of pages opened from now on run.
    pub(crate) fn run_scripts(&mut self, run: bool) {
        self.call(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": !run}),
        );
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str, text: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            _ => 32,
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
            });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// A picture of what is seen, as PNG.
    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", json!({"format": "png"}));
        decode(picture["data"].as_str().unwrap())
    }

    /// The page on A4 paper, as PDF.
    pub(crate) fn pdf(&mut self) -> Vec<u8> {
        let paper = json!({"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": true});
        let paper = self.call("Page.printToPDF", paper);
        decode(paper["data"].as_str().unwrap())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// Base 64, as the browser sends bytes.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').collect();
    for four in digits.chunks(4) {
        let word = four
            .iter()
            .fold(0_u32, |word, byte| word << 6 | u32::from(digit(*byte)));
        let word = word << (6 * (4 - four.len()));
        bytes.extend(word.to_be_bytes()[1..].iter().take(four.len() * 3 / 4));
    }
    bytes
}
