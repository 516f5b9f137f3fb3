//! Expected: with the balancer that the README shows, clients of all transports chat through it; without the line that makes
//! sessions sticky, long-polling fails as the README says.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::common::within;
use crate::person::Person;
use crate::raw::http;
use crate::{README, Server};
use testing::redis::Redis;

/// nginx, with the configuration of the README. Killed when it is dropped.
struct Balancer {
    _nginx: Child,
    _folder: TempDir,
    address: SocketAddr,
}

impl Balancer {
    async fn start(servers: &[Server; 2], change: impl FnOnce(String) -> String) -> Self {
        let (_, rest) = README.split_once("```nginx\n").expect("the README shows a configuration");
        let (shown, _) = rest.split_once("```").expect("the block ends");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = free.local_addr().expect("it listens");
        drop(free);
        let shown = shown
            .replace("127.0.0.1:3002", &format!("127.0.0.1:{}", servers[0].port))
            .replace("127.0.0.1:3003", &format!("127.0.0.1:{}", servers[1].port))
            .replace("127.0.0.1:8080", &address.to_string());
        let folder = tempfile::tempdir().expect("the folder can be written");
        let of = |name: &str| folder.path().join(name).display().to_string();
        let around = format!(
            "daemon off; master_process off; pid {}; error_log stderr; events {{}} http {{ access_log off;
             client_body_temp_path {}; proxy_temp_path {}; fastcgi_temp_path {}; uwsgi_temp_path {}; scgi_temp_path {};
             {} }}",
            of("pid"),
            of("body"),
            of("proxy"),
            of("fastcgi"),
            of("uwsgi"),
            of("scgi"),
            change(shown)
        );
        std::fs::write(folder.path().join("nginx.conf"), around).expect("the folder can be written");
        let nginx = Command::new("nginx")
            .args(["-c", &of("nginx.conf"), "-p", &of("")])
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("nginx is installed: apt-get install nginx-light");
        let listening = async {
            while TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within("nginx listens", listening).await;
        Self { _nginx: nginx, _folder: folder, address }
    }

    /// What the requests of a client that polls are answered: the statuses after that of the first one.
    async fn poll(&self) -> Vec<u16> {
        let open = http(self.address, "GET", "/socket.io/?EIO=4&transport=polling", "").await;
        let open: Value = serde_json::from_str(open.body.trim_start_matches('0')).expect("Engine.IO begins with OPEN");
        let session =
            format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().expect("a session has an id"));
        let mut statuses = Vec::new();
        for (method, body) in
            [("POST", "40"), ("GET", ""), ("POST", "420[\"enter_room\",{\"payload\":\"demo\"}]"), ("GET", "")]
        {
            statuses.push(http(self.address, method, &session, body).await.status);
        }
        statuses
    }
}

#[tokio::test]
#[ignore = "needs redis-server and nginx: apt-get install redis-server nginx-light"]
async fn behind_the_balancer_of_the_readme_every_transport_gets_through() {
    let redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await];
    let balancer = Balancer::start(&servers, |shown| shown).await;
    for _ in 0..5 {
        assert_eq!(balancer.poll().await, [200; 4]);
    }
    // A WebSocket through the balancer, and one that goes straight to each server: one room.
    let mut alice = Person::in_room("alice", "tea", balancer.address.port()).await;
    for server in &servers {
        let bob = Person::in_room("bob", "tea", server.port).await;
        alice.hears("welcome").await;
        bob.says("hello", "tea").await;
        alice.hears_message("bob: hello").await;
        drop(bob);
        alice.hears("bye").await;
    }
    // A page that came through the balancer is a page of this server.
    let page = http(balancer.address, "GET", "/", "").await;
    assert!(page.status == 200 && page.body.contains("<title>Chat over Socket.IO</title>"), "{}", page.body);
}

#[tokio::test]
#[ignore = "needs redis-server and nginx: apt-get install redis-server nginx-light"]
async fn without_sticky_sessions_polling_fails_although_redis_is_there() {
    let redis = Redis::start();
    let servers = [Server::start(&redis).await, Server::start(&redis).await];
    let balancer = Balancer::start(&servers, |shown| shown.replacen("ip_hash;", "", 1)).await;
    assert!(balancer.poll().await.contains(&400));
}
