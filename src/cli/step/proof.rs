//! After step 13: whether the call does what a call is for.

use std::time::Duration;

use shared::{Role, Step};
use study_zoom::native::Counted;
use study_zoom::text::teacher as texts;
use support::cli::Failure;

use super::walk::{Walk, seconds};

/// How long media flows before it is counted.
const MEDIA_TIME: Duration = Duration::from_secs(2);
/// What is said in the chat.
const GREETING: &str = "hello from A";

/// Looks whether chat, picture and sound go both ways, and says so.
///
/// # Errors
/// One line, as of a step that fails.
pub(super) async fn prove(walk: &mut Walk) -> Result<(), Failure> {
    let proved = chat_and_media(walk).await;
    let lines = proved.map_err(|missing| walk.failure(Step::number(13), &missing))?;
    let screen = &mut walk.teacher.screen;
    let summary = screen.say(texts::SUMMARY);
    screen.line(summary);
    for line in lines {
        screen.labelled("", &line);
    }
    Ok(())
}

async fn chat_and_media(walk: &mut Walk) -> Result<Vec<String>, String> {
    for side in [Role::A, Role::B] {
        walk.until(side, texts::CHAT_OPEN, |facts| facts.chat_open).await?;
    }
    for (from, to) in [(Role::A, Role::B), (Role::B, Role::A)] {
        walk.side(from).controls.chat(GREETING);
        walk.until(to, texts::CHAT_MESSAGE, |facts| facts.chat.as_deref() == Some(GREETING)).await?;
    }
    let before = [Role::A, Role::B].map(|role| walk.side(role).counters.read());
    walk.watch_for(MEDIA_TIME).await;

    let sought = [Role::A, Role::B].map(|role| walk.side(role).facts.path_sought).into_iter().flatten().min();
    let mut lines = Vec::new();
    for (role, before) in [Role::A, Role::B].into_iter().zip(before) {
        let Counted { video_frames, audio_frames, .. } = walk.side(role).counters.read();
        let (frames, packets) = (video_frames - before.video_frames, audio_frames - before.audio_frames);
        if frames == 0 || packets == 0 {
            return Err(walk.did_not_come(role, MEDIA_TIME, texts::MEDIA_TO_FLOW));
        }
        let connected = walk.side(role).facts.connected;
        let took = connected.zip(sought).map(|(connected, sought)| connected - sought).unwrap_or_default();
        let (screen, name) = (&walk.teacher.screen, role.to_string());
        if walk.teacher.shows(role) {
            let took = format!("{} ms", took.as_millis());
            let (time, frames, packets) = (seconds(screen, MEDIA_TIME), frames.to_string(), packets.to_string());
            lines.push(screen.fill(texts::CONNECTED_AFTER, &[&name, &took]));
            lines.push(format!("{name}: {}", screen.fill(texts::MEDIA, &[&time, &frames, &packets])));
        }
    }
    lines.push(walk.teacher.screen.fill(texts::CHATTED, &[GREETING]));
    Ok(lines)
}
