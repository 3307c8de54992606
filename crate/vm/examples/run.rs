//! Runs a stored schedule of the gallery's race before and after its fix, and narrates it.
//!
//! Run it with `cargo run -p faultline-vm --example run`.

use faultline_vm::prelude::*;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = gallery::find("t3-story").ok_or("the gallery has no t3-story")?.scenario()?;
    for preset in ["2019-12", "2020-01-fixed"] {
        let policy = Policy::preset(preset)?;
        let mut player = Player::new(&scenario, &policy, Checks::FULL)?;
        // The first schedule that the scenario's file has.
        player.play(&Scheduling::Default)?;
        println!("{} under {preset}", scenario.header.title);
        for step in story(&mut player).story.iter().filter(|step| !step.quiet) {
            println!("{:>6}  {}", step.turn, step.text);
        }
        for finding in player.report().findings {
            println!("{} ({}): {}", finding.kind.name(), finding.property, finding.detail);
        }
        println!();
    }
    Ok(())
}
