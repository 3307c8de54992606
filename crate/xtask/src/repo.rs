//! Paths: the checkout, what is built from it, and the tools that several checkouts share.

use crate::command::cargo;
use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The paths that the commands read and write.
pub struct Repo {
    /// The checkout itself.
    pub root: PathBuf,
    /// Cargo's target directory; the wasm builds have their own below it, since their flags differ.
    pub target: PathBuf,
    /// Tools that set-up has built, each in a folder with its version in the name; other checkouts use them too.
    pub tools: PathBuf,
}

impl Repo {
    /// Determines the paths from the environment.
    pub fn find() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("xtask lies in crate/xtask")?.to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        let tools = match env::var_os("FAULTLINE_TOOLS") {
            Some(dir) => root.join(dir),
            None => cache().unwrap_or_else(|| target.clone()).join("faultline").join("tools"),
        };
        Ok(Self { root, target, tools })
    }

    /// The built site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The two npm packages made of `crate/wasm`.
    pub fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// `cargo` with this subcommand in the package of the explorer's peers. That is a separate workspace, so that no
    /// other crate has its dependencies.
    pub fn peers(&self, subcommand: &str) -> Command {
        let mut command = cargo();
        command.current_dir(self.root.join("benches/peers")).arg(subcommand);
        command.env("CARGO_TARGET_DIR", self.target.join("peers"));
        command
    }

    /// A program from one of the page's packages.
    pub fn npm_bin(&self, name: &str) -> PathBuf {
        self.root.join("node_modules").join(".bin").join(name)
    }
}

/// The user's cache folder.
fn cache() -> Option<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    named.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))
}

/// The first program called `name` on the search path.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
