//! What looks for races and for memory orderings that are too weak: loom, ThreadSanitizer, Miri.
//!
//! Each builds everything with flags of its own and so in a folder of its own. Loom needs nothing besides its crate
//! and is one of the rings that always run. The others need what not every toolchain has, and are run when asked for.

use crate::command::{answer, cargo, heading};
use crate::repo::Repo;
use crate::tally::Tally;
use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tests whose threads share a world, in the engine's library.
const ENGINE: &[&str] = &["threads", "real_atomics"];
/// The same in the library of scenarios: how a recording is shared out to workers.
const PLAYER: &[&str] = &["trace::gate", "trace::crew"];
/// And whole recordings, which nothing but native code is quick enough for.
const RECORDINGS: &[&str] = &["recording::the_recording_replays_on_many_threads", "recording::threads", "workers"];

/// Runs the models of `crate/engine/src/models/`.
pub fn loom(repo: &Repo) -> Result<Tally> {
    heading("orderings, tried by loom");
    let mut command = build(repo, "loom", "--cfg loom");
    counted(command.args(["test", "-p", "faultline-engine", "--lib", "models::"]))
}

/// Runs what has threads under ThreadSanitizer.
pub fn tsan(repo: &Repo) -> Result<Tally> {
    heading("races, looked for by ThreadSanitizer");
    let rustc = env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    let about = answer(&rustc, &["-vV"]).unwrap_or_default();
    let Some(host) = about.lines().find_map(|line| line.strip_prefix("host: ")) else {
        bail!("ThreadSanitizer: {} does not say what it builds for", rustc.display());
    };
    let sysroot = answer(&rustc, &["--print", "sysroot"]).unwrap_or_default();
    if !has_runtime(&Path::new(&sysroot).join("lib/rustlib").join(host).join("lib")) {
        bail!(
            "ThreadSanitizer: the toolchain in {sysroot} has no runtime of it for {host} (a file librustc-*_rt.tsan.*); \
             rustup's toolchains for Linux and macOS on x86-64 and AArch64 have one"
        );
    }
    // The prebuilt standard library is taken as it is: what its mutexes do where they wait is not seen, and suppressed.
    let flags = "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer";
    let test = |args: &[&str], tests: &[&str]| {
        let mut command = build(repo, "tsan", flags);
        command.args(["test", "--target", host]).args(args).arg("--").args(tests);
        command.env("RUSTC_BOOTSTRAP", "1");
        counted(&mut command)
    };
    let mut sum = test(&["-p", "faultline-engine", "--lib"], ENGINE)?;
    sum += test(&["-p", "faultline-scenario", "--lib"], PLAYER)?;
    sum += test(&["-p", "faultline-scenario", "--test", "all"], RECORDINGS)?;
    Ok(sum)
}

/// Runs what has threads, and what has `unsafe`, under Miri.
pub fn miri(repo: &Repo) -> Result<Tally> {
    heading("undefined behaviour, looked for by Miri");
    // The toolchain in use if it has it, else the one named nightly.
    let nightly = ["run", "nightly", "cargo", "miri"];
    let own = answer(cargo().get_program(), &["miri", "--version"]).is_some();
    if !own && answer("rustup", &[&nightly[..], &["--version"]].concat()).is_none() {
        bail!(
            "Miri: neither the toolchain in use nor one named nightly has it; \
             `rustup toolchain install nightly --component miri,rust-src` gets it"
        );
    }
    let test = |package: &str, tests: &[&str]| {
        let mut command = if own { cargo() } else { Command::new("rustup") };
        if own {
            command.arg("miri");
        } else {
            // What the cargo that started us has set would lead back to its own toolchain.
            command.args(nightly).env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTUP_TOOLCHAIN");
        }
        command.current_dir(&repo.root).env("CARGO_TARGET_DIR", repo.target.join("miri"));
        counted(command.args(["test", "-p", package, "--lib", "--"]).args(tests))
    };
    let mut sum =
        test("faultline-engine", &["machine::memory", "pmap::tests::threads", "check::oracle::tests::threads"])?;
    sum += test("faultline-scenario", PLAYER)?;
    Ok(sum)
}

/// `cargo` with these flags for the compiler besides the user's own, and a folder for what it builds.
fn build(repo: &Repo, dir: &str, flags: &str) -> Command {
    let mut command = cargo();
    let own = env::var("RUSTFLAGS").unwrap_or_default();
    command.current_dir(&repo.root).env("CARGO_TARGET_DIR", repo.target.join(dir));
    command.env("RUSTFLAGS", format!("{own} {flags}").trim());
    command
}

/// Counts; a filter that no test fits any more is a failure.
fn counted(command: &mut Command) -> Result<Tally> {
    let tally = Tally::of(command)?;
    if tally == Tally::default() {
        bail!("`{}` ran no test", crate::command::line(command));
    }
    Ok(tally)
}

/// Whether the libraries of a target are accompanied by ThreadSanitizer's.
fn has_runtime(libraries: &Path) -> bool {
    let files = libraries.read_dir().into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("librustc") && name.contains("rt.tsan")
    })
}

#[cfg(test)]
mod tests {
    use super::has_runtime;

    #[test]
    fn a_runtime_is_known_by_its_file() {
        let dir = std::env::temp_dir().join(format!("faultline-tsan-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a folder");
        std::fs::write(dir.join("librustc-stable_rt.asan.a"), "").expect("a file");
        assert!(!has_runtime(&dir));
        std::fs::write(dir.join("librustc-stable_rt.tsan.a"), "").expect("a file");
        assert!(has_runtime(&dir));
        std::fs::remove_dir_all(&dir).expect("removed");
        assert!(!has_runtime(&dir), "a toolchain without the target");
    }
}
