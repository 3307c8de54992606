//! The licences of third parties whose work is in what is built: every crate that is linked into a module and every package
//! that is bundled into the site, each with the text of its licence as its authors ship it.

use crate::command::cargo;
use crate::npm;
use crate::repo::Repo;
use crate::wasm::Variant;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The file's name, beside what it is about.
pub const FILE: &str = "THIRD-PARTY.txt";

/// The text of a licence that does not name who grants it.
const APACHE: &str = include_str!("../licences/Apache-2.0.txt");
/// Crates whose packages hold no text: of the licences that they offer, Apache-2.0 is taken.
const WITHOUT_TEXT: &[&str] = &["wasm_sync"];
/// npm packages without a text, and the package of the same repository and authors, under the same licence, that has it.
const SAME_REPOSITORY: &[(&str, &str)] = &[("@lit-labs/ssr-dom-shim", "lit")];
/// What the bundler adds of its own to a page: its name, and where in its text the licences of its own parts begin,
/// of which nothing is added.
const BUNDLER: (&str, &str) = ("vite", "# Licenses of bundled dependencies");
/// How the names of files begin that hold licences and notices.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// Somebody's work.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Work {
    name: String,
    version: String,
    licence: String,
    texts: Vec<String>,
}

/// The notices for a package of one variant.
pub fn of_package(repo: &Repo, variant: Variant) -> Result<String> {
    Ok(notices(&[standard_library()], &crates(repo, variant)?))
}

/// The notices for the site, which holds both variants and the bundled packages.
pub fn of_site(repo: &Repo) -> Result<String> {
    let mut works = BTreeSet::new();
    for variant in Variant::ALL {
        works.extend(crates(repo, variant)?);
    }
    works.extend(bundled(repo)?);
    Ok(notices(&[standard_library()], &works.into_iter().collect::<Vec<_>>()))
}

/// All works with their licences, then each text once, with whose it is. The same works give the same text.
fn notices(first: &[Work], works: &[Work]) -> String {
    let mut text = String::from("Faultline is made with the work of others, whose notices follow.\n\n");
    let mut owners: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for work in first.iter().chain(works) {
        let named = format!("{} {}", work.name, work.version).trim_end().to_owned();
        text += &format!("  {named}: {}\n", work.licence);
        for licence in &work.texts {
            let of = owners.entry(licence).or_default();
            if of.is_empty() {
                order.push(licence.as_str());
            }
            of.push(named.clone());
        }
    }
    for licence in order {
        text += &format!("\n{}\n{}:\n\n{licence}\n", "-".repeat(80), owners[licence].join(", "));
    }
    text
}

/// Part of every module, whichever compiler built it.
fn standard_library() -> Work {
    let mit = include_str!("../licences/rust-std-MIT.txt");
    Work {
        name: "Rust standard library".into(),
        version: String::new(),
        licence: "MIT OR Apache-2.0".into(),
        texts: vec![tidy(mit)],
    }
}

