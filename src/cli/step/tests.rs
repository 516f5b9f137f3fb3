//! Scenario: a call of two whose messages are lost or changed, whose server ends, whose files cannot be read.
//! Expected: the walk ends by itself, and its last line names the step, what was missing, what had been done, and the likely
//! causes, the likeliest first.

use shared::{Accepted, IceCandidate, RoomName, Signal};
use study_zoom::call::{Signaling, SignalingError, SignalingEvent};
use study_zoom::text::Language;
use tokio::sync::oneshot;

use super::*;

/// How long a walk that goes wrong waits. Much longer than a step takes.
const SHORT: Duration = Duration::from_secs(3);

/// Passes on what a test makes of each message; `None` is lost.
struct Tampering<S> {
    inner: S,
    makes_of: fn(Signal) -> Option<Signal>,
    /// Stops the server before the offer is sent.
    stop_server: Option<oneshot::Sender<()>>,
    /// What this side hears next.
    next: Option<SignalingEvent>,
}

impl<S: Signaling> Signaling for Tampering<S> {
    async fn join(&mut self, room: &RoomName) -> Result<Accepted, SignalingError> {
        self.inner.join(room).await
    }

    async fn rejoin(&mut self, room: &RoomName, call: Option<&str>) -> Result<Accepted, SignalingError> {
        self.inner.rejoin(room, call).await
    }

    async fn send(&mut self, room: &RoomName, signal: &Signal) -> Result<(), SignalingError> {
        if matches!(signal, Signal::Offer(_))
            && let Some(stop) = self.stop_server.take()
        {
            stop.send(()).expect("the server runs");
            while self.next.is_none() {
                self.next = Some(self.inner.next().await).filter(|event| matches!(event, SignalingEvent::Lost(_)));
            }
        }
        match (self.makes_of)(signal.clone()) {
            Some(signal) => self.inner.send(room, &signal).await,
            None => {
                // The server has passed it on, and then it is lost.
                self.next = Some(SignalingEvent::Delivered(Ok(())));
                Ok(())
            }
        }
    }

    fn reconnect(&mut self) {
        self.inner.reconnect();
    }

    async fn leave(&mut self, room: &RoomName) {
        self.inner.leave(room).await;
    }

    async fn next(&mut self) -> SignalingEvent {
        match self.next.take() {
            Some(event) => event,
            None => self.inner.next().await,
        }
    }
}

/// What a test does to a call.
struct Trial {
    makes_of: fn(Signal) -> Option<Signal>,
    stops_server: bool,
    engine_of_a: NativeOptions,
    engine_of_b: NativeOptions,
    language: Language,
}

impl Default for Trial {
    fn default() -> Self {
        let (engine_of_a, engine_of_b) = Default::default();
        Self { makes_of: Some, stops_server: false, engine_of_a, engine_of_b, language: Language::English }
    }
}

impl Trial {
    /// Takes all steps, and returns the last line of a walk that must fail.
    async fn last_line(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop_server, stop) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let stopped = async {
                let _ = stop.await;
            };
            server::run(listener, &ServerOptions::default(), stopped).await
        });
        let (mut given, mut kept) = (Some(stop_server), None);
        if !self.stops_server {
            kept = given.take();
        }
        let mut sides = Vec::new();
        for options in [self.engine_of_a, self.engine_of_b] {
            let engine = NativeEngine::new(options);
            let counters = engine.counters();
            let inner = native::connect(&url).await.unwrap();
            // The first one is A, who sends the offer.
            let signaling = Tampering { inner, makes_of: self.makes_of, stop_server: given.take(), next: None };
            let (call, controls, events) = Call::new(engine, signaling, super::options());
            sides.push((Side::new(controls, counters, tokio::spawn(call.run())), events));
        }
        let b = sides.pop().unwrap();
        let a = sides.pop().unwrap();
        let teacher = Teacher::new(Screen::new(Box::new(std::io::sink()), self.language), None);
        let mut walk = Walk::new(a, b, teacher, SHORT);
        let failure = walk.run(13).await.expect_err("the walk must fail").to_string();
        // It may end badly as well.
        let _ = walk.end().await;
        drop(kept);
        server.await.unwrap().unwrap();
        assert!(!failure.contains('\n'), "{failure}");
        failure
    }
}

fn assert_tells(line: &str, parts: &[&str]) {
    let mut rest = line;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("no {part:?}, in this order, in: {line}"));
        rest = &rest[at + part.len()..];
    }
}

