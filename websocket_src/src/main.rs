//! The command line of chapter 1: reads what is asked for and calls the library.
/// Command-line arguments.
mod cli;

use std::process::ExitCode;

use clap::Parser;
use support::cli::ended;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().expect("the operating system gives a process its threads");
    ended(runtime.block_on(cli::run(arguments)))
}
