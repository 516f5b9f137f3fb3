//! The programs as a person starts them: what they print, how they end.
//!
//! Expected: what works ends with status 0; what does not work ends with another status and one line on stderr that
//! names what went wrong and what to do next; nothing is left running.

/// A client that is not a peer.
mod common;

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use common::{TestClient, TestServer, within};
use serde_json::json;
use shared::{Role, STEPS};
use study_zoom::call::{CallEvent, Configuration, EndReason, Engine};
use study_zoom::explain::problem::Problem;
use study_zoom::explain::record::{Missing, Outcome, RecordEvent, SavedCall};
use study_zoom::native::{NativeEngine, NativeOptions, media};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a program may take. Much longer than it does take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program under way. Killed when it is dropped.
struct Program {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    seen: Vec<String>,
}

/// How a program ended.
struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        Self::start_command(Command::new(env!("CARGO_BIN_EXE_study-zoom")).args(arguments))
    }

    fn start_command(command: &mut Command) -> Self {
        Self::start_with_input(command, Stdio::null())
    }

    fn start_with_input(command: &mut Command, input: Stdio) -> Self {
        let mut child = command
            // The page is not what is tested here, and a build is not what is waited for.
            .env("STUDY_ZOOM_BUNDLE", "off")
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program was built with the tests");
        let stdout = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, stdout, seen: Vec::new() }
    }

    /// Waits for a line with this in it.
    async fn until(&mut self, text: &str) -> String {
        let reading = async {
            while let Some(line) = self.stdout.next_line().await.expect("stdout is text") {
                self.seen.push(line.clone());
                if line.contains(text) {
                    return Some(line);
                }
            }
            None
        };
        let found = within(PATIENCE, format!("the program prints {text:?}"), reading).await;
        found.unwrap_or_else(|| panic!("the program ended without {text:?}, after {:#?}", self.seen))
    }

    /// Sends a signal by its name.
    async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("the program runs");
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().await;
        assert!(sent.expect("there is a shell").success());
    }

    async fn end(mut self) -> Ended {
        let mut stderr_pipe = self.child.stderr.take().expect("piped");
        let reading = async {
            while let Some(line) = self.stdout.next_line().await.expect("stdout is text") {
                self.seen.push(line);
            }
        };
        let mut stderr = String::new();
        let ending = async { tokio::join!(reading, stderr_pipe.read_to_string(&mut stderr), self.child.wait()) };
        let (_, _, status) = within(PATIENCE, "the program ends", ending).await;
        Ended { status: status.expect("it can be waited for"), stdout: self.seen.join("\n"), stderr }
    }
}

impl Ended {
    fn well(self) -> String {
        assert!(self.status.success(), "{}: {}\n{}", self.status, self.stderr, self.stdout);
        self.stdout
    }

    /// Failed with one line that has all of these in it. Another one may say where to read on.
    fn with_error(self, parts: &[&str]) {
        let Ended { status, stdout, stderr } = self;
        assert!(!status.success(), "{stdout}");
        let lines: Vec<_> = stderr.lines().collect();
        if let [_, see] = lines[..] {
            let place = see.strip_prefix("see docs/troubleshooting.md#").expect("it names a place");
            let text = include_str!("../docs/troubleshooting.md");
            let mut headings = text.lines().filter_map(|line| line.strip_prefix("### "));
            assert!(headings.any(|heading| shared::anchor::of_heading(heading) == place), "no heading for {see}");
        } else {
            assert_eq!(lines.len(), 1, "{stderr}");
        }
        assert!(lines[0].starts_with("error: "), "{stderr}");
        for part in parts {
            assert!(lines[0].contains(part), "no {part:?} in: {stderr}");
        }
    }
}

/// A server in a process of its own, and its URL.
async fn serve() -> (Program, String) {
    let mut server = Program::start(&["serve", "--addr", "127.0.0.1:0"]);
    let line = server.until("listens on").await;
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("the line has a URL").to_owned();
    (server, url)
}

/// The parts of a lesson, by step: what stands before the first heading is left out.
fn lessons(stdout: &str, word: &str) -> Vec<(u8, String)> {
    let mut parts: Vec<(u8, String)> = Vec::new();
    for line in stdout.lines() {
        let number = line.strip_prefix(word).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        match (number, parts.last_mut()) {
            (Some(number), _) => parts.push((number, line.to_owned())),
            (None, Some((_, part))) => *part += &format!("\n{line}"),
            (None, None) => {}
        }
    }
    parts
}

