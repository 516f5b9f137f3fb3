//! A small internet: network namespaces of Linux, with cables between them. A namespace has interfaces, addresses, routes and
//! firewall rules of its own, so one machine is six here, and nothing of the machine itself changes.
//!
//! ```text
//!  A 10.0.1.2 ── NAT A 203.0.113.10 ──┐
//!                                     ├── switch ── S 203.0.113.1 and 203.0.113.2
//!  B 10.0.2.2 ── NAT B 203.0.113.20 ──┘
//! ```
//! Without a NAT, A and B have the public addresses themselves. The addresses are those for documentation (RFC 5737).

use std::fs::File;
use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::runtime::{Builder, Runtime};

use super::nat::Kind;

/// The two addresses of the server's host.
pub(crate) const SERVER: &str = "203.0.113.1";
pub(crate) const SERVER_TOO: &str = "203.0.113.2";

/// The switch itself. What is for an address that is not here goes there, and it passes nothing on: the packet is lost without
/// a word, as one for a private address is on the internet.
const SINK: &str = "203.0.113.254";

/// How the names of all namespaces begin. The id of the process that made them follows.
const PREFIX: &str = "study-zoom-";

/// The two sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

impl Side {
    fn number(self) -> u8 {
        match self {
            Self::A => 1,
            Self::B => 2,
        }
    }

    pub(crate) fn host(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    fn router(self) -> &'static str {
        match self {
            Self::A => "nat-a",
            Self::B => "nat-b",
        }
    }

    pub(crate) fn public_address(self) -> String {
        format!("203.0.113.{}0", self.number())
    }
}

/// One small internet. Removed when it is dropped, whatever has happened.
pub(crate) struct World {
    name: String,
    kinds: [Kind; 2],
}

