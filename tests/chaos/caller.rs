//! Headless peers in a call: some in this process, with a runtime each, and one that is a program of its own.

use std::collections::VecDeque;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Call, CallError, CallEvent, CallEvents, CallOptions, ConnectionState, Controls};
use study_zoom::native::{self, Counters, NativeEngine, NativeOptions};
use tempfile::NamedTempFile;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::until;

/// How long a peer may take to say goodbye and to stop everything that it has started.
const ENDING: Duration = Duration::from_secs(10);
/// How many lines of chat a peer remembers.
const REMEMBERED: usize = 64;
/// How often a peer that was refused asks again.
const AGAIN: Duration = Duration::from_millis(500);

/// What a peer has seen.
#[derive(Default)]
struct Seen {
    in_room: bool,
    connected: bool,
    chat_open: bool,
    signaling_lost: bool,
    heard: VecDeque<String>,
    /// What has ended its call, since that was asked for.
    ended: Vec<String>,
}

impl Seen {
    fn take(&mut self, event: CallEvent) {
        match event {
            CallEvent::InRoom(_) => self.in_room = true,
            CallEvent::ConnectionState(state) => self.connected = state == ConnectionState::Connected,
            CallEvent::ChatOpen => self.chat_open = true,
            CallEvent::SignalingLost(_) => self.signaling_lost = true,
            CallEvent::SignalingBack => self.signaling_lost = false,
            CallEvent::ChatReceived(text) => {
                if self.heard.len() == REMEMBERED {
                    self.heard.pop_front();
                }
                self.heard.push_back(text);
            }
            CallEvent::Ended(reason) => {
                (self.connected, self.chat_open) = (false, false);
                self.ended.push(format!("{reason:?}"));
            }
            _ => {}
        }
    }
}

/// A peer in this process. All that it starts runs in its own runtime, so that it can be seen whether anything is left.
pub(crate) struct Caller {
    name: &'static str,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    controls: Controls,
    pub(crate) counters: Arc<Counters>,
    seen: Arc<Mutex<Seen>>,
    run: JoinHandle<Result<(), CallError>>,
}

impl Caller {
    /// Enters the room, and asks again and again until it is let in.
    pub(crate) async fn join(name: &'static str, url: &str, room: &str, patience: Duration) -> Result<Self, String> {
        let mut refusal = String::new();
        let asking = async {
            loop {
                match Self::try_join(name, url, room).await {
                    Ok(caller) => return caller,
                    Err(error) => refusal = error,
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        let joined = tokio::time::timeout(patience, asking).await;
        joined.map_err(|_| format!("{name} did not get into room {room:?} within {patience:?}: {refusal}"))
    }

    async fn try_join(name: &'static str, url: &str, room: &str) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("the system has threads");
        let (url, room) = (url.to_owned(), RoomName::new(room).expect("keeps the rules"));
        let seen = Arc::new(Mutex::new(Seen::default()));
        let seeing = Arc::clone(&seen);
        let starting = runtime.spawn(async move {
            let signaling = native::connect(&url).await?;
            let engine = NativeEngine::new(NativeOptions::default());
            let counters = engine.counters();
            let (call, controls, events) = Call::new(engine, signaling, CallOptions::new(room));
            tokio::spawn(see(events, seeing));
            Ok((controls, counters, tokio::spawn(call.run())))
        });
        match starting.await.expect("nothing panics while a peer starts") {
            Ok((controls, counters, run)) => {
                let caller = Self { name, runtime: Some(runtime), controls, counters, seen, run };
                caller
                    .until("is in the room or is refused", ENDING, |seen| seen.in_room || !seen.ended.is_empty())
                    .await?;
                let refused = caller.seen().ended.first().cloned();
                refused.map_or(Ok(caller), Err)
            }
            Err(error) => {
                let error: study_zoom::call::SignalingError = error;
                runtime.shutdown_background();
                Err(error.to_string())
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nothing panics while it holds this lock")
    }

    async fn until(&self, what: &str, patience: Duration, wanted: impl Fn(&Seen) -> bool) -> Result<(), String> {
        until(&format!("{} {what}", self.name), patience, async || wanted(&self.seen())).await
    }

    /// What has ended its calls since this was asked for.
    pub(crate) fn take_ended(&self) -> Vec<String> {
        std::mem::take(&mut self.seen().ended)
    }

    pub(crate) async fn until_connected(&self, patience: Duration) -> Result<(), String> {
        self.until("is connected, and its chat is open", patience, |seen| seen.connected && seen.chat_open).await
    }

    pub(crate) async fn until_server_is_back(&self, patience: Duration) -> Result<(), String> {
        self.until("is in its room again after it had lost the server", patience, |seen| !seen.signaling_lost).await
    }

    pub(crate) fn says(&self, text: &str) {
        self.controls.chat(text);
    }

    pub(crate) async fn hears(&self, text: &str, patience: Duration) -> Result<(), String> {
        let what = format!("hears {text:?} over the data channel");
        self.until(&what, patience, |seen| seen.heard.iter().any(|heard| heard == text)).await
    }

    /// Sound and picture come in.
    pub(crate) async fn receives(&self, patience: Duration) -> Result<(), String> {
        let before = self.counters.read();
        let what = format!("{} receives sound and picture", self.name);
        until(&what, patience, async || {
            let now = self.counters.read();
            now.audio_frames > before.audio_frames && now.video_frames > before.video_frames
        })
        .await
    }

    /// Hangs up. Nothing of it is left: no player of a track, no connection, no timer.
    pub(crate) async fn hang_up(&mut self) -> Result<(), String> {
        self.controls.hang_up();
        let result = tokio::time::timeout(ENDING, &mut self.run).await;
        let result = result.map_err(|_| format!("{}: its run does not end after it has hung up", self.name))?;
        result.expect("a call does not panic").map_err(|error| format!("{} hangs up: {error}", self.name))?;
        let metrics = self.runtime.as_ref().expect("it is not dropped").metrics();
        let what = format!("{} has stopped all that it had started: tracks, connections, timers", self.name);
        until(&what, ENDING, async || metrics.num_alive_tasks() == 0).await
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn see(mut events: CallEvents, seen: Arc<Mutex<Seen>>) {
    while let Some(event) = events.next().await {
        seen.lock().expect("nothing panics while it holds this lock").take(event);
    }
}

/// `study-zoom peer --stay --echo`: it sends back what it gets. Killed when it is dropped.
pub(crate) struct EchoProgram {
    child: Child,
    log: NamedTempFile,
}

impl EchoProgram {
    pub(crate) fn start(url: &str, room: &str) -> Self {
        let log = NamedTempFile::new().expect("a file for the log");
        let child = Command::new(env!("CARGO_BIN_EXE_study-zoom"))
            .args(["peer", "--url", url, "--room", room, "--stay", "--echo"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.reopen().expect("the file can be opened twice"))
            .spawn()
            .expect("the program was built with the tests");
        Self { child, log }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended: it was refused.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked for").is_some()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").arg(format!("-{signal}")).arg(self.pid().to_string()).status();
        assert!(status.expect("the system has kill").success());
    }

    /// Nothing in it has panicked.
    pub(crate) fn check(&self) -> Result<(), String> {
        let log = std::fs::read_to_string(self.log.path()).expect("the log is text");
        if log.contains("panicked at") { Err(format!("the peer has panicked:\n{log}")) } else { Ok(()) }
    }
}

impl Drop for EchoProgram {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
