//! `faultline run FILE|NAME`: plays a scenario once.

use crate::args::Run as Options;
use crate::output;
use crate::{policy, story, stream, suggest};
use faultline_engine::event::Record;
use faultline_engine::policy::Policy;
use faultline_explore::Choices;
use faultline_explore::strategy::replay::Replay;
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::link::{self, Link, Source};
use faultline_scenario::model::Scenario;
use faultline_scenario::names::Names;
use faultline_scenario::narrate::{self, Story};
use faultline_scenario::parse::{self, MAX_LEN};
use faultline_scenario::places::{self, PlacedStep};
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::report::{FindingReport, RunReport};
use faultline_sched::Checks;
use faultline_text::format_number::{count, grouped};
use serde::Serialize;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// A run as `--json` prints it, with the optional parts that were requested.
#[derive(Serialize)]
struct Printed<'a, L> {
    #[serde(flatten)]
    report: &'a RunReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<L>,
    #[serde(flatten)]
    stream: Option<Stream<'a>>,
    #[serde(flatten)]
    story: Option<Story>,
}

/// The events of a run, as `--events --json` prints them.
#[derive(Serialize)]
struct Stream<'a> {
    /// How many of the events are the set-up's.
    setup_events: usize,
    names: &'a Names,
    events: &'a [Record],
    /// The steps, and where in FreeBSD's source each stands.
    places: &'a [PlacedStep],
}

/// Plays a scenario once and reports it.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let (scenario, policy, source) = scenario_and_policy(&options.scenario, options.policy.as_deref())?;
    let choices = options.choices.as_deref().map(str::parse::<Choices>).transpose();
    let choices = choices.map_err(|error| format!("--{error}"))?;
    let mut player = Player::new(&scenario, &policy, Checks::FULL).map_err(|error| error.to_string())?;
    match choices {
        Some(choices) => follow(&mut player, choices)?,
        None => _ = player.play(&how(options)).map_err(|error| error.to_string())?,
    }
    let link = options.link.then(|| link(&mut player, source)).transpose()?;
    if let (Some(link), false) = (&link, options.json) {
        output::write(|out| writeln!(out, "{link}"))?;
        return Ok(status(&player.report()));
    }
    let what = What { json: options.json, events: options.events, story: options.story };
    show(&mut player, link, what, |_, _| Ok(()))
}

/// A link to a run's first finding, or to its end. The run then stands at its end again.
fn link(player: &mut Player, source: Source) -> Result<String, String> {
    let end = player.run().trail().len();
    let turn = link::first_finding(player).unwrap_or(end);
    let link = Link::to(player, source, turn, None).map_err(|error| format!("--link: {error}"))?;
    player.run_mut().seek(end);
    Ok(link.to_string())
}

/// What to print of a run besides its report.
#[derive(Clone, Copy)]
pub struct What {
    /// All of it as one object.
    pub json: bool,
    /// The stream of events.
    pub events: bool,
    /// The run in plain words.
    pub story: bool,
}

/// Prints what a run came to: as one object in which `link` is what there is to say about a
/// link, or for people, where `more` says that.
pub fn show<L: Serialize>(
    player: &mut Player,
    link: Option<L>,
    what: What,
    more: impl FnOnce(&mut dyn Write, &RunReport) -> io::Result<()>,
) -> Result<ExitCode, String> {
    let report = player.report();
    let (events, names) = (player.events().copied().collect::<Vec<_>>(), player.names());
    let setup_events = player.setup_events();
    let places = if what.events { places::places(player) } else { Vec::new() };
    let story = what.story.then(|| narrate::story(player));
    match what.json {
        true => {
            let stream =
                what.events.then_some(Stream { setup_events, names: &names, events: &events, places: &places });
            output::json(&Printed { report: &report, link, stream, story })?;
        }
        false => output::write(|out| {
            if what.events {
                stream::print(out, &events, setup_events, &names, &places)?;
                writeln!(out)?;
            }
            print(out, player.scenario(), &report)?;
            if let Some(story) = &story {
                writeln!(out, "\nThe story, step by step:\n")?;
                story::print(out, story)?;
            }
            more(out, &report)
        })?,
    }
    Ok(status(&report))
}

fn status(report: &RunReport) -> ExitCode {
    ExitCode::from(u8::from(!report.findings.is_empty()))
}

fn how(options: &Options) -> Scheduling {
    match (options.seed, &options.schedule) {
        (Some(seed), _) => Scheduling::Random(seed),
        (None, Some(name)) => Scheduling::Schedule(name.clone()),
        (None, None) => Scheduling::Default,
    }
}

/// A scenario, the kernel it is to run on (its own unless another is asked for), and where a link finds it.
pub fn scenario_and_policy(scenario: &Path, policy: Option<&str>) -> Result<(Scenario, Policy, Source), String> {
    let (scenario, source) = find(scenario)?;
    let policy = match policy {
        Some(text) => policy::parse(text)?,
        None => Policy::parse(&scenario.header.policy.text).map_err(|error| format!("{}: {error}", scenario.name))?,
    };
    Ok((scenario, policy, source))
}

