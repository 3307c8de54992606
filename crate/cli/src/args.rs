//! What the command line says.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// FreeBSD's virtual memory as an engine: run scenarios, replay recordings, check page walks.
///
/// Exit status: 0 ran and found nothing, 1 found something, 2 bad input.
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
    /// Play a scenario once and say what came of it.
    Run(Run),
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
    pub scenario: String,
    /// The kernel: a preset, perhaps with switches, as in `2019-12,+P01,-P03`; otherwise
    /// the scenario's own.
    #[arg(long, value_name = "PRESET[,+P01,…]")]
    pub policy: Option<String>,
    /// Follow these choices, as another run has printed them for the same kernel.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["seed", "schedule"])]
    pub choices: Option<String>,
    /// Let chance choose who goes on, from this seed.
    #[arg(long, value_name = "N", conflicts_with = "schedule")]
    pub seed: Option<u64>,
    /// Follow this schedule of the scenario; otherwise its first one.
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<String>,
    /// Print the stream of events too, one a line.
    #[arg(long)]
    pub events: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `faultline trace`.
#[derive(Args, Debug)]
pub struct Trace {
    /// The recording, gzip-compressed or plain.
    pub file: PathBuf,
    /// The kernel: a preset, perhaps with switches, as in `2019-12,+P01,-P03`.
    #[arg(long, default_value = "main", value_name = "PRESET[,+P01,…]")]
    pub policy: String,
    /// Replay on this many threads, each a CPU of its own.
    #[arg(long, default_value_t = 1, value_name = "N", conflicts_with = "stepped")]
    pub threads: u32,
    /// Replay one event after the other in the file's order: the same totals every time.
    #[arg(long)]
    pub stepped: bool,
    /// Simulated CPUs: 2, or as many as there are threads.
    #[arg(long, value_name = "N")]
    pub cpus: Option<u32>,
    /// Simulated physical memory in frames of 4 KiB.
    #[arg(long, default_value_t = 65_536, value_name = "N")]
    pub frames: u32,
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
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}
