//! The build tool of the course: `cargo xtask bundle`.
//!
//! # What it is
//! A page cannot load a Rust crate. It loads a WebAssembly file, and a JavaScript file that connects it to the browser:
//! the *bundle*. Three steps make it, a module each: find a compiler for the browser ([`toolchain`]), compile
//! ([`bundle`]), let `wasm-bindgen` write the JavaScript and weigh the result ([`bundle`] again). [`dist`] puts the result
//! into the program that serves it.
//! Apart from that, [`exercises`] gives a learner the exercises, and [`book`] makes books of the texts.
//!
//! `cargo run` does all this by itself; this tool is for those who want to see it happen, and for scripts.
//!
//! # What it is not
//! A bundler of JavaScript: there is none but the two small files that the page needs to start.

/// Commands of other programs: shown, then run.
mod command;
/// Gets a compiler that makes WebAssembly.
mod toolchain;
/// The files that the page loads.
mod bundle;
/// The licenses of what the page and the program are made of.
mod notices;
/// One program with everything in it.
mod dist;
/// The exercises, where a learner can edit them.
mod exercises;
/// Their texts in another language.
mod translation;
/// The texts as books.
mod book;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use bundle::Weight;
use command::say;

/// What a failed task says: one line that names what went wrong and what to do next.
type Failure = Box<dyn std::error::Error>;

/// The folder of the course. Cargo, which starts this program, says where it is now: its name may have changed since this was
/// compiled, and two clones may share one target directory.
fn workspace() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let compiled = || env!("CARGO_MANIFEST_DIR").into();
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(compiled))
    });
    FOLDER.parent().expect("this crate is a folder of the workspace")
}

const USAGE: &str = "use: cargo xtask bundle            compile the page's half of the course to WebAssembly
     cargo xtask bundle --limit    the same, and fail when the page has grown too large
     cargo xtask dist              make one program that has the page in it, and needs neither cargo nor sources
     cargo xtask exercises         copy the exercises to my-exercises, and start rustlings there
     cargo xtask exercises --lang ko   the same, with their texts and hints in Korean (en: in English again)
     cargo xtask book              make a book of the texts, in English and in Korean";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["bundle"] => bundle::bundle(Weight::Told).map(drop),
        ["bundle", "--limit"] => bundle::bundle(Weight::Limited).map(drop),
        ["dist"] => dist::dist(),
        ["exercises", ref rest @ ..] => match exercises::Asked::parse(rest) {
            Some(asked) => exercises::exercises(&asked),
            None => Err(USAGE.into()),
        },
        ["book"] => book::book(),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
