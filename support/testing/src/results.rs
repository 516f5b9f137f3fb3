//! What a benchmark has measured: a table for people, a file for programs, and a plot.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::plot::draw;

pub use crate::figures::{Row, Series};

/// All that one run of a benchmark has measured.
///
/// The file is JSON:
///
/// ```json
/// {
///   "benchmark": "signaling",
///   "command": "cargo bench --bench signaling",
///   "commit": "0123abc",
///   "machine": "2 processors, 23 GiB, linux x86_64: the name of the processor",
///   "rows": [{ "name": "a candidate", "unit": "us", "series": [{ "name": "ours", "values": [4.2, 4.1] }] }]
/// }
/// ```
///
/// A series has one value for each round, in the order of the rounds: what disturbed one series in a round disturbed the others as
/// well. `commit` is null when nobody knows it.
#[derive(Debug)]
pub struct Results {
    benchmark: &'static str,
    command: &'static str,
    rows: Vec<Row>,
}

impl Results {
    /// Nothing yet, of the benchmark that this command starts.
    pub fn new(benchmark: &'static str, command: &'static str) -> Self {
        Self { benchmark, command, rows: Vec::new() }
    }

    /// Keeps a row. Returns it, to be printed.
    pub fn add(&mut self, row: Row) -> &Row {
        self.rows.push(row);
        &self.rows[self.rows.len() - 1]
    }

    /// Writes `performance/<benchmark>.json` and the plot `performance/<benchmark>.svg` into the target directory, and says where
    /// the plot is. A run with `--test` measures next to nothing, so its files have another name.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self) -> io::Result<PathBuf> {
        let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
        let test = if arguments.iter().any(|argument| argument == "--test") { "-test" } else { "" };
        let folder = target_directory()?.join("performance");
        std::fs::create_dir_all(&folder)?;
        let path = |ending| folder.join(format!("{}{test}.{ending}", self.benchmark));
        let json = self.to_json(&arguments);
        std::fs::write(path("json"), format!("{json:#}\n"))?;
        let told = |name: &str| json[name].as_str().unwrap_or("not known").to_owned();
        let sources = [told("command"), format!("commit {}, {}", told("commit"), told("machine"))];
        std::fs::write(path("svg"), draw(&self.rows, &sources).map_err(io::Error::other)?)?;
        Ok(path("svg"))
    }

    fn to_json(&self, arguments: &[String]) -> Value {
        let mut command = self.command.to_owned();
        if !arguments.is_empty() {
            command = format!("{command} -- {}", arguments.join(" "));
        }
        let rows = self.rows.iter().map(|Row { name, unit, series }| {
            let series = series.iter().map(|Series { name, values }| json!({ "name": name, "values": values }));
            json!({ "name": name, "unit": unit, "series": series.collect::<Value>() })
        });
        json!({
            "benchmark": self.benchmark,
            "command": command,
            "commit": commit(),
            "machine": machine(),
            "rows": rows.collect::<Value>(),
        })
    }
}

/// A benchmark is `<target>/<profile>/deps/<name>`.
fn target_directory() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let directory =
        program.ancestors().nth(3).filter(|_| program.parent().is_some_and(|parent| parent.ends_with("deps")));
    let directory = directory.map(PathBuf::from);
    directory.ok_or_else(|| io::Error::other(format!("{} is in no target directory", program.display())))
}

/// Which version of the course this is, if git is there to say it.
fn commit() -> Option<String> {
    let output = Command::new("git").args(["describe", "--always", "--dirty"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.trim().to_owned())
}

fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let value = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split(':').nth(1))
            .map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
    };
    let (memory, processor) = (value("/proc/meminfo", "MemTotal"), value("/proc/cpuinfo", "model name"));
    format!("{processors} processors, {memory}, {} {}: {processor}", std::env::consts::OS, std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_value_of_every_round() {
        let mut results = Results::new("signaling", "cargo bench --bench signaling");
        let series = |name: &str, values: [f64; 3]| Series { name: name.to_owned(), values: values.into() };
        let series = vec![series("ours", [2.0, 1.0, 4.0]), series("node", [4.0, 4.0, 5.0])];
        results.add(Row { name: "a candidate".to_owned(), unit: "us", series });
        let json = results.to_json(&["relay".to_owned()]);
        assert_eq!(json["command"], "cargo bench --bench signaling -- relay");
        assert_eq!(json["rows"][0]["unit"], "us");
        assert_eq!(json["rows"][0]["series"][1], json!({ "name": "node", "values": [4.0, 4.0, 5.0] }));
    }
}