#[tokio::test]
async fn step_explains_takes_and_checks_all_fourteen_steps_in_both_languages() {
    for (language, word, labels) in
        [("en", "Step ", ["why:", "now:", "check: ok,"]), ("ko", "단계 ", ["이유:", "지금:", "확인:  ok,"])]
    {
        let stdout = Program::start(&["step", "--lang", language]).end().await.well();
        let lessons = lessons(&stdout, word);
        assert_eq!(lessons.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (0..14).collect::<Vec<_>>());
        for (number, lesson) in &lessons {
            let mut rest = &lesson[..];
            for label in labels {
                let at = rest.find(&format!("\n  {label}")).unwrap_or_else(|| panic!("no {label} in:\n{lesson}"));
                rest = &rest[at..];
            }
            let is_early = *number < 13;
            assert!(!is_early || !lesson.contains("connected"), "{lesson}");
            // A description stands where it was made, and nowhere else.
            let has_sdp = lesson.contains("a=ice-ufrag:");
            assert_eq!(has_sdp, [3, 7].contains(number), "{lesson}");
        }
        for (number, shown) in [
            (3, "v=0\n             "),
            (4, "A  signalingState: stable -> have-local-offer"),
            (6, "B  signalingState: stable -> have-remote-offer"),
            (7, "a=setup:active\n             "),
            (8, "B  signalingState: have-remote-offer -> stable"),
            (10, "A  signalingState: have-local-offer -> stable"),
            (11, "           typ         host               "),
            (12, "candidate:"),
            (13, "connecting -> connected"),
            (13, "-> udp host 127.0.0.1:"),
        ] {
            let (_, lesson) = &lessons[number];
            assert!(lesson.contains(shown), "no {shown:?} in:\n{lesson}");
        }
        assert!(stdout.contains("hello from A"), "{stdout}");
    }
    assert!(!Program::start(&["step", "--lang", "fr"]).end().await.status.success());
}

#[tokio::test]
async fn a_step_that_has_only_begun_says_what_it_waits_for() {
    let stdout = Program::start(&["step"]).end().await.well();
    for (number, lesson) in lessons(&stdout, "Step ") {
        assert_eq!(lesson.contains("\n  waits: until "), number >= 11, "{lesson}");
    }
}

#[tokio::test]
async fn step_as_one_side_shows_what_that_side_sees() {
    let (a, b) = (Program::start(&["step", "--as", "a"]), Program::start(&["step", "--as", "b"]));
    let (a, b) = (a.end().await.well(), b.end().await.well());
    for (stdout, own, other, offer, answer) in [(a, "A", "B", 3, 10), (b, "B", "A", 6, 7)] {
        assert!(!stdout.contains(&format!("\n  {other}: ")) && !stdout.contains(&format!("{other}  signalingState")));
        for (number, lesson) in lessons(&stdout, "Step ") {
            let is_hidden = lesson.contains(&format!("This is {other}'s step. {own} sees nothing of it."));
            assert_ne!(is_hidden, lesson.contains("\n  why: "), "{lesson}");
            assert_eq!(lesson.contains("a=ice-ufrag:"), [offer, answer].contains(&number), "{lesson}");
        }
    }
}

#[tokio::test]
async fn step_with_pause_waits_for_enter_and_goes_on_at_the_end_of_the_input() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    let mut lesson = Program::start_with_input(command.args(["step", "2", "--pause"]), Stdio::piped());
    let mut input = lesson.child.stdin.take().expect("piped");
    lesson.until("two peers").await;
    for number in 0..2 {
        let next = tokio::time::timeout(Duration::from_millis(500), lesson.until("Step ")).await;
        assert!(next.is_err(), "step {number} did not wait: {next:?}");
        input.write_all(b"\n").await.expect("it reads");
        lesson.until(&format!("Step  {number}")).await;
        lesson.until("check: ok").await;
    }
    drop(input);
    let Ended { status, stdout, stderr } = lesson.end().await;
    assert!(status.success() && stdout.contains("Stopped after step 2"), "{stdout}");
    assert!(stderr.contains("Press Enter for step 0 (getUserMedia)"), "{stderr}");
}

