//! `step`: one call, step by step, in one process.
//!
//! A server on a free port and two peers. Each peer waits before each step until it is let go, so the steps happen in
//! the order of the table, one at a time, and everything in between can be shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use shared::{Role, RoomName, STEPS, Step};
use study_zoom::call::{Artefact, Call, CallError, CallEvent, CallEvents, CallOptions, ConnectionState, Controls};
use study_zoom::native::{self, Counters, NativeEngine, NativeOptions};
use study_zoom::server::{self, ServerOptions};
use study_zoom::site::source;
use support::cli::Failure;
use support::print_line;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{StepArguments, received};

/// How long anything may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long after a step its consequences are waited for.
const SETTLING_TIME: Duration = Duration::from_millis(30);
/// How long media flows before it is counted.
const MEDIA_TIME: Duration = Duration::from_secs(2);

pub(super) async fn run(arguments: StepArguments) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop_server, stop) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let stopped = async {
            // An error means that the sender is gone, and then the server has to stop as well.
            let _ = stop.await;
        };
        server::run(listener, &ServerOptions::default(), stopped).await
    });
    print_line!("A server on {url}, two peers, room \"steps\".\n");

    let mut a = Side::start(Role::A, &url).await?;
    let mut b = Side::start(Role::B, &url).await?;
    let result = walk(&mut a, &mut b, arguments.step).await;
    let ended = (a.end().await, b.end().await);
    let _ = stop_server.send(());
    server.await??;
    // If a call failed, that is why the walk did not go on.
    ended.0.and(ended.1).and(result)
}

/// Takes the steps in order, and after the last one looks whether the call does what a call is for.
async fn walk(a: &mut Side, b: &mut Side, last: u8) -> Result<(), Failure> {
    for step in &STEPS[..=usize::from(last)] {
        print_line!("Step {:2}  {:3}  {:21} {}", step.number, step.who.to_string(), step.call, step.sentence);
        let headless = source::excerpts(step).into_iter().filter(|excerpt| source::HEADLESS.contains(&excerpt.label));
        let places: Vec<_> = headless.map(|excerpt| format!("{}:{}", excerpt.file, excerpt.line)).collect();
        print_line!("{:14}{}", "", places.join("  "));
        for side in [&mut *a, &mut *b] {
            if step.who.includes(side.role) {
                side.take(step).await?;
            }
        }
        print_line!();
    }
    if usize::from(last) + 1 < STEPS.len() {
        print_line!("Stopped after step {last}, as asked.");
        return Ok(());
    }

    a.until("the chat to open", |side| side.chat_open).await?;
    b.until("the chat to open", |side| side.chat_open).await?;
    let greeting = "hello from A".to_owned();
    a.controls.chat(&*greeting);
    b.until("A's chat", |side| side.chat.contains(&greeting)).await?;
    b.controls.chat(&*greeting);
    a.until("the echo of its chat", |side| side.chat.contains(&greeting)).await?;
    tokio::time::sleep(MEDIA_TIME).await;

    print_line!("Summary");
    let path_sought = a.path_sought.ok_or("A added no candidate")?;
    for side in [&*a, &*b] {
        let connected = side.connected.ok_or("not connected")?;
        print_line!("  {}  connected {:.0?} after the first candidate was added", side.role, connected - path_sought);
        let counted = side.counters.read();
        print_line!("     received in {MEDIA_TIME:?}: {}", received(counted));
        if counted.video_frames == 0 || counted.audio_frames == 0 {
            return Err(format!("{} received no picture or no sound within {MEDIA_TIME:?}", side.role).into());
        }
    }
    print_line!("     chat {greeting:?} went to B and came back");
    Ok(())
}

/// One of the two peers, and what was seen of it.
struct Side {
    role: Role,
    controls: Controls,
    events: CallEvents,
    call: JoinHandle<Result<(), CallError>>,
    counters: Arc<Counters>,
    waiting: Option<u8>,
    done: Option<u8>,
    in_room: bool,
    last_sent: bool,
    last_added: bool,
    /// Step 12 began: from here on a path is sought.
    path_sought: Option<Instant>,
    connected: Option<Instant>,
    chat_open: bool,
    chat: Vec<String>,
}

impl Side {
    async fn start(role: Role, url: &str) -> Result<Self, Failure> {
        let engine = NativeEngine::new(NativeOptions::default());
        let counters = engine.counters();
        let room = RoomName::new("steps").expect("keeps the rules");
        let options = CallOptions { step_by_step: true, ..CallOptions::new(room) };
        let (call, controls, events) = Call::new(engine, native::connect(url).await?, options);
        Ok(Self {
            role,
            controls,
            events,
            call: tokio::spawn(call.run()),
            counters,
            waiting: None,
            done: None,
            in_room: false,
            path_sought: None,
            last_sent: false,
            last_added: false,
            connected: None,
            chat_open: false,
            chat: Vec::new(),
        })
    }

