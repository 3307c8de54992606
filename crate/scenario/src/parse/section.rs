//! Sections: set-up, sequence, tasks, expectations, schedules.

use super::KEYS;
use super::claim::expect;
use super::lex::{
    Input, Parsed, any_word, end, keyword, more, name, number, page, peek_word, refuse, sees, sign, unknown, word,
};
use super::op::{Ops, VERBS};
use super::unmodelled::{self, OPERATIONS};
use crate::model::{Directive, MAX_PAGES, Name, Scenario, Schedule, Statement, Task, Until};
use faultline_engine::step::Step;
use faultline_text::escape::quoted;

const SECTIONS: [&str; 5] = ["setup", "sequence", "task", "expect", "schedule"];
/// What lines of a section begin with, other than with a process.
const LINES: [&str; 4] = ["process", "file", "name", "expect"];

/// A section whose first word has been passed; `in_header` where a line of the header could stand as well.
pub(super) fn section(
    input: &mut Input<'_>,
    ops: Ops,
    first: &Name,
    in_header: bool,
    into: &mut Scenario,
) -> Parsed<()> {
    match first.text.as_str() {
        "setup" => into.setup.extend(statements(input, ops)?),
        "sequence" => into.sequence.extend(statements(input, ops)?),
        "task" => into.tasks.push(task(input, ops)?),
        "expect" => into.expects.push(expect(input, first.at)?),
        "schedule" => into.schedules.push(schedule(input)?),
        _ => return no_section(input, first, in_header),
    }
    Ok(())
}

fn no_section(input: &mut Input<'_>, first: &Name, in_header: bool) -> Parsed<()> {
    let said = quoted(&first.text);
    if KEYS.contains(&first.text.as_str()) {
        return refuse(first.at, format!("a section, not the header's {said}"), "put the header before all sections");
    }
    if LINES.contains(&first.text.as_str()) || (!first.text.is_empty() && sees(input, ':')?) {
        let remedy =
            "put lines of processes into `setup { … }` or `sequence { … }`, and write tasks as `task T of A: …`";
        return refuse(first.at, format!("a section, not {said}"), remedy);
    }
    let sections = format!("sections begin with {}", SECTIONS.join(", "));
    match in_header {
        true => {
            let remedy = format!("the header's lines begin with {}; {sections}", KEYS.join(", "));
            unknown(first, "a header line or a section", KEYS.into_iter().chain(SECTIONS), &remedy)
        }
        false => unknown(first, "a section", SECTIONS, &sections),
    }
}

/// `{ … }` of a sequential section.
fn statements(input: &mut Input<'_>, ops: Ops) -> Parsed<Vec<Statement>> {
    sign(input, '{', "the lines of the section stand in braces")?;
    let mut statements = Vec::new();
    while more(input)? && !input.starts_with('}') {
        let first =
            word(input, "a line of the section", "write `process A`, `A: store va0 X0`, `name O = object A va0`")?;
        if sees(input, ':')? {
            statements.push(Statement::Do(first, ops.line(input)?));
            continue;
        }
        let statement = match first.text.as_str() {
            "process" => Statement::Process(name(input, "a process")?),
            "file" => {
                let file = name(input, "a file")?;
                Statement::File(file, number(input, MAX_PAGES, "pages")?)
            }
            "name" => named(input)?,
            "expect" => {
                statements.push(Statement::Expect(expect(input, first.at)?));
                continue;
            }
            text if VERBS.contains(&text) || unmodelled::find(OPERATIONS, text).is_some() => {
                let remedy = format!("say whose operation it is: `A: {} …`", first.text);
                return refuse(first.at, format!("a line of the section, not {}", quoted(text)), remedy);
            }
            _ => {
                let remedy = "write `A: store va0 X0`, process, file, name or expect";
                return unknown(&first, "a line of the section", LINES, remedy);
            }
        };
        end(input)?;
        statements.push(statement);
    }
    sign(input, '}', "close the section")?;
    end(input)?;
    Ok(statements)
}

fn named(input: &mut Input<'_>) -> Parsed<Statement> {
    const REMEDY: &str = "write `name O = object A va0` or `name p0 = page O 0`";
    let new = name(input, "an object or a page")?;
    sign(input, '=', REMEDY)?;
    let what = word(input, "object or page", REMEDY)?;
    match what.text.as_str() {
        "object" => {
            let process = name(input, "a process")?;
            Ok(Statement::NameObject(new, process, page(input)?))
        }
        "page" => {
            let object = name(input, "an object")?;
            Ok(Statement::NamePage(new, object, number(input, MAX_PAGES, "pages")?))
        }
        _ => refuse(what.at, "object or page", REMEDY),
    }
}

fn task(input: &mut Input<'_>, ops: Ops) -> Parsed<Task> {
    const REMEDY: &str = "write `task B1 of B: store va0 X0` or `task B1 of B on cpu2 { … }`";
    let new = name(input, "a task")?;
    keyword(input, "of", REMEDY)?;
    let process = name(input, "a process")?;
    let mut cpu = None;
    if peek_word(input)?.text == "on" {
        any_word(input)?;
        let said = word(input, "a CPU", REMEDY)?;
        let number = said.text.strip_prefix("cpu").and_then(|n| n.parse().ok()).filter(|&n| n < 64);
        if number.is_none() {
            return refuse(said.at, "a CPU", "write cpu0 to cpu63");
        }
        cpu = number;
    }
    let ops = if sees(input, '{')? {
        let block = ops.block(input)?;
        end(input)?;
        block
    } else {
        sign(input, ':', REMEDY)?;
        ops.line(input)?
    };
    Ok(Task { name: new, process, cpu, ops })
}

fn schedule(input: &mut Input<'_>) -> Parsed<Schedule> {
    let new = name(input, "a schedule")?;
    sign(input, '{', "the lines of the schedule stand in braces")?;
    let mut schedule = Schedule { name: new, directives: Vec::new(), expects: Vec::new() };
    while more(input)? && !input.starts_with('}') {
        let first = word(input, "a directive", "write `B1 until pmap_enter`")?;
        if first.text == "expect" && peek_word(input)?.text != "until" {
            schedule.expects.push(expect(input, first.at)?);
            continue;
        }
        keyword(input, "until", "write `B1 until pmap_enter`")?;
        let until = until(input)?;
        end(input)?;
        schedule.directives.push(Directive { task: first, until });
    }
    sign(input, '}', "close the schedule")?;
    end(input)?;
    Ok(schedule)
}

fn until(input: &mut Input<'_>) -> Parsed<Until> {
    let said = word(input, "a step", "write a step, `blocked` or `end`")?;
    let step = match said.text.as_str() {
        "end" => return Ok(Until::End),
        "blocked" => return Ok(Until::Blocked),
        text => Step::from_label(text),
    };
    let Some(step) = step else {
        let known: Vec<_> = Step::ALL.iter().map(|s| s.label()).collect();
        let words = known.iter().copied().chain(["end", "blocked"]);
        return unknown(&said, "a step", words, &format!("write end, blocked or one of {}", known.join(", ")));
    };
    let count = peek_word(input)?;
    let Some(digits) = count.text.strip_prefix('#') else { return Ok(Until::Step(step, 1)) };
    any_word(input)?;
    match digits.parse() {
        Ok(n) if n > 0 => Ok(Until::Step(step, n)),
        _ => refuse(count.at, "which time", "write #2 for the second time"),
    }
}
