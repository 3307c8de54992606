//! Looks for races and for memory orderings that are too weak: loom, ThreadSanitizer, Miri.
//!
//! Each builds everything with its own flags and so in its own folder. Loom needs only its crate and is one of the
//! rings that always run. The others need what not every toolchain has, and run on request.

use crate::command::{answer, cargo, heading};
use crate::repo::Repo;
use crate::tally::Tally;
use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tests of the engine's library whose threads share a world.
const ENGINE: &[&str] = &["threads", "real_atomics"];
/// The same in the library of recordings: distribution of a recording to workers.
const PLAYER: &[&str] = &["trace::safepoint", "trace::lanes"];
/// And recordings, for which only native code is fast enough: short ones, and the beginning of the long one.
const RECORDINGS: &[&str] = &[
    "recording::a_remap",
    "recording::a_stack",
    "recording::a_vfork",
    "recording::advice",
    "recording::files",
    "recording::threads",
    "recording::too_few",
    "workers",
];

/// Runs the models of `crate/engine/src/models/`.
pub fn loom(repo: &Repo) -> Result<Tally> {
    heading("orderings, tried by loom");
    let mut command = build(repo, "loom", "--cfg loom");
    counted(command.args(["test", "-p", "faultline-engine", "--lib", "models::"]))
}

/// Runs the threaded tests under ThreadSanitizer.
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
    let flags = "--cfg tsan -Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer";
    let log = repo.target.join("tsan").join("report");
    let test = |args: &[&str], tests: &[&str]| {
        let mut command = build(repo, "tsan", flags);
        command.args(["test", "--target", host]).args(args).arg("--").args(tests);
        command.env("RUSTC_BOOTSTRAP", "1");
        // ThreadSanitizer writes a file per process, and does not fail a test that passes by itself.
        command.env("TSAN_OPTIONS", format!("log_path={} exitcode=0", log.display()));
        take_reports(&log)?;
        let mut tally = counted(&mut command)?;
        tally.failed += judge(&take_reports(&log)?);
        Ok::<_, anyhow::Error>(tally)
    };
    let mut sum = test(&["-p", "faultline-engine", "--lib"], ENGINE)?;
    sum += test(&["-p", "faultline-recording", "--lib"], PLAYER)?;
    sum += test(&["-p", "faultline-recording", "--test", "all"], RECORDINGS)?;
    Ok(sum)
}

/// All that was written to `log` and a process id; removes the files.
fn take_reports(log: &Path) -> Result<String> {
    let mut text = String::new();
    for file in log.parent().into_iter().filter_map(|dir| dir.read_dir().ok()).flatten().flatten() {
        let path = file.path();
        if path.file_stem() == log.file_stem() {
            text += &String::from_utf8_lossy(&std::fs::read(&path)?);
            std::fs::remove_file(&path)?;
        }
    }
    Ok(text)
}

/// Shows the reports that count, and returns their number.
///
/// The standard library is not instrumented, so ThreadSanitizer does not see what its mutexes, `OnceLock`s and
/// reference counts order, and reports data in safe code, which cannot race. Only data that `unsafe` code accesses
/// without atomics can race, and all of that is in one file: a report counts if both of its accesses are there.
fn judge(text: &str) -> u64 {
    let (counted, others): (Vec<&str>, Vec<&str>) =
        text.split("WARNING: ThreadSanitizer:").skip(1).partition(|report| is_of_words(report));
    for report in &counted {
        eprintln!("WARNING: ThreadSanitizer:{report}");
    }
    eprintln!("  {} races of words; {} reports about what std orders, unseen", counted.len(), others.len());
    counted.len() as u64
}

