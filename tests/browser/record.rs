//! A call is saved, and somebody else opens it at `/record`.
//!
//! Expected: the other one sees what was seen in the call, in every panel; the slider goes through it event by event; a call
//! that failed says where and why; a file that is no record is named as such.

use std::path::PathBuf;

use serde_json::{Value, json};
use shared::{Role, Step};
use study_zoom::call::{Artefact, CallEvent, ConnectionState};
use study_zoom::explain::record::{Head, Moment, RecordEvent, SavedCall, head_line, line};
use study_zoom::text::{page, record as texts};
use tempfile::TempDir;
use testing::browser::Screen;
use testing::program::Program;
use tokio::process::Command;

use crate::common::TestClient;
use crate::layout::fits;
use crate::page::{Browser, STEPS_OF_A, STEPS_OF_B, visible};
use crate::{ROOM, Stage};

/// What the panels show, without times: a page counts from its own beginning.
const PANELS: &str = "
    const texts = selector => [...document.querySelectorAll(selector)].map(element => element.textContent);
    const lights = [...document.querySelectorAll('#steps .light')].map(light => light.dataset.state);
    const machines = [...document.querySelectorAll('#states dd')]
        .map(place => [place.dataset.machine, place.querySelector('b').textContent,
                       place.querySelector('small').textContent.replace(/\\+\\d+ ms/g, '')]);
    return { lights, machines, offer: texts('#offer code'), answer: texts('#answer code'),
             candidates: texts('#candidates tr'), won: texts('#candidates tr.won'), path: texts('#won'),
             diagram: texts('#diagram text').map(text => text.replace(/\\d+ ms/g, '')) }";

impl Browser {
    /// Opens the page of a saved call.
    async fn open_record_page(name: &'static str, stage: &Stage, screen: Screen, language: &str) -> Self {
        let url = format!("{}/record", stage.server.url());
        let browser = Self::open_on(name, &url, screen, language).await;
        browser.until_ready().await;
        browser
    }

    /// Clicks on a button that saves, and returns what would be saved.
    async fn saves(&self, button: &str, masked: &str, is_masked: bool) -> String {
        self.eval(&format!(
            "document.getElementById('{masked}').checked = {is_masked};
             window.savedText = undefined;
             URL.createObjectURL = blob => {{ blob.text().then(text => {{ window.savedText = text; }}); return '#'; }};
             HTMLAnchorElement.prototype.click = function () {{ window.savedAs = this.download; }};"
        ))
        .await;
        self.click(button).await;
        self.wait_for("window.savedText", "the record is saved").await;
        assert_eq!(self.eval("return window.savedAs").await, "call.jsonl");
        self.eval("return window.savedText").await.as_str().expect("a text").to_owned()
    }

    /// Chooses a file with this content, and waits until it is opened or refused.
    async fn opens_record(&self, folder: &TempDir, content: &str) {
        let path: PathBuf = folder.path().join("call.jsonl");
        std::fs::write(&path, content).expect("there is room");
        self.eval("document.getElementById('file-name').textContent = ''").await;
        self.give_files("file", &[&path]).await;
        self.wait_for("document.getElementById('file-name').textContent === 'call.jsonl'", "the file is read").await;
    }

    async fn panels(&self) -> Value {
        self.eval(PANELS).await
    }

    /// Puts the slider behind so many events.
    async fn slides_to(&self, count: usize) {
        self.eval(&format!(
            "const slider = document.getElementById('at');
             slider.value = {count};
             slider.dispatchEvent(new Event('input', {{ bubbles: true }}));"
        ))
        .await;
    }

