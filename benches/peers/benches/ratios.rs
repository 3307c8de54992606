//! Every explorer on the same small model, and ours on the real engine, in one run: the figures and their ratios.
//!
//! Figures of one machine at one time mean little; what is watched is how they stand to one another. So
//! every explorer runs in every round, and the figure is the median of the rounds.
//! `FAULTLINE_BENCH_ROUNDS` says how many (5 where it does not). One worker each (rulings R45).

use anyhow::Result;
use faultline_explore::exhaustive::Reduction;
use faultline_peers::engine::{self, Walks};
use faultline_peers::figures::{Goal, Ratio, Row, least, median, ratios, table};
use faultline_peers::peers::shuttle::Strategy;
use faultline_peers::peers::stateright::Order;
use faultline_peers::peers::{Search, loom, ours, shuttle, spin, stateright};
use faultline_peers::plain;
use faultline_peers::race::{Kernel, State, Task};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs of which executions a second are taken: the peers', and ours, which are shorter.
const RUNS: usize = 10_000;
const OUR_RUNS: u64 = 200_000;
/// Maximum number of random runs.
const PATIENCE: usize = 2_000_000;
/// Seeds of which the time to the mistake is the mean.
const SEEDS: u64 = 20;
/// The mistake takes five turning points, and every PCT search gets that depth.
const DEPTH: usize = 5;
/// Steps of the real engine at a time, and those of one that knows none, which take longer.
const STEPS: u64 = 1_000_000;
const PLAIN_STEPS: u64 = 200_000;
/// What loom gets a round.
const LOOM: Duration = Duration::from_secs(2);

fn main() -> Result<()> {
    // Cargo passes `--bench`; with `--test` there is nothing to do here.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let rounds = std::env::var("FAULTLINE_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let scratch = tempfile::tempdir()?;
    let mut bench = Bench::new(scratch.path())?;
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        bench.round(round)?;
    }
    bench.t3_proven.note = bench.costs();
    bench.print();
    Ok(())
}

/// SPIN's verifiers: of the fixed and the mistaken model with partial-order reduction, and of the fixed one without.
struct Spin {
    fixed: spin::Verifier,
    mistaken: spin::Verifier,
    whole: spin::Verifier,
}

struct Bench {
    spin: Option<Spin>,
    our_random: Row,
    our_pct: Row,
    our_search: Row,
    our_small: Row,
    shuttle_random: Row,
    shuttle_pct: Row,
    shuttle_depth: Row,
    loom_whole: Row,
    loom_small: Row,
    right_breadth: Row,
    right_depth: Row,
    spin_reduced: Row,
    spin_whole: Row,
    plain: Row,
    walks: Walks,
    plain_walks: Walks,
    /// What steps of the real engine cost, in nanoseconds.
    steps: Vec<f64>,
    plain_steps: Vec<f64>,
    t3_found: Row,
    t3_proven: Row,
    p2_found: Row,
}

impl Bench {
    fn new(scratch: &Path) -> Result<Self> {
        let make = |kernel, reduction| spin::make(scratch, kernel, reduction);
        let spin = if spin::installed() {
            Some(Spin {
                fixed: make(Kernel::Fixed, spin::Reduction::Partial)?,
                mistaken: make(Kernel::Mistaken, spin::Reduction::Partial)?,
                whole: make(Kernel::Fixed, spin::Reduction::None)?,
            })
        } else {
            eprintln!("SPIN is left out: `spin` and `cc` are not both installed");
            None
        };
        Ok(Bench {
            spin,
            our_random: Row::new("Faultline, random"),
            our_pct: Row::new("Faultline, PCT"),
            our_search: Row::new("Faultline, exhaustive"),
            our_small: Row::new("Faultline, exhaustive, two tasks"),
            shuttle_random: Row::new("shuttle, random"),
            shuttle_pct: Row::new("shuttle, PCT"),
            shuttle_depth: Row::new("shuttle, depth first"),
            loom_whole: Row::new("loom, at most four preemptions"),
            loom_small: Row::new("loom, two tasks"),
            right_breadth: Row::new("stateright, breadth first"),
            right_depth: Row::new("stateright, depth first"),
            spin_reduced: Row::new("SPIN, partial-order reduction"),
            spin_whole: Row::new("SPIN, without"),
            plain: Row::new("a plain loop, no explorer"),
            walks: Walks::new(true)?,
            plain_walks: Walks::new(false)?,
            steps: Vec::new(),
            plain_steps: Vec::new(),
            t3_found: Row::new("Faultline's engine, t3 under 2019-12"),
            t3_proven: Row::new("Faultline's engine, t3 under 2020-01-fixed"),
            p2_found: Row::new("Faultline's engine, p2 under 2020-01-weakened-pip"),
        })
    }