#[tokio::test]
async fn step_writes_the_record_of_a_call_and_nothing_else() {
    let (both, b) =
        (Program::start(&["step", "--json"]), Program::start(&["step", "--json", "--as", "b", "--lang", "ko"]));
    let (both, b) = (both.end().await.well(), b.end().await.well());
    for (text, sides) in [(&both, &[Some(Role::A), Some(Role::B)][..]), (&b, &[None][..])] {
        let record = SavedCall::open(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!((record.moments.len() + 1, record.unknown), (text.lines().count(), 0), "every line is an event");
        assert!(record.moments.windows(2).all(|pair| pair[0].at <= pair[1].at), "{text}");
        for side in sides {
            let of_side = record.moments.iter().filter(|moment| moment.side == *side);
            let done = of_side.filter_map(|moment| match &moment.event {
                RecordEvent::Call(CallEvent::StepDone(step, _)) => Some(step.number),
                _ => None,
            });
            let mut of_side = record.moments.iter().filter(|moment| moment.side == *side);
            assert!(matches!(
                of_side.next_back().map(|last| &last.event),
                Some(RecordEvent::Call(CallEvent::Ended(_)))
            ));
            let role = side.unwrap_or(Role::B);
            let taken = STEPS.iter().filter(|step| step.who.includes(role)).map(|step| step.number);
            assert_eq!(done.collect::<Vec<_>>(), taken.collect::<Vec<_>>(), "{side:?}");
        }
        assert!(record.moments.iter().all(|moment| sides.contains(&moment.side)));
    }
}

/// What differs from run to run is not compared.
fn masked(line: &str) -> String {
    let mut masked = String::new();
    for letter in line.chars() {
        match letter {
            '0'..='9' if masked.ends_with('#') => {}
            '0'..='9' => masked.push('#'),
            other => masked.push(other),
        }
    }
    masked
}

#[tokio::test]
async fn what_the_text_shows_of_a_lesson_is_what_it_prints() {
    for (text, heading, language) in [
        (include_str!("../src/README.md"), "### In one terminal\n", "en"),
        (include_str!("../src/README.ko.md"), "### 터미널 하나에서\n", "ko"),
    ] {
        let section = text.split(heading).nth(1).expect("the section is there");
        let block = section.split("```text\n").nth(1).and_then(|rest| rest.split("\n```").next());
        let block = block.expect("and its block");
        let stdout = Program::start(&["step", "5", "--lang", language]).end().await.well();
        let mut printed = stdout.lines().map(masked);
        for line in block.lines().filter(|line| *line != "...") {
            let line = masked(line);
            assert!(printed.any(|printed| printed == line), "not printed, or not in this order: {line}\n{stdout}");
        }
        assert!(block.lines().count() > 10);
    }
}

#[tokio::test]
async fn step_names_the_lines_that_take_each_step() {
    let stdout = Program::start(&["step"]).end().await.well();
    let (mut number, mut lines) = (0, stdout.lines());
    while let Some(heading) = lines.find(|line| line.starts_with("Step ")) {
        let places: Vec<_> = lines.next().unwrap_or_default().split_whitespace().collect();
        assert!(places[0].starts_with("src/call/mod.rs:"), "{heading}: {places:?}");
        let other = if matches!(number, 5 | 9) { "src/signaling.rs:" } else { "src/native/" };
        assert!(places[1].starts_with(other), "{heading}: {places:?}");
        for place in places {
            let (file, line) = place.split_once(':').expect("a file and a line");
            let source = std::fs::read_to_string(file).expect("the file is there");
            let line = source.lines().nth(line.parse::<usize>().expect("a number") - 1).expect("the line is there");
            assert!(line.trim().starts_with(&format!("// Step {number} (")), "{heading}: {place} is {line:?}");
        }
        number += 1;
    }
    assert_eq!(number, 14);
}

#[tokio::test]
async fn step_stops_after_any_step() {
    for last in ["0", "5", "9"] {
        let stdout = Program::start(&["step", last]).end().await.well();
        assert!(stdout.contains(&format!("Stopped after step {last}, as asked.")), "{stdout}");
        assert!(!stdout.contains(&format!("Step {:2}", last.parse::<u8>().unwrap() + 1)), "{stdout}");
    }
    assert!(!Program::start(&["step", "14"]).end().await.status.success());
}

/// Waits until a recording has so many seconds of video, however long a busy machine takes for them. IVF has a header of 32 bytes
/// with the units of time, and 12 bytes before each frame: its length and its time.
async fn recorded(path: &Path, seconds: f64) {
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
    let length = || {
        let file = std::fs::read(path).unwrap_or_default();
        let unit = f64::from(number(file.get(20..24)?)) / f64::from(number(file.get(16..20)?));
        let (mut place, mut last) = (32, 0);
        while let Some(head) = file.get(place..place + 12) {
            (place, last) = (place + 12 + number(&head[..4]) as usize, number(&head[4..8]));
        }
        Some(f64::from(last) * unit)
    };
    let growing = async {
        while length().unwrap_or(0.0) < seconds {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    within(3 * PATIENCE, format!("{} has {seconds} s of video", path.display()), growing).await;
}

#[tokio::test]
async fn two_peers_record_each_other_through_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let (server, url) = serve().await;
    let (out_a, out_b) = (folder.path().join("out-a"), folder.path().join("out-b"));
    let record = |out: &Path| out.to_str().expect("text").to_owned();
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--record", &record(&out_a)]);
    a.until("in room \"demo\" as A").await;
    let b = Program::start(&["peer", "--url", &url, "--room", "demo", "--record", &record(&out_b), "--chat", "hi"]);
    let videos = [&out_a, &out_b].map(|out| out.join("remote.ivf"));
    tokio::join!(recorded(&videos[0], 2.0), recorded(&videos[1], 2.0));
    b.signal("INT").await;
    b.end().await.well();
    let a = a.end().await.well();
    assert!(a.contains("chat, they: \"hi\"") && a.contains("the other side left"), "{a}");
    for out in [out_a, out_b] {
        let video = media::video(Some(&out.join("remote.ivf"))).expect("a whole video");
        let audio = media::audio(Some(&out.join("remote.ogg"))).expect("a whole sound");
        assert!(video.frames.len() > 20 && audio.frames.len() > 75, "{} {}", video.frames.len(), audio.frames.len());
    }
    server.signal("TERM").await;
    assert!(server.end().await.well().contains("stopped"));
}

#[tokio::test]
#[ignore = "needs ffmpeg: apt-get install ffmpeg"]
async fn what_a_peer_records_plays_without_an_error_in_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, url) = serve().await;
    let out = folder.path().to_str().expect("text").to_owned();
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--record", &out]);
    a.until("in room").await;
    let b = Program::start(&["peer", "--url", &url, "--room", "demo"]);
    recorded(&folder.path().join("remote.ivf"), 3.0).await;
    b.signal("INT").await;
    b.end().await.well();
    a.end().await.well();
    for (name, codec) in [("remote.ivf", "vp8"), ("remote.ogg", "opus")] {
        let file = folder.path().join(name);
        let probe = Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "stream=codec_name,duration", "-of", "csv=p=0"])
            .arg(&file)
            .output()
            .await
            .expect("ffprobe is installed");
        let text = String::from_utf8_lossy(&probe.stdout).trim().to_owned();
        let (found, seconds) = text.split_once(',').unwrap_or_else(|| panic!("{name}: {text}"));
        assert_eq!(found, codec);
        assert!(seconds.parse::<f64>().expect("a duration") > 2.0, "{name}: {text}");
        let decoded = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(&file)
            .args(["-f", "null", "-"])
            .output()
            .await
            .expect("ffmpeg is installed");
        let complaints = String::from_utf8_lossy(&decoded.stderr);
        assert!(decoded.status.success() && complaints.is_empty(), "{name}: {complaints}");
    }
}

