//! They fail until the exercise is solved.

use crate::steps::{connected, serve};

#[tokio::test]
#[ignore = "an exercise: it fails until a reader has solved it"]
async fn exercise_1_step_1_refuses_what_is_no_text() {
    let (_server, address) = serve("01_events", &["--addr", "127.0.0.1:0"]).await;
    let mut mina = connected("01_events", address).await;
    let mut other = connected("01_events", address).await;
    mina.type_line("new_message 7").await;
    let line = mina.line().await;
    assert!(line.starts_with("refused ["), "{line}");
    mina.type_line("new_message seven").await;
    other.prints(r#"new_message ["Anon: seven"]"#).await;
}

#[tokio::test]
#[ignore = "an exercise: it fails until a reader has solved it"]
async fn exercise_2_step_3_says_bye_for_those_who_are_gone() {
    let (_server, address) = serve("03_rooms", &["--addr", "127.0.0.1:0"]).await;
    let mut stays = connected("03_rooms", address).await;
    stays.type_line("? enter_room tea").await;
    stays.until("DONE").await;
    for signal in ["INT", "KILL"] {
        let mut goes = connected("03_rooms", address).await;
        goes.type_line("? enter_room tea").await;
        stays.prints("welcome [2]").await;
        goes.signal(signal).await;
        stays.prints("bye [1]").await;
    }
}

#[tokio::test]
#[ignore = "an exercise: it fails until a reader has solved it"]
async fn exercise_3_step_2_delivers_each_number_once() {
    let (_server, address) = serve("02_acks", &["--addr", "127.0.0.1:0"]).await;
    let mut mina = connected("02_acks", address).await;
    let mut other = connected("02_acks", address).await;
    for text in ["hello", "are you there?"] {
        let number = text.len();
        mina.type_line(&format!(r#"? new_message "{text}" {number}"#)).await;
        other.prints(&format!(r#"new_message ["{text}"] (answer it with = ...)"#)).await;
        other.type_line("= yes").await;
        mina.prints(r#"answer: [{"heard":1,"silent":0,"status":"DONE"}]"#).await;
        mina.type_line(&format!(r#"? new_message "{text}" {number}"#)).await;
        mina.prints(r#"answer: [{"duplicate":true,"status":"DONE"}]"#).await;
    }
    // Without a number nothing is a duplicate.
    for _ in 0..2 {
        mina.type_line("? new_message once more").await;
        other.prints(r#"new_message ["once more"] (answer it with = ...)"#).await;
        other.type_line("= yes").await;
        mina.prints(r#"answer: [{"heard":1,"silent":0,"status":"DONE"}]"#).await;
    }
}
