//! Changes single switches of a kernel and searches the same scenario on each: which switch makes the difference?
//!
//! Run it with `cargo run -p faultline-vm --example policy`.

use faultline_vm::engine::policy::SWITCHES;
use faultline_vm::prelude::*;
use std::error::Error;

/// The verdict of an exhaustive search, with the kind of what it found.
fn verdict(scenario: &Scenario, policy: &Policy) -> Result<String, Box<dyn Error>> {
    let mut job = SearchJob::new(scenario, policy, Request::default(), false)?;
    while !job.advance(100_000)? {}
    let report = job.report()?;
    let kinds = report.findings.iter().map(|found| found.kind.name()).collect::<Vec<_>>();
    Ok(format!("{} {} after {} states", report.verdict, kinds.join(", "), report.states))
}

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = gallery::find("rs").ok_or("the gallery has no rs")?.scenario()?;
    let base = Policy::parse("2021")?;
    println!("{}", scenario.header.title);
    println!("{:<12}{}", base.name, verdict(&scenario, &base)?);
    for info in SWITCHES.iter().filter(|info| !base.on(info.switch)) {
        // As on the command line, `2021,+P10`; a set that no kernel could have is an error.
        let Ok(changed) = Policy::parse(&format!("2021,+{}", info.id)) else { continue };
        println!("{:<12}{} ({})", changed.name, verdict(&scenario, &changed)?, info.name);
    }
    Ok(())
}
