//! `serve`: the server.

use shared::IceServer;
use socketio_src::cluster::Link;
use socketio_src::server::{Origins, Rate};
use study_zoom::server::{self, ServerFault, ServerOptions};
use study_zoom::site::Bundle;
use support::cli::{Failure, allow_many_files, asked_to_end, listen};
use support::print_line;
use tokio::sync::oneshot;

use super::ServeArguments;

pub(super) async fn run(arguments: ServeArguments) -> Result<(), Failure> {
    let redis = arguments.redis.as_deref().map_or_else(|| Ok(Link::off()), Link::open)?;
    allow_many_files();
    let listener = listen(&arguments.https.addr(arguments.addr, "127.0.0.1:3000")).await?;
    let address = listener.local_addr()?;
    let chosen = arguments.https.choose(address)?;
    print_line!("study-zoom listens on {}://{address} (Ctrl-C stops it)", chosen.scheme);
    chosen.say(address);
    let (ice, turn) = arguments.ice.open(address)?;
    for fault in &arguments.fault {
        print_line!("FAULT {fault}: {}. On purpose, see docs/laboratory.md", fault.sentence());
    }
    let relays = ice.own.as_ref().is_some_and(|own| own.relay.is_some()) || ice.named.iter().any(IceServer::is_turn);
    if arguments.fault.contains(&ServerFault::TurnPassword) && !relays {
        return Err("--fault turn-password: there is no TURN server: add --turn, or name one with --ice-server".into());
    }
    let bundle = Bundle::find();
    let (max_connections, per_second) = (arguments.max_connections, arguments.rate);
    let options = ServerOptions {
        site: bundle.site().reached_at(chosen.elsewhere(address)).trusted_with(chosen.ca()),
        redis,
        ice,
        https: chosen.https,
        origins: Origins::new(arguments.allow_origin)?,
        max_connections,
        faults: arguments.fault,
        // The bursts are what one call takes, several times over.
        rate: Rate { per_second, burst: 6.0 * per_second },
        byte_rate: Rate { per_second: 2_600.0 * per_second, burst: 20_000.0 * per_second },
        ..ServerOptions::default()
    };
    let building = tokio::spawn(bundle.bring_up_to_date());
    // One listener for Ctrl-C: of two, the second could miss one that comes at the very start, and would wait for ever.
    let (stop, stopped) = oneshot::channel::<()>();
    let turning = turn.map(|turn| tokio::spawn(turn.run(async { _ = stopped.await })));
    let served = server::run(listener, &options, asked_to_end()).await;
    drop(stop);
    if let Some(turning) = turning.filter(|_| served.is_ok()) {
        turning.await.expect("the TURN server does not panic")?;
    }
    // A build that is under way ends with the server. What it says when it is told to is no news.
    building.abort();
    let _ = building.await;
    served?;
    print_line!("stopped");
    Ok(())
}
