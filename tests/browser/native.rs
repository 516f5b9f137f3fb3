//! A headless peer to call a browser with.

use std::sync::Arc;

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Call, CallError, CallEvent, CallEvents, CallOptions, Controls, EndReason};
use study_zoom::native::{self, Counted, Counters, Files, NativeEngine, NativeOptions, Trust};
use testing::browser::PATIENCE;
use tokio::task::JoinHandle;

use crate::ROOM;
use crate::common::{TestServer, within};

/// A headless peer with a name.
pub(crate) struct NativePeer {
    pub(crate) name: &'static str,
    pub(crate) controls: Controls,
    events: CallEvents,
    pub(crate) counters: Arc<Counters>,
    pub(crate) files: Files,
    call: JoinHandle<Result<(), CallError>>,
}

impl NativePeer {
    /// Joins the room and waits until the server has let it in.
    pub(crate) async fn join(name: &'static str, server: &TestServer) -> Self {
        Self::join_with(name, server, NativeOptions::default()).await
    }

    pub(crate) async fn join_with(name: &'static str, server: &TestServer, options: NativeOptions) -> Self {
        Self::join_at(name, &server.url(), Trust::default(), options).await
    }

    /// With other options of the call.
    pub(crate) async fn join_as(
        name: &'static str,
        server: &TestServer,
        options: NativeOptions,
        call: impl FnOnce(RoomName) -> CallOptions,
    ) -> Self {
        Self::enter(name, &server.url(), Trust::default(), options, call).await
    }

    /// On a server that is a program of its own.
    pub(crate) async fn join_at(name: &'static str, url: &str, trust: Trust, options: NativeOptions) -> Self {
        Self::enter(name, url, trust, options, CallOptions::new).await
    }

    async fn enter(
        name: &'static str,
        url: &str,
        trust: Trust,
        options: NativeOptions,
        call: impl FnOnce(RoomName) -> CallOptions,
    ) -> Self {
        let signaling = native::connect_trusting(url, trust).await.expect("the server runs");
        let engine = NativeEngine::new(options);
        let (counters, files) = (engine.counters(), engine.files());
        let room = RoomName::new(ROOM).expect("keeps the rules");
        let (call, controls, events) = Call::new(engine, signaling, call(room));
        let mut peer = Self { name, controls, events, counters, files, call: tokio::spawn(call.run()) };
        peer.until("it is in the room", |event| matches!(event, CallEvent::InRoom(_))).await;
        peer
    }

    /// Looks at events until the wanted one has come. Each is seen once: the next look begins after it.
    pub(crate) async fn until(&mut self, what: &str, wanted: impl Fn(&CallEvent) -> bool) {
        let mut seen = vec![];
        let looking = async {
            while let Some(event) = self.events.next().await {
                if wanted(&event) {
                    return;
                }
                assert!(!matches!(event, CallEvent::Ended(EndReason::Failed(_))), "{}: {event:?}", self.name);
                seen.push(event);
            }
            panic!("the call ended");
        };
        within(PATIENCE, format!("{}: {what}", self.name), looking).await;
    }

    pub(crate) async fn until_step_13(&mut self) {
        self.until("step 13 is done", |event| matches!(event, CallEvent::StepDone(step, _) if step.number == 13)).await;
    }

    pub(crate) async fn until_chat(&mut self, text: &str) {
        self.until(&format!("it reads {text:?}"), |event| *event == CallEvent::ChatReceived(text.to_owned())).await;
    }

    pub(crate) async fn until_left_alone(&mut self) {
        self.until("it is alone", |event| *event == CallEvent::Ended(EndReason::PeerLeft(None))).await;
    }

    /// Waits until this much has come in, counted from now on, and returns it.
    pub(crate) async fn receives(&self, video_frames: u64, audio_frames: u64) -> Counted {
        let before = self.counters.read();
        let counting = async {
            loop {
                let now = self.counters.read();
                let more = Counted {
                    video_frames: now.video_frames - before.video_frames,
                    video_bytes: now.video_bytes - before.video_bytes,
                    audio_frames: now.audio_frames - before.audio_frames,
                    audio_bytes: now.audio_bytes - before.audio_bytes,
                };
                if more.video_frames >= video_frames && more.audio_frames >= audio_frames {
                    return more;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let what = format!("{}: {video_frames} more video frames and {audio_frames} audio packets", self.name);
        within(PATIENCE, what, counting).await
    }

    pub(crate) async fn hang_up(self) {
        self.controls.hang_up();
        let ended = within(PATIENCE, format!("{}: the call ends", self.name), self.call).await;
        assert_eq!(ended.expect("a call does not panic"), Ok(()));
    }
}
