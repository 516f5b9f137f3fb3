//! Every exercise is unsolved, and can be solved.
//!
//! ```text
//! cargo test --example check -- --skip exercises::
//! ```
//!
//! All exercises and all solutions are one program here, and an *example*: for a test of the package cargo would first
//! link each of them as a program of its own, for minutes. The tests of the solutions are run as they are. Those of the
//! exercises have to fail: `every_exercise_fails_as_its_head_says` runs them in another process and reads what they
//! say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The modules of all exercises. `info.toml` has the same list.
macro_rules! all {
    () => {
        mod ch1_websocket {
            mod masked_frame;
            mod who_said_it;
            mod joined_and_left;
            mod silent_client;
            mod full_queue;
            mod nickname_once;
        }
        mod ch2_socketio {
            mod packets_by_hand;
            mod acknowledgement;
            mod refused_argument;
            mod only_the_room;
            mod bye_when_gone;
            mod each_number_once;
        }
        mod ch3_steps {
            mod step_00_get_user_media;
            mod step_01_peer_connection;
            mod step_02_add_tracks;
            mod step_03_create_offer;
            mod step_04_set_local_offer;
            mod step_05_send_offer;
            mod step_06_set_remote_offer;
            mod step_07_create_answer;
            mod step_08_set_local_answer;
            mod step_09_send_answer;
            mod step_10_set_remote_answer;
            mod step_11_send_candidates;
            mod step_12_add_candidate;
            mod step_13_track;
        }
        mod ch3_trouble {
            mod early_candidate;
            mod stale_answer;
            mod glare;
            mod ice_restart;
            mod back_pressure;
            mod order_of_handlers;
        }
    };
}

/// As they are given to a learner.
#[allow(warnings, reason = "a learner has not used everything yet")]
#[path = "../exercises"]
mod exercises {
    all!();
}

/// Solved.
#[path = "../solutions"]
mod solutions {
    all!();
}

/// An exercise, as `info.toml` has it: its folder and its name.
fn all() -> Vec<(String, String)> {
    let info = read("info.toml");
    let values = |field: &str| {
        let start = format!("{field} = \"");
        let values = info.lines().filter_map(|line| line.strip_prefix(&start)?.strip_suffix('"').map(str::to_owned));
        values.collect::<Vec<_>>()
    };
    std::iter::zip(values("dir"), values("name")).collect()
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// Runs this program with these arguments, and returns what it prints.
fn run_this(arguments: &[&str]) -> String {
    let this = std::env::current_exe().expect("this program has a path");
    let output = Command::new(this).args(arguments).output().expect("this program can be started");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_exercise_is_in_each_list() {
    let all = all();
    assert!(all.len() >= 32, "{all:?}");
    let tests = run_this(&["--list"]);
    let bins = read("Cargo.toml");
    for (dir, name) in &all {
        for (kind, bin) in [("exercises", name.clone()), ("solutions", format!("{name}_sol"))] {
            assert!(
                tests.contains(&format!("{kind}::{dir}::{name}::tests::")),
                "{kind}/{dir}/{name} is not in examples/check.rs"
            );
            let line = format!("\n  {{ name = \"{bin}\", path = \"{kind}/{dir}/{name}.rs\" }},\n");
            assert!(bins.contains(&line), "Cargo.toml is to be brought up to date: `rustlings dev update`:{line}");
        }
    }
    let files = |kind| {
        all.iter().map(|(dir, _)| dir).collect::<BTreeSet<_>>().into_iter().map(move |dir| format!("{kind}/{dir}"))
    };
    let count = files("exercises")
        .chain(files("solutions"))
        .map(|folder| std::fs::read_dir(folder).expect("it is there").count());
    assert_eq!(count.sum::<usize>(), 2 * all.len(), "files, and each is in info.toml");
}

#[test]
fn a_solution_is_tested_as_its_exercise_is() {
    let tests = |kind: &str, dir: &str, name: &str| {
        let code = read(format!("{kind}/{dir}/{name}.rs"));
        code.split_once("\n#[cfg(test)]\n")
            .unwrap_or_else(|| panic!("{kind}/{dir}/{name}.rs has no tests"))
            .1
            .to_owned()
    };
    for (dir, name) in all() {
        assert!(tests("exercises", &dir, &name) == tests("solutions", &dir, &name), "the tests of {name} differ");
    }
}

#[test]
fn every_exercise_fails_as_its_head_says() {
    let threads = format!("--test-threads={}", all().len());
    let output = run_this(&["exercises::", &threads]);
    // What each test that failed has said.
    let failures: BTreeMap<_, _> =
        output.split("\n---- exercises::").skip(1).filter_map(|failure| failure.split_once("::tests::")).collect();
    for (dir, name) in all() {
        let head = read(format!("exercises/{dir}/{name}.rs"));
        let expected = head.lines().find_map(|line| line.strip_prefix("//! Fails with: "));
        let expected = expected.unwrap_or_else(|| panic!("the head of {name} does not say how it fails"));
        let failure = failures.get(format!("{dir}::{name}").as_str()).unwrap_or_else(|| panic!("{name} does not fail"));
        assert!(failure.contains(expected), "{name} should fail with {expected:?}, and says {failure}");
    }
}

#[test]
fn nothing_is_compiled_in_a_second_version() {
    let packages = |path: &str| -> BTreeSet<(String, String)> {
        let lock = read(path);
        let packages = lock.split("[[package]]\n").skip(1).filter(|package| package.contains("\nsource = "));
        let value = |package: &str, field: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(field));
            line.expect("each package has both").to_owned()
        };
        packages.map(|package| (value(package, "name = "), value(package, "version = "))).collect()
    };
    let (ours, course) = (packages("Cargo.lock"), packages("../Cargo.lock"));
    assert!(ours.len() > 100, "{}", ours.len());
    let other: Vec<_> = ours.difference(&course).collect();
    assert!(other.is_empty(), "copy ../Cargo.lock to Cargo.lock, and let cargo shorten it: {other:?}");
}

fn main() {}
