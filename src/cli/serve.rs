//! `serve`: the server.

use socketio_src::cluster::Link;
use study_zoom::server::{self, Bundle, ServerOptions};
use tokio::net::TcpListener;

use super::{Failure, ServeArguments, asked_to_end};

pub(super) async fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let addr = arguments.addr;
    let redis = arguments.redis.as_deref().map_or_else(|| Ok(Link::off()), Link::open)?;
    let listener = TcpListener::bind(&addr).await.map_err(|error| {
        format!(
            "cannot listen on {addr}: {error}: stop the program that uses it, or choose another with --addr host:port"
        )
    })?;
    say!("study-zoom listens on http://{} (Ctrl-C stops it)", listener.local_addr()?);
    let bundle = Bundle::find();
    let options = ServerOptions { site: bundle.site(), redis, ..ServerOptions::default() };
    let building = tokio::spawn(bundle.bring_up_to_date());
    let served = server::run(listener, &options, asked_to_end()).await;
    // A build that is under way ends with the server. What it says when it is told to is no news.
    building.abort();
    let _ = building.await;
    served?;
    say!("stopped");
    Ok(())
}
