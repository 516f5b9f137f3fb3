//! The STUN and TURN servers of `serve`.

use std::net::{IpAddr, SocketAddr};

use clap::Args;
use shared::IceServer;
use study_zoom::server::{Ice, OwnIce};
use study_zoom::turn::{Credentials, PORT, TurnOptions, TurnServer};
use support::cli::Failure;
use support::print_line;

/// The environment variable of `--turn-secret`: what stands on a command line is seen by everybody on the machine.
const SECRET: &str = "STUDY_ZOOM_TURN_SECRET";

#[derive(Debug, Args)]
pub(crate) struct IceArguments {
    /// Relay calls that find no direct way (TURN), for members of a room
    #[arg(long)]
    turn: bool,
    /// Relay to private addresses and to this machine as well: for calls within one network
    #[arg(long, requires = "turn")]
    turn_allow_private: bool,
    /// Answer STUN, and TURN, on this UDP port, or on one of the nine behind it when it is taken
    #[arg(long, default_value_t = PORT, value_name = "PORT")]
    stun_port: u16,
    /// Run no STUN or TURN server
    #[arg(long, conflicts_with_all = ["turn", "stun_port"])]
    no_stun: bool,
    /// The address under which clients reach this machine, when a router stands before it
    #[arg(long, value_name = "IP")]
    public_address: Option<IpAddr>,
    /// Tell members of another STUN or TURN server, like stun:host:3478 or turn:name:password@host:3478; can be given more
    /// than once
    #[arg(long, value_name = "URL")]
    ice_server: Vec<String>,
    /// The secret of TURN servers that check passwords like coturn's use-auth-secret: of the own one, and of those in
    /// --ice-server without a password (or in the environment: STUDY_ZOOM_TURN_SECRET)
    #[arg(long, value_name = "SECRET")]
    turn_secret: Option<String>,
}

impl IceArguments {
    /// Whether a TURN server is wanted beside the signaling server.
    pub(super) fn relays_media(&self) -> bool {
        self.turn
    }

    /// What the members of a room are told, and the server beside this one that they are told of, if there is to be one.
    pub(super) fn open(&self, beside: SocketAddr) -> Result<(Ice, Option<TurnServer>), Failure> {
        let secret = self.turn_secret.clone().or_else(|| std::env::var(SECRET).ok()).map(String::into_bytes);
        let named = self.ice_server.iter().map(|text| read(text, secret.is_some())).collect::<Result<_, _>>()?;
        let minted = secret.clone().map(|secret| Credentials::new(Some(secret)));
        let server = match (!self.no_stun).then(|| self.bind(beside.ip(), secret)).transpose() {
            // Calls within one network need none, and nobody has asked for this one.
            Err(error) if !self.turn && self.stun_port == PORT => {
                print_line!("{error}");
                None
            }
            server => server?,
        };
        let own = server.as_ref().map(|server| OwnIce {
            address: server.local_addr(),
            public: self.public_address,
            relay: self.turn.then(|| server.credentials()),
        });
        Ok((Ice { own, named, minted }, server))
    }

    fn bind(&self, address: IpAddr, secret: Option<Vec<u8>>) -> Result<TurnServer, Failure> {
        let options = TurnOptions {
            relay: self.turn,
            allow_private: self.turn_allow_private,
            external: self.public_address,
            secret,
            ..TurnOptions::default()
        };
        let server = TurnServer::bind(address, self.stun_port, options).map_err(|error| {
            format!("no STUN server: {error}: choose another port with --stun-port, or do without: --no-stun")
        })?;
        let does = if self.turn { "STUN, and relays calls as a TURN server," } else { "STUN" };
        print_line!("it answers {does} on UDP {}", server.local_addr());
        Ok(server)
    }
}

/// Reads `--ice-server`.
pub(super) fn read(text: &str, has_secret: bool) -> Result<IceServer, Failure> {
    // The password is not repeated: an error is often shown to others.
    let shown = text.rsplit_once('@').map_or(text, |(_, place)| place);
    let server: IceServer = text.parse().map_err(|error| format!("--ice-server {shown:?}: {error}"))?;
    if server.is_turn() && server.credential.is_empty() && !has_secret {
        let advice = "a TURN server asks for a password: write turn:name:password@host:3478, or give its --turn-secret";
        return Err(format!("--ice-server {shown:?}: {advice}").into());
    }
    Ok(server)
}
