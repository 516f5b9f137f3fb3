//! What is between a client and its server: a way that can be cut, and that can fall silent.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a wire does with what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// It carries it.
    Open,
    /// It keeps it until it is mended: nobody is told that anything is wrong.
    Stalled,
    /// Its connections are dropped, and new ones are closed at once.
    Cut,
}

/// A TCP proxy for one client. As a balancer does, it takes the other server when the first one does not listen.
pub(crate) struct Wire {
    pub(crate) name: &'static str,
    address: SocketAddr,
    flow: Arc<watch::Sender<Flow>>,
    accepting: JoinHandle<()>,
}

impl Wire {
    /// To the first of these servers that listens.
    pub(crate) async fn to(name: &'static str, servers: [SocketAddr; 2]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let flow = Arc::new(watch::Sender::new(Flow::Open));
        let flows = Arc::clone(&flow);
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, servers, flows.subscribe()));
            }
        });
        Self { name, address, flow, accepting }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn cut(&self) {
        self.flow.send_replace(Flow::Cut);
    }

    pub(crate) fn stall(&self) {
        self.flow.send_replace(Flow::Stalled);
    }

    pub(crate) fn mend(&self) {
        self.flow.send_replace(Flow::Open);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection, until one of its ends is gone or the wire is cut. How it ends is of no interest here.
async fn carry(near: TcpStream, servers: [SocketAddr; 2], flow: watch::Receiver<Flow>) {
    let mut cut = flow.clone();
    let carrying = async {
        let far = match TcpStream::connect(servers[0]).await {
            Ok(far) => far,
            Err(_) => TcpStream::connect(servers[1]).await?,
        };
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
        tokio::select! {
            ended = pump(from_near, to_far, flow.clone()) => ended,
            ended = pump(from_far, to_near, flow) => ended,
        }
    };
    tokio::select! {
        _ = carrying => {}
        _ = cut.wait_for(|flow| *flow == Flow::Cut) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut flow: watch::Receiver<Flow>) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 || flow.wait_for(|flow| *flow == Flow::Open).await.is_err() {
            return Ok(());
        }
        to.write_all(&buffer[..count]).await?;
    }
}