    fn round(&mut self, round: u64) -> Result<()> {
        let seeds = || (0..SEEDS).map(move |seed| 1 + round * SEEDS + seed);
        let all = |look: &dyn Fn(u64) -> Search| seeds().map(look).collect::<Vec<_>>();

        self.steps();
        self.our_random.ran(ours::random(Kernel::Fixed, round + 1, OUR_RUNS));
        self.shuttle_random.ran(shuttle::search(Strategy::Random(round + 1), Kernel::Fixed, RUNS));
        self.our_pct.ran(ours::pct(Kernel::Fixed, round + 1, DEPTH as u32, OUR_RUNS));
        self.shuttle_pct.ran(shuttle::search(Strategy::Pct(round + 1, DEPTH), Kernel::Fixed, RUNS));
        self.shuttle_depth.ran(shuttle::search(Strategy::Dfs, Kernel::Fixed, RUNS));
        let whole = loom::search(&Task::ALL, Kernel::Mistaken, Some(4), LOOM);
        self.loom_whole.ran(whole);
        self.loom_whole.note =
            format!("{} in {} s", if whole.found { "found" } else { "nothing found" }, LOOM.as_secs());

        self.our_pct.looked(&all(&|seed| ours::pct(Kernel::Mistaken, seed, DEPTH as u32, PATIENCE as u64)));
        self.shuttle_pct.looked(&all(&|seed| shuttle::search(Strategy::Pct(seed, DEPTH), Kernel::Mistaken, PATIENCE)));
        self.our_random.looked(&all(&|seed| ours::random(Kernel::Mistaken, seed, PATIENCE as u64)));
        self.shuttle_random.looked(&all(&|seed| shuttle::search(Strategy::Random(seed), Kernel::Mistaken, PATIENCE)));

        self.steps();
        self.our_search.exhausted(ours::exhaustive(Kernel::Fixed, &Task::ALL, Reduction::FULL));
        self.our_search.looked(&[ours::exhaustive(Kernel::Mistaken, &Task::ALL, Reduction::FULL)]);
        if let Some(spin) = &self.spin {
            self.spin_reduced.exhausted(spin.fixed.search()?);
            self.spin_reduced.looked(&[spin.mistaken.search()?]);
            self.spin_whole.exhausted(spin.whole.search()?);
        }
        for (order, row) in [(Order::Breadth, &mut self.right_breadth), (Order::Depth, &mut self.right_depth)] {
            row.exhausted(stateright::search(order, Kernel::Fixed));
            row.looked(&[stateright::search(order, Kernel::Mistaken)]);
        }
        self.our_small.exhausted(ours::exhaustive(Kernel::Fixed, &loom::SMALL, Reduction::FULL));
        let small = loom::search(&loom::SMALL, Kernel::Fixed, None, Duration::from_secs(60));
        self.loom_small.exhausted(small);
        // loom counts executions, not states.
        self.loom_small.states.clear();
        self.loom_small.ran(small);

        self.plain.ran(plain_runs(round + 1));
        self.plain.exhausted(plain_census());

        self.steps();
        self.t3_found.looked(&[engine::search("t3", "2019-12")?]);
        self.t3_proven.exhausted(engine::search("t3", "2020-01-fixed")?);
        self.p2_found.looked(&[engine::search("p2", "2020-01-weakened-pip")?]);
        Ok(())
    }
    /// Several times a round: a machine that others use is disturbed for seconds.
    fn steps(&mut self) {
        self.steps.push(self.walks.nanoseconds(STEPS));
        self.plain_steps.push(self.plain_walks.nanoseconds(PLAIN_STEPS));
    }

