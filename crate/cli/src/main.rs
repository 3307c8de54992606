//! The program `faultline`: what the page can do, on the command line.
//!
//! Exit status: 0 ran and found nothing, 1 found something, 2 bad input, said on
//! standard error with the place and a remedy, 3 a search that is not to be believed, 130 ended by Ctrl-C.

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

/// Help and the version as clap writes them; what is wrong with the arguments without what a terminal would obey.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        output::tell(&error.render().to_string());
        return ExitCode::from(2);
    }
    // Who does not want to read it has it.
    _ = error.print();
    ExitCode::SUCCESS
}
