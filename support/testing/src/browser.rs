//! A real Chromium without a screen, driven through WebDriver.
//!
//! Each [`Browser`] has a driver, a profile and processes of its own, so two of them are two people. All of it goes when
//! it is dropped.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::http::Method;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use url::{ParseError, Url};

use crate::within;

/// How long anything may take. Much longer than it does take, even when two browsers share one processor.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How often the page is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(50);

/// Cameras, microphones and a screen that are always there and always allowed, and calls over loopback. The rest keeps
/// Chromium from talking to anybody but us.
const SWITCHES: [&str; 12] = [
    "--headless",
    "--no-sandbox", // root cannot have one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage", // containers have little of it
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=device-count=3",
    "--allow-loopback-in-peer-connection",
];

/// One person's browser, with one tab.
pub struct Browser {
    /// The person.
    pub name: &'static str,
    /// For what only one page needs.
    pub client: Client,
    chromium: u32,
    profile: Option<TempDir>,
    _driver: Child,
    _driver_says: Lines<BufReader<ChildStdout>>,
}

/// A picture as it is on the screen, scaled down.
pub struct Picture {
    /// Red, green, blue, opacity, and so on.
    pixels: Vec<i64>,
}

impl Browser {
    /// Opens a page, in a window of the usual size.
    pub async fn open(name: &'static str, url: &str) -> Self {
        Self::open_on(name, url, Screen::Desktop, "en").await
    }

    /// Opens a page, for a person who reads this language.
    pub async fn open_on(name: &'static str, url: &str, screen: Screen, language: &str) -> Self {
        Self::open_with(
            name,
            url,
            screen,
            json!({"intl": {"accept_languages": language, "selected_languages": language}}),
            None,
        )
        .await
    }

    /// Opens a page, for a person who has installed this authority (a PEM file) as the settings of Chromium do.
    pub async fn open_trusting(name: &'static str, url: &str, screen: Screen, authority: &Path) -> Self {
        Self::open_with(name, url, screen, json!({}), Some(authority)).await
    }

    /// Opens a page, for a person who blocks all cookies. Chromium blocks `sessionStorage` with them.
    pub async fn open_without_cookies(name: &'static str, url: &str) -> Self {
        let prefs = json!({"profile": {"default_content_setting_values": {"cookies": 2}}});
        Self::open_with(name, url, Screen::Desktop, prefs, None).await
    }

    async fn open_with(name: &'static str, url: &str, screen: Screen, prefs: Value, authority: Option<&Path>) -> Self {
        let profile = tempfile::tempdir().expect("the folder can be written");
        if let Some(authority) = authority {
            within(PATIENCE, format!("{name}: an authority is installed"), install(&profile, authority)).await;
        }
        let (driver, says, port) =
            within(PATIENCE, format!("{name}: chromedriver starts"), start_driver(&profile)).await;
        let driver_url = format!("http://127.0.0.1:{port}");
        let wishes = capabilities(&profile, screen, prefs);
        let client = within(PATIENCE, format!("{name}: Chromium starts"), async {
            ClientBuilder::new(HttpConnector::new()).capabilities(wishes).connect(&driver_url).await
        });
        let client = client.await.expect("Chromium is installed: apt-get install chromium chromium-driver");
        let chromium = client.capabilities().and_then(|has| has.get("goog:processID")).and_then(Value::as_u64);
        let chromium = chromium.and_then(|process| process.try_into().ok());
        let chromium = chromium.expect("chromedriver says which process it has started");
        let profile = Some(profile);
        let browser = Self { name, client, chromium, profile, _driver: driver, _driver_says: says };
        browser.go(url).await;
        browser
    }

    /// Opens another page in the same tab.
    pub async fn go(&self, url: &str) {
        let what = format!("{}: {url} is loaded", self.name);
        within(PATIENCE, &what, self.client.goto(url)).await.expect(&what);
    }

    /// Presses F5.
    pub async fn reload(&self) {
        let what = format!("{}: the page is loaded again", self.name);
        within(PATIENCE, &what, self.client.refresh()).await.expect(&what);
    }

