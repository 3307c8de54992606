//! FreeBSD's virtual memory as an engine, and a model checker that owns every interleaving of it.
//!
//! This crate re-exports what an embedder needs; each module is a crate of its own:
//!
//! | module | crate | what it is |
//! | --- | --- | --- |
//! | [`engine`] | `faultline-engine` | the virtual memory system: machine, pmap, vm, invariants and memory oracle |
//! | [`explore`] | `faultline-explore` | models, searches, strategies and schedules; it knows no kernel |
//! | [`sched`] | `faultline-sched` | the stepped executor, runs with history, the engine as a model |
//! | `scenario` | `faultline-scenario` | scenario files, the gallery, searches, narration, links (feature `scenario`, on by default) |
//! | `recording` | `faultline-recording` | recordings of real programs, page-walk vectors (feature `recording`) |
//!
//! The [`prelude`] has the names that most programs use.
#![cfg_attr(
    feature = "scenario",
    doc = r##"
# Find a race

One task forks while another one stores. In task order the fork comes first, and the child reads the old value. A search
of all interleavings finds the least schedule in which the store comes first.

```
use faultline_vm::prelude::*;

const TEXT: &str = "
    title A store beside a fork
    setup {
      process P
      P: mmap va0; store va0 X0
    }
    task T1 of P: fork C { load va0 = X0 }
    task T2 of P: store va0 X1
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = parse("fork-and-store", TEXT)?;
    let policy = Policy::preset("main")?;

    // Run it once, in task order.
    let report = run(&scenario, &policy, &Scheduling::TaskOrder)?;
    assert_eq!(report.outcome, "finished");
    assert!(report.findings.is_empty());

    // Search it: every interleaving, in slices, so that a caller can show progress or stop.
    let mut job = SearchJob::new(&scenario, &policy, Request::default(), false)?;
    while !job.advance(10_000)? {}
    let searched = job.report()?;
    assert_eq!(searched.verdict, Established::Found);

    // Read the finding, and replay the schedule that leads to it.
    let found = &searched.findings[0];
    assert_eq!(found.kind, FindingKind::Expectation);
    assert_eq!(found.detail, "C loaded X1 at va0 instead of X0");
    let schedule = Scheduling::Choices(found.choices.parse()?);
    let replayed = run(&scenario, &policy, &schedule)?;
    assert_eq!(replayed.findings[0].detail, found.detail);
    assert!(replayed.findings[0].told[0].starts_with("The scenario expected something else"));
    Ok(())
}
```

`examples/` has longer programs: `run` narrates a stored schedule, `search` minimises and narrates what it finds, and
`policy` changes single switches of a kernel. A search strategy of one's own is `examples/strategy.rs` of
`faultline-explore`; the engine alone, without scheduler and scenarios, is `examples/one_fault.rs` of
`faultline-engine`.
"##
)]

pub use faultline_engine as engine;
pub use faultline_explore as explore;
#[cfg(feature = "recording")]
pub use faultline_recording as recording;
#[cfg(feature = "scenario")]
pub use faultline_scenario as scenario;
pub use faultline_sched as sched;

/// The names that most programs use: `use faultline_vm::prelude::*`.
pub mod prelude {
    pub use crate::engine::finding::{Finding, FindingKind};
    pub use crate::engine::policy::{PRESETS, Policy, Switches};
    pub use crate::engine::{Config, Cx, Env, Stepped, Threads, World};
    pub use crate::explore::{Choices, Model, Search, Stats, Strategy, Verdict};
    #[cfg(feature = "scenario")]
    pub use crate::scenario::{
        gallery,
        model::Scenario,
        narrate::{Story, story},
        parse::parse,
        player::{Player, Scheduling, run},
        report::RunReport,
        search::report::SearchReport,
        search::{Established, KindFilter, Method, Request, SearchJob},
    };
    pub use crate::sched::{Checks, Executor, Progress, Run, System};
}
