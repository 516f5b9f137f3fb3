//! `serve --lan`, `serve --cert` and `peer --ca` as a person starts them.
//!
//! Expected: two peers call each other over https, with the authority that the server has made; whatever is wrong with a
//! certificate, a key or an authority is one line that names the file and says what to do.

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use testing::program::{Ended, Program};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Starts the program for a person with this folder for settings.
fn start(home: &TempDir, arguments: &[&str]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    // The page is not what is tested here.
    command.args(arguments).env("XDG_CONFIG_HOME", home.path()).env("STUDY_ZOOM_BUNDLE", "off");
    Program::start(arguments[0], &mut command)
}

/// `serve` on a free port of loopback.
fn serve(home: &TempDir, options: &[&str]) -> Program {
    start(home, &[&["serve", "--addr", "127.0.0.1:0"], options].concat())
}

/// `peer` in the room of these tests.
fn peer(home: &TempDir, url: &str, options: &[&str]) -> Program {
    start(home, &[&["peer", "--room", "demo", "--url", url], options].concat())
}

/// The file of the authority that a server has made.
fn authority(home: &TempDir) -> String {
    home.path().join("study-zoom/ca.pem").display().to_string()
}

/// A certificate for a host, that it has signed itself, and its key.
struct Own {
    cert: PathBuf,
    key: PathBuf,
}

impl Own {
    fn make(folder: &TempDir, host: &str, until: SystemTime) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new([host.to_owned()]).unwrap();
        parameters.not_before = (until - 30 * DAY).into();
        parameters.not_after = until.into();
        let cert = folder.path().join(format!("{host}.pem"));
        std::fs::write(&cert, parameters.self_signed(&key).unwrap().pem()).unwrap();
        let file = folder.path().join(format!("{host}-key.pem"));
        std::fs::write(&file, key.serialize_pem()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self { cert, key: file }
    }

    /// Good for ten more days.
    fn valid(folder: &TempDir, host: &str) -> Self {
        Self::make(folder, host, SystemTime::now() + 10 * DAY)
    }
}

