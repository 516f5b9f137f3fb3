//! Redis and the servers, and what is done to them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use testing::redis::Redis;

use crate::common::program::ServerProgram;
use crate::plan::Service;

/// How long a server may take to have its port again, and to listen.
const STARTING: Duration = Duration::from_secs(10);

/// How much of the log of a server is shown when something has gone wrong.
const LINES: usize = 400;

/// One server: a program that is killed and started again at the same address.
pub(crate) struct Server {
    service: Service,
    redis: String,
    address: SocketAddr,
    /// `None` while it is dead.
    program: Option<ServerProgram>,
}

impl Server {
    fn start(service: Service, redis: &str) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { service, redis: redis.to_owned(), address: any, program: None };
        server.start_again().expect("a port is free");
        let url = server.program.as_ref().expect("it was started").url();
        server.address = url.trim_start_matches("http://").parse().expect("a URL is http:// and an address");
        server
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts it at its address.
    pub(crate) fn start_again(&mut self) -> Result<(), String> {
        let (since, address) = (Instant::now(), self.address.to_string());
        loop {
            let started = match self.service {
                Service::Call => ServerProgram::try_start_at(&address, &["--redis", &self.redis]),
                Service::Chat => {
                    let options = ["--addr", &address, "--rate", "10000", "--redis", &self.redis, "--log", "debug"];
                    ServerProgram::try_start(&chat_program(), &options)
                }
            };
            match started {
                Ok(program) => {
                    self.program = Some(program);
                    return Ok(());
                }
                // A connection can have got hold of the port while it was free.
                Err(_) if since.elapsed() < STARTING => std::thread::sleep(Duration::from_millis(50)),
                Err(error) => return Err(format!("{:?} server does not start: {error}", self.service)),
            }
        }
    }

    pub(crate) fn kill(&mut self) -> Result<(), String> {
        let checked = self.check();
        self.program = None;
        checked
    }

    pub(crate) fn signal(&self, signal: &str) {
        self.program.as_ref().expect("it runs").signal(signal);
    }

    fn log(&self) -> String {
        let log = self.program.as_ref().map(ServerProgram::log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n") + "\n"
    }

    /// It runs, and nothing in it has panicked.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        let Some(program) = &mut self.program else { return Ok(()) };
        let log = program.log();
        if log.contains("panicked at") {
            return Err(format!("a {:?} server has panicked:\n{log}", self.service));
        }
        match program.has_ended() {
            Some(status) => Err(format!("a {:?} server has ended by itself: {status}\n{log}", self.service)),
            None => Ok(()),
        }
    }
}

/// The program of chapter 2. It lies beside that of chapter 3.
fn chat_program() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_study-zoom"));
    let path = path.with_file_name(format!("socketio_src{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "the chat is not built: cargo build --workspace --bins");
    path
}

/// Two servers of the call and two of the chat, on one Redis.
pub(crate) struct World {
    pub(crate) redis: Redis,
    call: [Server; 2],
    chat: [Server; 2],
}

impl World {
    pub(crate) fn start() -> Self {
        let redis = Redis::start();
        let two = |service| [Server::start(service, &redis.url()), Server::start(service, &redis.url())];
        Self { call: two(Service::Call), chat: two(Service::Chat), redis }
    }

    pub(crate) fn servers(&self, service: Service) -> &[Server; 2] {
        match service {
            Service::Call => &self.call,
            Service::Chat => &self.chat,
        }
    }

    pub(crate) fn server(&mut self, service: Service, index: usize) -> &mut Server {
        match service {
            Service::Call => &mut self.call[index],
            Service::Chat => &mut self.chat[index],
        }
    }

    /// The addresses of a service, with that of this server first.
    pub(crate) fn addresses(&self, service: Service, first: usize) -> [SocketAddr; 2] {
        let servers = self.servers(service);
        [servers[first % 2].address(), servers[(first + 1) % 2].address()]
    }

    /// The end of what each server has logged, to find out why something has gone wrong.
    pub(crate) fn logs(&self) -> String {
        let servers = self.call.iter().chain(&self.chat);
        servers.map(|server| format!("--- {:?} server {}\n{}", server.service, server.address, server.log())).collect()
    }

    /// All servers run, and none has panicked.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        self.call.iter_mut().chain(&mut self.chat).try_for_each(Server::check)
    }
}