/// What the text says and what an error says, on a file with everything in it: picture, sound, and a cover.
#[tokio::test]
#[ignore = "needs ffmpeg: apt-get install ffmpeg"]
async fn every_recipe_for_a_media_file_makes_one_that_plays() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, url) = serve().await;
    let ffmpeg = async |arguments: &str| {
        let arguments = format!("-v error -y {arguments}");
        let ended = Command::new("ffmpeg").args(arguments.split_whitespace()).current_dir(folder.path()).output().await;
        let ended = ended.expect("ffmpeg is installed: apt-get install ffmpeg");
        assert!(ended.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ended.stderr));
    };
    ffmpeg("-f lavfi -i color=red:size=64x64 -frames:v 1 cover.png").await;
    ffmpeg(
        "-f lavfi -i testsrc2=size=320x240:rate=30 -f lavfi -i sine=frequency=440 -i cover.png -map 0 -map 1 -map 2 \
         -t 3 -c:v mpeg4 -c:v:1 png -disposition:v:1 attached_pic -c:a aac your.mp4",
    )
    .await;
    // A song with a cover.
    ffmpeg("-f lavfi -i sine=frequency=440 -i cover.png -map 0 -map 1 -t 3 -c:a flac -c:v png -disposition:v attached_pic song.flac").await;

    let text = include_str!("../src/native/assets/README.md");
    let recipes = text.lines().filter_map(|line| line.strip_prefix("ffmpeg "));
    let mut recipes: Vec<_> = recipes.map(str::to_owned).collect();
    for (option, name) in [("--video", "no.ivf"), ("--audio", "no.ogg")] {
        std::fs::write(folder.path().join(name), "no").unwrap();
        let file = folder.path().join(name).display().to_string();
        let ended = Program::start(&["peer", "--url", &url, "--room", "demo", option, &file]).end().await;
        let error = ended.stderr.lines().next().unwrap_or_default();
        let (_, recipe) = error.split_once("ffmpeg -i input ").expect("the error has a recipe");
        recipes.push(format!("-i your.mp4 {recipe}"));
    }
    recipes.extend(
        recipes
            .clone()
            .iter()
            .filter(|recipe| recipe.ends_with(".ogg"))
            .map(|recipe| recipe.replace("your.mp4", "song.flac")),
    );
    assert!(recipes.len() >= 8, "{recipes:?}");
    for recipe in recipes {
        ffmpeg(&recipe).await;
        let file = folder.path().join(recipe.split(' ').next_back().expect("the name of the file"));
        let clip = if recipe.ends_with(".ivf") { media::video(Some(&file)) } else { media::audio(Some(&file)) };
        let clip = clip.unwrap_or_else(|error| panic!("{recipe}: {error}"));
        let length: Duration = clip.frames.iter().map(|frame| frame.duration).sum();
        assert!((2.9..4.1).contains(&length.as_secs_f64()), "{recipe}: {length:?}");
    }
    // Without -vn there is a picture beside the sound, and Opus is found all the same.
    ffmpeg("-i your.mp4 -c:a libopus both.ogg").await;
    media::audio(Some(&folder.path().join("both.ogg"))).expect("Opus beside Theora");
}

