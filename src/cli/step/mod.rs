//! `step`: the teacher. One call, step by step, in one process.
//!
//! A server on a free port and two peers. Each peer waits before each step until it is let go, so the steps happen in
//! the order of the table, one at a time, and everything in between can be shown, explained and checked.

/// Takes the steps in order.
mod walk;
/// After step 13: whether the call does what a call is for.
mod proof;
/// One of the two peers, and what is known of it.
mod side;
/// What a learner reads.
mod teacher;
/// An offer or an answer, line by line.
mod description;
/// A candidate, field by field.
mod candidate;
/// What has changed since the last step.
mod states;
/// What must hold after each step.
mod check;
/// The last line of a call that does not come about.
mod trouble;
/// `--pause`: Enter before each step.
mod pause;
/// `--json`: a line for each event.
mod journal;
/// Lines of at most a hundred columns.
mod screen;
#[cfg(test)]
mod tests;

use std::io::{Write, sink, stdout};
use std::time::Duration;

use clap::{Args, ValueEnum};
use shared::{Role, RoomName};
use study_zoom::call::{Call, CallEvents, CallOptions};
use study_zoom::native::{self, NativeEngine, NativeOptions};
use study_zoom::server::{self, ServerOptions};
use support::cli::Failure;
use tokio::net::TcpListener;

use super::language::LanguageArguments;
use journal::Journal;
use proof::prove;
use screen::Screen;
use side::Side;
use teacher::Teacher;
use walk::Walk;

/// Where the two meet.
const ROOM: &str = "steps";
/// How long anything may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct StepArguments {
    /// The last step to take, 0 to 13
    #[arg(default_value_t = 13, value_parser = clap::value_parser!(u8).range(0..=13))]
    step: u8,
    /// Wait for Enter before each step; at the end of the input the rest goes on without waiting
    #[arg(long)]
    pause: bool,
    /// Show one side only; the other one acts out of sight
    #[arg(long = "as", value_name = "SIDE")]
    follows: Option<Shown>,
    /// Write one JSON object for each event and nothing else: the record of a call, as JSON Lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArguments,
}

/// A side, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shown {
    /// The side that was in the room first: it makes the offer
    A,
    /// The side that joins: it answers
    B,
}

pub(super) async fn run(arguments: StepArguments) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop_server, stop) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let stopped = async {
            // An error means that the sender is gone, and then the server has to stop as well.
            let _ = stop.await;
        };
        server::run(listener, &ServerOptions::default(), stopped).await
    });
    let result = lesson(&arguments, &url).await;
    let _ = stop_server.send(());
    server.await??;
    result
}

/// One call through this server.
async fn lesson(arguments: &StepArguments, url: &str) -> Result<(), Failure> {
    let follows = arguments.follows.map(|shown| match shown {
        Shown::A => Role::A,
        Shown::B => Role::B,
    });
    let (out, journal): (Box<dyn Write + Send>, _) = match arguments.json {
        // Nothing else stands between the lines of a record.
        true => (Box::new(sink()), Some(Journal::begin(Box::new(stdout()), ROOM, follows.is_none()))),
        false => (Box::new(stdout()), None),
    };
    let mut teacher = Teacher::new(Screen::new(out, arguments.language.language), follows);
    teacher.begin(url);
    let (a, b) = (start(url).await?, start(url).await?);
    let mut walk = Walk::new(a, b, teacher, PATIENCE).pausing(arguments.pause).writing(journal);
    let result = match walk.run(arguments.step).await {
        Ok(()) if arguments.step == 13 => prove(&mut walk).await,
        Ok(()) => {
            walk.teacher.stopped(arguments.step);
            Ok(())
        }
        failed => failed,
    };
    let ended = walk.end().await;
    // A walk that did not come to its end says why.
    result.and(ended)
}

/// A peer that waits before its first step.
async fn start(url: &str) -> Result<(Side, CallEvents), Failure> {
    let engine = NativeEngine::new(NativeOptions::default());
    let counters = engine.counters();
    let (call, controls, events) = Call::new(engine, native::connect(url).await?, options());
    Ok((Side::new(controls, counters, tokio::spawn(call.run())), events))
}

fn options() -> CallOptions {
    let room = RoomName::new(ROOM).expect("keeps the rules");
    CallOptions { step_by_step: true, stay: false, ..CallOptions::new(room) }
}