    /// Lets one step go and waits until it is done.
    async fn take(&mut self, step: &'static Step) -> Result<(), Failure> {
        self.until(&format!("{step} to begin"), |side| side.waiting == Some(step.number)).await?;
        self.controls.next_step();
        self.until(&format!("{step} to be done"), |side| side.done == Some(step.number)).await?;
        match step.number {
            // The room is entered between steps 2 and 3, and who comes first is A.
            2 => self.until("the server to let it in", |side| side.in_room).await?,
            // These two are done when they have begun, and go on beside the others.
            11 => self.until("its last candidate to be sent", |side| side.last_sent).await?,
            12 => self.until("the other side's last candidate", |side| side.last_added).await?,
            _ => {}
        }
        // What a step sets in motion shows within moments: let it be seen under its own heading.
        let settled = Instant::now() + SETTLING_TIME;
        while let Ok(Some(event)) = timeout(settled.saturating_duration_since(Instant::now()), self.events.next()).await
        {
            self.see(event);
        }
        Ok(())
    }

    /// Looks at events until the condition holds.
    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> Result<(), Failure> {
        while !holds(self) {
            match timeout(PATIENCE, self.events.next()).await {
                Ok(Some(event)) => self.see(event),
                Ok(None) => return Err(format!("{} ended while waiting for {what}", self.role).into()),
                Err(_) => {
                    return Err(format!("{} waited {PATIENCE:?} for {what}, and it did not come", self.role).into());
                }
            }
        }
        Ok(())
    }

    fn see(&mut self, event: CallEvent) {
        let role = self.role;
        match event {
            CallEvent::InRoom(_) => {
                self.in_room = true;
                print_line!("  {role}  is in the room");
            }
            CallEvent::StepWaiting(step) => self.waiting = Some(step.number),
            CallEvent::StepStarted(step) if step.number == 12 => self.path_sought = Some(Instant::now()),
            CallEvent::StepDone(step, artefact) => {
                self.done = Some(step.number);
                self.show(&artefact);
            }
            CallEvent::LocalCandidate(Some(candidate)) => print_line!("  {role}  sends {}", candidate.candidate),
            CallEvent::LocalCandidate(None) => {
                self.last_sent = true;
                print_line!("  {role}  sends null: no more candidates");
            }
            CallEvent::RemoteCandidate(Some(candidate)) => print_line!("  {role}  adds {}", candidate.candidate),
            CallEvent::RemoteCandidate(None) => {
                self.last_added = true;
                print_line!("  {role}  adds null: no more candidates");
            }
            CallEvent::SignalingState(state) => print_line!("  {role}  signalingState: {state}"),
            CallEvent::IceGatheringState(state) => print_line!("  {role}  iceGatheringState: {state}"),
            CallEvent::IceConnectionState(state) => print_line!("  {role}  iceConnectionState: {state}"),
            CallEvent::ConnectionState(state) => {
                if state == ConnectionState::Connected {
                    self.connected = Some(Instant::now());
                }
                print_line!("  {role}  connectionState: {state}");
            }
            CallEvent::RemoteTrack(kind) => print_line!("  {role}  the other side's {kind} arrives"),
            CallEvent::ChatOpen => self.chat_open = true,
            CallEvent::ChatReceived(text) => self.chat.push(text),
            _ => {}
        }
    }

    fn show(&self, artefact: &Artefact) {
        let role = self.role;
        match artefact {
            Artefact::None => print_line!("  {role}  ok"),
            Artefact::Text(text) => print_line!("  {role}  {text}"),
            Artefact::Path(Some(pair)) => print_line!("  {role}  over {pair}"),
            Artefact::Path(None) => print_line!("  {role}  over a path that is not known"),
            Artefact::Description(description) => {
                print_line!("  {role}  the {}:", description.sdp_type);
                for line in description.sdp.lines() {
                    print_line!("       {line}");
                }
            }
        }
    }

    /// Hangs up and waits for the end. Events go unseen: there may be many, and nobody asked for these.
    async fn end(self) -> Result<(), Failure> {
        self.controls.hang_up();
        let ended = timeout(PATIENCE, self.call).await;
        Ok(ended.map_err(|_| format!("{} did not end within {PATIENCE:?}", self.role))???)
    }
}
