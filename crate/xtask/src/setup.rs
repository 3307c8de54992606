//! Requirements of the commands: why each is needed, how to find it and how to install it.
//!
//! Set-up keeps no record of earlier runs: every run looks for everything, all at once, which takes well under a
//! second if nothing is missing.

use crate::browser::{self, Browser};
use crate::command::{answer, heading, timed};
use crate::compiler::{Compiler, lld_package};
use crate::install::{apt, cargo_install, is_debian, npm_ci, rustup_add_sources};
use crate::repo::{Repo, which};
use crate::versions::{NODE, WASM_PACK, locked, major_minor};
use crate::{command, npm};
use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::thread;

/// A requirement of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The compiler for wasm, with its sources.
    Compiler,
    /// The tool that generates the JavaScript for a module.
    Bindgen,
    /// The runner of the wasm tests.
    WasmPack,
    /// The runtime of the page's tools.
    Node,
    /// The page's packages.
    Packages,
    /// The browser that the tests drive.
    Browser,
    /// The second browser, for what must not depend on the first.
    Firefox,
}

use Need::{Bindgen, Browser as TestBrowser, Compiler as WasmCompiler, Firefox, Node, Packages, WasmPack};

/// For `build` and `serve`.
pub const TO_BUILD: &[Need] = &[WasmCompiler, Bindgen, Node, Packages];
/// For the wasm tests.
pub const TO_TEST_WASM: &[Need] = &[WasmCompiler, Bindgen, WasmPack, TestBrowser];
/// For the page's tests.
pub const TO_TEST_PAGE: &[Need] = &[WasmCompiler, Bindgen, Node, Packages, TestBrowser, Firefox];
/// For everything.
pub const ALL: &[Need] = &[WasmCompiler, Bindgen, WasmPack, Node, Packages, TestBrowser, Firefox];

impl Need {
    /// Its name.
    pub fn name(self, repo: &Repo) -> String {
        match self {
            WasmCompiler => "a compiler for wasm, with its sources".to_owned(),
            Bindgen => format!("wasm-bindgen-cli {}", bindgen_version(repo).unwrap_or_default()),
            WasmPack => format!("wasm-pack {WASM_PACK}"),
            Node => format!("Node {}.{} or newer", NODE.0, NODE.1),
            Packages => "the page's packages".to_owned(),
            TestBrowser => "Chromium and its driver".to_owned(),
            Firefox => "Firefox".to_owned(),
        }
    }

    /// Its purpose.
    pub fn why(self) -> &'static str {
        match self {
            WasmCompiler => "threads in a browser need a standard library built with atomics, so it is built here",
            Bindgen => "it writes the JavaScript around a wasm module, and its version must be the crate's",
            WasmPack => "it runs the tests of the wasm builds in a headless browser",
            Node => "the page's bundler, type checker and tests run on it",
            Packages => "the bundler, the page's few libraries, and wasm-opt",
            TestBrowser => "the wasm tests and the page's tests run in a real browser",
            Firefox => "the page's main paths are tested in a second browser",
        }
    }

    /// What was found; the error says what is missing.
    pub fn find(self, repo: &Repo) -> Result<String, String> {
        let words = |error: anyhow::Error| format!("{error:#}");
        match self {
            WasmCompiler => Compiler::find()
                .map(|found| format!("{} at {}", found.version, found.rustc.display()))
                .map_err(|lacks| lacks.join("; ")),
            Bindgen => {
                let version = bindgen_version(repo).map_err(words)?;
                found_tool(repo, "wasm-bindgen-cli", &version).map(|dir| dir.join("wasm-bindgen").display().to_string())
            }
            WasmPack => found_tool(repo, "wasm-pack", WASM_PACK).map(|dir| dir.join("wasm-pack").display().to_string()),
            Node => {
                let path = which("node").ok_or("no node on the search path")?;
                let version = answer(&path, &["--version"]).ok_or("node does not answer")?;
                match major_minor(&version) {
                    Some(found) if found >= NODE => Ok(format!("{version} at {}", path.display())),
                    _ => Err(format!("{version} at {} is too old", path.display())),
                }
            }
            Packages => npm::compare(repo).map(|count| format!("{count} in node_modules")).map_err(words),
            TestBrowser => Browser::find().map(|found| format!("{} at {}", found.version, found.chromium.display())),
            Firefox => browser::firefox().map(|(path, version)| format!("{version} at {}", path.display())),
        }
    }

    fn install(self, repo: &Repo) -> Result<()> {
        match self {
            WasmCompiler => {
                if rustup_add_sources().is_ok() && Compiler::find().is_ok() {
                    return Ok(());
                }
                eprintln!("  rustup could not add them; trying Debian's packages");
                apt(&["rustc-web", "cargo-web", "rust-web-src"])?;
                apt(&[&lld_package().context("/usr/bin/rustc does not say which LLVM it has")?])
            }
            Bindgen => cargo_install(repo, "wasm-bindgen-cli", &bindgen_version(repo)?),
            WasmPack => cargo_install(repo, "wasm-pack", WASM_PACK),
            Node => bail!("Node comes in too many ways to choose one here"),
            Packages => npm_ci(repo),
            TestBrowser => apt(&["chromium", "chromium-driver"]),
            Firefox => apt(&["firefox-esr"]),
        }
    }

    /// The commands that install it manually.
    fn by_hand(self, repo: &Repo) -> Vec<String> {
        let install = |name: &str, version: &str| format!("cargo install {name} --version {version}");
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        match self {
            WasmCompiler if is_debian() => owned(&[
                "rustup component add rust-src    # or, as root, where rustup cannot download:",
                "apt-get update",
                "apt-get install rustc-web cargo-web rust-web-src",
                r"apt-get install lld-$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')",
            ]),
            WasmCompiler => owned(&["rustup component add rust-src"]),
            Bindgen => vec![install("wasm-bindgen-cli", &bindgen_version(repo).unwrap_or_default())],
            WasmPack => vec![install("wasm-pack", WASM_PACK)],
            Node => vec![format!("install Node {}.{} or newer with its npm, from https://nodejs.org", NODE.0, NODE.1)],
            Packages => owned(&["npm ci"]),
            TestBrowser if is_debian() => owned(&["apt-get install chromium chromium-driver    # as root"]),
            Firefox if is_debian() => owned(&["apt-get install firefox-esr    # as root"]),
            Firefox => owned(&["install Firefox, so that it is on the search path; or name it: FAULTLINE_FIREFOX=…"]),
            TestBrowser => owned(&[
                "install Chromium (or Chrome) and the chromedriver of the same version, so that both are on the search path;",
                "or name them: FAULTLINE_CHROMIUM=… CHROMEDRIVER=…",
            ]),
        }
    }
}

