//! The two wasm builds of `crate/wasm` and the npm packages made of them.
//!
//! `pkg/single` runs everywhere; `pkg/threads` needs a cross-origin isolated page. Both are modules for browsers that
//! a bundler accepts as well, with the same exports.

use crate::command::{heading, run, timed};
use crate::compiler::{Compiler, TARGET};
use crate::repo::Repo;
use crate::versions::SHARED_MEMORY_MAX;
use crate::{licences, package, setup, versions};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Which of the two builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Variant {
    /// One thread, its own memory.
    Single,
    /// A pool of workers over one shared memory.
    Threads,
}

impl Variant {
    /// Both, the faster build first.
    pub const ALL: [Self; 2] = [Self::Single, Self::Threads];

    /// Its folder in `pkg/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Threads => "threads",
        }
    }

    /// Flags for rustc besides the target.
    pub fn rustflags(self) -> Vec<String> {
        if self == Self::Single {
            return Vec::new();
        }
        let link = |arg: &str| ["-C".to_owned(), format!("link-arg={arg}")];
        let mut flags = vec!["-C".to_owned(), "target-feature=+atomics,+bulk-memory,+mutable-globals".to_owned()];
        // Atomics alone no longer imply a shared memory: the linker needs the option.
        flags.extend(link("--shared-memory"));
        flags.extend(link(&format!("--max-memory={SHARED_MEMORY_MAX}")));
        flags.extend(link("--import-memory"));
        // wasm-bindgen finds these by name to give each worker a stack and thread-locals of its own.
        for symbol in ["__wasm_init_tls", "__tls_size", "__tls_align", "__tls_base", "__heap_base"] {
            flags.extend(link(&format!("--export={symbol}")));
        }
        flags
    }

    /// Arguments for cargo: the features, and building the standard library if no built one fits.
    pub fn cargo_args(self, compiler: &Compiler, for_tests: bool) -> Vec<&'static str> {
        let mut args = Vec::new();
        match (self, for_tests) {
            (Self::Single, _) => {}
            (Self::Threads, false) => args.push("--features=threads"),
            (Self::Threads, true) => args.push("--features=threads,no-bundler"),
        }
        if self == Self::Threads || !compiler.has_std {
            args.push("-Zbuild-std=panic_abort,std");
        }
        args
    }

    /// The target folder of the build: separate, since its flags differ.
    pub fn target_dir(self, repo: &Repo) -> PathBuf {
        repo.target.join(format!("wasm-{}", self.name()))
    }

    /// The whole environment of the build.
    pub fn environment(self, repo: &Repo, compiler: &Compiler) -> Vec<(&'static str, OsString)> {
        let mut variables = compiler.environment();
        variables.push(("CARGO_TARGET_DIR", self.target_dir(repo).into()));
        // Encoded, since a link argument may contain a space; this also overrides RUSTFLAGS of the caller's
        // environment.
        variables.push(("CARGO_ENCODED_RUSTFLAGS", self.rustflags().join("\x1f").into()));
        // A wasm module's debug information is of no use here, and doubles the link time.
        variables.push(("CARGO_PROFILE_RELEASE_DEBUG", "0".into()));
        // The first screen waits for the module: link-time optimisation makes it smaller.
        variables.push(("CARGO_PROFILE_RELEASE_LTO", "fat".into()));
        variables.push(("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1".into()));
        variables
    }

    /// Makes `command` build this variant.
    pub fn apply(self, repo: &Repo, compiler: &Compiler, command: &mut Command) {
        compiler.apply(command);
        command.envs(self.environment(repo, compiler));
    }
}

/// Brings `pkg/` up to date.
pub fn build(repo: &Repo, compiler: &Compiler, variants: &[Variant]) -> Result<()> {
    for &variant in variants {
        heading(&format!("wasm, {}", variant.name()));
        timed(&format!("pkg/{}", variant.name()), || build_one(repo, compiler, variant))?;
    }
    Ok(())
}

fn build_one(repo: &Repo, compiler: &Compiler, variant: Variant) -> Result<()> {
    let mut command = Command::new(&compiler.cargo);
    command.current_dir(&repo.root);
    command.args(["rustc", "--release", "--package=faultline-wasm", "--lib", "--crate-type=cdylib"]);
    command.arg(format!("--target={TARGET}"));
    command.args(variant.cargo_args(compiler, false));
    variant.apply(repo, compiler, &mut command);
    run(&mut command)?;

    let module = variant.target_dir(repo).join(TARGET).join("release/faultline_wasm.wasm");
    let bytes = std::fs::read(&module).with_context(|| format!("reading {}", module.display()))?;
    let bindgen_version = versions::locked(repo, "wasm-bindgen")?;
    let notices = licences::of_package(repo, variant)?;
    let stamp = package::stamp(repo, &bytes, &bindgen_version, &notices)?;
    let out = repo.pkg().join(variant.name());
    if package::is_fresh(&out, &stamp) {
        return Ok(());
    }

    // Built beside its place and moved there when complete, so that no bundler sees half a package.
    let draft = repo.pkg().join(format!(".{}", variant.name()));
    if draft.exists() {
        std::fs::remove_dir_all(&draft)?;
    }
    let bindgen = setup::tool(repo, "wasm-bindgen-cli", &bindgen_version).join("wasm-bindgen");
    run(Command::new(bindgen)
        .args(["--target=web", "--out-name=faultline"])
        .arg("--out-dir")
        .arg(&draft)
        .arg(&module))?;
    optimise(repo, variant, &draft.join("faultline_bg.wasm"))?;
    package::finish(repo, variant, &draft, &stamp, &notices)?;
    package::put(&draft, &out)
}

fn optimise(repo: &Repo, variant: Variant, wasm: &std::path::Path) -> Result<()> {
    let smaller = wasm.with_extension("opt");
    let mut command = Command::new(repo.npm_bin("wasm-opt"));
    command.arg("-O3");
    // Features that rustc emits by default and all recent browsers support.
    for feature in [
        "bulk-memory",
        "bulk-memory-opt",
        "call-indirect-overlong",
        "multivalue",
        "mutable-globals",
        "nontrapping-float-to-int",
        "reference-types",
        "sign-ext",
    ] {
        command.arg(format!("--enable-{feature}"));
    }
    if variant == Variant::Threads {
        command.arg("--enable-threads");
    }
    run(command.arg(wasm).arg("-o").arg(&smaller))?;
    let size = |path: &std::path::Path| std::fs::metadata(path).map(|file| file.len() / 1024);
    eprintln!("  {} KiB, before wasm-opt {} KiB", size(&smaller)?, size(wasm)?);
    std::fs::rename(&smaller, wasm).context("putting the optimised module in its place")
}