/// The crates that are linked into the module of a variant, by name.
fn crates(repo: &Repo, variant: Variant) -> Result<Vec<Work>> {
    let mut command = cargo();
    command.current_dir(&repo.root).args(["metadata", "--format-version=1", "--locked"]);
    command.arg(format!("--filter-platform={}", crate::compiler::TARGET));
    if variant == Variant::Threads {
        command.arg("--features=faultline-wasm/threads");
    }
    let output = command.output().context("starting `cargo metadata`")?;
    ensure!(output.status.success(), "`cargo metadata` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let metadata = serde_json::from_slice(&output.stdout).context("reading what `cargo metadata` says")?;
    let built = built(repo, variant)?;
    let linked = linked(&metadata, "faultline-wasm")?;
    linked.into_iter().filter(|package| built.contains(&word(&package["name"]))).map(|package| work(&package)).collect()
}

/// Names of the crates that a build of the module takes. `cargo metadata` has the features that tests alone ask for
/// as well, and what hangs on them.
fn built(repo: &Repo, variant: Variant) -> Result<BTreeSet<String>> {
    let mut command = cargo();
    command.current_dir(&repo.root).args(["tree", "--locked", "--package=faultline-wasm", "--edges=normal"]);
    command.args(["--prefix=none", "--format={p}"]).arg(format!("--target={}", crate::compiler::TARGET));
    if variant == Variant::Threads {
        command.arg("--features=threads");
    }
    let output = command.output().context("starting `cargo tree`")?;
    ensure!(output.status.success(), "`cargo tree` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

/// Third-party packages that `root` is linked with, without build dependencies and macros.
fn linked(metadata: &Value, root: &str) -> Result<Vec<Value>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|package| (word(&package["id"]), package)).collect();
    let nodes: BTreeMap<String, Value> =
        list(&metadata["resolve"]["nodes"]).into_iter().map(|node| (word(&node["id"]), node)).collect();
    let root = packages.values().find(|package| package["name"] == root).context("the workspace has no such crate")?;
    let mut found = BTreeMap::new();
    let mut left = vec![word(&root["id"])];
    while let Some(id) = left.pop() {
        let package = packages.get(&id).with_context(|| format!("`cargo metadata` does not describe {id}"))?;
        let is_macro =
            list(&package["targets"]).iter().any(|target| list(&target["kind"]).contains(&"proc-macro".into()));
        if is_macro || found.insert(id.clone(), package.clone()).is_some() {
            continue;
        }
        for needed in nodes.get(&id).map(|node| list(&node["deps"])).unwrap_or_default() {
            if list(&needed["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()) {
                left.push(word(&needed["pkg"]));
            }
        }
    }
    let mut others: Vec<_> = found.into_values().filter(|package| !package["source"].is_null()).collect();
    others.sort_by_key(|package| (word(&package["name"]), word(&package["version"])));
    Ok(others)
}

/// A crate with its texts; an error if it has none.
fn work(package: &Value) -> Result<Work> {
    let (name, version, licence) = (word(&package["name"]), word(&package["version"]), word(&package["license"]));
    let manifest = word(&package["manifest_path"]);
    let dir = Path::new(&manifest).parent().context("a crate lies in a folder")?;
    let mut texts = texts(dir, &licence)?;
    if texts.is_empty() && WITHOUT_TEXT.contains(&name.as_str()) && licence.contains("Apache-2.0") {
        texts.push(tidy(APACHE));
    }
    if texts.is_empty() {
        bail!(
            "{name} {version} ({licence}) is linked into what is built, and its package holds no text of its licence; \
             see what its authors say and name it in crate/xtask/src/licences.rs, or do without it"
        );
    }
    Ok(Work { name, version, licence, texts })
}

/// The packages that the site bundles: what the page needs when it runs, and the bundler for what it adds.
fn bundled(repo: &Repo) -> Result<Vec<Work>> {
    let lock = npm::packages(&repo.root.join("package-lock.json"))?;
    let mut works = Vec::new();
    for (path, package) in &lock {
        let name = path.rsplit("node_modules/").next().unwrap_or_default();
        let is_bundler = name == BUNDLER.0;
        if path.is_empty() || package.get("dev").is_some_and(|dev| dev == true) && !is_bundler {
            continue;
        }
        let licence = word(&package["license"]);
        let mut texts = texts(&repo.root.join(path), &licence)?;
        if is_bundler {
            texts = texts.iter().map(|text| tidy(text.split(BUNDLER.1).next().unwrap_or_default())).collect();
        }
        if let (true, Some((_, with))) =
            (texts.is_empty(), SAME_REPOSITORY.iter().find(|(without, _)| *without == name))
        {
            texts = self::texts(&repo.root.join("node_modules").join(with), &licence)?;
        }
        if texts.is_empty() {
            bail!(
                "{name} ({licence}) is bundled, and its package holds no text of its licence; do without it, or ask its authors"
            );
        }
        works.push(Work { name: name.into(), version: word(&package["version"]), licence, texts });
    }
    Ok(works)
}

/// The texts in a package's folder that its licence asks for: of several that it offers MIT's alone, where it is one.
fn texts(dir: &Path, licence: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && NAMES.iter().any(|begin| name.starts_with(begin)) {
            files.push((name, path));
        }
    }
    files.sort();
    let offered: Vec<_> = licence.split(" OR ").collect();
    let is_mit = |name: &str| name.contains("MIT");
    if offered.len() > 1 && offered.contains(&"MIT") && files.iter().any(|(name, _)| is_mit(name)) {
        // The other texts are those of the licences that are not taken; notices stay.
        let stays = |name: &str| is_mit(name) || name.contains("THIRD-PARTY") || name.starts_with("NOTICE");
        files.retain(|(name, _)| stays(name));
    }
    let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let mut texts = files.iter().map(|(_, path)| Ok(tidy(&read(path)?))).collect::<Result<Vec<_>>>()?;
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// Without what differs between copies of one text and says nothing: ends of lines and empty lines around.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::PathBuf;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str, files: &[(&str, &str)]) -> Scratch {
            let dir = std::env::temp_dir().join(format!("faultline-licences-{}-{name}", std::process::id()));
            fs::create_dir_all(&dir).expect("a folder");
            files.iter().for_each(|(name, text)| fs::write(dir.join(name), text).expect("writable"));
            Scratch(dir)
        }
        fn package(&self, name: &str, licence: &str) -> Value {
            json!({ "name": name, "version": "1.0.0", "license": licence, "manifest_path": self.0.join("Cargo.toml") })
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_crate_without_a_text_is_an_error() {
        let bare = Scratch::new("bare", &[("README.md", "MIT")]);
        let error = work(&bare.package("bare", "MIT")).expect_err("no text").to_string();
        assert!(error.starts_with("bare 1.0.0 (MIT) is linked into what is built"), "{error}");
        let empty = Scratch::new("empty", &[("LICENSE", "\n")]);
        assert!(work(&empty.package("empty", "MIT")).is_err());
        let named = work(&bare.package("wasm_sync", "MIT OR Apache-2.0")).expect("one that is known");
        assert!(named.texts[0].contains("Apache License"), "{named:?}");
    }

    #[test]
    fn the_licence_decides_which_texts_are_included() {
        let files = [("LICENSE-MIT", "mit\r\n"), ("LICENSE-APACHE", "apache"), ("NOTICE", "notice"), ("src.rs", "")];
        let dir = Scratch::new("texts", &files);
        assert_eq!(texts(&dir.0, "MIT OR Apache-2.0").expect("readable"), ["mit", "notice"]);
        assert_eq!(
            texts(&dir.0, "(MIT OR Apache-2.0) AND Unicode-3.0").expect("readable"),
            ["apache", "mit", "notice"]
        );
        assert_eq!(texts(&dir.0, "Apache-2.0").expect("readable"), ["apache", "mit", "notice"]);
    }

    #[test]
    fn every_linked_crate_is_listed_with_its_licence_deterministically() {
        let repo = Repo::find().expect("the checkout");
        for variant in Variant::ALL {
            let works = crates(&repo, variant).expect("all have texts");
            assert!(works.iter().all(|work| !work.texts.is_empty()));
            let text = of_package(&repo, variant).expect("all have texts");
            assert_eq!(text, of_package(&repo, variant).expect("all have texts"));
            for name in ["wasm-bindgen ", "winnow ", "serde ", "flate2 ", "Rust standard library: "] {
                assert!(text.contains(&format!("  {name}")), "{name}");
            }
            assert_eq!(text.contains("  wasm-bindgen-rayon "), variant == Variant::Threads);
            // Macros are in nothing that is built, and Faultline is no third party.
            assert!(!text.contains("  syn ") && !text.contains("  faultline"), "{text}");
            assert!(text.contains("Permission is hereby granted"));
        }
    }

    #[test]
    fn bundled_packages_are_listed_and_build_tools_are_not() {
        let site = Scratch::new("site", &[]);
        let lay = |path: &str, file: &str, text: &str| {
            let dir = site.0.join(path);
            fs::create_dir_all(&dir).expect("a folder");
            fs::write(dir.join(file), text).expect("writable");
        };
        let mut lock = json!({ "packages": {
            "": { "name": "page" },
            "node_modules/lit": { "version": "3", "license": "BSD-3-Clause" },
            "node_modules/lit/node_modules/@lit/part": { "version": "2", "license": "MIT" },
            "node_modules/eslint": { "version": "1", "license": "MIT", "dev": true },
            "node_modules/vite": { "version": "8", "license": "MIT", "dev": true },
        }});
        lay("node_modules/lit", "LICENSE", "lit's");
        lay("node_modules/lit/node_modules/@lit/part", "LICENSE.md", "part's");
        lay("node_modules/vite", "LICENSE.md", "vite's\n\n# Licenses of bundled dependencies\nmany");
        lay("", "package-lock.json", &lock.to_string());
        let repo = Repo { root: site.0.clone(), target: site.0.clone(), tools: site.0.clone() };
        let works = bundled(&repo).expect("all have texts");
        let listed: Vec<_> = works.iter().map(|work| (work.name.as_str(), work.texts.join("+"))).collect();
        let expected = [("lit", "lit's"), ("@lit/part", "part's"), ("vite", "vite's")];
        assert_eq!(listed.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>(), expected);
        lock["packages"]["node_modules/bare"] = json!({ "version": "1", "license": "MIT" });
        lay("node_modules/bare", "README.md", "MIT");
        lay("", "package-lock.json", &lock.to_string());
        let error = bundled(&repo).expect_err("no text").to_string();
        assert!(error.starts_with("bare (MIT) is bundled"), "{error}");
    }

    #[test]
    fn a_licence_text_is_printed_once_for_all_its_packages() {
        let work = |name: &str, texts: &[&str]| Work {
            name: name.into(),
            version: "1".into(),
            licence: "MIT".into(),
            texts: texts.iter().map(|&text| text.into()).collect(),
        };
        let text = notices(&[], &[work("a", &["one"]), work("b", &["two", "one"])]);
        assert!(text.contains("  a 1: MIT\n  b 1: MIT\n"), "{text}");
        assert!(text.contains("\na 1, b 1:\n\none\n") && text.contains("\nb 1:\n\ntwo\n"), "{text}");
        assert_eq!(text.matches("one\n").count(), 1);
    }
}
