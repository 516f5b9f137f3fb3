//! The command line of chapter 3: reads what is asked for and calls the library.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to people")]

/// What can be typed.
mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().expect("the operating system gives a process its threads");
    match runtime.block_on(cli::run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
