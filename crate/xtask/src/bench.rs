//! The benchmarks: the workspace's own, then the small model that the explorer and its peers search.

use crate::command::{cargo, heading, run};
use crate::repo::Repo;
use anyhow::Result;

/// Runs both, or the peers alone. `arguments` go to the workspace's `cargo bench`; with some, the
/// peers are left out, since they choose among benchmarks that the peers do not have.
pub fn bench(repo: &Repo, peers: bool, arguments: &[String]) -> Result<()> {
    if !peers {
        heading("the engine");
        run(cargo().current_dir(&repo.root).arg("bench").args(arguments))?;
    }
    if peers || arguments.is_empty() {
        heading("explorers, on one small model");
        let place = repo.root.join("benches/peers");
        let target = repo.root.join("target/peers");
        run(cargo().current_dir(place).args(["bench", "--target-dir"]).arg(target))?;
    }
    Ok(())
}
