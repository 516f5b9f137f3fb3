//! Does a Redis do what servers that share it need? It is used as they use it: over the same link.

use std::time::Duration;

use socketio_src::cluster::{Link, LinkError};
use tokio::time::timeout;

use super::said::{Row, Said};
use crate::text::doctor as texts;

/// How long Redis may take for each of the three questions.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the Redis at this URL.
pub async fn look(url: &str) -> Row {
    Row::about(texts::REDIS, said(url).await)
}

async fn said(url: &str) -> Said {
    let link = match Link::open(url) {
        Ok(link) => link,
        // The URL may have a password in it: what is printed is the rest.
        Err(_) => return Said::fault((texts::REDIS_URL, texts::REDIS_URL_CURE)).with(without_password(url)),
    };
    let away = || Said::fault((texts::REDIS_AWAY, texts::REDIS_AWAY_CURE)).with(PATIENCE.as_secs());
    let refuses = |error: LinkError| Said::fault((texts::REDIS_REFUSES, texts::REDIS_REFUSES_CURE)).with(error);
    if !link.wait_until_up(PATIENCE).await {
        return away();
    }
    if let Err(error) = link.query::<String>(&redis::cmd("PING")).await {
        return refuses(error);
    }
    // Nobody else has this channel.
    let channel = format!("study-zoom-doctor-{:032x}", rand::random::<u128>());
    let mut published = link.subscribe(channel.clone(), 1).await;
    let mut publish = redis::cmd("PUBLISH");
    if let Err(error) = link.query::<i64>(publish.arg(&channel).arg("hello")).await {
        return refuses(error);
    }
    match timeout(PATIENCE, published.recv()).await {
        Ok(Some(_)) => Said::fine(texts::REDIS_FINE),
        Ok(None) | Err(_) => Said::fault((texts::REDIS_MUTE, texts::REDIS_MUTE_CURE)),
    }
}

/// `redis://:secret@host` without what stands before the `@`.
fn without_password(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[tokio::test]
    async fn what_is_no_address_and_what_is_not_there_are_told_apart() {
        let bad = look("http://:secret@host").await.said;
        assert_eq!(bad.found, texts::REDIS_URL);
        assert!(!bad.text(Language::English).contains("secret"), "{}", bad.text(Language::English));
        // Nobody listens on the port of a socket that is bound and does not listen.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let nobody = format!("redis://{}", socket.local_addr().unwrap());
        assert_eq!(look(&nobody).await.said.found, texts::REDIS_AWAY);
    }
}
