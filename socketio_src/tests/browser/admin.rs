//! The admin's page.
//!
//! Expected: nothing without the token; with it the servers, rooms and sockets of all servers, live, and a button that
//! ends a connection, wherever that is.

use serde_json::json;

use crate::person::Browser;
use crate::program::{Program, turn};
use testing::redis::Redis;

/// What stands in a table: its rows, their cells.
async fn table(admin: &Browser, id: &str) -> Vec<Vec<String>> {
    let rows = "[...document.getElementById(ID).rows].map((row) => [...row.cells].map((cell) => cell.textContent))";
    let rows = admin.eval(&format!("return {}", rows.replace("ID", &json!(id).to_string()))).await;
    serde_json::from_value(rows).expect("rows of cells")
}

#[tokio::test]
#[ignore = "needs Chromium and redis-server: the head of tests/browser/main.rs says how to install them"]
async fn an_admin_sees_all_servers_and_ends_a_connection() {
    let _turn = turn().await;
    let redis = Redis::start();
    let url = redis.url();
    let first = Program::start(&["--redis", &url, "--admin-token", "the right one"]).await;
    let second = Program::start(&["--redis", &url]).await;
    let mina = Browser::chat("mina", &first, "demo <i>").await;
    let jun = Browser::chat("jun", &second, "demo <i>").await;
    mina.sees("jun joined").await;

    let admin = Browser::open("admin", &format!("{}admin", first.url())).await;
    admin.enter("token", "a guess").await;
    admin.click_on("#token-form button").await;
    admin.wait_for("document.getElementById('state').textContent.startsWith('wrong token')", "no").await;
    assert!(table(&admin, "all-sockets").await.is_empty(), "who has no token sees nothing");

    admin.enter("token", "the right one").await;
    admin.click_on("#token-form button").await;
    let both = async || table(&admin, "all-servers").await.len() == 2 && table(&admin, "all-sockets").await.len() == 2;
    admin.wait_while("both servers are listed", async || !both().await).await;
    assert_eq!(table(&admin, "all-rooms").await, [["demo <i>", "2"]]);
    let sockets = table(&admin, "all-sockets").await;
    for nickname in ["mina", "jun"] {
        let row = sockets.iter().find(|row| row[4] == nickname).unwrap_or_else(|| panic!("{nickname}: {sockets:?}"));
        assert_eq!((row[2].as_str(), row[3].as_str()), ("websocket", "demo <i>"), "{row:?}");
    }
    admin.screenshot("socketio-admin").await;
    let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(admin.eval(wide).await, json!(false), "nothing has to be scrolled sideways");

    // Of the other server.
    let button = "[...document.querySelectorAll('#all-sockets tr')].find((row) => row.cells[4].textContent === 'jun')";
    admin.eval(&format!("{button}.querySelector('button').click()")).await;
    jun.wait_for(
        "document.getElementById('notice').textContent.includes('the admin has ended this connection')",
        "jun is told",
    )
    .await;
    // It is no ban: the page comes back by itself.
    jun.until_connected().await;
    jun.until_in("demo <i>").await;
}

#[tokio::test]
#[ignore = "needs Chromium: the head of tests/browser/main.rs says how to install it"]
async fn without_a_token_there_is_no_such_page() {
    let _turn = turn().await;
    let server = Program::start(&[]).await;
    let admin = Browser::open("admin", &format!("{}admin", server.url())).await;
    admin.wait_for("document.body.textContent.includes('--admin-token')", "the reader is told what to do").await;
}
