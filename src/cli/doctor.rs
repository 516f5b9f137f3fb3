//! `doctor`: whether a call can find its way from here.

use std::path::Path;
use std::time::Duration;

use shared::{IceServer, RoomName};
use study_zoom::call::Signaling;
use study_zoom::doctor::{Examined, examine};
use study_zoom::native::{self, Trust};
use support::cli::Failure;
use support::print_line;
use tokio::time::timeout;

use super::DoctorArguments;
use super::ice::read;

/// Where a server is that was started without a word, on the same machine.
const URL: &str = "http://127.0.0.1:3000";

/// How long the signaling server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);

/// The width of the longest mark.
const MARK: usize = 4;

pub(super) async fn run(arguments: DoctorArguments) -> Result<(), Failure> {
    let mut servers = arguments.ice_server.iter().map(|text| read(text, true)).collect::<Result<Vec<_>, _>>()?;
    let url = arguments.url.as_deref().unwrap_or(URL);
    let told = timeout(PATIENCE, ice_servers(url, arguments.ca.as_deref())).await;
    let told = told.unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs()).into()));
    // Who names servers by hand and no signaling server does not miss that one.
    let mut faults = usize::from(told.is_err() && (arguments.url.is_some() || servers.is_empty()));
    let signaling = match &told {
        Ok(told) if told.is_empty() => "names no STUN or TURN server: a call stays within one network".to_owned(),
        Ok(told) => format!("lets us in, and names {} of the servers below", told.len()),
        Err(error) => format!("not asked for its servers: {error}"),
    };
    let mark = if told.is_ok() {
        "ok"
    } else if faults > 0 {
        "FAIL"
    } else {
        "-"
    };
    servers.extend(told.unwrap_or_default());

    let examined = examine(&servers).await;
    let width = examined.iter().map(|one| shown(one).len()).chain([url.len()]).max().unwrap_or_default();
    let row = |mark: &str, place: &str, said: &str| print_line!("{mark:MARK$}  {place:width$}  {said}");
    row(mark, url, &signaling);
    for one in &examined {
        row(if one.finding.is_fine() { "ok" } else { "FAIL" }, &shown(one), &one.finding.to_string());
    }
    faults += examined.iter().filter(|one| !one.finding.is_fine()).count();
    match (faults, examined.len()) {
        (0, 0) => Err("there was no STUN or TURN server to test: name one with --ice-server".into()),
        (0, _) => Ok(()),
        (_, servers) => Err(format!("{faults} of {} lines say FAIL, and what to do about it", servers + 1).into()),
    }
}

/// What the signaling server tells a member of a room: with passwords for its TURN servers. The room is our own, and is empty
/// again afterwards.
async fn ice_servers(url: &str, ca: Option<&Path>) -> Result<Vec<IceServer>, Failure> {
    let mut signaling = native::connect_trusting(url, Trust::with(ca)?).await?;
    let room = RoomName::new(&format!("doctor-{:032x}", rand::random::<u128>()))?;
    let accepted = signaling.join(&room).await?;
    signaling.leave(&room).await;
    Ok(accepted.ice_servers)
}

/// The URL of a server. It can come from outside: written like this it cannot move the cursor.
fn shown(one: &Examined) -> String {
    one.url.escape_debug().collect()
}
