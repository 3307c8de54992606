//! A run's story as lines: a turn each, with who was interrupted, and how it ended.

use faultline_scenario::narrate::{NarratedStep, Story};
use std::io::{self, Write};

/// Prints the turns in which something happens, and what came of it.
pub fn print(out: &mut dyn Write, Story { story, ending }: &Story) -> io::Result<()> {
    for stretch in story.chunk_by(|one, next| one.task == next.task) {
        if let Some(interrupted) = &stretch[0].preempted {
            let before = if interrupted.before == "begin" { "its next operation" } else { interrupted.before };
            writeln!(out, "        -- {} is interrupted before {before} --", interrupted.task)?;
        }
        for told in worth_telling(stretch) {
            writeln!(out, "{:>6}  {}", told.turn, told.text)?;
        }
    }
    if !ending.is_empty() {
        writeln!(out)?;
    }
    for sentences in ending {
        writeln!(out, "{}", sentences.join(" "))?;
    }
    Ok(())
}

/// The turns in which something happens; one at least, so that every change of turns is seen.
fn worth_telling(stretch: &[NarratedStep]) -> impl Iterator<Item = &NarratedStep> {
    let nothing = stretch.iter().all(|told| told.quiet);
    stretch.iter().enumerate().filter(move |(at, told)| !told.quiet || nothing && *at == 0).map(|(_, told)| told)
}
