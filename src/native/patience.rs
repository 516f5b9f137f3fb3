//! How long a headless peer waits for a connection: the only clock of the engine.
//!
//! The crate's ICE agent gives up half a minute after it has begun, whether or not the other side has said where it is. A
//! person who takes the steps one at a time reads for longer than that between two of them. So the agent never gives up by
//! itself (see `settings.rs`), and this decides, as it looks at what is there already.

use std::time::Duration;

use futures::channel::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::call::{ConnectionState, EngineEvent};

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathProgress {
    /// Both descriptions are set, so ICE has begun.
    pub(super) begun: bool,
    /// The other side has said where it is, or that it has nothing to say.
    pub(super) has_candidates: bool,
    pub(super) state: ConnectionState,
}

impl Default for PathProgress {
    fn default() -> Self {
        Self { begun: false, has_candidates: false, state: ConnectionState::New }
    }
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the first candidate of the other side: somebody may read between two steps.
    pub(super) candidate: Duration,
    /// From there to a connection. A handshake (DTLS) that stops in the middle ends the crate's driver without a word.
    pub(super) connection: Duration,
    /// For a connection that has fallen silent.
    pub(super) return_of_connection: Duration,
    /// For a new path after that: the two look for one by an ICE restart.
    pub(super) restart: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            candidate: Duration::from_secs(15 * 60),
            connection: Duration::from_secs(40),
            return_of_connection: Duration::from_secs(10),
            restart: Duration::from_secs(30),
        }
    }
}

impl Patience {
    fn with(self, progress: PathProgress) -> Option<Duration> {
        match progress.state {
            ConnectionState::Disconnected => Some(self.return_of_connection),
            ConnectionState::New | ConnectionState::Connecting if progress.begun && progress.has_candidates => {
                Some(self.connection)
            }
            ConnectionState::New | ConnectionState::Connecting if progress.begun => Some(self.candidate),
            _ => None,
        }
    }
}

/// Reports a connection that has failed, and one that does not come back after that.
pub(super) async fn watch_path(
    patience: Patience,
    mut progress: watch::Receiver<PathProgress>,
    events: UnboundedSender<EngineEvent>,
) {
    // An error says that the connection is gone, and this ends with it.
    let report = |event| drop(events.unbounded_send(event));
    loop {
        run_out(patience, &mut progress).await;
        report(EngineEvent::ConnectionState(ConnectionState::Failed));
        let back = progress.wait_for(|progress| progress.state == ConnectionState::Connected);
        if !matches!(timeout(patience.restart, back).await, Ok(Ok(_))) {
            return report(EngineEvent::PathLost);
        }
    }
}

/// Ready when there is nothing to be waited for any more: the connection has failed.
async fn run_out(patience: Patience, progress: &mut watch::Receiver<PathProgress>) {
    loop {
        let now = *progress.borrow_and_update();
        let waiting = async {
            match patience.with(now) {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = waiting => return,
            changed = progress.changed() => if changed.is_err() {
                // The connection is gone.
                return std::future::pending().await;
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);
    const SHORT: Duration = Duration::from_millis(20);
    const BEGUN: PathProgress = PathProgress { begun: true, has_candidates: false, state: ConnectionState::Connecting };

    async fn runs_out(patience: Patience, progress: PathProgress) -> bool {
        let (_sender, mut receiver) = watch::channel(progress);
        // Whatever is not over after ten times the short time takes the long one.
        tokio::time::timeout(10 * SHORT, run_out(patience, &mut receiver)).await.is_ok()
    }

    #[tokio::test]
    async fn each_time_runs_out_at_its_place_and_at_no_other() {
        let long = Patience { candidate: LONG, connection: LONG, return_of_connection: LONG, restart: LONG };
        let in_state = |state| PathProgress { state, ..BEGUN };
        let with_candidates = PathProgress { has_candidates: true, ..BEGUN };
        let lost = in_state(ConnectionState::Disconnected);
        for (patience, over) in [
            (Patience { candidate: SHORT, ..long }, BEGUN),
            (Patience { connection: SHORT, ..long }, with_candidates),
            (Patience { return_of_connection: SHORT, ..long }, lost),
        ] {
            let calm =
                [PathProgress::default(), in_state(ConnectionState::Connected), in_state(ConnectionState::Closed)];
            for progress in [BEGUN, with_candidates, lost].into_iter().chain(calm) {
                assert_eq!(runs_out(patience, progress).await, progress == over, "{patience:?} {progress:?}");
            }
        }
        assert!(Patience::default().candidate >= Duration::from_secs(600), "a person may read for ten minutes");
    }

    #[tokio::test]
    async fn a_change_begins_a_new_time() {
        let patience = Patience { candidate: LONG, connection: LONG, return_of_connection: SHORT, restart: LONG };
        let (sender, mut receiver) = watch::channel(BEGUN);
        let over = tokio::spawn(async move { run_out(patience, &mut receiver).await });
        sender.send_modify(|progress| progress.state = ConnectionState::Connected);
        tokio::task::yield_now().await;
        assert!(!over.is_finished());
        sender.send_modify(|progress| progress.state = ConnectionState::Disconnected);
        tokio::time::timeout(Duration::from_secs(10), over).await.expect("the short time runs out").unwrap();
    }
}
