//! `cargo xtask`: set-up, build, serve, check, test.

mod bench;
mod browser;
mod check;
mod citations;
mod command;
mod compiler;
mod doctor;
mod fuzz;
mod install;
mod licences;
mod npm;
mod ordering;
mod package;
mod page;
mod repo;
mod serve;
mod setup;
mod tally;
mod test;
mod versions;
mod wasm;

use anyhow::Result;
use clap::{Parser, Subcommand};
use repo::Repo;
use serve::Running;
use std::process::ExitCode;

/// Builds, serves and tests Faultline. Every command first installs the tools that it needs and that are missing.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Find or install everything that is needed to build, serve and test
    Setup,
    /// Build pkg/ (both wasm builds) and dist/ (the static site)
    Build {
        /// Build pkg/ alone
        #[arg(long)]
        pkg: bool,
    },
    /// Build what changed and serve dist/, cross-origin isolated, until Ctrl-C
    Serve {
        /// The port to try first
        #[arg(long, default_value_t = 8000)]
        port: u16,
        /// The address to listen on; browsers run threads only at localhost or over HTTPS
        #[arg(long, default_value = "127.0.0.1")]
        host: String,
        /// Leave out the headers that isolate the page, so that it runs on one thread
        #[arg(long)]
        no_isolation: bool,
    },
    /// Run the tests: all rings but `tsan` and `miri`, or one ring
    Test {
        /// The ring to run alone
        ring: Option<test::Ring>,
    },
    /// Search random scenarios for as long as it takes: twenty thousand of each sort by default
    Soak {
        /// Scenarios of each sort
        #[arg(long, default_value_t = 20_000)]
        cases: u32,
    },
    /// Mutate every input that comes from outside, for as long as you like, and keep what breaks something
    Fuzz(fuzz::Options),
    /// Check formatting, lints, documentation and types
    Check {
        /// The half to check alone
        part: Option<check::Part>,
    },
    /// Run the benchmarks: the engine's, the explorer against its peers, and wasm against native
    Bench {
        /// Run the explorer and its peers alone
        #[arg(long)]
        peers: bool,
        /// Run the same search natively and in a browser alone
        #[arg(long, conflicts_with = "peers")]
        wasm: bool,
        /// Passed to the engine's `cargo bench`; the other benchmarks are then left out
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Show which tools are found where
    Doctor,
    /// Print the environment of a wasm build, for `eval` in a shell
    Env {
        /// The build
        variant: wasm::Variant,
    },
}

fn main() -> ExitCode {
    run(Arguments::parse()).unwrap_or_else(|error| {
        // Without a backtrace of this program, which does not help a user who lacks a tool.
        eprintln!("\nerror: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let repo = Repo::find()?;
    let done = match arguments.command {
        Task::Setup => {
            setup::ensure(&repo, setup::ALL)?;
            eprintln!("everything is there");
            Ok(())
        }
        Task::Build { pkg } => {
            setup::ensure(&repo, setup::TO_BUILD)?;
            if pkg { page::build_packages(&repo) } else { page::build(&repo) }
        }
        Task::Serve { port, host, no_isolation } => {
            setup::ensure(&repo, setup::TO_BUILD)?;
            page::build(&repo)?;
            let server = Running::start(&repo.dist(), &host, port, !no_isolation)?;
            println!("\nFaultline is at {}   (Ctrl-C ends it)", server.url());
            server.wait();
            Ok(())
        }
        // The sum is the last line of output: no error follows it.
        Task::Test { ring } => return test::test(&repo, ring).map(|passed| ExitCode::from(u8::from(!passed))),
        Task::Soak { cases } => return test::soak(&repo, cases).map(|passed| ExitCode::from(u8::from(!passed))),
        Task::Fuzz(options) => return fuzz::fuzz(&repo, &options).map(|held| ExitCode::from(u8::from(!held))),
        Task::Check { part } => check::check(&repo, part),
        Task::Bench { peers, wasm, arguments } => bench::bench(&repo, bench::Which::new(peers, wasm), &arguments),
        Task::Doctor => doctor::doctor(&repo),
        Task::Env { variant } => doctor::environment(&repo, variant),
    };
    done.map(|()| ExitCode::SUCCESS)
}