    /// How many steps of this side are done.
    async fn steps_done(&self) -> u64 {
        let done = "return document.querySelectorAll('#steps [data-whose=mine][data-state=done]').length";
        self.eval(done).await.as_u64().expect("a number")
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn somebody_else_sees_the_call_as_it_was() {
    let stage = Stage::with_page().await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let (alice, bob) = crate::tabs::call_of_two(&stage).await;
    alice.open_all_parts().await;
    alice.until_steps_are(STEPS_OF_A).await;
    alice.until_their_steps_are(STEPS_OF_B).await;
    let measured = "document.querySelector('[data-measure=BitrateIn] path')?.getAttribute('d').includes('L')";
    alice.wait_for(measured, "the statistics have a line").await;
    alice.says("a secret").await;
    bob.reads("a secret").await;
    alice.opens("steps").await;
    let record = alice.saves("save-call", "mask-call", false).await;
    let live = alice.panels().await;
    let saved = SavedCall::open(&record).expect("a page saves a record");
    assert_eq!(saved.head.room.as_deref(), Some(ROOM));
    assert!(!record.contains("a secret") && record.contains("\"chat_sent\",\"count\":8"), "{record}");

    let carol = Browser::open_record_page("carol", &stage, Screen::Desktop, "en").await;
    assert!(carol.text("record-hint").await.contains("nothing is uploaded"));
    carol.opens_record(&folder, &record).await;
    carol.open_all_parts().await;
    carol.wait_for("document.querySelectorAll('#diagram text').length > 10", "the diagram is drawn").await;
    let seen = carol.panels().await;
    for (name, part) in live.as_object().expect("an object") {
        assert_eq!(&seen[name], part, "{name}");
    }
    carol.wait_for(measured, "the statistics of the record have a line").await;
    assert!(carol.text("outcome").await.contains("connected after"), "{}", carol.text("outcome").await);
    carol.screenshot("desktop-record").await;

    // From the first event to the last one.
    let count = saved.moments.len();
    let mut done = 0;
    for at in 0..=count {
        carol.slides_to(at).await;
        let now = carol.steps_done().await;
        assert!(now >= done, "{now} steps are done after {at} events, and {done} were before");
        done = now;
    }
    assert_eq!(done, 10);
    carol.eval("document.getElementById('at').focus()").await;
    carol.press("Home").await;
    carol.wait_for("document.getElementById('event').textContent === 'before the first event'", "it begins").await;
    assert_eq!(carol.steps_done().await, 0);
    assert!(carol.text("offer").await.contains("not made yet"));
    carol.press("ArrowRight").await;
    let first = format!("document.getElementById('event').textContent.startsWith('1/{count} · +')");
    carol.wait_for(&first, "one key is one event").await;
    let said =
        "document.getElementById('at').getAttribute('aria-valuetext') === document.getElementById('event').textContent";
    carol.wait_for(said, "who cannot see the slider hears the event").await;
    carol.press("End").await;
    carol.wait_for("document.querySelectorAll('#offer code').length > 50", "the offer is there again").await;
    let again = carol.panels().await;
    for (name, part) in live.as_object().expect("an object") {
        assert_eq!(&again[name], part, "{name}, after the walk");
    }

    // After the call the lobby has it, and what is hidden is in no line of it.
    alice.click("hang-up").await;
    alice.until_back_in_lobby().await;
    let masked = alice.saves("save-last", "mask-last", true).await;
    let fragment = record.split("a=ice-ufrag:").nth(1).and_then(|rest| rest.split("\\r").next()).expect("an offer");
    for hidden in [&format!("\"{ROOM}\""), fragment] {
        assert!(record.contains(hidden) && !masked.contains(hidden), "{hidden} in {masked}");
    }
    carol.opens_record(&folder, &masked).await;
    let outcome = carol.text("outcome").await;
    assert!(outcome.contains("connected after") && outcome.contains(texts::END_HUNG_UP.en), "{outcome}");
    assert!(carol.text("facts").await.contains("hidden"));
    assert_eq!(carol.complaints().await, Vec::<String>::new());
    assert_eq!(alice.complaints().await, Vec::<String>::new());
}

/// A headless peer that writes the record of its call.
fn peer(stage: &Stage, arguments: &[&str]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    Program::start(
        "peer",
        command.args(["peer", "--room", ROOM, "--json", "--url", &stage.server.url()]).args(arguments),
    )
}

/// The record of a call of two headless peers, as the first one has seen it.
async fn record_of_a_call(stage: &Stage) -> String {
    let mut first = peer(stage, &[]);
    first.until("in_room").await;
    let (first, _) = tokio::join!(first.end(), peer(stage, &["--for", "3"]).end());
    first.stdout
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_call_that_failed_says_where_and_what_was_missing() {
    let stage = Stage::with_page().await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let carol = Browser::open_record_page("carol", &stage, Screen::Desktop, "en").await;

    // A relay is wanted, and there is none.
    let record = peer(&stage, &["--relay-only"]).end().await.stdout;
    carol.opens_record(&folder, &record).await;
    carol.until_error(&[page::NO_RELAY_TITLE.en, page::NO_RELAY_ADVICE.en]).await;
    let outcome = carol.text("outcome").await;
    assert!(outcome.contains(texts::NEVER_CONNECTED.en) && outcome.contains("Step reached: "), "{outcome}");

    // The other side never answers.
    let mut first = peer(&stage, &["--for", "3"]);
    first.until("in_room").await;
    let silent = TestClient::connect("mallory", &stage.server).await;
    assert_eq!(silent.join(ROOM).await["role"], "B");
    let record = first.end().await.stdout;
    carol.opens_record(&folder, &record).await;
    carol.wait_for("document.getElementById('outcome').textContent.includes('step 9')", "the answer is missing").await;
    let outcome = carol.text("outcome").await;
    assert!(outcome.contains(texts::MISSING_ANSWER.en) && outcome.contains("Step reached: 5"), "{outcome}");
    assert_eq!(carol.text("error").await, "", "nothing failed: it was waited for");

    // Its place in the room is free at once, and not only after the time in which it might come back.
    assert_eq!(silent.ask("leave_room", [json!(ROOM)]).await["ok"], true);
    // The other side answers, and none of its candidates arrives. They are the lines that this takes out of a whole record.
    let whole = record_of_a_call(&stage).await;
    let is_kept = |line: &&str| {
        !["remote_candidate", "\"connected\"", "\"completed\"", "\"step\":13,\"path\"", "statistics"]
            .iter()
            .any(|left_out| line.contains(left_out))
    };
    let broken: String = whole.lines().filter(is_kept).map(|line| format!("{line}\n")).collect();
    carol.opens_record(&folder, &broken).await;
    carol.wait_for("document.getElementById('outcome').textContent.includes('step 12')", "they are missing").await;
    assert!(carol.text("outcome").await.contains(texts::MISSING_REMOTE_CANDIDATE.en));

    // The same in Korean, at once.
    carol.click("korean").await;
    assert!(carol.text("outcome").await.contains(texts::MISSING_REMOTE_CANDIDATE.ko));
    assert_eq!(carol.complaints().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_lobby_offers_the_record_of_the_call_that_failed() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    assert_eq!(alice.eval(&format!("return {}", visible("last-call"))).await, false);
    alice.click("relay-only").await;
    alice.ask_to_join(ROOM).await;
    alice.until_error(&[page::NO_RELAY_TITLE.en]).await;
    alice.wait_for(&visible("last-call"), "the lobby offers the record").await;
    let saved = SavedCall::open(&alice.saves("save-last", "mask-last", true).await).expect("a record");
    let last = &saved.moments.last().expect("an event").event;
    assert!(format!("{last:?}").contains("Failed"), "{last:?}");
    assert!(saved.head.masked && saved.head.room.is_none());
    alice.screenshot("desktop-lobby-record").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_file_that_is_no_record_is_named_as_such() {
    let stage = Stage::with_page().await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let head = head_line(&Head::new("2026-01-31T09:30:00.000Z", ROOM));
    let many = format!("{head}\n{}", "{\"at\":1,\"event\":\"chat_open\"}\n".repeat(50_001));
    for (language, title) in [("en", texts::BAD_RECORD.en), ("ko", texts::BAD_RECORD.ko)] {
        let carol = Browser::open_record_page("carol", &stage, Screen::Desktop, language).await;
        let say = |text: study_zoom::text::Text| if language == "ko" { text.ko } else { text.en };
        let in_line = |text: study_zoom::text::Text, value: &str| say(text).replace("{0}", value);
        for (content, advice) in [
            ("", say(texts::NO_RECORD).to_owned()),
            ("<html>", say(texts::NO_RECORD).to_owned()),
            (&head.replace("\"version\":1", "\"version\":9"), in_line(texts::RECORD_VERSION, "9")),
            (&format!("{head}\n{{\"at\":1}}\n"), in_line(texts::RECORD_BAD_LINE, "2")),
            (&many, say(texts::RECORD_TOO_MANY).to_owned()),
            (&"x".repeat(8 * 1024 * 1024 + 1), in_line(texts::RECORD_TOO_LARGE, "8")),
        ] {
            carol.opens_record(&folder, content).await;
            carol.until_error(&[title, &advice]).await;
            assert_eq!(carol.eval(&format!("return {}", visible("replay"))).await, false);
        }
        carol.screenshot(&format!("desktop-record-bad-{language}")).await;
        // The next one is opened all the same.
        carol.opens_record(&folder, &format!("{head}\n")).await;
        carol.wait_for(&visible("replay"), "a record without events is a record").await;
        assert_eq!(carol.text("error").await, "");
    }
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_record_of_both_sides_can_be_seen_from_each() {
    let stage = Stage::with_page().await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let moments = [Role::A, Role::B].into_iter().flat_map(|role| {
        let begins = |number| CallEvent::StepStarted(Step::number(number));
        let done = |number| CallEvent::StepDone(Step::number(number), Artefact::None);
        let last = if role == Role::A { 3 } else { 6 };
        [begins(0), done(0), begins(1), done(1), begins(2), done(2), CallEvent::InRoom(role), begins(last), done(last)]
            .into_iter()
            .chain((role == Role::B).then_some(CallEvent::ConnectionState(ConnectionState::Connected)))
            .map(move |event| Moment { at: 1, side: Some(role), event: RecordEvent::Call(event) })
    });
    let head = head_line(&Head::new("2026-01-31T09:30:00.000Z", "steps"));
    let record: String =
        [head].into_iter().chain(moments.map(|moment| line(&moment))).map(|line| line + "\n").collect();
    let carol = Browser::open_record_page("carol", &stage, Screen::Desktop, "en").await;
    carol.opens_record(&folder, &record).await;
    carol.wait_for(&visible("whose"), "the side can be chosen").await;
    assert!(carol.text("outcome").await.contains(texts::NEVER_CONNECTED.en));
    let third = "document.querySelector('#steps [data-step=\"3\"] [data-whose=mine]').dataset.state === 'done'";
    carol.wait_for(third, "A has taken step 3").await;
    carol.choose("whose", "B").await;
    carol.wait_for("document.getElementById('outcome').dataset.connected === 'true'", "B was connected").await;
    let sixth = "document.querySelector('#steps [data-step=\"6\"] [data-whose=mine]').dataset.state === 'done'";
    carol.wait_for(sixth, "B has taken step 6").await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn the_page_of_a_record_fits_a_desktop_and_a_phone_in_light_and_dark() {
    let stage = Stage::with_page().await;
    let folder = tempfile::tempdir().expect("the folder can be written");
    let record = record_of_a_call(&stage).await;
    let failed = peer(&stage, &["--relay-only"]).end().await.stdout;
    for (name, screen, language) in [("record-desktop", Screen::Desktop, "en"), ("record-phone", Screen::Phone, "ko")] {
        let person = Browser::open_record_page(name, &stage, screen, language).await;
        for scheme in ["light", "dark"] {
            person.prefers(scheme).await;
            fits(&person, &format!("empty-{scheme}")).await;
            person.opens_record(&folder, &failed).await;
            fits(&person, &format!("failed-{scheme}")).await;
            person.opens_record(&folder, &record).await;
            person.open_all_parts().await;
            person.wait_for("document.querySelectorAll('#steps pre').length > 40", "the code of the steps").await;
            fits(&person, &format!("whole-{scheme}")).await;
            for part in ["diagram", "candidates", "statistics"] {
                let to = format!("document.getElementById('{part}-details').scrollIntoView({{ behavior: 'instant' }})");
                person.eval(&to).await;
                person.screenshot(&format!("{name}-{part}-{scheme}")).await;
            }
            person.eval("document.querySelectorAll('#steps details').forEach(part => part.open = false)").await;
        }
    }
}