#[tokio::test]
async fn a_media_file_that_cannot_be_played_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, url) = serve().await;
    let pattern = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/src/native/assets/pattern.ivf")).unwrap();
    let tone = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/src/native/assets/tone.ogg")).unwrap();
    let vp9 = [&pattern[..8], b"VP90", &pattern[12..]].concat();
    let bad: [(&str, &str, Option<&[u8]>, &str); 8] = [
        ("--video", "missing.ivf", None, "check the path"),
        ("--video", "empty.ivf", Some(b""), "it is empty"),
        ("--video", "truncated.ivf", Some(&pattern[..5000]), "it is truncated"),
        ("--video", "vp9.ivf", Some(&vp9), "its codec is VP90, not VP8"),
        ("--video", "sound.ivf", Some(&tone), "not an IVF file"),
        ("--audio", "missing.ogg", None, "check the path"),
        ("--audio", "truncated.ogg", Some(&tone[..5000]), "truncated"),
        ("--audio", "picture.ogg", Some(&pattern), "not an Ogg file"),
    ];
    for (option, name, content, reason) in bad {
        let file = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let file = file.to_str().expect("text");
        let ended = Program::start(&["peer", "--url", &url, "--room", "demo", option, file]).end().await;
        ended.with_error(&["step 0 (getUserMedia)", name, reason]);
    }
    // The very line that the text shows.
    let ended = Program::start(&["peer", "--url", &url, "--room", "demo", "--video", "cat.ivf"]).end().await;
    assert!(include_str!("../README.md").contains(&format!("```text\n{}```", ended.stderr)), "{}", ended.stderr);
}

#[tokio::test]
async fn a_server_that_is_not_there_and_a_port_that_is_taken_are_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Program::start(&["serve", "--addr", &address]).end().await;
    assert!(ended.stderr.ends_with("\nsee docs/troubleshooting.md#cannot-listen-on-\n"), "{}", ended.stderr);
    ended.with_error(&["cannot listen on", &address, "--addr"]);
    drop(taken);
    let url = format!("http://{address}");
    let ended = Program::start(&["peer", "--url", &url, "--room", "demo"]).end().await;
    ended.with_error(&["cannot use the signaling server", &url, "cargo run -- serve"]);
}

#[tokio::test]
async fn two_peers_call_through_a_proxy_that_speaks_tls() {
    let (_server, url) = serve().await;
    let server = url.strip_prefix("http://").and_then(|address| address.parse().ok()).expect("host and port");
    let proxy = testing::tls_proxy::TlsProxy::start(server).await;
    let peer = |proxy: &testing::tls_proxy::TlsProxy, options: &[&str]| {
        let url = format!("https://{}", proxy.address);
        Program::start_command(
            Command::new(env!("CARGO_BIN_EXE_study-zoom"))
                .args(["peer", "--url", &url, "--room", "demo"])
                .args(options)
                .arg("--ca")
                .arg(proxy.certificate()),
        )
    };
    let mut stays = peer(&proxy, &["--stay"]);
    stays.until("in room").await;
    peer(&proxy, &["--for", "1"]).end().await.well();
    stays.until("over udp").await;
    // Somebody else's certificate.
    let ended = Program::start(&["peer", "--url", &format!("https://{}", proxy.address), "--room", "demo"]).end().await;
    ended.with_error(&["certificate", "UnknownIssuer", "--ca"]);
}

#[tokio::test]
async fn a_room_name_that_breaks_a_rule_is_refused_with_the_rule() {
    for (room, rule) in [("  ", "is empty"), (&*"x".repeat(65), "65 characters"), ("a\u{7}b", "control character")] {
        Program::start(&["peer", "--room", room]).end().await.with_error(&["--room", rule]);
    }
}

#[tokio::test]
async fn a_third_peer_is_told_that_the_room_is_full() {
    let server = TestServer::start().await;
    let (alice, bob) = (TestClient::connect("alice", &server).await, TestClient::connect("bob", &server).await);
    alice.join("demo").await;
    bob.join("demo").await;
    let ended = Program::start(&["peer", "--url", &server.url(), "--room", "demo"]).end().await;
    ended.with_error(&["error: the room \"demo\" was not entered", "room_full"]);
}

