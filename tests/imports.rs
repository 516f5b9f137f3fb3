//! No files import each other in a circle, not even by way of others.
//!
//! Expected: a reader who goes from a file to the files that it imports, and so on, comes to an end. Cargo forbids circles
//! between crates; this test forbids them between the files of a crate. A name that a module only passes on (`pub use`)
//! counts as that of the file that defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module by its names below the root of its crate: `["call", "engine"]`.
type Module = Vec<String>;

/// The files of a crate without its tests, by module.
fn files(folder: &Path, module: &Module, found: &mut BTreeMap<Module, String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let inner: Module = module.iter().cloned().chain([name.clone()]).collect();
        if path.is_dir() {
            files(&path, &inner, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !inner.contains(&"tests".to_owned()) {
            let text = std::fs::read_to_string(&path).expect("it is text");
            // The tests of a file stand at its end, or in a file of their own.
            let text = text.replace("#[cfg(test)]\nmod tests;\n", "");
            let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default().to_owned();
            let is_folder = name == "mod" || (name == "lib" && module.is_empty());
            found.insert(if is_folder { module.clone() } else { inner }, code);
        }
    }
}

/// The paths of a `use` tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(tree: &str) -> Vec<Module> {
    let Some((before, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()];
    };
    let prefix = paths(before).remove(0);
    let (mut depth, mut branches, mut branch) = (0, Vec::new(), String::new());
    for letter in rest.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => branches.push(std::mem::take(&mut branch)),
            _ => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                branch.push(letter);
            }
        }
    }
    branches.push(branch);
    let branches = branches.iter().filter(|branch| !branch.trim().is_empty()).flat_map(|branch| paths(branch));
    branches.map(|path| prefix.iter().cloned().chain(path).collect()).collect()
}

/// The `use` statements of a module: those that only pass a name on (`pub use`), or the others.
fn statements(code: &str, passes_on: bool) -> impl Iterator<Item = &str> {
    let lines = code.match_indices("use ").filter_map(move |(at, _)| {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim();
        (if passes_on { line.starts_with("pub") } else { line.is_empty() }).then_some(&code[at + 4..])
    });
    lines.filter_map(|rest| rest.split(';').next())
}

/// What a module imports or passes on, each path from the root of the crate. What comes from other crates is left out.
fn imports(module: &Module, files: &BTreeMap<Module, String>, passes_on: bool) -> Vec<Module> {
    let from_the_root = |path: Module| -> Option<Module> {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let rest = path.iter().skip(ups).cloned();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some(module.iter().cloned().chain(path[1..].to_vec()).collect()),
            "super" => Some(module[..module.len() - ups].iter().cloned().chain(rest).collect()),
            _ => {
                let inner: Module = module.iter().cloned().chain(rest).collect();
                files.contains_key(&inner[..=module.len()]).then_some(inner)
            }
        }
    };
    statements(&files[module], passes_on).flat_map(paths).filter_map(from_the_root).collect()
}

/// The file that defines the last name of a path.
fn defined_in(path: &Module, files: &BTreeMap<Module, String>) -> Module {
    let depth = (0..=path.len()).rev().find(|depth| files.contains_key(&path[..*depth])).unwrap_or(0);
    let module = path[..depth].to_vec();
    let passed_on = imports(&module, files, true).into_iter().find(|other| path.get(depth) == other.last());
    passed_on.map_or(module, |path| defined_in(&path, files))
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut count = 0;
    for source in ["src", "shared/src", "support/src", "websocket_src/src", "socketio_src/src"] {
        let mut found = BTreeMap::new();
        files(&PathBuf::from(source), &vec![], &mut found);
        let arrows = |module: &Module| -> BTreeSet<Module> {
            let imported = imports(module, &found, false).into_iter().map(|path| defined_in(&path, &found));
            imported.filter(|other| other != module).collect()
        };
        let mut arrows: BTreeMap<_, _> = found.keys().map(|module| (module.clone(), arrows(module))).collect();
        count += arrows.values().map(BTreeSet::len).sum::<usize>();
        // Take away every file that imports nothing more. What is left is in a circle, or leads to one.
        while let Some(free) = arrows.iter().find_map(|(module, others)| others.is_empty().then(|| module.clone())) {
            arrows.remove(&free);
            arrows.values_mut().for_each(|others| _ = others.remove(&free));
        }
        assert!(arrows.is_empty(), "{source}: in a circle, or imports one: {arrows:?}");
    }
    assert!(count > 300, "only {count} imports were read");
}
