//! The notices of what goes into a program: most licenses want them to go along with it.
//!
//! Cargo knows which packages are compiled in, and each has its license among its sources. A text that several packages share
//! stands once. `deny.toml` says which licenses there may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command::{answer, clean_cargo};
use crate::{Failure, workspace};

/// How the files are called in which a package says what it wants.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// What others wrote and is compiled into `study-zoom` for this platform: a list of it, and all the notices.
pub(crate) fn notices(platform: &str) -> Result<String, Failure> {
    let mut cargo = clean_cargo();
    cargo.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", platform]);
    cargo.arg("--manifest-path").arg(workspace().join("Cargo.toml"));
    let metadata = answer(&mut cargo).ok_or("cargo metadata fails: run it to see why")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut list = String::new();
    let mut texts = BTreeMap::<String, BTreeSet<String>>::new();
    for package in packages(&metadata) {
        let word = |field: &str| package[field].as_str().unwrap_or_default();
        let name = format!("{} {}", word("name"), word("version"));
        list += &format!("{name}: {} ({})\n", word("license"), word("repository"));
        let manifest = Path::new(word("manifest_path"));
        for text in texts_in(manifest.parent().unwrap_or(manifest))? {
            texts.entry(text).or_default().insert(name.clone());
        }
    }
    let mut notices = format!("What study-zoom is made of, besides itself and Rust (MIT OR Apache-2.0):\n\n{list}");
    for (text, owners) in texts {
        let owners = owners.into_iter().collect::<Vec<_>>().join(", ");
        notices += &format!("\n{}\n{owners}\n\n{text}\n", "=".repeat(80));
    }
    Ok(notices)
}

/// The packages whose code is in the program: not those of the course, and not what only runs while it is compiled.
fn packages(metadata: &Value) -> Vec<&Value> {
    let packages = by_id(&metadata["packages"]);
    let nodes = by_id(&metadata["resolve"]["nodes"]);
    let mut waiting: Vec<&str> =
        packages.iter().filter(|(_, package)| package["name"] == "study-zoom").map(|(id, _)| *id).collect();
    let mut found = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        let Some(package) = packages.get(id).filter(|package| !is_macro(package)) else { continue };
        if found.insert(id, *package).is_some() {
            continue;
        }
        for dependency in array(&nodes[id]["deps"]) {
            // No kind is the ordinary one; the others are "dev" and "build".
            if array(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()) {
                waiting.extend(dependency["pkg"].as_str());
            }
        }
    }
    // The packages of the course come from no registry.
    let mut others: Vec<_> = found.into_values().filter(|package| !package["source"].is_null()).collect();
    others.sort_by_key(|package| package["name"].as_str());
    others
}

fn by_id(list: &Value) -> BTreeMap<&str, &Value> {
    array(list).filter_map(|item| Some((item["id"].as_str()?, item))).collect()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_macro(package: &Value) -> bool {
    array(&package["targets"]).any(|target| array(&target["kind"]).any(|kind| kind == "proc-macro"))
}

/// The license files in a folder, with the white space at the ends of lines left out: so equal texts are equal.
fn texts_in(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && NAMES.iter().any(|known| name.starts_with(known)) {
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            texts.push(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::TARGET;

    #[test]
    fn what_is_in_the_page_is_named_with_its_notice() {
        let notices = notices(TARGET).unwrap();
        let (list, texts) = notices.split_once(&"=".repeat(80)).unwrap();
        for package in ["\nserde ", "\nslab ", "\nwasm-bindgen ", "\ntracing-core "] {
            assert!(list.contains(package), "{package} in {list}");
        }
        for other in ["\nserde_derive ", "\nstudy-zoom ", "\nshared ", "\nwebrtc ", "\nwebdriver "] {
            assert!(!list.contains(other), "{other} in {list}");
        }
        // MIT wants its own notice, with the name of the author. Whoever leaves the choice has the text of the Apache license.
        assert!(texts.contains("Apache License") && texts.contains("Copyright (c) 2019 Carl Lerche"), "{texts}");
        for line in list.lines().filter(|line| line.contains(": MIT (")) {
            let name = line.split(':').next().unwrap();
            assert!(texts.contains(name), "{name} has no notice among its sources");
        }
    }
}
