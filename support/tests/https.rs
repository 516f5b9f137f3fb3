//! HTTPS for the local network: an authority, its certificates, and the port that http and https share.
//!
//! Expected: the authority is made once, and its key is closed to others; who trusts it gets in, and who does not, does not;
//! who speaks plain http is sent to https; a client that stalls its handshake stalls nobody else and is let go.

#![expect(clippy::unwrap_used, reason = "a helper that unwraps fails with the line that failed, like a test")]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::Extensions;
use axum::routing::get;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use support::connection_limit::{ConnectionLimit, Permit};
use support::https::{Authority, Https, Names};
use testing::{PATIENCE, within};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// How long a request, or a handshake, may take in these tests.
const REQUEST_TIME: Duration = Duration::from_secs(2);

/// A server for the names of this machine. It ends when it is dropped.
struct Server {
    address: SocketAddr,
    authority: Authority,
    _folder: tempfile::TempDir,
    running: JoinHandle<()>,
    /// Sent: the server stops.
    stopping: watch::Sender<bool>,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open_in(&folder.path().join("study-zoom")).unwrap();
        let https = Https::signed_by(&authority, Names::of_this_machine()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = watch::Sender::new(false);
        let limit = ConnectionLimit::new(100, REQUEST_TIME, stopping.subscribe());
        let running = tokio::spawn(async move {
            let router = https.beside(Router::new().route("/", get(async || "the page")));
            let prepare = |stream: TcpStream, seat: Permit| {
                let mut extensions = Extensions::new();
                extensions.insert(seat);
                (stream, extensions)
            };
            limit.accept(&listener, &router, Some(&https), prepare).await;
        });
        Self { address, authority, _folder: folder, running, stopping }
    }

    /// A handshake by somebody who trusts these, with a server of this name.
    async fn handshake(
        &self,
        trusted: &[&CertificateDer<'static>],
        name: &'static str,
    ) -> std::io::Result<impl AsyncRead + AsyncWrite + Unpin + use<>> {
        let mut roots = RootCertStore::empty();
        for certificate in trusted {
            roots.add((*certificate).clone()).unwrap();
        }
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let stream = TcpStream::connect(self.address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).unwrap(), stream).await
    }

    /// What is answered to a GET over https.
    async fn get(&self, path: &str) -> String {
        let stream = self.handshake(&[self.authority.certificate()], "127.0.0.1").await.unwrap();
        ask(stream, path, "127.0.0.1").await
    }

    /// What is answered to a GET over plain http.
    async fn get_plainly(&self, path: &str, host: &str) -> String {
        ask(TcpStream::connect(self.address).await.unwrap(), path, host).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str, host: &str) -> String {
    let asking = async {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    within(PATIENCE, format!("{path} is answered"), asking).await
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_key_of_the_authority_is_closed_to_others_and_its_certificate_is_not() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("new").join("study-zoom");
    let authority = Authority::open_in(&folder).unwrap();
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("authority.pem")), 0o600);
    assert_eq!(mode(authority.file()), 0o644);
    let public = std::fs::read_to_string(authority.file()).unwrap();
    assert!(public.starts_with("-----BEGIN CERTIFICATE-----") && !public.contains("PRIVATE"), "{public}");
    // Nothing else is left in the folder.
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn a_folder_that_is_open_to_others_is_closed() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("study-zoom");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    Authority::open_in(&folder).unwrap();
    assert_eq!(mode(&folder), 0o700);
}

#[test]
fn the_authority_is_made_once_and_kept() {
    let home = tempfile::tempdir().unwrap();
    let first = Authority::open_in(home.path()).unwrap();
    std::fs::remove_file(first.file()).unwrap();
    let second = Authority::open_in(home.path()).unwrap();
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_eq!(std::fs::read_to_string(second.file()).unwrap(), first.pem(), "what was lost is written again");
    assert_eq!(first.fingerprint().concat().len(), 32 * 3 - 1);
}