#[tokio::test]
async fn a_lost_offer_or_answer_is_missed_at_the_step_that_begins_with_it() {
    let no_offer = |signal| Some(signal).filter(|signal| !matches!(signal, Signal::Offer(_)));
    let no_answer = |signal| Some(signal).filter(|signal| !matches!(signal, Signal::Answer { .. }));
    let (offer, answer, korean) = tokio::join!(
        Trial { makes_of: no_offer, ..Trial::default() }.last_line(),
        Trial { makes_of: no_answer, ..Trial::default() }.last_line(),
        Trial { makes_of: no_offer, language: Language::Korean, ..Trial::default() }.last_line(),
    );
    assert_tells(
        &offer,
        &[
            "step 6 (setRemoteDescription): B waited 3 s for the offer",
            "Done before: A 0-5; B 0-2",
            "(1) the message with the offer was lost",
            "(2) ",
        ],
    );
    assert_tells(
        &answer,
        &[
            "step 10 (setRemoteDescription): A waited 3 s for the answer",
            "Done before: A 0-5; B 0-2, 6-9",
            "(1) the message with the answer was lost",
        ],
    );
    assert_tells(
        &korean,
        &["6단계(setRemoteDescription): B가", "3초 동안", "끝난 단계: A 0-5; B 0-2.", "(1) offer를 담은"],
    );
}

#[tokio::test]
async fn lost_candidates_are_missed_one_by_one_or_all_together() {
    let none = |signal| Some(signal).filter(|signal| !matches!(signal, Signal::Ice(_)));
    let only_the_end = |signal| Some(signal).filter(|signal| !matches!(signal, Signal::Ice(Some(_))));
    let (none, only_the_end) = tokio::join!(
        Trial { makes_of: none, ..Trial::default() }.last_line(),
        Trial { makes_of: only_the_end, ..Trial::default() }.last_line(),
    );
    let causes = "(1) messages with candidates were lost or changed";
    assert_tells(&none, &["step 12 (addIceCandidate): A waited", "the other side's last candidate", causes]);
    assert_tells(&only_the_end, &["step 12 (addIceCandidate)", "A added 0 of the 1 candidates of B", causes]);
}

#[tokio::test]
async fn what_was_changed_on_its_way_is_found_by_the_check_of_that_step() {
    let another_password = |signal| {
        Some(match signal {
            Signal::Answer { mut description, to_offer } => {
                description.sdp = description.sdp.replace("a=ice-pwd:", "a=ice-pwd:x");
                Signal::Answer { description, to_offer }
            }
            other => other,
        })
    };
    let another_port = |signal| {
        Some(match signal {
            Signal::Ice(Some(candidate)) => {
                let line = candidate.candidate.replace(" 127.0.0.1 ", " 127.0.0.2 ");
                Signal::Ice(Some(IceCandidate { candidate: line, ..candidate }))
            }
            other => other,
        })
    };
    let (password, port) = tokio::join!(
        Trial { makes_of: another_password, ..Trial::default() }.last_line(),
        Trial { makes_of: another_port, ..Trial::default() }.last_line(),
    );
    assert_tells(
        &password,
        &["step 10", "does not hold", "with another content", "(1) the answer was changed on its way"],
    );
    assert_tells(&port, &["step 12", "does not hold", "A added 0 of the 1 candidates of B"]);
}

#[tokio::test]
async fn two_with_no_way_to_each_other_fail_at_step_13() {
    // One speaks IPv4 alone, and the other one IPv6 alone.
    let v6 = NativeOptions { addresses: vec!["[::1]:0".to_owned()], ..NativeOptions::default() };
    let line = Trial { engine_of_b: v6, ..Trial::default() }.last_line().await;
    assert_tells(
        &line,
        &[
            "step 13 (track event): A waited 3 s for the connection",
            "Done before: A 0-5, 10-12; B 0-2, 6-9, 11-12",
            "(1) no pair of addresses reaches the other side",
            "(2) ",
            "(3) ",
        ],
    );
}

#[tokio::test]
async fn a_server_that_ends_on_the_way_is_the_first_cause() {
    let line = Trial { stops_server: true, ..Trial::default() }.last_line().await;
    assert_tells(&line, &["step 5 (signaling): A waited", "(1) the signaling server has ended", "(2) "]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_with_its_step() {
    let options = NativeOptions { video: Some("missing.ivf".into()), ..NativeOptions::default() };
    let line = Trial { engine_of_b: options, ..Trial::default() }.last_line().await;
    assert_tells(
        &line,
        &[
            "step 0 (getUserMedia): B: NotReadableError: cannot read missing.ivf",
            "Done before: nothing.",
            "(1) the file to play is missing",
        ],
    );
}
