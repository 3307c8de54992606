//! `faultline replay LINK`: replays the run of a link.

use crate::args::Replay as Options;
use crate::output;
use crate::run::{What, show};
use faultline_scenario::link::{self, Difference};
use serde::Serialize;
use std::process::ExitCode;

/// The link's own position, fingerprint and differences.
#[derive(Serialize)]
struct Stands {
    /// The turn at which the run stands when the link is opened.
    turn: usize,
    /// Number of steps of the link's run.
    turns: usize,
    /// The digest there.
    #[serde(rename = "digest")]
    fingerprint: String,
    /// The link's selection.
    selection: Option<String>,
    /// Differences between the link and this build, in words.
    differs: Vec<String>,
}

/// Replays the run of a link and reports it. Differences from the link go to standard error.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let opened = link::open_text(&options.link).map_err(|error| error.to_string())?;
    if let Some(unplayed) = opened.differs.iter().find(|differs| matches!(differs, Difference::Policy { .. })) {
        return Err(format!("link: {unplayed}; nothing of it can be played, use a Faultline that has this kernel"));
    }
    for differs in &opened.differs {
        output::complain(&format!("link: {differs}"));
    }
    let differs = opened.differs.iter().map(ToString::to_string).collect();
    let mut player = opened.player;
    let (turn, turns) = (player.run().position(), player.run().trail().len());
    let fingerprint = format!("{:016x}", player.run().fingerprint());
    let selection = opened.selection;
    player.run_mut().seek(turns);
    let stands = Stands { turn, turns, fingerprint, selection, differs };
    let what = What { json: options.json, events: options.events, story: true };
    show(&mut player, Some(stands), what, |out, _| writeln!(out, "\nthe link stands at step {turn} of {turns}"))
}