#[test]
fn servers_that_start_at_once_have_one_authority() {
    let home = tempfile::tempdir().unwrap();
    let open = || Authority::open_in(home.path()).unwrap().fingerprint();
    let fingerprints = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<std::collections::HashSet<_>>()
    });
    assert_eq!(fingerprints.len(), 1, "{fingerprints:?}");
}

#[test]
fn a_broken_file_is_named() {
    for (content, complaint) in [("", "holds no certificate"), ("-----BEGIN CERTIFICATE-----\nhello", "authority.pem")]
    {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("authority.pem"), content).unwrap();
        let error = Authority::open_in(home.path()).unwrap_err().to_string();
        assert!(error.contains(complaint) && error.contains("move it away"), "{error}");
    }
}

#[test]
fn the_authority_signs_for_private_addresses_and_its_own_names_alone() {
    let home = tempfile::tempdir().unwrap();
    let authority = Authority::open_in(home.path()).unwrap();
    for address in ["192.168.0.7", "10.1.2.3", "172.31.0.1", "100.64.0.1", "127.0.0.1", "::1", "fd00::7", "fe80::1"] {
        assert!(authority.may_address(address.parse().unwrap()), "{address}");
    }
    for address in ["8.8.8.8", "172.32.0.1", "192.0.2.1", "2001:db8::1"] {
        assert!(!authority.may_address(address.parse().unwrap()), "{address}");
    }
    assert!(authority.may_name("localhost") && authority.may_name("laptop.local"));
    assert!(!authority.may_name("example.org") && !authority.may_name("notlocal") && !authority.may_name("local.org"));
    let (_, parsed) = X509Certificate::from_der(authority.certificate()).unwrap();
    let usage = parsed.key_usage().unwrap().unwrap().value;
    assert!(usage.key_cert_sign() && usage.flags == 1 << 5, "{usage}: nothing but to sign certificates");
    let constraints = parsed.basic_constraints().unwrap().unwrap().value;
    assert!(constraints.ca && constraints.path_len_constraint == Some(0));
    let years = parsed.validity().time_to_expiration().unwrap().whole_days() / 365;
    assert!((9..=10).contains(&years), "{years}");
}

#[tokio::test]
async fn the_certificate_has_the_names_of_the_machine_and_does_not_last_too_long() {
    let server = Server::start().await;
    let trusted = [server.authority.certificate()];
    let mut roots = RootCertStore::empty();
    roots.add(trusted[0].clone()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let chain = stream.get_ref().1.peer_certificates().unwrap();
    let (_, leaf) = X509Certificate::from_der(&chain[0]).unwrap();
    let names = &leaf.subject_alternative_name().unwrap().unwrap().value.general_names;
    let expected = Names::of_this_machine();
    for host in expected.hosts.iter().filter(|host| server.authority.may_name(host)) {
        assert!(names.contains(&GeneralName::DNSName(host)), "{host}: {names:?}");
    }
    for address in expected.addresses.iter().filter(|address| server.authority.may_address(**address)) {
        let octets = match address {
            std::net::IpAddr::V4(address) => address.octets().to_vec(),
            std::net::IpAddr::V6(address) => address.octets().to_vec(),
        };
        assert!(names.contains(&GeneralName::IPAddress(&octets)), "{address}: {names:?}");
    }
    let validity = leaf.validity();
    // Both ends count (RFC 5280, section 4.1.2.5).
    let seconds = validity.not_after.timestamp() - validity.not_before.timestamp() + 1;
    assert_eq!(seconds, 397 * 24 * 60 * 60);
    let usage = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.server_auth && !usage.client_auth && !usage.any && usage.other.is_empty());
    assert!(!leaf.basic_constraints().unwrap().is_some_and(|constraints| constraints.value.ca));
}

