//! The grammar of the command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::thread;

/// FreeBSD's virtual memory as an engine: run scenarios, replay recordings, check page walks.
///
/// Exit status: 0 no findings, 1 findings, 2 bad input, 3 an unsound search, 130 ended by Ctrl-C with the result so far.
#[derive(Parser, Debug)]
#[command(name = "faultline", version, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Play a scenario once and report its findings.
    Run(Run),
    /// Search every interleaving of a scenario for a violated property.
    Explore(Explore),
    /// Search every scenario on every kernel and print the table.
    Matrix(Matrix),
    /// Find the smallest sets of switches that fix a scenario.
    Fixes(Fixes),
    /// Replay the run of a link, and report how this build differs from it.
    Replay(Replay),
    /// Replay a recording of real processes, every fault and every map change.
    Trace(Trace),
    /// Repeat a real MMU's page walks and compare.
    Walk(Walk),
    /// List scenarios, kernels and the switches between them.
    List(List),
}

/// `faultline run`.
#[derive(Args, Debug)]
pub struct Run {
    /// A scenario's file, or its name in the gallery.
    #[arg(value_name = "FILE|NAME")]
    pub scenario: PathBuf,
    /// The kernel: a preset, optionally with switches, as in `2019-12,+P01,-P03`; otherwise
    /// the scenario's own.
    #[arg(long, value_name = "PRESET[,+P01,…]")]
    pub policy: Option<String>,
    /// Follow these choices, as another run has printed them for the same kernel.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["seed", "schedule"])]
    pub choices: Option<String>,
    /// Choose the tasks at random, from this seed.
    #[arg(long, value_name = "N", conflicts_with = "schedule")]
    pub seed: Option<u64>,
    /// Follow this stored schedule of the scenario; by default its first one.
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<String>,
    /// Print the stream of events too, one a line.
    #[arg(long)]
    pub events: bool,
    /// Narrate the run too, a sentence for each step.
    #[arg(long)]
    pub story: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print a link instead: to the first finding, or to the end if there is none. With
    /// `--json` it is one more member of the object.
    #[arg(long)]
    pub link: bool,
}

/// `faultline replay`.
#[derive(Args, Debug)]
pub struct Replay {
    /// The link: an address of the page, or its part from `#` on.
    pub link: String,
    /// Print the stream of events too, one a line.
    #[arg(long)]
    pub events: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// How `faultline explore` searches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Strategy {
    /// Every interleaving.
    Exhaustive,
    /// Random runs with few changes of priority (PCT).
    Pct,
    /// Random runs.
    Random,
}

/// `faultline explore`.
#[derive(Args, Debug)]
pub struct Explore {
    /// A scenario's file, or its name in the gallery.
    #[arg(value_name = "FILE|NAME")]
    pub scenario: PathBuf,
    /// The kernel: a preset, optionally with switches, as in `2019-12,+P01,-P03`; otherwise
    /// the scenario's own.
    #[arg(long, value_name = "PRESET[,+P01,…]")]
    pub policy: Option<String>,
    /// How to search.
    #[arg(long, value_enum, default_value = "exhaustive")]
    pub strategy: Strategy,
    /// Search only schedules with up to this many preemptions, fewest first.
    #[arg(long, value_name = "K")]
    pub preemptions: Option<u32>,
    /// Look for this kind of finding alone, or for `any`; by default for the scenario's own kind first,
    /// and for any if there is none of that.
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Depth of the bugs that `--strategy pct` looks for.
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub depth: u32,
    /// Random runs at most.
    #[arg(long, default_value_t = 100_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub executions: u64,
    /// The seed of random runs.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Different states at most, by all workers together, at some 70 bytes each.
    #[arg(long, default_value_t = 50_000_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub states: u64,
    /// Memory at most, for all workers together: 4,096 MiB if it is left out. A search that would take more is bounded.
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    pub memory: Option<u64>,
    /// Threads that search.
    #[command(flatten)]
    pub workers: Workers,
    /// Minimise the finding: fewer preemptions, fewer steps, a smaller scenario.
    #[arg(long)]
    pub shrink: bool,
    /// Report progress on standard error even if that is no terminal.
    #[arg(long)]
    pub progress: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// How many threads search.
#[derive(Args, Clone, Copy, Debug)]
pub struct Workers {
    /// Threads that search; as many as there are cores if it is left out. Verdicts and schedules are the
    /// same with any number.
    #[arg(long = "workers", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    wanted: Option<u16>,
}

impl Workers {
    /// As many as were asked for, or as there are cores.
    pub fn count(self) -> usize {
        self.wanted.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from)
    }
}

/// `faultline matrix`.
#[derive(Args, Debug)]
pub struct Matrix {
    /// Scenarios of the gallery; all of them if none is named.
    #[arg(value_name = "NAME")]
    pub scenarios: Vec<String>,
    /// Different states at most in each search; a larger state space is searched with one preemption.
    #[arg(long, default_value_t = 4_000_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub states: u64,
    /// Searches at the same time.
    #[command(flatten)]
    pub workers: Workers,
    /// Report progress on standard error even if that is no terminal.
    #[arg(long)]
    pub progress: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `faultline fixes`.
#[derive(Args, Debug)]
pub struct Fixes {
    /// A scenario's file, or its name in the gallery.
    #[arg(value_name = "FILE|NAME")]
    pub scenario: PathBuf,
    /// The kernel to fix: by default the scenario's own.
    #[arg(long, value_name = "PRESET[,+P01,…]")]
    pub policy: Option<String>,
    /// Switches in a set at most.
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub most: u8,
    /// Search only schedules with up to this many preemptions, which proves less.
    #[arg(long, value_name = "K")]
    pub preemptions: Option<u32>,
    /// Different states at most in each search.
    #[arg(long, default_value_t = 20_000_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub states: u64,
    /// Sets that are searched with at the same time.
    #[command(flatten)]
    pub workers: Workers,
    /// Report progress on standard error even if that is no terminal.
    #[arg(long)]
    pub progress: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `faultline trace`.
#[derive(Args, Debug)]
pub struct Trace {
    /// The recording, gzip-compressed or plain.
    pub file: PathBuf,
    /// The kernel: a preset, optionally with switches, as in `2019-12,+P01,-P03`.
    #[arg(long, default_value = "main", value_name = "PRESET[,+P01,…]")]
    pub policy: String,
    /// Replay on this many threads, each a CPU of its own.
    #[arg(long, default_value_t = 1, value_name = "N", conflicts_with = "stepped")]
    pub threads: u32,
    /// Replay the events one by one in the file's order: deterministic totals.
    #[arg(long)]
    pub stepped: bool,
    /// Simulated CPUs: 2, or as many as there are threads.
    #[arg(long, value_name = "N")]
    pub cpus: Option<u32>,
    /// Simulated physical memory in frames of 4 KiB.
    #[arg(long, default_value_t = 65_536, value_name = "N")]
    pub frames: u32,
    /// Report progress on standard error even if that is no terminal.
    #[arg(long)]
    pub progress: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `faultline walk`.
#[derive(Args, Debug)]
pub struct Walk {
    /// The vectors, plain or `.xz`.
    pub file: PathBuf,
    /// Levels of the page tables, 4 or 5; otherwise the file decides.
    #[arg(long, value_name = "4|5")]
    pub levels: Option<u8>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `faultline list`.
#[derive(Args, Debug)]
pub struct List {
    /// List the changes of FreeBSD that touch what is modelled, and how each is reproduced.
    #[arg(long)]
    pub fixes: bool,
    /// List the properties that findings name, with a sentence each.
    #[arg(long, conflicts_with = "fixes")]
    pub properties: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