    /// What steps cost in all the rounds, in words.
    fn costs(&self) -> String {
        let said = |figures: &[f64]| {
            let (least, median) = (least(figures).unwrap_or_default(), median(figures).unwrap_or_default());
            format!("{least:.0} ns (median {median:.0})")
        };
        format!("a step {}; one that runs {}", said(&self.steps), said(&self.plain_steps))
    }

    fn print(&self) {
        println!("\n{}\n", executor_for());
        let ours = [&self.our_random, &self.our_pct, &self.our_search, &self.our_small];
        let shuttle = [&self.shuttle_random, &self.shuttle_pct, &self.shuttle_depth];
        let loom = [&self.loom_whole, &self.loom_small];
        let others = [&self.right_breadth, &self.right_depth, &self.spin_reduced, &self.spin_whole, &self.plain];
        let engine = [&self.t3_found, &self.t3_proven, &self.p2_found];
        let rows = ours.into_iter().chain(shuttle).chain(loom).chain(others).chain(engine);
        println!("{}", table(&rows.cloned().collect::<Vec<_>>()));
        println!("{}", ratios(&self.watched()));
    }

    fn watched(&self) -> Vec<Ratio> {
        let (ours, spin) = (&self.our_search, &self.spin_reduced);
        let (at_least, at_most) = (Goal::AtLeast, Goal::AtMost);
        let random = "executions/s, random: Faultline / shuttle";
        let pct = "executions/s, PCT: Faultline / shuttle";
        vec![
            Ratio::of(random, &self.our_random.executions, &self.shuttle_random.executions, at_least(10.0)),
            Ratio::of(pct, &self.our_pct.executions, &self.shuttle_pct.executions, at_least(10.0)),
            Ratio::of(
                "time to the mistake, PCT: Faultline / shuttle",
                &self.our_pct.find,
                &self.shuttle_pct.find,
                at_most(0.2),
            ),
            Ratio::of(
                "time to the mistake: Faultline, exhaustive / shuttle, PCT",
                &ours.find,
                &self.shuttle_pct.find,
                at_most(0.2),
            ),
            Ratio::of("time to exhaust: Faultline / SPIN with reduction", &ours.exhaust, &spin.exhaust, at_most(2.0)),
            Ratio::of(
                "time to exhaust: Faultline / stateright, depth first",
                &ours.exhaust,
                &self.right_depth.exhaust,
                at_most(1.0),
            ),
            Ratio::of(
                "time to exhaust two tasks: Faultline / loom",
                &self.our_small.exhaust,
                &self.loom_small.exhaust,
                at_most(1.0),
            ),
            Ratio::alone("a step of the real engine, ns", &self.steps, at_most(150.0)),
            Ratio::of("the same / a step that is not known and runs", &self.steps, &self.plain_steps, at_most(1.0)),
            Ratio::alone("t3 found under 2019-12, s", &self.t3_found.find, at_most(2.0)),
            Ratio::alone("p2 found under 2020-01-weakened-pip, s", &self.p2_found.find, at_most(2.0)),
            Ratio::alone("t3 proven absent under 2020-01-fixed, s", &self.t3_proven.exhaust, at_most(60.0)),
        ]
    }
}

fn plain_runs(mut seed: u64) -> Search {
    let begun = Instant::now();
    let found = (0..OUR_RUNS).filter(|_| plain::random_run(State::START, Kernel::Fixed, &mut seed)).count() > 0;
    Search { executions: OUR_RUNS, found, took: begun.elapsed(), ..Search::default() }
}

fn plain_census() -> Search {
    let begun = Instant::now();
    let census = plain::census(State::START, Kernel::Fixed);
    Search {
        states: census.states as u64,
        found: census.broken > 0,
        complete: true,
        took: begun.elapsed(),
        ..Search::default()
    }
}

/// Which class of machine this is, and what else runs on it.
fn executor_for() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| line.split_once(':').map(|(_, value)| value.trim().to_owned()))
    };
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().map(|load| format!(", load {load}")).unwrap_or_default();
    format!("{model}, {cores} cores, {}{load}; one run, one worker each", std::env::consts::OS)
}
