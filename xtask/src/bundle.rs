//! The files that the page loads, `study_zoom.js` and `study_zoom_bg.wasm`, and the same two of a saved call and of the
//! smallest page.
//!
//! Everything is written below the target directory: `wasm/` is where cargo compiles for the browser, `site/pkg/` is
//! what the server serves.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{clean_cargo, run, say};
use crate::notices::notices;
use crate::toolchain::{self, TARGET, Toolchain};
use crate::{Failure, workspace};

/// The most that the page may have to fetch, compressed: 210 kB take a little more than four seconds on a slow mobile line
/// (400 kbit/s). It was 200 kB before the page invited, had keys, explained terms and saved the record of a call; what shows such a
/// record is a bundle of its own.
const LIMIT: usize = 210_000;

/// What the three are made of, and the notices of that: whoever gets the page gets them as well.
const LICENSES: &str = "licenses.txt";

/// One program for the browser. `wasm-bindgen` makes two files of it.
struct Program {
    name: &'static str,
    /// How cargo is told to compile it.
    target: &'static [&'static str],
    /// Where cargo puts it.
    compiled: &'static str,
}

/// The page is the library of chapter 3.
const PAGE: Program = Program { name: "study_zoom", target: &["--lib"], compiled: "study_zoom.wasm" };
/// The page of a saved call is a part of the same library, and begins elsewhere.
const RECORD_PAGE: Program = Program {
    name: "record_page",
    target: &["--example", "record_page", "--features", "record-page"],
    compiled: "examples/record_page.wasm",
};
/// The smallest page is an example, and needs little that the page has not made cargo compile.
const SMALLEST_PAGE: Program =
    Program { name: "smallest_page", target: &["--example", "smallest_page"], compiled: "examples/smallest_page.wasm" };

impl Program {
    fn javascript(&self) -> String {
        format!("{}.js", self.name)
    }

    fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }
}

/// What to do about a page that is larger than [`LIMIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Say so. How large it is depends on the compiler too, and a reader wants to see the page.
    Told,
    /// Fail: for those who change the page.
    Limited,
}

/// Compiles the page's half of the course, and puts it where the server looks for it. Returns that folder.
///
/// Each program is published as soon as it is there, the page first: a call needs only that one.
pub(crate) fn bundle(weight: Weight) -> Result<PathBuf, Failure> {
    let (clock, started) = (Instant::now(), SystemTime::now());
    let target = target_dir()?;
    let toolchain = toolchain::find()?;
    let (fresh, site) = (target.join("wasm/pkg"), target.join("site/pkg"));
    fs::create_dir_all(&fresh)?;
    fs::create_dir_all(&site)?;
    fs::write(fresh.join(LICENSES), notices(TARGET)?)?;
    fs::rename(fresh.join(LICENSES), site.join(LICENSES))?;
    for program in [&PAGE, &RECORD_PAGE, &SMALLEST_PAGE] {
        let compiled = compile(program, &toolchain, &target)?;
        bindgen(program, &compiled, &fresh)?;
        let sum = weigh(program, &fresh)?;
        if program.name == PAGE.name {
            match (too_large(sum), weight) {
                (Some(problem), Weight::Limited) => return Err(problem.into()),
                (Some(problem), Weight::Told) => say(&format!("warning: {problem}")),
                (None, _) => {}
            }
        }
        publish(program, &fresh, &site, started)?;
        say(&format!("# {} is in {}, after {:.1} s", program.name, site.display(), clock.elapsed().as_secs_f64()));
    }
    Ok(site)
}

/// The target directory of the workspace, as cargo would choose it. The server looks in the same place.
pub(crate) fn target_dir() -> Result<PathBuf, Failure> {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(std::path::absolute(folder)?),
        None => Ok(workspace().join("target")),
    }
}

/// Step 1: a program as one WebAssembly file.
fn compile(program: &Program, toolchain: &Toolchain, target: &Path) -> Result<PathBuf, Failure> {
    let mut cargo = clean_cargo();
    // The crate type stands here and not in the manifest, where it would make every other build link a second library.
    cargo.arg("rustc").args(program.target);
    cargo.args(["--crate-type", "cdylib", "-p", "study-zoom", "--profile", "site"]);
    cargo.arg("--manifest-path").arg(workspace().join("Cargo.toml"));
    // A directory of its own: a cargo locks the one it builds in, and would wait for the cargo that started this tool.
    cargo.arg("--target-dir").arg(target.join("wasm"));
    toolchain::apply(toolchain, &mut cargo);
    run(&mut cargo)?;
    Ok(target.join("wasm").join(TARGET).join("site").join(program.compiled))
}

