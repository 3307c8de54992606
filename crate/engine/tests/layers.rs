//! The layers that the crate's front page claims, held by a look at the imports of every file.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From below to above: a file may import from its own layer and from those before it.
const LAYERS: [&str; 5] = ["machine", "page", "pmap", "vm", "trap"];

/// Modules under all layers: of these they may import what is given beside them and no more.
const FOUNDATION: [(&str, &[&str]); 6] = [
    ("env", &["machine"]),
    ("sync", &["machine"]),
    ("trie", &["machine"]),
    ("pool", &[]),
    ("kern", &[]),
    ("step", &[]),
];

/// Modules that look at all layers from outside. None of the layers below `vm` knows of them.
const OBSERVERS: [&str; 1] = ["check"];

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
}

/// The modules of the crate that the text names, tests at its end left out.
fn imports(text: &str) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]").next().unwrap();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut modules = BTreeSet::new();
    for line in code {
        for rest in line.split("crate::").skip(1) {
            // `crate::{a, b::c}` names several.
            let names = rest.strip_prefix('{').map_or(vec![rest], |list| list.split(", ").collect());
            for name in names {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                modules.insert(name);
            }
        }
    }
    modules
}

/// Every import that goes against the layers, with its file.
fn wrong(files: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let rank = |module: &str| LAYERS.iter().position(|&layer| layer == module);
    let mut wrong = Vec::new();
    for (name, text) in files {
        let module = name.split(['/', '.']).next().unwrap();
        let foundation = FOUNDATION.iter().find(|(foundation, _)| *foundation == module);
        for import in imports(&text) {
            let upward = match (rank(module), rank(&import)) {
                (Some(own), Some(other)) => other > own,
                (None, Some(_)) => foundation.is_some_and(|(_, may)| !may.contains(&import.as_str())),
                (Some(own), None) => OBSERVERS.contains(&import.as_str()) && own < rank("vm").unwrap(),
                (None, None) => foundation.is_some() && OBSERVERS.contains(&import.as_str()),
            };
            if upward {
                wrong.push(format!("{name} imports {import}"));
            }
        }
    }
    wrong
}

#[test]
fn no_file_imports_from_a_layer_above_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    let inside = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let tests = |name: &String| name.contains("tests") || name.starts_with("models");
    let files = all.iter().map(|path| (inside(path), fs::read_to_string(path).unwrap()));
    assert_eq!(wrong(files.filter(|(name, _)| !tests(name))), Vec::<String>::new());
}

#[test]
fn an_import_against_the_layers_is_named() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [
        file("machine/tlb.rs", "use crate::pmap::leaf::Slot;\nuse crate::world::Cx;"),
        file("pmap/enter.rs", "use crate::{page, vm};"),
        file("env/stepped.rs", "use crate::check::oracle::Oracle;\nuse crate::machine::addr::Vpn;"),
        file("vm/map.rs", "// crate::trap\nuse crate::check::oracle::Backing;\n#[cfg(test)]\nuse crate::trap;"),
        file("pool.rs", "use crate::machine::addr::Vpn;"),
    ];
    let named = [
        "machine/tlb.rs imports pmap",
        "pmap/enter.rs imports vm",
        "env/stepped.rs imports check",
        "pool.rs imports machine",
    ];
    assert_eq!(wrong(files.into_iter()), named);
}