/// Whether both accesses of a report read or write words and frames.
fn is_of_words(report: &str) -> bool {
    // A report is a list of stacks: two accesses, where the memory comes from, where the threads were started. Frames
    // are listed from the innermost outwards.
    let is_access =
        |line: &str| ["Read", "Write", "Atomic", "Previous"].contains(&line.split(' ').next().unwrap_or(""));
    let accesses = report.split("\n\n").filter_map(|part| {
        let mut lines = part.lines().skip_while(|line| !is_access(line.trim_start()));
        lines.next()?;
        let innermost = lines.take(4).filter(|line| line.trim_start().starts_with('#'));
        // A word that is being created belongs to one thread.
        Some(innermost.into_iter().any(|line| line.contains("/machine/memory.rs:") && !line.contains(" new ")))
    });
    let accesses: Vec<bool> = accesses.collect();
    accesses.len() >= 2 && accesses.into_iter().all(|of_words| of_words)
}

/// Runs the tests of threads and of `unsafe` under Miri.
pub fn miri(repo: &Repo) -> Result<Tally> {
    heading("undefined behaviour, looked for by Miri");
    // The present toolchain if it has Miri, else the one named nightly.
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
            // Variables that the present cargo has set would lead back to its own toolchain.
            command.args(nightly).env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTUP_TOOLCHAIN");
        }
        command.current_dir(&repo.root).env("CARGO_TARGET_DIR", repo.target.join("miri"));
        counted(command.args(["test", "-p", package, "--lib", "--"]).args(tests))
    };
    let mut sum =
        test("faultline-engine", &["machine::memory", "pmap::tests::threads", "check::oracle::tests::threads"])?;
    sum += test("faultline-recording", PLAYER)?;
    Ok(sum)
}

/// `cargo` with these compiler flags besides the user's own, and a target folder of its own.
fn build(repo: &Repo, dir: &str, flags: &str) -> Command {
    let mut command = cargo();
    let own = env::var("RUSTFLAGS").unwrap_or_default();
    command.current_dir(&repo.root).env("CARGO_TARGET_DIR", repo.target.join(dir));
    command.env("RUSTFLAGS", format!("{own} {flags}").trim());
    command
}

/// Counts; fails if a filter matches no test any more.
fn counted(command: &mut Command) -> Result<Tally> {
    let tally = Tally::of(command)?;
    if tally == Tally::default() {
        bail!("`{}` ran no test", crate::command::line(command));
    }
    Ok(tally)
}

/// Whether ThreadSanitizer's runtime is among the libraries of a target.
fn has_runtime(libraries: &Path) -> bool {
    let files = libraries.read_dir().into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("librustc") && name.contains("rt.tsan")
    })
}

#[cfg(test)]
mod tests {
    use super::{has_runtime, is_of_words};

    /// A report of two accesses, each with its innermost frames.
    fn report(one: &str, other: &str) -> String {
        format!(
            " data race (pid=1)\n  Write of size 8 at 0x72 by thread T2:\n{one}    #9 main src/main.rs:1\n\n  \
             Previous atomic read of size 8 at 0x72 by thread T1:\n{other}    #9 main src/main.rs:1\n\n  \
             Location is heap block of size 64 at 0x70\n    #0 malloc m.cpp:1\n    #1 new /e/src/machine/memory.rs:52:9\n\nSUMMARY"
        )
    }

    #[test]
    fn only_races_inside_memory_rs_count() {
        let write = "    #0 write /e/src/machine/memory.rs:68:16 (t+0x52)\n";
        let load = "    #0 atomic_load<u64> core/sync/atomic.rs:9:1\n    #1 load core/sync/atomic.rs:8:1\n    \
                    #2 read /e/src/machine/memory.rs:59:16\n";
        let made = "    #0 malloc tsan.cpp:6:5\n    #1 new /e/src/machine/memory.rs:52:9 (t+0x1)\n";
        let safe = "    #0 edit /e/src/check/oracle.rs:92:10\n    #1 load /e/src/check/oracle.rs:300:1\n";
        assert!(is_of_words(&report(write, load)));
        for other in [made, safe] {
            assert!(!is_of_words(&report(write, other)) && !is_of_words(&report(other, load)));
        }
    }

    #[test]
    fn a_sanitizer_runtime_is_recognised_by_its_file() {
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
