//! Turns a folder of wasm-bindgen's output into an npm package.

use crate::licences;
use crate::repo::Repo;
use crate::wasm::Variant;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Raised when this file or the steps in `wasm.rs` change what a package holds.
const RECIPE: u32 = 2;

/// Name of the stamp: inside the package, so that it is removed with the package.
const STAMP: &str = ".stamp";

/// Everything a package is made of, as one line.
pub fn stamp(repo: &Repo, module: &[u8], bindgen: &str, notices: &str) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (RECIPE, module, bindgen, notices).hash(&mut hasher);
    fs::read(repo.root.join("package-lock.json")).context("reading package-lock.json")?.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the package is complete and was made from exactly these inputs.
pub fn is_fresh(out: &Path, stamp: &str) -> bool {
    let whole = ["faultline.js", "faultline.d.ts", "faultline_bg.wasm", "package.json", licences::FILE];
    whole.iter().all(|name| out.join(name).is_file())
        && fs::read_to_string(out.join(STAMP)).is_ok_and(|old| old == stamp)
}

/// Adds what wasm-bindgen does not write; `notices` are those of others.
pub fn finish(repo: &Repo, variant: Variant, dir: &Path, stamp: &str, notices: &str) -> Result<()> {
    let (name, about) = match variant {
        Variant::Single => ("faultline-wasm", "runs in any page, on one thread"),
        Variant::Threads => {
            ("faultline-wasm-threads", "runs on workers over shared memory, in cross-origin isolated pages")
        }
    };
    let description = format!("FreeBSD's virtual memory as an engine in a browser tab; {about}");
    let mut files =
        vec!["faultline.js", "faultline.d.ts", "faultline_bg.wasm", "faultline_bg.wasm.d.ts", licences::FILE];
    let mut side_effects = vec!["./faultline.js"];
    if variant == Variant::Threads {
        files.push("snippets");
        side_effects.push("./snippets/*");
        finish_worker_script(dir)?;
    }
    let manifest = json!({
        "name": name,
        "description": description,
        "version": env!("CARGO_PKG_VERSION"),
        "license": env!("CARGO_PKG_LICENSE"),
        "type": "module",
        "main": "faultline.js",
        "types": "faultline.d.ts",
        "exports": {
            ".": { "types": "./faultline.d.ts", "default": "./faultline.js" },
            "./faultline_bg.wasm": "./faultline_bg.wasm",
        },
        "files": files,
        "sideEffects": side_effects,
    });
    fs::write(dir.join("package.json"), format!("{manifest:#}\n"))?;
    fs::copy(repo.root.join("LICENSE"), dir.join("LICENSE"))?;
    fs::write(dir.join(licences::FILE), notices)?;
    fs::write(dir.join("README.md"), readme(name, &description, variant))?;
    fs::write(dir.join(STAMP), stamp)?;
    Ok(())
}

/// Moves the finished package into place.
pub fn put(draft: &Path, out: &Path) -> Result<()> {
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent)?;
    }
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::rename(draft, out).with_context(|| format!("moving the package to {}", out.display()))
}

/// What a worker of the pool throws is lost in a promise: as an error it reaches the code that created the worker.
const REPORTS: &str = "\nself.addEventListener('unhandledrejection', (event) => {\n  event.preventDefault();\n  \
                       reportError(event.reason);\n});\n";

/// The pool's workers import the package as `../../..`, a folder, which only a bundler can resolve. With the file's
/// name the same script works from any static server as well. And a worker that dies has to be heard of.
fn finish_worker_script(dir: &Path) -> Result<()> {
    let script = worker_script(dir)?;
    let text = fs::read_to_string(&script)?;
    let named = text.replace("import('../../..')", "import('../../../faultline.js')");
    if named == text {
        bail!("{} no longer imports '../../..'; the workers would not find their module", script.display());
    }
    fs::write(&script, named + REPORTS)?;
    Ok(())
}

fn worker_script(dir: &Path) -> Result<PathBuf> {
    for snippet in fs::read_dir(dir.join("snippets")).context("the threaded build has snippets")? {
        let script = snippet?.path().join("src/workerHelpers.js");
        if script.is_file() {
            return Ok(script);
        }
    }
    bail!("no snippet of {} starts the pool's workers", dir.display())
}

fn readme(name: &str, description: &str, variant: Variant) -> String {
    let start = match variant {
        Variant::Single => "",
        Variant::Threads => {
            "\n// In a dedicated worker of a page with COOP `same-origin` and COEP `require-corp`.\nawait initThreadPool(navigator.hardwareConcurrency);"
        }
    };
    let names = if variant == Variant::Single { "revision" } else { "initThreadPool, revision" };
    format!(
        "# {name}\n\n{description}.\n\n```js\nimport init, {{ {names} }} from '{name}';\n\nawait init();{start}\nconsole.log(revision());\n```\n"
    )
}
