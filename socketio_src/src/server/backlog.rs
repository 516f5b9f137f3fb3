//! How many bytes wait for each client, and for all of them.
//!
//! socketioxide counts packets, not bytes: 256 descriptions of 250 kB are 64 MB. So code that sends something to a client
//! [adds](Backlog::add) its size here, and the connection ([`Line`]) takes off what it has written. What is written
//! without having been added (a ping, an acknowledgement) makes the sum too small by a few bytes, never too large.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use socketioxide::TransportType;
use socketioxide::adapter::Adapter;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use support::rate_limit::{Pace, Rate, Verdict};
use tokio::time::Instant;

use super::line::Line;
use super::serve::REQUEST_TIME;
use super::unsent::Unsent;

/// How many bytes may wait for one client.
pub const MOST_FOR_ONE: usize = 4 << 20;
/// How many bytes may wait for all clients together. Above that, the one for which most waits is disconnected.
pub const MOST_FOR_ALL: usize = 64 << 20;

/// All backlogs of a server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Backlogs(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    sessions: Mutex<HashMap<Sid, Arc<Backlog>>>,
    total: Arc<AtomicUsize>,
    /// Sessions that are begun by long-polling. Between two requests they have no connection that could be counted.
    polling: Mutex<Pace>,
}

/// What waits for one client.
#[derive(Debug)]
pub struct Backlog {
    unsent: Arc<Unsent>,
    /// It has been disconnected, and what waits for it goes with the connection.
    given_up: AtomicBool,
    all: Weak<Shared>,
    line: Mutex<Weak<Line>>,
}

impl Backlogs {
    /// No backlogs yet. About `max_sessions` may poll at once; one that is forgotten by its client ends after `forgotten`.
    pub fn new(max_sessions: usize, forgotten: Duration) -> Self {
        let burst = max_sessions as f64;
        let rate = Rate { per_second: burst / forgotten.as_secs_f64(), burst };
        let polling = Mutex::new(Pace::new(rate, Instant::now()));
        Self(Arc::new(Shared { sessions: Mutex::default(), total: Arc::default(), polling }))
    }

    /// Whether one more may begin to poll.
    fn may_begin(&self) -> bool {
        let mut polling = self.0.polling.lock().unwrap_or_else(PoisonError::into_inner);
        polling.count(Instant::now()) == Verdict::Fine
    }

    /// The backlog of a client that has just connected.
    pub fn open<A: Adapter>(&self, socket: &SocketRef<A>) -> Arc<Backlog> {
        let backlog = Arc::new(Backlog::part_of(&self.0));
        if socket.transport_type() == TransportType::Websocket
            && let Some(line) = socket.req_parts().extensions.get::<Arc<Line>>()
        {
            backlog.goes_over(line);
        }
        self.0.sessions().insert(socket.id, backlog.clone());
        backlog
    }

    /// The client is gone.
    pub fn close(&self, socket: Sid) {
        self.0.sessions().remove(&socket);
    }

    /// Ends the connection of a client, whatever waits for it.
    pub fn end(&self, socket: Sid, why: &str) {
        let backlog = self.0.sessions().get(&socket).cloned();
        if let Some(backlog) = backlog {
            backlog.end(why);
        }
    }

    /// Something that is sent to one client. `false`: too much waits for it, and it is disconnected.
    pub fn add_or_cut(&self, socket: Sid, bytes: usize) -> bool {
        let backlog = self.0.sessions().get(&socket).cloned();
        let reads = backlog.as_ref().is_none_or(|backlog| backlog.add(bytes));
        if let (false, Some(backlog)) = (reads, backlog) {
            backlog.cut();
        }
        reads
    }

    /// Something that is sent to everybody. Those for whom too much waits are disconnected.
    pub fn add_to_all(&self, bytes: usize) {
        let all: Vec<_> = self.0.sessions().values().cloned().collect();
        for backlog in all {
            if !backlog.add(bytes) {
                backlog.cut();
            }
        }
    }

    fn of_request(&self, request: &Request) -> Option<Arc<Backlog>> {
        let query = request.uri().query()?;
        let sid = query.split('&').find_map(|pair| pair.strip_prefix("sid="))?.parse().ok()?;
        self.0.sessions().get(&sid).cloned()
    }
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, HashMap<Sid, Arc<Backlog>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room.
    fn give_up_the_largest(&self) {
        let sessions = self.sessions();
        let largest = sessions.values().max_by_key(|backlog| backlog.unsent.bytes()).cloned();
        drop(sessions);
        if let Some(largest) = largest {
            largest.cut();
        }
    }
}

