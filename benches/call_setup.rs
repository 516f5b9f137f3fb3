//! How long it takes until two headless peers see and hear each other, through a real server on loopback.
//!
//! ```text
//! npm install --prefix benches/libwebrtc
//! cargo bench --bench call_setup
//! ```
//! Two figures, each from the moment B enters the room: until both are connected, and until the data channel is open
//! at both. Beside each stands the same figure with the defaults of the `webrtc` crate, measured in the same run, since
//! a machine is not the same from one run to the next. Below it stands libwebrtc, the engine of Chromium, with both sides in one
//! process and without a server: from the first description on.
#![allow(missing_docs, reason = "criterion's macros make public functions without any")]
#![expect(clippy::print_stdout, reason = "a benchmark talks to people")]

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Call, CallEvent, CallEvents, CallOptions, ConnectionState, Controls};
use study_zoom::native::{self, IceTiming, NativeEngine, NativeOptions};
use study_zoom::server::{self, ServerOptions};
use testing::libwebrtc::Libwebrtc;
use testing::results::{Results, Row, Series};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// How long one setup may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(10);

struct Peer {
    controls: Controls,
    events: CallEvents,
    call: JoinHandle<()>,
}

impl Peer {
    async fn start(url: &str, room: &RoomName, timing: IceTiming) -> Self {
        let engine = NativeEngine::new(NativeOptions { timing, ..NativeOptions::default() });
        let signaling = native::connect(url).await.expect("the server runs");
        let (call, controls, events) = Call::new(engine, signaling, CallOptions::new(room.clone()));
        let call = tokio::spawn(async move { call.run().await.expect("the call works") });
        Self { controls, events, call }
    }

    /// When this happened.
    async fn when(&mut self, wanted: impl Fn(&CallEvent) -> bool) -> Instant {
        let happened = async {
            while !wanted(&self.events.next().await.expect("the call goes on")) {}
            Instant::now()
        };
        tokio::time::timeout(PATIENCE, happened).await.expect("what is measured happens")
    }

    async fn end(self) {
        self.controls.hang_up();
        self.call.await.expect("the call does not panic");
    }
}

/// One call: how long until both are connected, and until the channel is open at both.
async fn set_up(url: &str, room: &RoomName, timing: IceTiming) -> (Duration, Duration) {
    let in_room = |event: &CallEvent| matches!(event, CallEvent::InRoom(_));
    let connected = |event: &CallEvent| *event == CallEvent::ConnectionState(ConnectionState::Connected);
    let open = |event: &CallEvent| *event == CallEvent::ChatOpen;

    let mut alice = Peer::start(url, room, timing).await;
    alice.when(in_room).await;
    let mut bob = Peer::start(url, room, timing).await;
    let joined = bob.when(in_room).await;
    let both = async |alice: &mut Peer, bob: &mut Peer, wanted: fn(&CallEvent) -> bool| {
        let (a, b) = tokio::join!(alice.when(wanted), bob.when(wanted));
        a.max(b) - joined
    };
    let measured = (both(&mut alice, &mut bob, connected).await, both(&mut alice, &mut bob, open).await);
    tokio::join!(alice.end(), bob.end());
    measured
}

fn call_setup(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("the operating system gives a process its threads");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    runtime.spawn(async move { server::run(listener, &ServerOptions::default(), std::future::pending()).await });
    let room = RoomName::new("bench").expect("keeps the rules");

    let mut rows = ["join -> connected", "join -> data channel open"].map(|name| Row {
        name: name.to_owned(),
        unit: "ms",
        series: Vec::new(),
    });
    let mut add = |name: &str, values: [Vec<f64>; 2]| {
        for (row, values) in rows.iter_mut().zip(values) {
            row.series.push(Series { name: name.to_owned(), values });
        }
    };
    for (name, timing, samples) in [("prompt", IceTiming::Prompt, 30), ("crate defaults", IceTiming::CrateDefaults, 10)]
    {
        let mut group = criterion.benchmark_group(format!("call_setup, {name}"));
        group.sample_size(samples).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(5));
        let (mut connected, mut open) = (Vec::<Duration>::new(), Vec::<Duration>::new());
        group.bench_function("join -> connected", |bencher| {
            bencher.iter_custom(|count| {
                let times: Vec<_> = (0..count).map(|_| runtime.block_on(set_up(&url, &room, timing)).0).collect();
                connected.extend(&times);
                times.iter().sum()
            });
        });
        group.bench_function("join -> data channel open", |bencher| {
            bencher.iter_custom(|count| {
                let times: Vec<_> = (0..count).map(|_| runtime.block_on(set_up(&url, &room, timing)).1).collect();
                open.extend(&times);
                times.iter().sum()
            });
        });
        group.finish();
        add(name, [connected, open].map(|times| times.iter().map(|time| time.as_secs_f64() * 1000.0).collect()));
    }
    let _context = runtime.enter();
    match Libwebrtc::start(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/libwebrtc")) {
        Ok(mut other) => {
            let calls = if std::env::args().any(|argument| argument == "--test") { 1 } else { 30 };
            let times: Vec<_> = (0..calls).map(|_| runtime.block_on(other.call())).collect();
            add(
                "libwebrtc",
                [times.iter().map(|call| call.connected).collect(), times.iter().map(|call| call.open).collect()],
            );
        }
        Err(missing) => println!("libwebrtc: {missing}"),
    }

    println!("\nall calls made");
    let mut results = Results::new("call_setup", "cargo bench --bench call_setup");
    for row in rows {
        println!("{}", results.add(row));
    }
    println!("a plot: {}", results.write().expect("the target directory can be written").display());
}

criterion_group!(benches, call_setup);
criterion_main!(benches);
