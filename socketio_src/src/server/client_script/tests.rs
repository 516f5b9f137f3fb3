use std::fs;

use super::super::{ServerOptions, router};
use super::*;
use testing::http::get;

/// As npm leaves it: the files, and the list that it writes when they are there.
fn bring(folder: &Path, version: &str) {
    let dist = folder.join("node_modules/socket.io-client/dist");
    fs::create_dir_all(&dist).unwrap();
    for file in FILES {
        fs::write(dist.join(file), format!("// {file}")).unwrap();
    }
    let list = serde_json::json!({"packages": {"node_modules/socket.io-client": {"version": version}}});
    fs::write(folder.join("node_modules/.package-lock.json"), list.to_string()).unwrap();
}

async fn ask(script: &ClientScript, path: &str) -> (String, String) {
    let options = ServerOptions { client_script: script.clone(), ..ServerOptions::default() };
    get(router(&options).await.0, path).await
}

#[tokio::test]
async fn what_npm_has_brought_is_served_and_connections_keep_their_path() {
    let folder = tempfile::tempdir().unwrap();
    bring(folder.path(), VERSION);
    let script = ClientScript::at(folder.path().to_owned());
    for file in FILES {
        let (head, body) = ask(&script, &format!("/socket.io/{file}")).await;
        assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-type: text/javascript"), "{head}");
        assert_eq!(body, format!("// {file}"));
    }
    // That is the layer's business.
    let (head, body) = ask(&script, "/socket.io/?EIO=4&transport=polling").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && body.starts_with("0{"), "{head} {body}");
    assert!(ask(&script, "/socket.io/socket.io.js.map").await.0.starts_with("HTTP/1.1 400 "));
}

#[tokio::test]
async fn without_the_right_version_everybody_is_sent_to_the_cdn() {
    let folder = tempfile::tempdir().unwrap();
    let empty = ClientScript::at(folder.path().join("empty"));
    bring(folder.path(), "4.0.0");
    for script in [empty, ClientScript::at(folder.path().to_owned()), ClientScript::default()] {
        let (head, _) = ask(&script, "/socket.io/socket.io.esm.min.js").await;
        assert!(head.starts_with("HTTP/1.1 302 "), "{head}");
        assert!(head.contains("location: https://cdn.socket.io/4.8.3/socket.io.esm.min.js"), "{head}");
    }
}

#[tokio::test]
async fn a_browser_waits_while_npm_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let script = ClientScript::at(folder.path().to_owned());
    let at_work = AtWork::begin(&script.installing);
    let waiting = ask(&script, "/socket.io/socket.io.js");
    let npm = async {
        // Somebody waits: the request is there.
        while script.installing.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        bring(folder.path(), VERSION);
        drop(at_work);
    };
    let both = async { tokio::join!(waiting, npm) };
    let ((head, body), ()) = timeout(Duration::from_secs(10), both).await.expect("the request is answered");
    assert!(head.starts_with("HTTP/1.1 200 ") && body == "// socket.io.js", "{head} {body}");
}

#[tokio::test]
async fn a_browser_hears_soon_that_npm_is_at_work_and_npm_is_not_waited_for_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let script = ClientScript::at(folder.path().to_owned());
    // In place of npm, a program that never comes to an end, as npm does without a network.
    let mut npm = Command::new("sh");
    npm.args(["-c", "exec sleep 600", "npm"]);
    let limit = PATIENCE + Duration::from_secs(2);
    let installing = script.install_in(folder.path(), npm, limit);
    let meanwhile = ask(&script, "/socket.io/socket.io.esm.min.js");
    let both = async { tokio::join!(installing, meanwhile) };
    let ((), (head, body)) = timeout(Duration::from_secs(20), both).await.expect("npm is given up");
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("retry-after: 1"), "{head}");
    assert!(body.contains("npm is fetching"), "{body}");
    // And then the answer is there at once.
    let at_once = timeout(Duration::from_secs(1), ask(&script, "/socket.io/socket.io.esm.min.js")).await;
    assert!(at_once.expect("nobody waits any longer").0.starts_with("HTTP/1.1 302 "));
}