#[tokio::test]
async fn who_trusts_the_authority_gets_in_and_who_does_not_does_not() {
    let server = Server::start().await;
    let answer = server.get("/").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("the page"), "{answer}");
    let error = |result: std::io::Result<_>| result.map(|_| ()).unwrap_err().to_string();
    assert!(error(server.handshake(&[], "127.0.0.1").await).contains("UnknownIssuer"));
    // The authority of another machine has the same name, and another key.
    let home = tempfile::tempdir().unwrap();
    let other = Authority::open_in(home.path()).unwrap();
    assert!(error(server.handshake(&[other.certificate()], "127.0.0.1").await).contains("invalid peer certificate"));
    let trusted = [server.authority.certificate()];
    assert!(error(server.handshake(&trusted, "example.org").await).contains("not valid for name"));
}

#[tokio::test]
async fn plain_http_is_sent_to_https_with_the_same_host_and_path() {
    let server = Server::start().await;
    let host = format!("192.168.0.7:{}", server.address.port());
    let answer = server.get_plainly("/?room=demo&x=%20", &host).await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(answer.contains(&format!("location: https://{host}/?room=demo&x=%20\r\n")), "{answer}");
    // A proxy's form of a request names another host: that is not where anybody is sent.
    let answer = server.get_plainly("http://example.org/a", &host).await;
    assert!(answer.contains(&format!("location: https://{host}/a\r\n")), "{answer}");
    let answer = server.get_plainly("/", "not a host").await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
}

#[tokio::test]
async fn the_certificate_of_the_authority_can_be_had_over_both() {
    let server = Server::start().await;
    let pem = server.authority.pem();
    for answer in [server.get("/ca.pem").await, server.get_plainly("/ca.pem", "127.0.0.1").await] {
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("content-type: application/x-x509-ca-cert\r\n"), "{answer}");
        assert!(answer.ends_with(pem), "{answer}");
    }
    for answer in [server.get("/trust").await, server.get_plainly("/trust", "127.0.0.1").await] {
        assert!(answer.contains("content-security-policy: default-src 'none'"), "{answer}");
        assert!(answer.contains(&server.authority.fingerprint().join("<br>")), "{answer}");
    }
    assert!(server.get_plainly("/trust?ko", "127.0.0.1").await.contains("설치하기"));
    let answer = server.get_plainly("/ca.crt", "127.0.0.1").await;
    assert!(answer.contains(&format!("content-length: {}\r\n", server.authority.certificate().len())), "{answer}");
}

#[tokio::test]
async fn a_stalled_handshake_stalls_nobody_else_and_ends_at_the_deadline() {
    let server = Server::start().await;
    let began = Instant::now();
    let mut stalled = Vec::new();
    // Nothing at all; the beginning of a handshake; a record that does not end.
    for beginning in [&b""[..], &[22], &[22, 3, 1, 2, 0, 1]] {
        let mut client = TcpStream::connect(server.address).await.unwrap();
        client.write_all(beginning).await.unwrap();
        stalled.push(client);
    }
    let answer = server.get("/").await;
    assert!(answer.ends_with("the page") && began.elapsed() < REQUEST_TIME, "{answer} after {:?}", began.elapsed());
    for mut client in stalled {
        // An error says that the connection was reset, which is an end as well.
        let ended = within(PATIENCE, "a stalled client is let go", client.read_to_end(&mut Vec::new())).await;
        assert!(began.elapsed() >= REQUEST_TIME, "{ended:?}: it had its time");
    }
    assert!(began.elapsed() < 4 * REQUEST_TIME, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_a_handshake() {
    let server = Server::start().await;
    let began = Instant::now();
    let mut client = TcpStream::connect(server.address).await.unwrap();
    client.write_all(&[22, 3, 1]).await.unwrap();
    // Somebody who came later has been served, so this one has its task.
    server.get("/").await;
    server.stopping.send_replace(true);
    let _ = within(PATIENCE, "the connection ends", client.read_to_end(&mut Vec::new())).await;
    assert!(began.elapsed() < REQUEST_TIME, "{:?}", began.elapsed());
}
