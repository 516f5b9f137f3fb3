//! The command line of chapter 3: reads what is asked for and calls the library.
/// Command-line arguments.
mod cli;

use std::process::ExitCode;

use clap::Parser;
use support::cli::ended;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if arguments.is_signaling_alone() {
        // One thread for all clients. A message is little work: to wake a second thread for it costs more than it saves.
        runtime.worker_threads(1);
    }
    let runtime = runtime.enable_all().build().expect("the operating system gives a process its threads");
    ended(runtime.block_on(cli::run(arguments)))
}
