//! Searches a scenario of the gallery, minimises what it finds, and narrates it.
//!
//! Run it with `cargo run -p faultline-vm --example search`.

use faultline_vm::prelude::*;
use faultline_vm::scenario::narrate::story_of;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = gallery::find("lost-wakeup").ok_or("the gallery has no lost-wakeup")?.scenario()?;
    // The kernel that the file names: the last preset with a defect that no kernel shipped.
    let policy = Policy::parse(&scenario.header.policy.text)?;
    // At most two preemptions, fewest first; `Method::Exhaustive` covers every interleaving.
    let request = Request { method: Method::Preemptions(2), ..Request::default() };
    let mut job = SearchJob::new(&scenario, &policy, request, true)?;
    while !job.advance(10_000)? {
        eprintln!("{} states", job.stats().states);
    }
    let report = job.report()?;
    println!("{}", report.text);
    // The finding as the search met it, then in the scenario without what it does not need.
    for found in &report.findings {
        println!("\n{} steps, {} preemptions, choices {}", found.turns, found.preemptions, found.choices);
        if let Some(smaller) = &found.scenario {
            println!("the smallest scenario that still shows it:\n{smaller}");
        }
    }
    let Some(found) = report.findings.first() else { return Ok(()) };
    let told = story_of(&scenario, &policy, &found.choices.parse()?, found.turns)?;
    for step in told.story.iter().filter(|step| !step.quiet) {
        println!("{:>6}  {}", step.turn, step.text);
    }
    for sentences in told.ending {
        println!("{}", sentences.join(" "));
    }
    Ok(())
}
