//! Parts of the program that live on the hosts of a world, where the test can look into them: how many frames have come, and
//! which events.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Artefact, Call, CallEvent, CallOptions, Controls};
use study_zoom::native::{self, Counters, NativeEngine, NativeOptions};
use study_zoom::server::{self, Ice, OwnIce, ServerOptions};
use study_zoom::turn::{TurnOptions, TurnServer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::world::{SERVER, Side, World};

/// Waits until this is so.
pub(crate) fn until(what: &str, patience: Duration, is_so: impl Fn() -> bool) -> Duration {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < patience, "did not happen within {patience:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    begin.elapsed()
}

/// The signaling server, and the TURN server beside it.
pub(crate) struct Servers {
    runtime: Runtime,
    relay: bool,
    turn: JoinHandle<()>,
}

impl Servers {
    pub(crate) fn start(world: &World, relay: bool) -> Self {
        // `RUST_LOG=study_zoom=debug cargo test --test nat ...` shows the logs of all. An error means: another test was first.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        let runtime = world.runtime("s");
        let turn = bind_turn(&runtime, relay);
        let own = OwnIce { address: turn.local_addr(), public: None, relay: relay.then(|| turn.credentials()) };
        let options = ServerOptions { ice: Ice { own: Some(own), ..Ice::default() }, ..ServerOptions::default() };
        let turn = run_turn(&runtime, turn);
        let listener = async { TcpListener::bind(format!("{SERVER}:3000")).await.expect("the port is free") };
        let listener = on(&runtime, listener);
        runtime.spawn(async move { server::run(listener, &options, std::future::pending()).await });
        Self { runtime, relay, turn }
    }

    /// The TURN server is gone, and knows nothing of its allocations when it comes back.
    pub(crate) fn stop_turn(&mut self) {
        self.turn.abort();
        until("the TURN server ends", Duration::from_secs(5), || self.turn.is_finished());
    }

    pub(crate) fn start_turn_again(&mut self) {
        let turn = bind_turn(&self.runtime, self.relay);
        self.turn = run_turn(&self.runtime, turn);
    }
}

fn bind_turn(runtime: &Runtime, relay: bool) -> TurnServer {
    // The addresses for documentation are none of the internet. The secret is the same after a restart, as somebody sets it
    // who runs a server for long.
    let options = TurnOptions {
        relay,
        allow_private: true,
        secret: Some(b"of the laboratory".to_vec()),
        ..TurnOptions::default()
    };
    let address: IpAddr = SERVER.parse().expect("it is an address");
    on(runtime, async move { TurnServer::bind(address, 3478, options).expect("the port is free") })
}

fn run_turn(runtime: &Runtime, turn: TurnServer) -> JoinHandle<()> {
    assert_eq!(turn.local_addr(), SocketAddr::new(SERVER.parse().expect("it is an address"), 3478));
    runtime.spawn(async move { turn.run(std::future::pending()).await.expect("it can send and receive") })
}

/// Does something on the threads of a host: only they are in its network.
fn on<T: Send + 'static>(runtime: &Runtime, doing: impl Future<Output = T> + Send + 'static) -> T {
    let task = runtime.spawn(doing);
    futures::executor::block_on(task).expect("it does not panic")
}

/// A headless peer.
pub(crate) struct Peer {
    side: Side,
    counters: Arc<Counters>,
    events: Arc<Mutex<Vec<CallEvent>>>,
    controls: Controls,
    call: JoinHandle<()>,
    /// Last: everything above lives there.
    runtime: Option<Runtime>,
}

impl Peer {
    /// Joins the room.
    pub(crate) fn start(world: &World, side: Side, relay_only: bool) -> Self {
        let runtime = world.runtime(side.host());
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = events.clone();
        let (counters, controls, call) = on(&runtime, async move {
            let options = NativeOptions { addresses: vec!["0.0.0.0:0".to_owned()], ..NativeOptions::default() };
            let engine = NativeEngine::new(options);
            let counters = engine.counters();
            let signaling = native::connect(&format!("http://{SERVER}:3000")).await.expect("the server runs");
            let room = RoomName::new("nat").expect("keeps the rules");
            let options = CallOptions { relay_only, ..CallOptions::new(room) };
            let (call, controls, mut events) = Call::new(engine, signaling, options);
            tokio::spawn(async move {
                while let Some(event) = events.next().await {
                    seen.lock().expect("nobody panics with it").push(event);
                }
            });
            let call = tokio::spawn(async move {
                // At the end of a test the networks go away under the calls. In its middle the test itself misses the call.
                if let Err(error) = call.run().await {
                    tracing::info!("the call ended: {error}");
                }
            });
            (counters, controls, call)
        });
        let peer = Self { side, counters, events, controls, call, runtime: Some(runtime) };
        peer.until("in the room", |event| matches!(event, CallEvent::InRoom(_)));
        peer
    }

    fn has_seen(&self, wanted: impl Fn(&CallEvent) -> bool) -> usize {
        self.events.lock().expect("nobody panics with it").iter().filter(|event| wanted(event)).count()
    }

    fn until(&self, what: &str, wanted: impl Fn(&CallEvent) -> bool) {
        until(&format!("{:?}: {what}", self.side), Duration::from_secs(15), || self.has_seen(&wanted) > 0);
    }

    pub(crate) fn until_connected(&self) {
        self.until("step 13", |event| matches!(event, CallEvent::StepDone(step, _) if step.number == 13));
    }

    /// How many frames of sound and picture have come.
    pub(crate) fn frames(&self) -> [u64; 2] {
        let counted = self.counters.read();
        [counted.audio_frames, counted.video_frames]
    }

    /// The paths that it has had, the last one at the end.
    pub(crate) fn paths(&self) -> Vec<String> {
        let events = self.events.lock().expect("nobody panics with it");
        let path = |event: &CallEvent| match event {
            CallEvent::StepDone(step, Artefact::Path(Some(pair))) if step.number == 13 => Some(pair.to_string()),
            _ => None,
        };
        events.iter().filter_map(path).collect()
    }

    /// It is still the same call: nobody has begun anew, and nobody has left.
    pub(crate) fn is_in_its_first_call(&self) -> bool {
        self.has_seen(|event| matches!(event, CallEvent::Ended(_))) == 0 && !self.call.is_finished()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let events = self.events.lock().expect("nobody panics with it");
            println!("{:?} has {:?} frames, and has seen {events:#?}", self.side, self.frames());
        }
        self.controls.hang_up();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}

/// Sound and picture come to both, from now on.
pub(crate) fn until_media_flows(peers: [&Peer; 2], patience: Duration) -> Duration {
    // Ten of each are more than what was on its way.
    let wanted = peers.map(|peer| peer.frames().map(|frames| frames + 10));
    until("sound and picture come to both", patience, || {
        peers.iter().zip(wanted).all(|(peer, wanted)| peer.frames().iter().zip(wanted).all(|(now, then)| *now >= then))
    })
}
