use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::common::{start_chat, start_example, within};
use crate::installed;
use testing::program::Program;

/// How long one server may take: 300 cases, some of them with megabytes.
const PATIENCE: Duration = Duration::from_secs(600);

/// Lets Autobahn's fuzzing client have a server, and counts its judgements.
#[expect(clippy::print_stdout, reason = "the judgements are worth reading, with --nocapture")]
async fn fuzz(name: &'static str, mut server: Program, path: &str) {
    let wstest = installed("autobahn/bin/wstest");
    let url = format!("ws://{}{path}", server.address().await);
    let folder = tempfile::tempdir().expect("the folder can be written");
    let spec = json!({
        "outdir": folder.path(),
        "servers": [{"agent": name, "url": url}],
        "cases": ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"],
        "exclude-cases": [],
        "exclude-agent-cases": {},
    });
    let spec_file = folder.path().join("fuzzingclient.json");
    fs::write(&spec_file, spec.to_string()).expect("the folder can be written");
    let mut command = Command::new(wstest);
    command.args(["--mode", "fuzzingclient", "--spec"]).arg(&spec_file).kill_on_drop(true);
    let output = within(PATIENCE, format!("Autobahn is done with {name}"), command.output()).await;
    let output = output.expect("wstest can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let index: Value =
        serde_json::from_slice(&fs::read(folder.path().join("index.json")).expect("wstest writes a report"))
            .expect("the report is JSON");
    let cases = index[name].as_object().expect("the server was tested");
    let mut counts = std::collections::BTreeMap::new();
    let mut failed = Vec::new();
    for (case, judgement) in cases {
        for kind in ["behavior", "behaviorClose"] {
            let judged = judgement[kind].as_str().expect("a word");
            *counts.entry((kind, judged.to_owned())).or_insert(0) += 1;
            if !["OK", "NON-STRICT", "INFORMATIONAL"].contains(&judged) {
                failed.push(format!("{case} {kind}: {judged}"));
            }
        }
    }
    println!("{name}: {} cases, {counts:?}", cases.len());
    assert!(failed.is_empty(), "{name}: {failed:#?}");
    assert!(cases.len() > 290, "all the groups were run: {}", cases.len());
}

#[tokio::test]
#[ignore = "needs Autobahn, which needs Python 2.7"]
async fn autobahn_is_content_with_example_01() {
    fuzz("01_echo_ws", start_example("01_echo_ws", &["--addr", "127.0.0.1:0"]), "/").await;
}

#[tokio::test]
#[ignore = "needs Autobahn, which needs Python 2.7"]
async fn autobahn_is_content_with_example_02() {
    fuzz("02_echo_async", start_example("02_echo_async", &["--addr", "127.0.0.1:0"]), "/").await;
}

#[tokio::test]
#[ignore = "needs Autobahn, which needs Python 2.7"]
async fn autobahn_is_content_with_the_chat_server() {
    fuzz("chat", start_chat(&["--addr", "127.0.0.1:0", "--echo"]), "/echo").await;
}
