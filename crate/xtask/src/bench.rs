//! The benchmarks: the workspace's own, the small model that the explorer and its peers search, and
//! the same search natively and in a browser.

use crate::browser::Browser;
use crate::command::{cargo, heading, run};
use crate::repo::Repo;
use crate::serve::Running;
use crate::{page, setup};
use anyhow::{Result, anyhow};
use std::process::Command;

/// Which benchmarks run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// All.
    All,
    /// The explorer and its peers.
    Peers,
    /// The same search natively and in a browser.
    Wasm,
}

impl Which {
    /// From the command line's options.
    pub fn new(peers: bool, wasm: bool) -> Self {
        match (peers, wasm) {
            (true, _) => Which::Peers,
            (false, true) => Which::Wasm,
            (false, false) => Which::All,
        }
    }
}

/// Runs the benchmarks. `arguments` go to the workspace's `cargo bench`; if there are any, the others are left out,
/// since arguments select among benchmarks that the others lack.
pub fn bench(repo: &Repo, which: Which, arguments: &[String]) -> Result<()> {
    let alone = !arguments.is_empty();
    if which == Which::All {
        heading("the engine");
        run(cargo().current_dir(&repo.root).arg("bench").args(arguments))?;
    }
    if which == Which::Peers || which == Which::All && !alone {
        heading("explorers, on one small model, and the real engine");
        run(&mut repo.peers("bench"))?;
    }
    if which == Which::Wasm || which == Which::All && !alone {
        wasm(repo)?;
    }
    Ok(())
}

fn wasm(repo: &Repo) -> Result<()> {
    setup::ensure(repo, setup::TO_TEST_PAGE)?;
    page::build_packages(repo)?;
    run(cargo().current_dir(&repo.root).args(["build", "--release", "--bin", "faultline"]))?;
    heading("the same search, natively and in a browser");
    let browser = Browser::find().map_err(|lack| anyhow!(lack))?;
    let site = Running::start(&repo.pkg(), "127.0.0.1", 0, true)?;
    let native = repo.root.join("target/release/faultline");
    let mut command = Command::new("node");
    command.current_dir(&repo.root).arg("benches/wasm/search.mjs");
    command.env("FAULTLINE_URL", site.url()).env("FAULTLINE_NATIVE", native);
    run(command.env("FAULTLINE_CHROMIUM", &browser.chromium))
}