/// A scenario by its name in the gallery, or by its file, whose name need not be text.
fn find(given: &Path) -> Result<(Scenario, Source), String> {
    if let Some(exhibit) = given.to_str().and_then(gallery::find) {
        let scenario = exhibit.scenario().map_err(|error| error.to_string())?;
        return Ok((scenario, Source::Gallery(exhibit.name.into())));
    }
    let text = given.to_string_lossy();
    let bytes = match start_of(given) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound && !text.contains(['/', '.']) => {
            let near = suggest::nearest(&text, GALLERY.iter().map(|e| e.name));
            return Err(format!(
                "there is no scenario `{text}` and no file of that name; `faultline list` names the scenarios{}",
                suggest::question(near)
            ));
        }
        Err(error) => {
            return Err(format!("{text}: {error}; give a readable file or a name that `faultline list` names"));
        }
    };
    if bytes.len() > MAX_LEN {
        return Err(format!(
            "{text}: longer than {MAX_LEN} bytes, the most that a scenario has; give a scenario's file"
        ));
    }
    let Ok(source) = String::from_utf8(bytes) else {
        return Err(format!("{text}: not text in UTF-8; give a scenario's file"));
    };
    let name = given.file_stem().map_or(text.clone(), |stem| stem.to_string_lossy());
    let scenario = parse::parse(&name, &source).map_err(|error| {
        // People look for the file, not for the scenario's name.
        let (line, column) = (error.line, error.column);
        format!("{text}:{line}:{column}: expected {}; {}", error.expected, error.remedy)
    })?;
    let source = Source::of(&name, &source);
    Ok((scenario, source))
}

/// What a file holds, or of a longer one just enough to see that it is too long for a scenario.
fn start_of(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_LEN as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Plays exactly these choices: they belong to one scenario and one kernel.
fn follow(player: &mut Player, choices: Choices) -> Result<(), String> {
    let given = choices.len();
    let mut replay = Replay::new(choices);
    player.run_mut().play(&mut replay);
    let remedy = "choices belong to one scenario and one kernel: see that both are those that they were printed for";
    if let Some(at) = replay.misfit() {
        return Err(format!("--choices: choice {} of {given} names a task that cannot run there; {remedy}", at + 1));
    }
    if replay.left() > 0 {
        return Err(format!("--choices: the run is over after {} of {given} choices; {remedy}", given - replay.left()));
    }
    Ok(())
}

fn print(out: &mut dyn Write, scenario: &Scenario, report: &RunReport) -> io::Result<()> {
    writeln!(out, "{}: {}", report.scenario, scenario.header.title)?;
    let (steps, choices) = (count(report.steps, "step"), count(report.choice_count as u64, "choice"));
    writeln!(out, "kernel {}, {}, {steps}, {choices}, digest {}", report.policy, report.outcome, report.fingerprint)?;
    if report.choice_count > 0 {
        writeln!(out, "--choices {}", report.choices)?;
    }
    for parting in &report.parted {
        writeln!(out, "parted from its schedule at step {}: `{}`, {}", parting.turn, parting.directive, parting.why)?;
    }
    let c = &report.counters;
    let counted = [
        ("soft", c.soft),
        ("zero fill", c.zero_fill),
        ("copied", c.cow_copy),
        ("renamed", c.cow_rename),
        ("pager", c.pager),
        ("failed", c.failed),
        ("collapses", c.collapses),
        ("bypasses", c.bypasses),
        ("splits", c.splits),
    ];
    let counted: Vec<_> =
        counted.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{name} {}", grouped(*n))).collect();
    if !counted.is_empty() {
        writeln!(out, "faults and objects: {}", counted.join(", "))?;
    }
    if report.findings.is_empty() {
        return writeln!(out, "\nno findings");
    }
    let (all, causes) = (report.findings.len(), report.causes().count());
    let of_one_cause = if causes < all { format!(", {} that follow from others", all - causes) } else { String::new() };
    writeln!(out, "\n{}{of_one_cause}", count(all as u64, "finding"))?;
    for (f, rest) in report.causes() {
        writeln!(out, "  {}", line(f))?;
        if !f.mappings.is_empty() {
            let mappings: Vec<_> = f.mappings.iter().map(ToString::to_string).collect();
            writeln!(out, "    mapped: {}", mappings.join(", "))?;
        }
        for task in &f.tasks {
            writeln!(out, "    {task}")?;
        }
        for follows in rest {
            writeln!(out, "    -> {}", line(follows))?;
        }
    }
    Ok(())
}

/// A finding in one line.
fn line(f: &FindingReport) -> String {
    format!("{} ({}) at step {}, {}: {}", f.kind.name(), f.property, f.step, f.task, f.detail)
}
