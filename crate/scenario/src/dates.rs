//! Which changes of FreeBSD a verdict leaves out: the table of [`faultline_engine::policy::fixes`] for
//! a scenario, and as it is printed.

use crate::model::{Mapping, Op, Scenario, Statement};
use faultline_engine::policy::fixes::{self, Areas, FIXES, Fix, How, Side, Since};
use faultline_engine::policy::{PRESETS, Policy};
use serde::Serialize;
use std::fmt::Write;

/// A change that a verdict does not take into account as the kernel of its preset would.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NotReproduced {
    /// The review, the commit, or a name.
    pub id: &'static str,
    /// The commit or the revision; empty where it is not known.
    pub commit: &'static str,
    /// When.
    pub date: &'static str,
    /// What changed.
    pub text: &'static str,
    /// `before` or `after`: on which side of it the engine is. The preset's kernel is on the other.
    pub engine: &'static str,
    /// What the engine does.
    pub why: &'static str,
}

/// The routines that a scenario's operations can reach.
pub fn reached(scenario: &Scenario) -> Areas {
    let statements = scenario.setup.iter().chain(&scenario.sequence);
    let done = statements.filter_map(|statement| if let Statement::Do(_, ops) = statement { Some(ops) } else { None });
    let done = done.chain(scenario.tasks.iter().map(|task| &task.ops));
    let prefaults = if scenario.header.prefault == (0, 0) { Areas::empty() } else { Areas::PREFAULT };
    done.fold(prefaults, |all, ops| all | of_all(ops))
}

fn of_all(ops: &[Op]) -> Areas {
    ops.iter().fold(Areas::empty(), |all, op| all | of(op))
}

fn of(op: &Op) -> Areas {
    match op {
        Op::Mmap { shared, what, .. } => {
            Areas::INSERT
                | match what {
                    Mapping::Anon => Areas::empty(),
                    Mapping::Stack => Areas::STACK,
                    Mapping::File(..) if *shared => Areas::FILE,
                    Mapping::File(..) => Areas::FILE | Areas::COW,
                }
        }
        // Unmapping a part may collapse what is left, but only where a fork has made a chain.
        Op::Munmap(_) | Op::Exec | Op::Exit => Areas::empty(),
        Op::Mprotect(..) | Op::Minherit(..) => Areas::PROTECT,
        Op::Madvise(..) => Areas::ADVISE,
        Op::Store(..) | Op::Load(..) => Areas::FAULT | Areas::SOFT | Areas::PAGE | Areas::PMAP,
        Op::Fork(_, child) => Areas::COW | Areas::CHAIN | Areas::SPLIT | of_all(child),
        Op::Vfork(_, child) => of_all(child),
        Op::Collapse(_) => Areas::CHAIN,
        Op::Pageout(_) => Areas::SWAP,
        Op::Reclaim(_) => Areas::RECLAIM,
    }
}

/// What a verdict about this scenario under this policy leaves out.
pub fn not_reproduced(scenario: &Scenario, policy: &Policy) -> Vec<NotReproduced> {
    fixes::not_reproduced(policy, reached(scenario)).filter_map(told).collect()
}

fn told(fix: &'static Fix) -> Option<NotReproduced> {
    let How::NotReproduced(side, why) = fix.how else { return None };
    let engine = match side {
        Side::Before => "before",
        Side::After => "after",
    };
    let Fix { id, commit, date, text, .. } = *fix;
    Some(NotReproduced { id, commit, date, text, engine, why })
}

/// How the engine has a change, in words.
pub fn how(fix: &Fix) -> String {
    match fix.how {
        How::Switches(switches) => {
            let one = |&(id, on): &(&str, bool)| format!("{id} {}", if on { "on" } else { "off" });
            switches.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        How::Undone(by) => format!("always; `{by}` brings back what was before"),
        How::Always => "always".into(),
        How::NotReproduced(Side::Before, why) => format!("**not reproduced**: as before it; {why}"),
        How::NotReproduced(Side::After, why) => format!("**not reproduced**: as after it; {why}"),
        How::Unseen(why) => format!("no scenario could tell: {why}"),
    }
}

/// Which presets' kernels have a change, in words.
pub fn kernels(fix: &Fix) -> String {
    match fix.since {
        Since::Older => "all".into(),
        Since::Preset(first) => format!("from `{first}`"),
        Since::Until(end) => format!("until `{end}`"),
        Since::Newer => "none yet".into(),
    }
}

/// The whole table, as `docs/spec/dates.md` has it: the changes of each file, then what each preset
/// misses.
pub fn table() -> String {
    let mut out = String::new();
    for part in FIXES {
        let Some(first) = part.first() else { continue };
        // A string takes whatever is written.
        let _ = writeln!(out, "### {}\n", first.file);
        let _ = writeln!(out, "| date | id | commit | routines | what changed | kernels | reproduced |");
        let _ = writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |");
        for fix in *part {
            let date = if fix.date.is_empty() { "before 2018" } else { fix.date };
            let commit = if fix.commit.is_empty() { "–" } else { fix.commit };
            let (kernels, how) = (kernels(fix), how(fix));
            let Fix { id, routines, text, .. } = fix;
            let _ = writeln!(out, "| {date} | {id} | {commit} | {routines} | {text} | {kernels} | {how} |");
        }
        let _ = writeln!(out);
    }
    let _ = writeln!(out, "### What each preset does not reproduce\n");
    let _ = writeln!(out, "| preset | as before it | as after it |");
    let _ = writeln!(out, "| --- | --- | --- |");
    for preset in PRESETS {
        let on = |side| {
            let fallback_from = fixes::all().filter(|fix| fix.is_missed(preset));
            let ids =
                fallback_from.filter(|fix| matches!(fix.how, How::NotReproduced(s, _) if s == side)).map(|fix| fix.id);
            ids.collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(out, "| `{}` | {} | {} |", preset.name, on(Side::Before), on(Side::After));
    }
    out
}
