//! `faultline list`: scenarios, kernels, and the switches between them.

use crate::output;
use faultline_engine::policy::{PRESETS, fixes};
use faultline_engine::property::{self, Property};
use faultline_scenario::catalog::Catalog;
use faultline_scenario::dates;
use faultline_scenario::model::Group;
use serde::Serialize;
use std::process::ExitCode;

fn heading(group: Group) -> &'static str {
    match group {
        Group::Race => "Races",
        Group::Defect => "Defects that no kernel shipped, to be found",
        Group::Golden => "Golden tests: every kernel agrees",
        Group::Correct => "Correct programs: nothing goes wrong on 2025-04 and main",
    }
}

/// Lists everything that can be named.
pub fn run(json: bool) -> Result<ExitCode, String> {
    let listing = Catalog::of_summaries().map_err(|error| error.to_string())?;
    if json {
        output::json(&listing)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::write(|out| {
        for group in Group::ALL {
            writeln!(out, "{} (faultline run NAME)", heading(group))?;
            for s in listing.scenarios.iter().filter(|s| s.group == group.name()) {
                writeln!(out, "  {:<22}{:<11}{}", s.name, s.years, s.title)?;
            }
            writeln!(out)?;
        }
        writeln!(out, "Kernels (--policy), oldest first")?;
        for p in &listing.presets {
            writeln!(out, "  {:<22}{}", p.name, p.text)?;
            writeln!(out, "  {:<22}{}", "", p.switches.join(" "))?;
        }
        writeln!(out, "\nSwitches (--policy PRESET,+P01,-P03,P16=write-first)")?;
        for s in &listing.switches {
            writeln!(out, "  {}  {:<20}{}", s.id, s.name, s.text)?;
        }
        for s in &listing.settings {
            writeln!(out, "  {}  {:<20}{}; {} in every preset", s.id, s.name, s.text, s.preset)?;
            for value in &s.values {
                writeln!(out, "       {:<20}{}", format!("={}", value.name), value.text)?;
            }
        }
        writeln!(out, "\nDefects that no preset has (--policy PRESET,+P17)")?;
        for s in &listing.defects {
            writeln!(out, "  {}  {:<20}{}", s.id, s.name, s.text)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Fix {
    id: &'static str,
    commit: &'static str,
    date: &'static str,
    file: &'static str,
    routines: &'static str,
    text: &'static str,
    /// The presets whose kernels have it, in words.
    kernels: String,
    /// How it is reproduced, in words.
    reproduced: String,
    /// The presets that differ from their kernels in it.
    not_reproduced: Vec<&'static str>,
}

#[derive(Serialize)]
struct Fixes {
    fixes: Vec<Fix>,
}

/// Lists the changes of FreeBSD that touch what is modelled: the tables of `docs/spec/dates.md`.
pub fn fixes(json: bool) -> Result<ExitCode, String> {
    if json {
        let fix = |fix: &'static fixes::Fix| Fix {
            id: fix.id,
            commit: fix.commit,
            date: fix.date,
            file: fix.file,
            routines: fix.routines,
            text: fix.text,
            kernels: dates::kernels(fix),
            reproduced: dates::how(fix),
            not_reproduced: PRESETS.iter().filter(|preset| fix.is_missed(preset)).map(|p| p.name).collect(),
        };
        output::json(&Fixes { fixes: fixes::all().map(fix).collect() })?;
    } else {
        output::write(|out| write!(out, "{}", dates::table()))?;
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct PropertyEntry {
    code: &'static str,
    holds: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct Properties {
    properties: Vec<PropertyEntry>,
}

/// `faultline list --properties`: the codes that findings name, with a sentence each.
pub fn properties(json: bool) -> Result<ExitCode, String> {
    if json {
        let entry = |p: &Property| PropertyEntry { code: p.code(), holds: p.holds(), source: p.source() };
        output::json(&Properties { properties: Property::ALL.iter().map(entry).collect() })?;
    } else {
        output::write(|out| write!(out, "{}", property::table()))?;
    }
    Ok(ExitCode::SUCCESS)
}
