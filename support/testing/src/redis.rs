//! A real Redis, as a child process on a port of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long Redis may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A Redis that keeps nothing. It is killed when it is dropped.
pub struct Redis {
    port: u16,
    folder: tempfile::TempDir,
    /// `None` while it is stopped.
    running: Option<Child>,
}

impl Redis {
    /// Starts one, and waits until it answers.
    pub fn start() -> Self {
        let mut redis = Self::stopped();
        redis.start_again();
        redis
    }

    /// Only a free port: nobody listens there yet.
    pub fn stopped() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the system has a free port");
        let port = free.local_addr().expect("a listener has an address").port();
        Self { port, folder: tempfile::tempdir().expect("a folder for what Redis leaves behind"), running: None }
    }

    /// What a server is told with `--redis`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().expect("Redis runs").id()
    }

    /// Starts it on its old port, empty.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "Redis runs already");
        let started = Instant::now();
        loop {
            self.running = Some(self.spawn());
            match self.wait_until_it_answers(started) {
                Answer::Yes => return,
                // It could not have its port: a connection of another test can have got hold of it for a moment.
                Answer::Ended => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn spawn(&self) -> Child {
        Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts: apt-get install redis-server")
    }

    fn wait_until_it_answers(&mut self, since: Instant) -> Answer {
        let client = redis::Client::open(self.url()).expect("the address of Redis");
        loop {
            assert!(since.elapsed() < PATIENCE, "redis-server does not answer on port {}", self.port);
            if let Ok(mut connection) = client.get_connection_with_timeout(Duration::from_secs(1))
                && redis::cmd("PING").query::<()>(&mut connection).is_ok()
            {
                return Answer::Yes;
            }
            let child = self.running.as_mut().expect("it was started");
            if child.try_wait().expect("a child can be asked").is_some() {
                self.running = None;
                return Answer::Ended;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end, as a restart does, and waits until it has.
    pub fn stop(&mut self) {
        self.signal("TERM");
        self.wait_until_it_ends();
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.wait_until_it_ends();
    }

    /// It keeps its connections and accepts new ones, but answers nobody.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// It goes on, and answers what has come in meanwhile.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// A connection of the test's own, to look into Redis.
    pub fn connection(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).expect("the address of Redis");
        client.get_connection_with_timeout(PATIENCE).expect("Redis runs")
    }

    fn signal(&self, signal: &str) {
        let child = self.running.as_ref().expect("Redis runs");
        let status = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status();
        assert!(status.expect("the system has kill").success(), "Redis gets the signal {signal}");
    }

    fn wait_until_it_ends(&mut self) {
        let mut child = self.running.take().expect("Redis runs");
        let asked = Instant::now();
        while child.try_wait().expect("a child can be asked").is_none() {
            assert!(asked.elapsed() < PATIENCE, "redis-server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            // A frozen process dies as well.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

enum Answer {
    Yes,
    Ended,
}
