//! The layers that the crate's front page claims, held by a look at the imports of every file.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From below to above: a file may import from its own layer and from those before it.
const LAYERS: [&str; 5] = ["machine", "page", "pmap", "vm", "trap"];

/// Modules under all layers: of these they may import what is given beside them and no more.
const FOUNDATION: [(&str, &[&str]); 12] = [
    ("env", &["machine"]),
    ("event", &["machine"]),
    ("finding", &["machine"]),
    ("ids", &["machine"]),
    ("sync", &["machine"]),
    ("trie", &["machine"]),
    ("word", &["machine"]),
    ("lock", &[]),
    ("lazy", &[]),
    ("pool", &[]),
    ("kern", &[]),
    ("step", &[]),
];

/// What holds all parts together. The foundation is given a task and its environment (`env::In`), and not this.
const WORLD: &str = "world";

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

/// The paths in the crate that the text names, `a/b/c` for `crate::a::b::c`, tests at its end left out. Of a list in
/// braces behind other names (`crate::a::{b, c}`) only what is before it counts.
fn paths(text: &str) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]").next().unwrap();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut paths = BTreeSet::new();
    for line in code {
        for rest in line.split("crate::").skip(1) {
            // `crate::{a, b::c}` names several.
            let names = rest.strip_prefix('{').map_or(vec![rest], |list| list.split(", ").collect());
            for name in names {
                let path = name.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap();
                paths.insert(path.trim_end_matches("::").replace("::", "/"));
            }
        }
    }
    paths
}

/// The modules of the crate that the text names.
fn imports(text: &str) -> BTreeSet<String> {
    paths(text).iter().map(|path| path.split('/').next().unwrap().to_owned()).collect()
}

/// The largest set of files that all lead to each other by their imports, empty if there is none.
fn largest_circle(files: &[(String, String)]) -> Vec<&str> {
    let modules: Vec<&str> = files.iter().map(|(name, _)| name.trim_end_matches(".rs")).collect();
    // The file that the longest beginning of the path names.
    let file_of = |path: &String| {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]).rev();
        ends.map(|end| &path[..end]).find_map(|part| modules.iter().position(|&module| module == part))
    };
    let mut leads: Vec<Vec<bool>> = vec![vec![false; files.len()]; files.len()];
    for (from, (_, text)) in files.iter().enumerate() {
        paths(text).iter().filter_map(file_of).for_each(|to| leads[from][to] = true);
    }
    // Warshall: the transitive closure.
    for via in 0..files.len() {
        let onward = leads[via].clone();
        for row in leads.iter_mut().filter(|row| row[via]) {
            row.iter_mut().zip(&onward).for_each(|(to, &more)| *to |= more);
        }
    }
    let (leads, all) = (&leads, 0..files.len());
    let circle = |one: usize| all.clone().filter(move |&two| one != two && leads[one][two] && leads[two][one]);
    let of = all.clone().max_by_key(|&one| circle(one).count()).filter(|&one| circle(one).next().is_some());
    let mut names: Vec<&str> = of.iter().flat_map(|&one| circle(one).chain([one])).map(|at| modules[at]).collect();
    names.sort_unstable();
    names
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
                (None, None) => foundation.is_some() && (OBSERVERS.contains(&import.as_str()) || import == WORLD),
            };
            if upward {
                wrong.push(format!("{name} imports {import}"));
            }
        }
    }
    wrong
}

/// All files of the crate that are no tests: name and text.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    sources(&root, &mut all);
    let inside = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let tests = |name: &String| name.contains("tests") || name.starts_with("models");
    let files = all.iter().map(|path| (inside(path), fs::read_to_string(path).unwrap()));
    files.filter(|(name, _)| !tests(name)).collect()
}

#[test]
fn no_file_imports_from_a_layer_above_its_own() {
    assert_eq!(wrong(files().into_iter()), Vec::<String>::new());
}

#[test]
fn the_largest_circle_of_imports_is_the_world_and_its_parts() {
    // A page and an object are parts of the world, and their routines take a task's view of the whole of it (`Cx`).
    assert_eq!(largest_circle(&files()), ["page", "vm/object", "world"]);
}

#[test]
fn a_circle_of_imports_is_named() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut files = vec![
        file("a.rs", "use crate::b::c::{Thing, Other};"),
        file("b.rs", "use crate::a::A;"),
        file("b/c.rs", "use crate::d;\n#[cfg(test)]\nuse crate::b;"),
        file("d.rs", "use crate::b::Unknown;"),
        file("e.rs", "use crate::{a, d};"),
    ];
    assert_eq!(largest_circle(&files), ["a", "b", "b/c", "d"]);
    files[3].1.clear();
    assert_eq!(largest_circle(&files), Vec::<&str>::new());
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
        file("lock.rs", "use crate::world::Cx;"),
    ];
    let named = [
        "machine/tlb.rs imports pmap",
        "pmap/enter.rs imports vm",
        "env/stepped.rs imports check",
        "pool.rs imports machine",
        "lock.rs imports world",
    ];
    assert_eq!(wrong(files.into_iter()), named);
}
