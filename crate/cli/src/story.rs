//! A run's story as lines: a step each, with the preempted tasks, and the ending.

use faultline_scenario::narrate::{NarratedStep, Story};
use std::io::{self, Write};

/// Prints the steps with visible effects, and the ending.
pub fn print(out: &mut dyn Write, Story { story, ending }: &Story) -> io::Result<()> {
    for stretch in story.chunk_by(|one, next| one.task == next.task) {
        if let Some(interrupted) = &stretch[0].preempted {
            let before = if interrupted.before == "begin" { "its next operation" } else { interrupted.before };
            writeln!(out, "        -- {} is interrupted before {before} --", interrupted.task)?;
        }
        for step in visible(stretch) {
            writeln!(out, "{:>6}  {}", step.turn, step.text)?;
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

/// The steps of a stretch with visible effects; at least one step, so that every change of tasks is visible.
fn visible(stretch: &[NarratedStep]) -> impl Iterator<Item = &NarratedStep> {
    let nothing = stretch.iter().all(|step| step.quiet);
    stretch.iter().enumerate().filter(move |(at, step)| !step.quiet || nothing && *at == 0).map(|(_, step)| step)
}