    /// Clicks as a person does: what is hidden or covered cannot be clicked.
    pub async fn click(&self, id: &str) {
        let what = format!("{}: #{id} can be clicked", self.name);
        let click = async { self.client.find(Locator::Id(id)).await?.click().await };
        if let Err(error) = within(PATIENCE, &what, click).await {
            panic!("{what}: {error}\n{}", self.report().await);
        }
    }

    /// Empties a text field and types into it.
    pub async fn enter(&self, id: &str, text: &str) {
        let what = format!("{}: #{id} can be typed into", self.name);
        let typing = async {
            let field = self.client.find(Locator::Id(id)).await?;
            field.clear().await?;
            field.send_keys(text).await
        };
        if let Err(error) = within(PATIENCE, &what, typing).await {
            panic!("{what}: {error}\n{}", self.report().await);
        }
    }

    /// Chooses from a list as a person does, who looks whether it was chosen: on a phone a click can miss its option.
    pub async fn choose(&self, id: &str, value: &str) {
        let what = format!("{value:?} can be chosen in #{id}");
        let chosen = format!("return document.getElementById('{id}').value === {}", json!(value));
        let not_chosen = async || {
            let choose = async { self.client.find(Locator::Id(id)).await?.select_by_value(value).await };
            let result = within(PATIENCE, format!("{}: {what}", self.name), choose).await;
            result.is_err() || self.eval(&chosen).await != true
        };
        self.wait_while(&what, not_chosen).await;
    }

    /// Clicks on the first element that this selector finds.
    pub async fn click_on(&self, selector: &str) {
        let what = format!("{}: {selector} can be clicked", self.name);
        let click = async { self.client.find(Locator::Css(selector)).await?.click().await };
        if let Err(error) = within(PATIENCE, &what, click).await {
            panic!("{what}: {error}\n{}", self.report().await);
        }
    }

    /// Presses Enter on the first element that this selector finds, as a person without a mouse does.
    pub async fn press_enter_on(&self, selector: &str) {
        let what = format!("{}: {selector} takes a key", self.name);
        let press = async { self.client.find(Locator::Css(selector)).await?.send_keys(&Key::Enter).await };
        if let Err(error) = within(PATIENCE, &what, press).await {
            panic!("{what}: {error}\n{}", self.report().await);
        }
    }

    /// Presses a key, wherever the focus is: one with a name, or a letter.
    pub async fn press(&self, key: &str) {
        let what = format!("{}: the key {key:?} is pressed", self.name);
        let value = match key {
            "Tab" => Key::Tab.into(),
            "Escape" => Key::Escape.into(),
            "Home" => Key::Home.into(),
            "End" => Key::End.into(),
            "ArrowRight" => Key::Right.into(),
            letter => letter.chars().next().expect("a key"),
        };
        let keys = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
        within(PATIENCE, &what, self.client.perform_actions(keys)).await.expect(&what);
    }

    /// Gives files to an `<input type="file">`.
    pub async fn give_files(&self, id: &str, files: &[&Path]) {
        let what = format!("{}: files can be given to #{id}", self.name);
        let paths: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        let giving = async { self.client.find(Locator::Id(id)).await?.send_keys(&paths.join("\n")).await };
        if let Err(error) = within(PATIENCE, &what, giving).await {
            panic!("{what}: {error}\n{}", self.report().await);
        }
    }

    /// Runs a function body in the page and returns what it returns.
    pub async fn eval(&self, script: &str) -> Value {
        let running = within(PATIENCE, format!("{}: {script}", self.name), self.client.execute(script, vec![]));
        running.await.unwrap_or_else(|error| panic!("{}: {error} in {script}", self.name))
    }

    /// The text that is visible in an element.
    pub async fn text(&self, id: &str) -> String {
        let text = self.eval(&format!("return document.getElementById({}).innerText", json!(id))).await;
        text.as_str().unwrap_or_else(|| panic!("{}: #{id} has no text", self.name)).to_owned()
    }

    /// Waits until a JavaScript expression is true.
    pub async fn wait_for(&self, condition: &str, what: impl Display) {
        self.wait_while(what, async || self.eval(&format!("return Boolean({condition})")).await != true).await;
    }

