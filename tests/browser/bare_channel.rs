//! Bytes on another channel of the call's own connection, sent by a few lines of JavaScript that read, hash, show and keep nothing:
//! what the two browsers can do.

use std::time::Duration;

use shared::file::CHUNK;
use study_zoom::transfer::{HIGH_WATER, LOW_WATER};

use crate::page::Browser;

/// Keeps the peer connection of the call.
pub(crate) const KEEP_PEER: &str = "
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...options) { super(...options); window.peer = this; }
    };";

/// Takes what comes on the bare channel, up to TOTAL bytes.
const TAKE_BARE: &str = "
    window.bare = {};
    const take = ({ channel }) => {
        if (channel.label !== 'bare') return;
        peer.removeEventListener('datachannel', take);
        let got = 0;
        channel.binaryType = 'arraybuffer';
        channel.onopen = () => { bare.begun = performance.now(); channel.send('go'); };
        channel.onmessage = ({ data }) => {
            got += data.byteLength;
            if (got === TOTAL) { bare.over = performance.now(); channel.close(); }
        };
    };
    peer.addEventListener('datachannel', take);";

/// Sends TOTAL bytes on a bare channel, as soon as the other side wants them: in the pieces of a file, and with as much in the
/// buffer.
const SEND_BARE: &str = "
    const channel = peer.createDataChannel('bare'), piece = new Uint8Array(CHUNK);
    let left = TOTAL, wanted = false;
    const send = () => {
        // The word of the other side can overtake the news that the channel is open.
        while (wanted && channel.readyState === 'open' && left > 0 && channel.bufferedAmount <= HIGH_WATER) {
            const length = Math.min(CHUNK, left);
            channel.send(piece.subarray(0, length));
            left -= length;
        }
    };
    channel.bufferedAmountLowThreshold = LOW_WATER;
    channel.onbufferedamountlow = channel.onopen = send;
    channel.onmessage = () => { wanted = true; send(); };";

/// Sends so many bytes, and returns how many seconds they took.
pub(crate) async fn carries(from: &Browser, to: &Browser, bytes: usize, patience: Duration) -> f64 {
    let numbers = [
        ("TOTAL", bytes.to_string()),
        ("CHUNK", CHUNK.to_string()),
        ("HIGH_WATER", HIGH_WATER.to_string()),
        ("LOW_WATER", LOW_WATER.to_string()),
    ];
    let fill_in =
        |script: &str| numbers.iter().fold(script.to_owned(), |script, (name, number)| script.replace(name, number));
    to.eval(&fill_in(TAKE_BARE)).await;
    from.eval(&fill_in(SEND_BARE)).await;
    let under_way = async || to.eval("return !bare.over").await == true;
    to.wait_up_to(patience, format!("{bytes} bytes have come"), under_way).await;
    let milliseconds = to.eval("return bare.over - bare.begun").await.as_f64().expect("both were noted");
    milliseconds / 1000.0
}