#[tokio::test]
async fn a_partner_that_vanishes_during_the_negotiation_is_named_with_the_step() {
    let server = TestServer::start().await;
    let mut alice = TestClient::connect("alice", &server).await;
    alice.join("demo").await;
    let peer = Program::start(&["peer", "--url", &server.url(), "--room", "demo"]);
    alice.expect("welcome").await;
    let mut engine = NativeEngine::new(NativeOptions::default());
    engine.create_peer_connection(&Configuration::default()).await.unwrap();
    engine.add_tracks().await.unwrap();
    let offer = engine.create_offer(false).await.unwrap();
    engine.close().await;
    // The offer and the goodbye go out together: the peer is in the middle of steps 6 to 9 when it learns of it.
    alice.send("offer", vec![json!(offer), json!("demo")]);
    alice.close().await;
    peer.end().await.with_error(&["step ", "the other side left before the call was connected", "start both again"]);
}

#[tokio::test]
async fn a_peer_that_is_killed_is_missed_when_its_place_was_kept_and_the_next_one_is_welcome() {
    let (_server, url) = serve().await;
    let mut stays = Program::start(&["peer", "--url", &url, "--room", "demo", "--stay"]);
    stays.until("in room").await;
    let mut killed = Program::start(&["peer", "--url", &url, "--room", "demo"]);
    killed.until("over udp").await;
    stays.until("over udp").await;
    killed.signal("KILL").await;
    stays.until("the other side left").await;
    let mut next = Program::start(&["peer", "--url", &url, "--room", "demo"]);
    next.until("over udp").await;
    stays.until("over udp").await;
    // Ctrl-C is an ordinary end.
    stays.signal("INT").await;
    stays.end().await.well();
    next.end().await.well();
}

#[tokio::test]
async fn files_are_sent_to_the_other_side_and_received_under_a_name_that_was_free() {
    let folder = tempfile::tempdir().unwrap();
    let text = |path: &Path| path.to_str().expect("text").to_owned();
    let (big, empty) = (folder.path().join("cat 고양이.bin"), folder.path().join("empty.txt"));
    let content: Vec<u8> = (0..3_000_000u32).map(|n| (n ^ (n >> 9)) as u8).collect();
    std::fs::write(&big, &content).unwrap();
    std::fs::write(&empty, "").unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("empty.txt"), "not to be lost").unwrap();
    let (_server, url) = serve().await;
    let (out_text, big_text, empty_text) = (text(&out), text(&big), text(&empty));
    let mut b = Program::start(&["peer", "--url", &url, "--room", "demo", "--receive", &out_text]);
    b.until("in room").await;
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--send", &big_text, "--send", &empty_text]);
    for program in [&mut a, &mut b] {
        for _ in 0..2 {
            let line = program.until("sha256").await;
            assert!(line.contains("bytes in") && line.contains("MB/s"), "{line}");
        }
    }
    a.signal("INT").await;
    let (a, b) = (a.end().await.well(), b.end().await.well());
    assert!(a.contains("sent \"cat 고양이.bin\": 3000000 bytes"), "{a}");
    assert!(a.contains("files: 2 sent, 0 received, 0 not transferred"), "{a}");
    assert!(b.contains("received \"cat 고양이.bin\" as") && b.contains("files: 0 sent, 2 received"), "{b}");
    assert!(std::fs::read(out.join("cat 고양이.bin")).unwrap() == content);
    assert_eq!(std::fs::read_to_string(out.join("empty.txt")).unwrap(), "not to be lost");
    assert_eq!(std::fs::read_to_string(out.join("empty (2).txt")).unwrap(), "");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 3);
}

#[tokio::test]
async fn a_file_that_is_not_received_is_an_error_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cat.jpg");
    std::fs::write(&file, "meow").unwrap();
    let file = file.to_str().expect("text");
    let (_server, url) = serve().await;
    let mut b = Program::start(&["peer", "--url", &url, "--room", "demo"]);
    b.until("in room").await;
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--send", file]);
    a.until("was not sent").await;
    b.until("was not received").await;
    b.signal("INT").await;
    b.end().await.well();
    a.end().await.with_error(&["cat.jpg was not received", "this peer takes no files", "--receive DIR"]);
}

#[tokio::test]
async fn a_transfer_that_the_time_is_up_for_is_cancelled_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("big.bin"), folder.path().join("out"));
    // As long as a long time, and it takes no room: there is nothing in it.
    std::fs::File::create(&file).unwrap().set_len(100_000_000_000).unwrap();
    let (_server, url) = serve().await;
    let (file, out_text) = (file.to_str().expect("text"), out.to_str().expect("text"));
    let mut b = Program::start(&["peer", "--url", &url, "--room", "demo", "--receive", out_text]);
    b.until("in room").await;
    let a = Program::start(&["peer", "--url", &url, "--room", "demo", "--send", file, "--for", "2"]);
    let line = b.until("was not received").await;
    assert!(line.contains("the other side cancelled: its time is up"), "{line}");
    a.end().await.with_error(&["big.bin was not received", "cancelled: its time is up"]);
    b.end().await.well();
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0, "nothing is left of it");
}

