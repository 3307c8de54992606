//! `faultline walk FILE`: page walks of a real MMU, repeated and compared.

use crate::output;
use faultline_recording::vectors::{Levels, NoSuchLevels, Report, VectorError, Vectors};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Disagreements that the plain summary spells out; JSON has them all.
const SHOWN: usize = 20;

/// How a comparison ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every record agrees.
    Agree,
    /// Some record does not.
    Disagree,
}

impl From<Verdict> for ExitCode {
    /// 0 if all agree, 1 if not. (Bad input is an [`Error`]: status 2.)
    fn from(verdict: Verdict) -> ExitCode {
        ExitCode::from(match verdict {
            Verdict::Agree => 0,
            Verdict::Disagree => 1,
        })
    }
}

/// Why nothing was compared; says where and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `--levels` was neither 4 nor 5.
    #[error(transparent)]
    Levels(#[from] NoSuchLevels),
    /// The file holds no vectors.
    #[error(transparent)]
    Vectors(#[from] VectorError),
    /// The report could not be written.
    #[error("{0}")]
    Output(String),
}

/// Compares every record of `file` with this project's walker and prints a
/// summary, or with `json` one object: `records`, `agree`, `disagree`.
///
/// Without `levels` the file decides how many levels the tables have.
pub fn run(file: &Path, levels: Option<u8>, json: bool) -> Result<Verdict, Error> {
    let levels = levels.map(Levels::try_from).transpose()?;
    let report = Vectors::read(file)?.compare(levels);
    let written = if json { output::json(&report) } else { output::write(|out| print(&report, out)) };
    written.map_err(Error::Output)?;
    Ok(if report.disagree.is_empty() { Verdict::Agree } else { Verdict::Disagree })
}

fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let disagree = &report.disagree;
    writeln!(out, "records {} agree {} disagree {}", report.records, report.agree, disagree.len())?;
    for one in disagree.iter().take(SHOWN) {
        writeln!(out, "record {} at byte {}: {}", one.record, one.offset, one.what)?;
    }
    match disagree.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "and {more} more; --json lists them all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faultline_recording::vectors::Disagreement;

    fn report(differing: usize) -> Report {
        let disagree = (0..differing)
            .map(|record| Disagreement { record, offset: record * 160, what: "e1 \"x\"".into() })
            .collect();
        Report { records: 30, agree: 30 - differing, disagree }
    }

    fn printed(report: &Report) -> String {
        let mut out = Vec::new();
        print(report, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_summary_counts_and_names_the_first_disagreements() {
        assert_eq!(printed(&report(0)), "records 30 agree 30 disagree 0\n");
        assert_eq!(
            printed(&report(2)),
            "records 30 agree 28 disagree 2\n\
             record 0 at byte 0: e1 \"x\"\nrecord 1 at byte 160: e1 \"x\"\n"
        );
        let long = printed(&report(25));
        assert_eq!(long.lines().count(), 22);
        assert!(long.ends_with("and 5 more; --json lists them all\n"));
    }

    #[test]
    fn json_has_every_disagreement() {
        let value = serde_json::to_value(report(25)).expect("JSON");
        assert_eq!(value["records"], 30);
        assert_eq!(value["agree"], 5);
        let disagree = value["disagree"].as_array().expect("a list");
        assert_eq!(disagree.len(), 25);
        assert_eq!(disagree[24]["record"], 24);
        assert_eq!(disagree[24]["offset"], 24 * 160);
        assert_eq!(disagree[24]["what"], "e1 \"x\"");
    }

    #[test]
    fn other_levels_than_four_and_five_are_refused_before_the_file_is_read() {
        let error = run(Path::new("no such file"), Some(3), false).expect_err("no such levels");
        assert!(error.to_string().starts_with("--levels 3: "), "{error}");
    }
}