/// Looks for all of `needs` at once; returns the results in their order.
pub fn look(repo: &Repo, needs: &[Need]) -> Vec<(Need, Result<String, String>)> {
    thread::scope(|scope| {
        let looks: Vec<_> = needs.iter().map(|&need| (need, scope.spawn(move || need.find(repo)))).collect();
        let join =
            |look: thread::ScopedJoinHandle<'_, _>| look.join().unwrap_or_else(|_| Err("looking failed".to_owned()));
        looks.into_iter().map(|(need, look)| (need, join(look))).collect()
    })
}

/// Finds or installs everything, or says exactly what is left to do.
pub fn ensure(repo: &Repo, needs: &[Need]) -> Result<()> {
    let missing: Vec<_> =
        look(repo, needs).into_iter().filter_map(|(need, found)| Some((need, found.err()?))).collect();
    let mut left = String::new();
    for (number, (need, lack)) in missing.iter().enumerate() {
        let name = need.name(repo);
        heading(&format!("set-up {} of {}: {name}", number + 1, missing.len()));
        eprintln!("  missing: {lack}");
        eprintln!("  needed:  {}", need.why());
        let error = match timed("installed in", || need.install(repo)) {
            Ok(()) => need.find(repo).err(),
            Err(error) => Some(format!("{error:#}")),
        };
        if let Some(error) = error {
            eprintln!("  not installed: {error}");
            writeln!(left, "\n{name}\n  {error}")?;
            for line in need.by_hand(repo) {
                writeln!(left, "    {line}")?;
            }
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    bail!(
        "set-up could not get everything. What is left, and the commands that would do it:\n{left}\nThen run this again."
    )
}

/// The version of the `wasm-bindgen` crate in `Cargo.lock`.
pub fn bindgen_version(repo: &Repo) -> Result<String> {
    locked(repo, "wasm-bindgen")
}

/// The folder of a tool of exactly this version, existing or not.
pub fn tool(repo: &Repo, package: &str, version: &str) -> PathBuf {
    found_tool(repo, package, version).unwrap_or_else(|_| own_dir(repo, package, version))
}

/// The folder into which set-up installs a tool: separate for each version.
pub fn own_dir(repo: &Repo, package: &str, version: &str) -> PathBuf {
    repo.tools.join(format!("{package}-{version}")).join("bin")
}

fn found_tool(repo: &Repo, package: &str, version: &str) -> Result<PathBuf, String> {
    let program = package.strip_suffix("-cli").unwrap_or(package);
    let fits = |path: &PathBuf| {
        command::answer(path, &["--version"]).is_some_and(|text| text.split_whitespace().any(|word| word == version))
    };
    let own = own_dir(repo, package, version);
    let on_path = which(program);
    if fits(&own.join(program)) {
        return Ok(own);
    }
    match on_path.filter(fits).and_then(|path| Some(path.parent()?.to_owned())) {
        Some(dir) => Ok(dir),
        None => Err(format!("no {program} {version} on the search path or in {}", repo.tools.display())),
    }
}