/// What a server says that is to use these two files.
async fn serve_with(home: &TempDir, cert: &Path, key: &Path) -> Ended {
    serve(home, &["--cert", &text(cert), "--key", &text(key)]).end().await
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn get_plainly(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn two_peers_call_over_https_and_a_third_who_does_not_trust_it_learns_why_not() {
    let home = folder();
    let mut server = serve(&home, &["--lan"]);
    let address = server.address().await;
    let (url, ca) = (format!("https://{address}"), authority(&home));
    let mut alice = peer(&home, &url, &["--stay", "--ca", &ca]);
    alice.until("in room").await;
    peer(&home, &url, &["--for", "1", "--ca", &ca]).end().await.well();
    alice.until("over udp").await;
    peer(&home, &url, &[]).end().await.with_error(&["UnknownIssuer", "--ca", "--lan prints where it is"]);
    let plain = format!("http://{address}");
    peer(&home, &plain, &[]).end().await.with_error(&["308", "write https://"]);
    alice.stop().await.well();
    assert!(server.stop().await.well().contains("stopped"));
}

#[tokio::test]
async fn a_server_for_the_lan_says_where_it_is_and_keeps_its_authority() {
    let home = folder();
    let mut server = serve(&home, &["--lan"]);
    let address = server.address().await;
    server.until(&format!("  https://{address}")).await;
    server.until(&format!("http://{address}/trust")).await;
    server.until(&authority(&home)).await;
    let fingerprint = [server.line().await, server.line().await].map(|line| line.trim().to_owned()).join("<br>");
    let made = std::fs::read_to_string(authority(&home)).unwrap();
    assert!(get_plainly(address, "/trust").await.contains(&fingerprint), "{fingerprint}");
    assert!(get_plainly(address, "/ca.pem").await.ends_with(&made));
    let redirect = get_plainly(address, "/?room=demo").await;
    assert!(redirect.starts_with("HTTP/1.1 308 "), "{redirect}");
    assert!(redirect.contains(&format!("location: https://{address}/?room=demo\r\n")), "{redirect}");
    let printed = server.stop().await.well();
    assert!(!printed.contains('█'), "a picture is for a terminal: {printed}");

    let mut server = serve(&home, &["--lan"]);
    let address = server.address().await;
    assert!(get_plainly(address, "/ca.pem").await.ends_with(&made));
    assert_eq!(std::fs::read_to_string(authority(&home)).unwrap(), made);
    server.stop().await.well();
}

#[tokio::test]
async fn the_key_is_closed_to_others_even_if_the_person_closes_nothing() {
    let home = folder();
    // Files of this person are open to everybody, unless a program says otherwise.
    let script = r#"umask 000; exec "$0" serve --lan --addr 127.0.0.1:0"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_study-zoom")]);
    command.env("XDG_CONFIG_HOME", home.path().join("config")).env("STUDY_ZOOM_BUNDLE", "off");
    let mut server = Program::start("serve", &mut command);
    let address = server.address().await;
    get_plainly(address, "/").await;
    let mode = |path: &str| std::fs::metadata(home.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("config/study-zoom"), 0o700);
    assert_eq!(mode("config/study-zoom/authority.pem"), 0o600);
    server.stop().await.well();
}

#[tokio::test]
async fn an_address_that_is_not_private_needs_a_certificate_of_its_own() {
    let home = folder();
    // Nothing is sent to it: this machine does not have the address, unless a test gives it to a network of its own.
    let ended = start(&home, &["serve", "--lan", "--addr", "192.0.2.1:0"]).end().await;
    ended.with_error(&["192.0.2.1"]);
    assert!(!home.path().join("study-zoom").exists(), "nothing was made");
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_served_and_one_for_another_host_is_refused() {
    let home = folder();
    let own = Own::valid(&home, "localhost");
    let mut server = serve(&home, &["--cert", &text(&own.cert), "--key", &text(&own.key)]);
    let port = server.address().await.port();
    let ca = text(&own.cert);
    let mut alice = peer(&home, &format!("https://localhost:{port}"), &["--stay", "--ca", &ca]);
    alice.until("in room").await;
    let elsewhere = peer(&home, &format!("https://127.0.0.1:{port}"), &["--ca", &ca]).end().await;
    elsewhere.with_error(&["127.0.0.1", "for another host", "write the host as in the certificate"]);
    assert!(get_plainly(SocketAddr::from(([127, 0, 0, 1], port)), "/trust").await.starts_with("HTTP/1.1 308 "));
    alice.stop().await.well();
    server.stop().await.well();
    assert!(!home.path().join("study-zoom").exists(), "no authority is made");
}

#[tokio::test]
async fn whatever_is_wrong_with_cert_or_key_is_named() {
    let home = folder();
    let (own, other) = (Own::valid(&home, "localhost"), Own::valid(&home, "other"));
    let nothing = home.path().join("nothing.pem");
    serve_with(&home, &nothing, &own.key).await.with_error(&["--cert", "nothing.pem", "cannot be read"]);
    serve_with(&home, &own.cert, &nothing).await.with_error(&["--key", "nothing.pem", "cannot be read"]);
    serve_with(&home, home.path(), &own.key).await.with_error(&["--cert", "cannot be read", "directory"]);
    // The two were mixed up.
    serve_with(&home, &own.key, &own.key).await.with_error(&["--cert", "holds no certificate", "BEGIN CERTIFICATE"]);
    serve_with(&home, &own.cert, &own.cert).await.with_error(&["--key", "holds no private key", "BEGIN PRIVATE KEY"]);
    serve_with(&home, &own.cert, &other.key).await.with_error(&["is not the key of the first certificate"]);
    let old = Own::make(&home, "old", SystemTime::now() - DAY);
    serve_with(&home, &old.cert, &old.key).await.with_error(&["--cert", "expired on", "renew it"]);
    let early = Own::make(&home, "early", SystemTime::now() + 40 * DAY);
    serve_with(&home, &early.cert, &early.key).await.with_error(&["--cert", "not valid before", "clock"]);
    let cut_off = home.path().join("cut-off.pem");
    std::fs::write(&cut_off, &std::fs::read_to_string(&own.cert).unwrap()[..100]).unwrap();
    serve_with(&home, &cut_off, &own.key).await.with_error(&["--cert", "is broken"]);
}

#[tokio::test]
async fn cert_and_key_belong_together_and_exclude_lan() {
    let home = folder();
    for arguments in [&["--cert", "a.pem"][..], &["--key", "a.pem"], &["--lan", "--cert", "a.pem", "--key", "b.pem"]] {
        let Ended { status, stderr, .. } = serve(&home, arguments).end().await;
        assert!(!status.success() && stderr.contains("--cert"), "{arguments:?}: {stderr}");
    }
}

#[tokio::test]
async fn a_key_that_others_can_read_is_used_with_a_warning() {
    let home = folder();
    let own = Own::valid(&home, "localhost");
    std::fs::set_permissions(&own.key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut server = serve(&home, &["--cert", &text(&own.cert), "--key", &text(&own.key)]);
    let address = server.address().await;
    get_plainly(address, "/").await;
    let Ended { status, stderr, .. } = server.stop().await;
    assert!(status.success() && stderr.contains("can be read by others (mode 644)"), "{stderr}");
    assert!(stderr.contains(&format!("chmod 600 {}", own.key.display())), "{stderr}");
}

#[tokio::test]
async fn whatever_is_wrong_with_an_authority_is_named() {
    let home = folder();
    let own = Own::valid(&home, "localhost");
    // Nobody is asked: the file is read first.
    let with = |file: &Path| peer(&home, "https://127.0.0.1:9", &["--ca", &text(file)]).end();
    with(&home.path().join("nothing.pem")).await.with_error(&["--ca", "nothing.pem", "cannot be read"]);
    with(&own.key).await.with_error(&["--ca", "holds no certificate"]);
    let blocked = home.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    command.args(["serve", "--lan", "--addr", "127.0.0.1:0"]).env("XDG_CONFIG_HOME", &blocked);
    Program::start("serve", &mut command).end().await.with_error(&["cannot write into", "file/study-zoom"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_study-zoom"));
    command.args(["serve", "--lan", "--addr", "127.0.0.1:0"]).env("XDG_CONFIG_HOME", "relative").env_remove("HOME");
    Program::start("serve", &mut command).end().await.with_error(&["XDG_CONFIG_HOME", "absolute path"]);
}
