//! SPIN, where it is installed: `race.pml`, made into a program by `spin` and the C compiler.

use super::Search;
use crate::race::Kernel;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Whether it leaves turns out whose order cannot matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reduction {
    /// Partial-order reduction, and all of SPIN's optimisations: as it comes.
    Partial,
    /// None: every state of the model.
    None,
}

/// A verifier that has been made.
pub struct Verifier {
    program: PathBuf,
    place: PathBuf,
}

/// Whether `spin` and a C compiler are there.
pub fn installed() -> bool {
    ["spin", "cc"].iter().all(|name| {
        let ways = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&ways).any(|method| method.join(name).is_file())
    })
}

/// Makes the verifier for a kernel, in a directory of its own below `scratch`.
pub fn make(scratch: &Path, kernel: Kernel, reduction: Reduction) -> Result<Verifier> {
    let place = scratch.join(format!("{kernel:?}-{reduction:?}").to_lowercase());
    fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("race.pml");
    let mut spin = Command::new("spin");
    spin.arg("-a").current_dir(&place);
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-DSAFETY", "-o", "pan", "pan.c"]).current_dir(&place);
    if kernel == Kernel::Fixed {
        spin.arg("-DFIXED");
    }
    if reduction == Reduction::None {
        // No analysis of dead values, no merging of turns: the states are the model's.
        spin.args(["-o1", "-o2", "-o3"]);
        cc.arg("-DNOREDUCE");
    }
    ran(spin.arg(&model))?;
    ran(&mut cc)?;
    Ok(Verifier { program: place.join("pan"), place })
}

impl Verifier {
    /// Searches everything, or until something is broken. The time is that of the whole program.
    pub fn search(&self) -> Result<Search> {
        let begun = Instant::now();
        // -m: the longest run; -w: the table of states, as a power of two.
        let text = ran(Command::new(&self.program).args(["-m1000", "-w18"]).current_dir(&self.place))?;
        let took = begun.elapsed();
        let number = |before: &str, after: &str| -> Option<u64> {
            let line = text.lines().find(|line| line.contains(before) && line.contains(after))?;
            let rest = &line[line.find(before)? + before.len()..];
            rest.split_whitespace().next()?.trim_end_matches(',').parse().ok()
        };
        let states = number("", "states, stored").context("pan does not say how many states it stored")?;
        let found = number("errors:", "").context("pan does not say how many errors there are")? > 0;
        Ok(Search { executions: 0, states, found, complete: !found, took })
    }
}

fn ran(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{name} failed ({}): {text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}
