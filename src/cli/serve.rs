//! `serve`: the server.

use study_zoom::server::{self, ServerOptions};
use tokio::net::TcpListener;

use super::{Failure, ServeArguments, asked_to_end};

pub(super) async fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let addr = arguments.addr;
    let listener = TcpListener::bind(&addr).await.map_err(|error| {
        format!(
            "cannot listen on {addr}: {error}: stop the program that uses it, or choose another with --addr host:port"
        )
    })?;
    say!("study-zoom listens on http://{} (Ctrl-C stops it)", listener.local_addr()?);
    server::run(listener, &ServerOptions::default(), asked_to_end()).await?;
    say!("stopped");
    Ok(())
}