/// Step 2: JavaScript for what WebAssembly cannot say. It knows numbers and memory; strings, objects and calls of the
/// browser are arranged around it.
fn bindgen(program: &Program, compiled: &Path, folder: &Path) -> Result<(), Failure> {
    say(&format!("# wasm-bindgen: {} -> {}", compiled.display(), folder.display()));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name(program.name)
        .web(true)?
        .typescript(false)
        // The names of all functions: for debuggers, and a third of the file.
        .remove_name_section(true)
        .remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    let mut names = HashMap::new();
    for (index, import) in output.wasm_mut().imports.iter_mut().enumerate() {
        let short = format!("i{index}");
        names.insert(std::mem::replace(&mut import.name, short.clone()), short);
    }
    output.emit(folder)?;
    let javascript = folder.join(program.javascript());
    let shortened = with_short_names(&fs::read_to_string(&javascript)?, names)?;
    Ok(fs::write(javascript, shortened)?)
}

/// The JavaScript with the short names of what WebAssembly imports from it. The long ones end in a hash, both files
/// repeat them, and no compression makes a hash smaller: 7 kB.
fn with_short_names(javascript: &str, mut names: HashMap<String, String>) -> Result<String, Failure> {
    let mut shortened = String::with_capacity(javascript.len());
    // Neither indentation nor comments: nobody reads this file.
    for line in javascript.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        // An import is a property of one object: `name: function(...) {`.
        let renamed = line.split_once(':').and_then(|(name, rest)| Some((names.remove(name)?, rest)));
        match renamed {
            Some((short, rest)) => shortened.extend([&*short, ":", rest, "\n"]),
            None => shortened.extend([line, "\n"]),
        }
    }
    match names.keys().next() {
        None => Ok(shortened),
        Some(name) => {
            Err(format!("wasm-bindgen wrote no line \"{name}: ...\": it has another form for imports now").into())
        }
    }
}

/// Step 3: how much is that to fetch, compressed?
fn weigh(program: &Program, folder: &Path) -> Result<usize, Failure> {
    let mut sum = 0;
    for name in [program.wasm(), program.javascript()] {
        let content = fs::read(folder.join(&name))?;
        let compressed = gzip(&content)?;
        sum += compressed;
        say(&format!("# {name}: {} bytes, {compressed} after gzip -9", content.len()));
    }
    say(&format!("# together {sum} bytes after gzip -9"));
    Ok(sum)
}

/// What is to be said if the page has too much to fetch.
fn too_large(sum: usize) -> Option<String> {
    say(&format!("# the page may have {LIMIT}"));
    (sum > LIMIT).then(|| {
        format!(
            "the bundle has {sum} bytes after gzip -9, more than {LIMIT}: find what has grown (`cargo tree --target \
             {TARGET} -e normal` shows what is compiled in), or raise LIMIT in xtask/src/bundle.rs and say why"
        )
    })
}

fn gzip(content: &[u8]) -> std::io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

/// Step 4: into the folder that is served. A file is replaced as a whole, so that no page gets half of one.
fn publish(program: &Program, fresh: &Path, site: &Path, started: SystemTime) -> Result<(), Failure> {
    // The server compares the age of the WebAssembly with that of the sources. What was edited while this tool ran is
    // younger than the bundle, which does not have it.
    File::options().write(true).open(fresh.join(program.wasm()))?.set_modified(started)?;
    // That file comes last: when it is there, both are there.
    for name in [program.javascript(), program.wasm()] {
        fs::rename(fresh.join(&name), site.join(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_renamed_where_it_is_a_property_and_nowhere_else() {
        let names = || HashMap::from([("__wbg_log_1f".to_owned(), "i0".to_owned())]);
        let javascript =
            "// a\nconst imports = {\n    __wbg_log_1f: function(arg0) {\n        __wbg_log_1f();\n    },\n};\n";
        let expected = "const imports = {\ni0: function(arg0) {\n__wbg_log_1f();\n},\n};\n";
        assert_eq!(with_short_names(javascript, names()).unwrap(), expected);
        let error = with_short_names("const imports = {};", names()).unwrap_err();
        assert!(error.to_string().contains("__wbg_log_1f"), "{error}");
    }
}