impl World {
    pub(crate) fn new(a: Kind, b: Kind) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // From here on everything is removed, also when the next line panics.
        let world = Self { name: format!("{PREFIX}{}-{number}", std::process::id()), kinds: [a, b] };
        world.add_namespace("switch");
        world.ip("switch", "link add bridge type bridge");
        world.ip("switch", "link set bridge up");
        world.ip("switch", &format!("addr add {SINK}/24 dev bridge"));
        world.add_namespace("s");
        world.plug_in("s", "eth0", &[SERVER, SERVER_TOO]);
        for side in [Side::A, Side::B] {
            world.add_namespace(side.host());
            if world.kind(side) == Kind::None {
                world.plug_in(side.host(), "eth0", &[&side.public_address()]);
            } else {
                world.add_router(side);
            }
        }
        world
    }

    pub(crate) fn kind(&self, side: Side) -> Kind {
        self.kinds[usize::from(side.number() - 1)]
    }

    /// The name of a namespace of this world.
    pub(crate) fn namespace(&self, host: &str) -> String {
        format!("{}-{host}", self.name)
    }

    fn add_namespace(&self, host: &str) {
        run("ip", &["netns", "add", &self.namespace(host)], "");
        self.ip(host, "link set lo up");
        // One family of addresses is enough to see what a NAT does, and IPv6 has none.
        self.write(host, "/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
        self.write(host, "/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    }

    /// Runs `ip` on the interfaces of a host.
    fn ip(&self, host: &str, arguments: &str) {
        let namespace = self.namespace(host);
        let arguments: Vec<_> = ["-n", &namespace].into_iter().chain(arguments.split(' ')).collect();
        run("ip", &arguments, "");
    }

    /// A cable from a host to the switch.
    fn plug_in(&self, host: &str, interface: &str, addresses: &[&str]) {
        let switch = self.namespace("switch");
        self.ip(host, &format!("link add {interface} type veth peer name to-{host} netns {switch}"));
        self.ip("switch", &format!("link set to-{host} master bridge up"));
        for address in addresses {
            self.ip(host, &format!("addr add {address}/24 dev {interface}"));
        }
        self.ip(host, &format!("link set {interface} up"));
        self.ip(host, &format!("route add default via {SINK}"));
    }

    /// A host with a private address, and its router.
    fn add_router(&self, side: Side) {
        let (host, router, number) = (side.host(), side.router(), side.number());
        self.add_namespace(router);
        self.plug_in(router, "out", &[&side.public_address()]);
        let outside = self.namespace(router);
        self.ip(host, &format!("link add eth0 type veth peer name in netns {outside}"));
        self.ip(router, &format!("addr add 10.0.{number}.1/24 dev in"));
        self.ip(router, "link set in up");
        self.ip(host, &format!("addr add 10.0.{number}.2/24 dev eth0"));
        self.ip(host, "link set eth0 up");
        self.ip(host, &format!("route add default via 10.0.{number}.1"));
        self.write(router, "/proc/sys/net/ipv4/ip_forward", "1");
        let rules = self.kind(side).rules(&format!("10.0.{number}.2"), SERVER);
        run("ip", &["netns", "exec", &outside, "nft", "-f", "-"], &rules);
    }

    /// Does something on a host: what is opened there belongs to its network for good.
    pub(crate) fn on<T: Send>(&self, host: &str, doing: impl FnOnce() -> T + Send) -> T {
        let path = Path::new("/run/netns").join(self.namespace(host));
        // A thread of its own: it never comes back from there.
        let there = || {
            let namespace = File::open(&path).expect("the namespace is there");
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).expect("root may enter it");
            doing()
        };
        std::thread::scope(|scope| scope.spawn(there).join()).expect("it does not panic")
    }

    fn write(&self, host: &str, file: &str, text: &str) {
        self.on(host, || std::fs::write(file, text)).unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    /// A socket of a host. It waits for a packet at most this long.
    pub(crate) fn socket(&self, host: &str, address: &str, patience: Duration) -> UdpSocket {
        let socket = self.on(host, || UdpSocket::bind(address)).expect("the address is free");
        socket.set_read_timeout(Some(patience)).expect("a timeout can be set");
        socket
    }

    /// The command that starts a program on a host.
    pub(crate) fn command(&self, host: &str, program: &str) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ip");
        // `ip` becomes the program: it has the same process id, and ends when that is killed.
        command.args(["netns", "exec", &self.namespace(host), program]);
        command
    }

    /// Threads of a host, for tasks of its own: a thread stays in the network in which it was started, and starts others there.
    pub(crate) fn runtime(&self, host: &str) -> Runtime {
        let building = || Builder::new_multi_thread().worker_threads(2).enable_all().build();
        self.on(host, building).expect("the system has threads")
    }

    /// The host gets another address, as a computer that changes to another network does: what comes to the old one is lost.
    pub(crate) fn move_host(&self, side: Side) {
        let (host, number) = (side.host(), side.number());
        // With its last address an interface loses its routes.
        self.ip(host, &format!("addr del 10.0.{number}.2/24 dev eth0"));
        self.ip(host, &format!("addr add 10.0.{number}.3/24 dev eth0"));
        self.ip(host, &format!("route add default via 10.0.{number}.1"));
    }

    /// The router gets another address outside, as home routers do when they connect again.
    pub(crate) fn move_router(&self, side: Side) {
        let (router, old) = (side.router(), side.public_address());
        self.ip(router, &format!("addr del {old}/24 dev out"));
        self.ip(router, &format!("addr add 203.0.113.{}1/24 dev out", side.number()));
        self.ip(router, &format!("route replace default via {SINK}"));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        remove(&format!("{}-", self.name));
    }
}

/// Removes all namespaces whose name begins like this, with the programs that still run there.
fn remove(beginning: &str) {
    for name in namespaces().iter().filter(|name| name.starts_with(beginning)) {
        for pid in output("ip", &["netns", "pids", name]).split_whitespace() {
            // An error says that it has ended meanwhile.
            let _ = Command::new("kill").args(["-KILL", pid]).stderr(Stdio::null()).status();
        }
        let _ = Command::new("ip").args(["netns", "del", name]).status();
    }
}

/// Removes what an earlier run has left that was killed itself.
pub(crate) fn remove_leftovers() {
    for name in namespaces() {
        let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()).unwrap_or_default();
        if pid.parse::<u32>().is_ok() && !Path::new("/proc").join(pid).exists() {
            remove(&name);
        }
    }
}

/// Whether there can be namespaces here. Otherwise the reason is printed: a laboratory that is not there has tested nothing.
pub(crate) fn is_possible() -> bool {
    let name = format!("{PREFIX}{}-try", std::process::id());
    let tried = Command::new("ip").args(["netns", "add", &name]).output();
    let problem = match tried {
        Ok(output) if output.status.success() => {
            remove(&name);
            remove_leftovers();
            return true;
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("ip: {error}"),
    };
    println!("SKIPPED: the NAT laboratory needs root, iproute2 and network namespaces: {problem}");
    false
}

fn namespaces() -> Vec<String> {
    let lines = output("ip", &["netns", "list"]);
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// Runs a command, which must succeed.
fn run(program: &str, arguments: &[&str], input: &str) {
    let command = || format!("{program} {}", arguments.join(" "));
    let mut command_line = Command::new(program);
    command_line.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command_line.spawn().unwrap_or_else(|error| panic!("{}: {error}: install it", command()));
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.as_bytes()).expect("it reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("it can be waited for");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {problem}\n{input}", command());
}
