//! The program `faultline`: what the page can do, on the command line.
//!
//! Exit status: 0 no findings, 1 findings, 2 bad input, reported on standard error with its place and a remedy, 3 an
//! unsound search, 130 ended by Ctrl-C.

mod args;
mod explore;
mod fixes;
mod interrupt;
mod list;
mod matrix;
mod output;
mod policy;
mod progress;
mod replay;
mod run;
mod story;
mod stream;
mod trace;
mod walk;

use args::{Arguments, Command};
use clap::Parser;
use faultline_scenario::suggest;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let done = match arguments.command {
        Command::Run(options) => run::run(&options),
        Command::Explore(options) => explore::run(&options),
        Command::Matrix(options) => matrix::matrix(&options),
        Command::Fixes(options) => fixes::fixes(&options),
        Command::Replay(options) => replay::run(&options),
        Command::Trace(options) => trace::run(&options),
        Command::Walk(options) => {
            walk::run(&options.file, options.levels, options.json).map(ExitCode::from).map_err(|e| e.to_string())
        }
        Command::List(options) if options.fixes => list::fixes(options.json),
        Command::List(options) if options.properties => list::properties(options.json),
        Command::List(options) => list::run(options.json),
    };
    done.unwrap_or_else(|error| {
        output::complain(&error);
        ExitCode::from(2)
    })
}

/// Prints help and the version as clap writes them, and errors of the arguments with control characters escaped.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        output::tell(&error.render().to_string());
        return ExitCode::from(2);
    }
    // A reader that closed the pipe wants no more of it.
    _ = error.print();
    ExitCode::SUCCESS
}
