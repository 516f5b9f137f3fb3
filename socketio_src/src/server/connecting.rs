//! The moment in which a client is connected already, and socketioxide does not know it yet.
//!
//! socketioxide sends the CONNECT packet, and after that it takes note that the socket is connected. Until it has, nothing
//! can be sent to the socket. When another thread comes first, a quick client has entered a room by then, and would never
//! hear who comes in next. So a handler first waits for that note, which is a few instructions away.

use std::time::{Duration, Instant};

use socketioxide::adapter::Adapter;
use socketioxide::extract::SocketRef;

/// Longer than any system leaves a thread aside that could run.
const LONGEST: Duration = Duration::from_secs(1);

/// Waits until something can be sent to a socket that has said something. Call it only before the socket is gone.
pub fn until_connected<A: Adapter>(socket: &SocketRef<A>) {
    let begun = Instant::now();
    while !socket.connected() && begun.elapsed() < LONGEST {
        std::thread::yield_now();
    }
}
