//! A connection that can be cut.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What is between a client and its server: a client that connects to this port talks to the server behind it.
pub(crate) struct Wire {
    port: u16,
    /// The connections. `None` while the wire is cut: then new ones are closed at once.
    connections: Arc<Mutex<Option<JoinSet<()>>>>,
    accepting: JoinHandle<()>,
}

impl Wire {
    /// To the server that listens on this port.
    pub(crate) async fn to(port: u16) -> Self {
        let behind = (Ipv4Addr::LOCALHOST, port);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(Mutex::new(Some(JoinSet::new())));
        let carried = connections.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if let Some(connections) = carried.lock().unwrap().as_mut() {
                    connections.spawn(async move {
                        let Ok(mut far) = TcpStream::connect(behind).await else { return };
                        // How a connection ends is of no interest here.
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    });
                }
            }
        });
        Self { port, connections, accepting }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Drops all connections, in both directions, and lets nobody through until it is mended.
    pub(crate) fn cut(&self) {
        *self.connections.lock().unwrap() = None;
    }

    /// Lets connections through again.
    pub(crate) fn mend(&self) {
        *self.connections.lock().unwrap() = Some(JoinSet::new());
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
