//! The command line of all steps.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde_json::Value;

/// A step of chapter 2: a server, or the client for it.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) client: Option<Wanted>,
    /// Where the server listens, as host:port
    #[arg(long, default_value = "127.0.0.1:3002")]
    pub(crate) addr: String,
}

/// That the client is wanted.
#[derive(Debug, Subcommand)]
pub(crate) enum Wanted {
    /// Send the events that are typed, and print those that come
    Client {
        /// The server
        #[arg(default_value = "http://127.0.0.1:3002")]
        url: String,
        /// What the server is told in the CONNECT packet, as JSON
        #[arg(value_parser = json)]
        auth: Option<Value>,
        /// Trust this authority too, beside those of the system: a PEM file
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
    },
}

fn json(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text)
}