impl Backlog {
    fn part_of(all: &Arc<Shared>) -> Self {
        let (unsent, given_up) = (Arc::new(Unsent::part_of(&all.total)), AtomicBool::new(false));
        Self { unsent, given_up, all: Arc::downgrade(all), line: Mutex::default() }
    }

    /// So many bytes more wait. `false`: too many, so this client does not read.
    #[must_use]
    pub fn add(&self, bytes: usize) -> bool {
        let Some(all) = self.all.upgrade().filter(|_| !self.given_up.load(Ordering::Relaxed)) else { return false };
        let (waiting, total) = self.unsent.add(bytes);
        if total > MOST_FOR_ALL {
            all.give_up_the_largest();
        }
        waiting <= MOST_FOR_ONE && !self.given_up.load(Ordering::Relaxed)
    }

    /// The connection that carries what is sent to this client from now on.
    fn goes_over(&self, line: &Arc<Line>) {
        line.carries(self.unsent.clone());
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(line);
    }

    /// Ends the connection of a client for which too much waits. What waits does not count from here on: it is freed as soon
    /// as the connection has noticed.
    pub fn cut(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        let waiting = self.unsent.bytes();
        self.unsent.take_off(waiting);
        self.end(&format!("it does not read, and {waiting} bytes wait for it"));
    }

    fn end(&self, why: &str) {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        if let Some(line) = line {
            line.cut(why);
        }
    }
}

/// Whether a request begins a session by long-polling.
fn begins_to_poll(request: &Request) -> bool {
    let mut pairs = request.uri().query().unwrap_or_default().split('&');
    request.uri().path().starts_with("/socket.io")
        && pairs.clone().any(|pair| pair == "transport=polling")
        && !pairs.any(|pair| pair.starts_with("sid="))
}

/// Goes before socketioxide, and looks which connection carries what, and that a client sends what it has begun to send.
pub async fn follow(State(backlogs): State<Backlogs>, request: Request, next: Next) -> Response {
    if begins_to_poll(&request) && !backlogs.may_begin() {
        let message = "too many clients have begun to poll: try again in a moment\n";
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "10")], message).into_response();
    }
    let backlog = backlogs.of_request(&request);
    let line = request.extensions().get::<Arc<Line>>().cloned();
    let response = if request.method() == Method::POST {
        // What a client posts is answered as soon as it is here. Without a deadline, one that stops in the middle would keep
        // its place for ever: the deadline of hyper is over with the head of the request.
        let Ok(response) = tokio::time::timeout(REQUEST_TIME, next.run(request)).await else {
            let message = format!("the request was not complete within {REQUEST_TIME:?}: send it again\n");
            return (StatusCode::REQUEST_TIMEOUT, message).into_response();
        };
        response
    } else {
        next.run(request).await
    };
    if let Some(backlog) = backlog {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            if let Some(line) = line {
                backlog.goes_over(&line);
            }
        } else {
            // A poll: this is written as a whole, or the connection is cut.
            backlog.unsent.take_off(usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX));
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_for_one_and_for_all_and_freed_with_the_client() {
        let all = Backlogs::new(100, Duration::from_secs(15));
        let new = || {
            let backlog = Arc::new(Backlog::part_of(&all.0));
            all.0.sessions().insert(Sid::new(), backlog.clone());
            backlog
        };
        let total = || all.0.total.load(Ordering::Relaxed);
        let one = new();
        assert!(one.add(MOST_FOR_ONE));
        assert!(!one.add(1), "too much for one");
        one.unsent.take_off(2 * MOST_FOR_ONE);
        assert_eq!((one.unsent.bytes(), total()), (0, 0), "never below nothing");
        let many: Vec<_> = (0..MOST_FOR_ALL / MOST_FOR_ONE).map(|_| new()).collect();
        assert!(many.iter().all(|backlog| backlog.add(MOST_FOR_ONE)));
        assert!(one.add(100_000), "it is not the one for which most waits");
        assert_eq!(many.iter().filter(|backlog| backlog.given_up.load(Ordering::Relaxed)).count(), 1);
        assert!(total() <= MOST_FOR_ALL);
        all.0.sessions().clear();
        drop(many);
        assert_eq!(total(), 100_000);
        drop(one);
        assert_eq!(total(), 0);
    }
}