    /// Looks again and again while something is still so. When it stays so, the panic says what the page looks like.
    pub async fn wait_while(&self, what: impl Display, still: impl AsyncFnMut() -> bool) {
        self.wait_up_to(PATIENCE, what, still).await;
    }

    /// Likewise, for what takes its time.
    pub async fn wait_up_to(&self, patience: Duration, what: impl Display, mut still: impl AsyncFnMut() -> bool) {
        let waiting = async {
            while still().await {
                tokio::time::sleep(GLANCE).await;
            }
        };
        if tokio::time::timeout(patience, waiting).await.is_err() {
            let report = self.report().await;
            panic!("{}: did not happen within {patience:?}: {what}\n{report}", self.name);
        }
    }

    /// How many frames of a video were decoded up to now.
    pub async fn frames(&self, video: &str) -> u64 {
        let script = format!("return document.getElementById('{video}').getVideoPlaybackQuality().totalVideoFrames");
        self.eval(&script).await.as_u64().expect("a number of frames")
    }

    /// What is to be seen in a video, or nothing when it has no picture yet.
    pub async fn picture(&self, video: &str) -> Option<Picture> {
        let script = format!(
            "const video = document.getElementById('{video}');
             if (!video.videoWidth) return null;
             const canvas = document.createElement('canvas');
             [canvas.width, canvas.height] = [64, 48];
             const context = canvas.getContext('2d');
             context.drawImage(video, 0, 0, 64, 48);
             return [...context.getImageData(0, 0, 64, 48).data]"
        );
        serde_json::from_value::<Option<_>>(self.eval(&script).await).expect("numbers").map(|pixels| Picture { pixels })
    }

    /// What the page and its scripts have written to the console since the last time.
    pub async fn console(&self) -> Vec<String> {
        let log = within(PATIENCE, "the console", self.client.issue_cmd(ConsoleLog)).await.unwrap_or_default();
        let lines = log.as_array().into_iter().flatten();
        lines.map(|line| format!("{} {}", line["level"], line["message"])).collect()
    }

    /// The errors and warnings among them.
    pub async fn complaints(&self) -> Vec<String> {
        let bad = |line: &String| line.starts_with("\"SEVERE\"") || line.starts_with("\"WARNING\"");
        self.console().await.into_iter().filter(bad).collect()
    }

    /// All processes of this browser, without its driver.
    pub fn processes(&self) -> Vec<u32> {
        crate::cost::tree(self.chromium)
    }

    /// Sends a signal to the processes in which the pages run: with `STOP` they stand still, with `CONT` they go on.
    pub fn signal_pages(&self, signal: &str) {
        let is_page = |process: &u32| {
            let line = std::fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
            line.contains("--type=renderer")
        };
        let pages: Vec<_> = self.processes().into_iter().filter(is_page).collect();
        assert!(!pages.is_empty(), "{}: no process of a page was found", self.name);
        for page in pages {
            let kill = std::process::Command::new("sh").args(["-c", &format!("kill -{signal} {page}")]).status();
            assert!(kill.is_ok_and(|status| status.success()), "{signal} reaches a page");
        }
    }

    /// A command of Chromium itself, for which the standard has none. Returns what Chromium answers.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let what = format!("{}: {command}", self.name);
        let asking = self.client.issue_cmd(DevTools(json!({"cmd": command, "params": parameters})));
        within(PATIENCE, &what, asking).await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Shows the page as it is for somebody who prefers this color scheme: `light` or `dark`.
    pub async fn prefers(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// For the message of a test that fails.
    pub async fn report(&self) -> String {
        let body = self.client.execute("return document.body.innerText", vec![]).await;
        format!("--- the page of {}: {body:?}\n--- its console: {:#?}", self.name, self.console().await)
    }

    /// Saves a picture of the window, if somebody asked for it with `SCREENSHOTS=folder`.
    pub async fn screenshot(&self, name: &str) {
        let Some(folder) = std::env::var_os("SCREENSHOTS") else { return };
        let png = within(PATIENCE, "a screenshot", self.client.screenshot()).await.expect("the window has a picture");
        let file = Path::new(&folder).join(name).with_extension("png");
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(file, png)).expect("the folder can be written");
    }
}