#[tokio::test]
async fn what_cannot_be_sent_or_received_is_named_before_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.jpg");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let here = folder.path();
    for (option, path, reason) in [
        ("--send", missing.as_path(), "check the path"),
        ("--send", here, "it is not a file"),
        ("--receive", file.as_path(), "choose another folder"),
    ] {
        let path = path.to_str().expect("text");
        // No server is needed to see it.
        let ended =
            Program::start(&["peer", "--url", "http://127.0.0.1:9", "--room", "demo", option, path]).end().await;
        ended.with_error(&[option, path, reason]);
    }
}

#[tokio::test]
async fn an_error_that_was_brought_about_says_where_more_is_said_about_it() {
    let (_server, url) = serve().await;
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--fault", "answer-twice"]);
    a.until("in room").await;
    let b = Program::start(&["peer", "--url", &url, "--room", "demo"]);
    let (a, b) = tokio::join!(a.end(), b.end());
    let refused = "step 10 (setRemoteDescription): OperationError: invalid proposed signaling state transition";
    let place = "--fault answer-twice has brought this about: see docs/laboratory.md#an-answer-is-set-twice";
    a.with_error(&[refused, place]);
    // The other side is not to blame, and its error says nothing of that.
    assert!(!b.stderr.contains("--fault"), "{}", b.stderr);
}

#[tokio::test]
async fn a_relayed_call_that_goes_well_complains_of_nothing() {
    let server = ["serve", "--addr", "127.0.0.1:0", "--turn", "--turn-allow-private", "--stun-port", "0"];
    let mut server = Program::start(&server);
    let line = server.until("listens on").await;
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("its address").to_owned();
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--relay-only"]);
    a.until("in room").await;
    let b = Program::start(&["peer", "--url", &url, "--room", "demo", "--relay-only", "--for", "4"]);
    let (a, b) = tokio::join!(a.end(), b.end());
    for ended in [a, b] {
        // The engine has its own view of that, which `--log debug` shows.
        assert_eq!(ended.stderr, "");
        assert!(ended.well().contains("over udp relay "));
    }
}

#[tokio::test]
async fn nobody_coming_is_an_error_when_the_time_is_up() {
    let (_server, url) = serve().await;
    let ended = Program::start(&["peer", "--url", &url, "--room", "demo", "--for", "0.2"]).end().await;
    ended.with_error(&["no call within", "demo"]);
}

#[tokio::test]
async fn the_server_stops_at_ctrl_c_even_with_people_connected() {
    let (server, url) = serve().await;
    let mut peer = Program::start(&["peer", "--url", &url, "--room", "demo"]);
    peer.until("in room").await;
    server.signal("INT").await;
    server.end().await.well();
    peer.until("signaling lost").await;
    peer.signal("TERM").await;
    peer.end().await.well();
}

/// Reads the record that a peer has written, and what it came to.
fn record(ended: &Ended) -> (SavedCall, Outcome) {
    let saved = SavedCall::open(&ended.stdout).unwrap_or_else(|bad| panic!("{bad} in {}", ended.stdout));
    let outcome = Outcome::of(saved.moments.iter());
    (saved, outcome)
}

