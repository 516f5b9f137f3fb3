//! The TURN server without its sockets, between a client that knows a password, a stranger, and a peer.
//!
//! The input is a list of packets: one byte who sends it and how, one byte its length, and its bytes. Whatever they are, the
//! server does not panic, sends to nobody whom it may not reach, and counts its allocations right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::turn;

fuzz_target!(|input: &[u8]| turn::play(input));