impl Drop for Browser {
    /// The driver dies by itself, but Chromium would outlive it.
    fn drop(&mut self) {
        let kill = format!("kill -KILL {}", self.chromium);
        // An error says that it is gone already.
        let _ = std::process::Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
        // The processes of Chromium end one after the other, and the last ones still write.
        let folder = self.profile.take().expect("taken only here").keep();
        for _ in 0..100 {
            if std::fs::remove_dir_all(&folder).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Picture {
    /// How much of it is different in another one, in percent.
    pub fn percent_changed(&self, other: &Picture) -> usize {
        let pairs = self.pixels.iter().zip(&other.pixels);
        100 * pairs.filter(|(one, other)| one.abs_diff(**other) > 32).count() / self.pixels.len()
    }

    /// Somebody has switched the camera off.
    pub fn is_black(&self) -> bool {
        self.pixels.chunks(4).all(|pixel| pixel[..3].iter().all(|light| *light < 40))
    }
}

/// How large the window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 1280 by 800 pixels.
    Desktop,
    /// 360 by 740 pixels, and fingers.
    Phone,
}

/// Puts an authority into the certificates of a person whose home is in this folder.
async fn install(profile: &TempDir, authority: &Path) {
    let folder = home(profile).join(".pki/nssdb");
    std::fs::create_dir_all(&folder).expect("the folder can be written");
    let database = format!("sql:{}", folder.display());
    for arguments in [&["-N", "--empty-password"][..], &["-A", "-n", "study-zoom", "-t", "C,,", "-i"]] {
        let mut certutil = Command::new("certutil");
        certutil.args(["-d", &database]).args(arguments);
        if arguments[0] == "-A" {
            certutil.arg(authority);
        }
        let done = certutil.status().await.expect("certutil is installed: apt-get install libnss3-tools");
        assert!(done.success(), "certutil {arguments:?}: {done}");
    }
}

/// The home of the person. Chromium looks there for authorities.
fn home(profile: &TempDir) -> PathBuf {
    profile.path().join("home")
}

/// Starts a driver on a port that is free, and returns the port that it names.
///
/// A driver can end before it has named a port: that was seen once in about a thousand starts, and why is not known. So its
/// exit status and its words are printed, and it is started again, three times at most.
async fn start_driver(profile: &TempDir) -> (Child, Lines<BufReader<ChildStdout>>, String) {
    let complaints = profile.path().join("chromedriver.log");
    for _ in 0..3 {
        let stderr = std::fs::File::create(&complaints).expect("the folder can be written");
        let mut command = Command::new("chromedriver");
        if home(profile).exists() {
            command.env("HOME", home(profile));
        }
        let mut driver = command
            .arg("--port=0")
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver is installed: apt-get install chromium chromium-driver");
        let mut says = BufReader::new(driver.stdout.take().expect("piped")).lines();
        let mut said = Vec::new();
        while let Some(line) = says.next_line().await.expect("text") {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port = port.trim_end_matches('.').to_owned();
                return (driver, says, port);
            }
            said.push(line);
        }
        let complained = std::fs::read_to_string(&complaints).unwrap_or_default();
        eprintln!("chromedriver has ended, {:?}: {said:#?}\n{complained}", driver.wait().await);
    }
    panic!("chromedriver does not start: it said why above");
}

fn capabilities(profile: &TempDir, screen: Screen, prefs: Value) -> serde_json::Map<String, Value> {
    let mut switches: Vec<_> = SWITCHES.map(str::to_owned).into();
    switches.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
    switches.push("--window-size=1280,800".to_owned());
    let mut options = json!({"binary": "/usr/bin/chromium", "args": switches, "prefs": prefs});
    if screen == Screen::Phone {
        // A window cannot be that narrow, but a screen can.
        options["mobileEmulation"] = json!({"deviceMetrics": {"width": 360, "height": 740, "pixelRatio": 1.0}});
    }
    let wishes = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}});
    wishes.as_object().expect("an object").clone()
}

/// [`Browser::console`]: not in the standard, every driver has it.
#[derive(Debug)]
struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.expect("the browser was opened")))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"type": "browser"}).to_string()))
    }
}

/// [`Browser::devtools`].
#[derive(Debug)]
struct DevTools(Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.expect("the browser was opened")))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}
