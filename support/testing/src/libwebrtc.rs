//! The engine of Chromium in a process of Node, as the measure of a benchmark.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use crate::program::Program;

/// `benches/libwebrtc/calls.js`, which is given orders. It ends when this is dropped.
pub struct Libwebrtc(Program);

/// How long a call took from the first description on, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct CallTimes {
    /// Until both sides were connected.
    pub connected: f64,
    /// Until the data channel was open at both.
    pub open: f64,
}

impl Libwebrtc {
    /// Starts it, when its npm package is in this folder.
    ///
    /// # Errors
    /// What has to be installed first.
    pub fn start(folder: &Path) -> Result<Self, String> {
        if !folder.join("node_modules/@roamhq/wrtc").is_dir() {
            return Err("nothing to compare with: npm install --prefix benches/libwebrtc".to_owned());
        }
        Ok(Self(Program::start("libwebrtc", Command::new("node").arg(folder.join("calls.js")))))
    }

    /// The id of its process, which has both sides in it.
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// A call with sound, picture and a data channel, without a server.
    pub async fn call(&mut self) -> CallTimes {
        let [connected, open] = self.ask("call", ["connected", "open"]).await;
        CallTimes { connected, open }
    }

    /// Sends a file from one side to the other, or one in each direction at once. Returns how many seconds it took.
    pub async fn file(&mut self, megabytes: u32, both_ways: bool) -> f64 {
        let ways = if both_ways { "both" } else { "one" };
        let [seconds] = self.ask(&format!("{ways} {megabytes}"), ["seconds"]).await;
        seconds
    }

    /// The fields of the answer to an order.
    async fn ask<const FIELDS: usize>(&mut self, order: &str, fields: [&str; FIELDS]) -> [f64; FIELDS] {
        self.0.type_line(order).await;
        let line = self.0.line().await;
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{order}: {error} in {line:?}"));
        fields.map(|field| answer[field].as_f64().unwrap_or_else(|| panic!("{order}: no {field} in {line:?}")))
    }
}
