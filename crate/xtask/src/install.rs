//! Installs tools: by rustup, Debian's packages, cargo and npm.

use crate::command::{self, answer, run};
use crate::repo::{Repo, which};
use crate::{npm, setup};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// Whether packages come from apt.
pub fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && which("apt-get").is_some()
}

/// Adds the compiler's sources, and the target for the build that can use its built library.
pub fn rustup_add_sources() -> Result<()> {
    let rustup = which("rustup").context("there is no rustup")?;
    run(Command::new(&rustup).args(["component", "add", "rust-src"]))?;
    // Optional: it saves building the standard library again.
    run(Command::new(&rustup).args(["target", "add", crate::compiler::TARGET])).or_else(|error| {
        eprintln!("  {error}; going on without");
        Ok(())
    })
}

/// Installs Debian packages, as root or by a `sudo` that does not ask for a password.
pub fn apt(packages: &[&str]) -> Result<()> {
    static UPDATED: OnceLock<()> = OnceLock::new();
    if !is_debian() {
        bail!("this is not Debian, so set-up does not know the packages");
    }
    let sudo = match answer("id", &["-u"]).as_deref() {
        Some("0") => None,
        _ if answer("sudo", &["-n", "true"]).is_some() => Some("sudo"),
        _ => bail!("Debian's packages need root, and `sudo` would ask for a password"),
    };
    let apt_get = |args: &[&str]| {
        let mut command = Command::new(sudo.unwrap_or("env"));
        command
            .args(sudo.map(|_| "env"))
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600"])
            .args(args);
        run(&mut command)
    };
    if UPDATED.set(()).is_ok() {
        apt_get(&["--quiet", "update"])?;
    }
    // Removes no installed package: the user decides about conflicts.
    let options = ["--quiet", "install", "--yes", "--no-install-recommends", "--no-remove"];
    apt_get(&[&options, packages].concat())
}

/// Builds a tool from crates.io into a folder that all checkouts of this user share.
pub fn cargo_install(repo: &Repo, package: &str, version: &str) -> Result<()> {
    let bin = setup::own_dir(repo, package, version);
    let root = bin.parent().context("the folder has a parent")?;
    std::fs::create_dir_all(root).with_context(|| format!("making {}", root.display()))?;
    eprintln!("  built from its sources, which takes two to four minutes on two cores");
    let build = root.join("build");
    let mut command = command::cargo();
    // From outside the checkout, whose settings are not for tools.
    command.current_dir(root).args(["install", package, "--version", version, "--force", "--root"]).arg(root);
    command.env("CARGO_TARGET_DIR", &build).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    // A tool, not a product: built quickly.
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    command.env("CARGO_PROFILE_RELEASE_LTO", "off");
    command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    run(&mut command)?;
    std::fs::remove_dir_all(&build).with_context(|| format!("removing {}", build.display()))
}

/// Installs exactly what `package-lock.json` names.
pub fn npm_ci(repo: &Repo) -> Result<()> {
    run(&mut npm::npm(repo, &["ci", "--no-audit", "--no-fund"]))
}