#[tokio::test]
async fn a_peer_writes_the_record_of_its_call_and_nothing_else_on_stdout() {
    let server = TestServer::start().await;
    let url = server.url();
    let mut a = Program::start(&["peer", "--url", &url, "--room", "demo", "--json"]);
    a.until("in_room").await;
    let b =
        Program::start(&["peer", "--url", &url, "--room", "demo", "--json", "--mask", "--for", "3", "--chat", "hi"]);
    let (a, b) = tokio::join!(a.end(), b.end());
    assert!(a.status.success() && b.status.success(), "{}\n{}", a.stderr, b.stderr);
    assert!(a.stderr.contains("in room \"demo\" as A") && a.stderr.contains("video frames"), "{}", a.stderr);

    let (saved, outcome) = record(&a);
    assert!(saved.head.began.ends_with('Z') && saved.head.room.as_deref() == Some("demo"), "{:?}", saved.head);
    assert!(outcome.connected.is_some() && outcome.path.is_some(), "{outcome:?}");
    assert_eq!(outcome.ended, Some(EndReason::PeerLeft(None)));
    let samples = saved.moments.iter().filter_map(|moment| match &moment.event {
        RecordEvent::Statistics(sample) => Some(sample),
        _ => None,
    });
    let samples: Vec<_> = samples.collect();
    let last = samples.last().expect("statistics once a second");
    assert!(samples.len() >= 3 && last.bytes_in > 10_000 && last.bytes_out > 10_000 && last.packets > 50, "{last:?}");
    assert!(last.frames > 10 && last.round_trip_ms.is_some(), "{last:?}");

    // The other one hides the room, and the credentials of the connection.
    let (masked, outcome) = record(&b);
    assert!(masked.head.masked && outcome.connected.is_some(), "{outcome:?}");
    assert_eq!(outcome.ended, Some(EndReason::HungUp));
    assert!(!b.stdout.contains("demo") && b.stdout.contains("a=ice-ufrag:ufrag1\\r\\n"), "{}", b.stdout);
    assert!(!b.stdout.contains("\"hi\"") && b.stdout.contains(r#""event":"chat_sent","count":2"#), "{}", b.stdout);
}

#[tokio::test]
async fn the_record_of_a_call_that_failed_says_why() {
    let server = TestServer::start().await;
    let relayed =
        Program::start(&["peer", "--url", &server.url(), "--room", "demo", "--json", "--relay-only"]).end().await;
    assert!(!relayed.status.success());
    let (_, outcome) = record(&relayed);
    let Some(EndReason::Failed(reason)) = &outcome.ended else { panic!("{outcome:?}") };
    assert_eq!(Problem::of_text(reason).name, "relay");
    let said = relayed.stderr.lines().any(|line| line == format!("error: {reason}"));
    assert!(said, "{}", relayed.stderr);

    let alone =
        Program::start(&["peer", "--url", &server.url(), "--room", "demo", "--json", "--for", "0.5"]).end().await;
    assert!(!alone.status.success());
    assert_eq!(record(&alone).1.missing, Some(Missing::Partner));

    let no_server =
        Program::start(&["peer", "--url", "http://127.0.0.1:1", "--room", "demo", "--json", "--mask"]).end().await;
    assert!(!no_server.status.success());
    let (saved, outcome) = record(&no_server);
    let Some(EndReason::Failed(reason)) = &outcome.ended else { panic!("{outcome:?}") };
    assert_eq!((Problem::of_text(reason).name, saved.moments.len()), ("server", 1), "{reason}");
}

#[tokio::test]
async fn a_record_ends_well_when_the_peer_is_stopped_or_nobody_reads_it() {
    let server = TestServer::start().await;
    let arguments = ["peer", "--url", &server.url(), "--room", "demo", "--json"];
    let mut stopped = Program::start(&arguments);
    stopped.until("in_room").await;
    stopped.signal("INT").await;
    let stopped = stopped.end().await;
    assert!(stopped.status.success(), "{}", stopped.stderr);
    assert_eq!(record(&stopped).1.ended, Some(EndReason::HungUp));

    let mut killed = Program::start(&arguments);
    killed.until("in_room").await;
    killed.signal("KILL").await;
    assert_eq!(record(&killed.end().await).1.missing, Some(Missing::Partner), "what was written stays a record");

    let program = env!("CARGO_BIN_EXE_study-zoom");
    let pipe = format!("{program} {} --for 1 | head -n 1", arguments.join(" "));
    let read = Program::start_command(Command::new("sh").args(["-c", &pipe])).end().await;
    assert!(
        read.stdout.starts_with(r#"{"record":"study-zoom call""#) && !read.stderr.contains("panicked"),
        "{}",
        read.stderr
    );

    let masked = Program::start(&["peer", "--room", "demo", "--mask"]).end().await;
    assert!(!masked.status.success() && masked.stderr.contains("--json"), "{}", masked.stderr);
}

#[tokio::test]
async fn a_fault_that_there_is_not_is_told_which_there_are() {
    for (arguments, parts) in [
        (
            &["serve", "--fault", "sleep"][..],
            &["\"sleep\" is no fault", "reorder", "delay=MS", "turn-password", "die"][..],
        ),
        (&["serve", "--fault", "delay=0"], &["\"delay=0\" is no fault", "1 to 10000 milliseconds"]),
        (&["peer", "--room", "demo", "--fault", "late"], &["early-candidates, both-offer, answer-twice, stale-answer"]),
    ] {
        let ended = Program::start(arguments).end().await;
        assert!(!ended.status.success());
        for part in parts {
            assert!(ended.stderr.contains(part), "{arguments:?}: no {part:?} in {}", ended.stderr);
        }
    }
    let without = ["serve", "--addr", "127.0.0.1:0", "--no-stun", "--fault", "turn-password"];
    Program::start(&without).end().await.with_error(&["--fault turn-password", "add --turn"]);
}

#[tokio::test]
async fn a_server_with_a_fault_says_so_loudly() {
    let mut server = Program::start(&["serve", "--addr", "127.0.0.1:0", "--fault", "drop", "--fault", "delay=20"]);
    assert_eq!(
        server.until("drop").await,
        "FAULT drop=answer: every answer is lost. On purpose, see docs/laboratory.md"
    );
    server.until("FAULT delay=20: every offer, answer and candidate comes 20ms late. On purpose").await;
}
