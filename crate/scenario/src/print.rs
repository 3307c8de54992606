//! Writes a scenario as the text it could have been read from.

use crate::model::{
    Claim, Directive, Expect, Header, Mapping, Name, Op, Range, Scenario, Statement, Target, Task, Until,
};
use crate::parse::{ADVICES, COUNTS, INHERITS, PMAP_COPIES, PROTS, RIGHTS, STATES};
use faultline_engine::vm::map::Advice;
use faultline_engine::world::FreeOrder;
use std::fmt::{self, Display, Formatter};

/// The word of a value; the tables are complete but for protections no file can say.
fn said<T: PartialEq>(known: &[(&'static str, T)], value: &T) -> &'static str {
    known.iter().find(|(_, v)| v == value).map_or("?", |(text, _)| text)
}

fn joined<T: Display>(items: &[T], between: &str) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(between)
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "va{} {}", self.start, self.pages)
    }
}

fn body(f: &mut Formatter<'_>, child: &Name, ops: &[Op]) -> fmt::Result {
    match ops {
        [] => write!(f, "{child}"),
        ops => write!(f, "{child} {{ {} }}", joined(ops, "; ")),
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Target::Page(page) => page.fmt(f),
            Target::Index(object, index) => write!(f, "{object} {index}"),
            Target::Shown(page) => write!(f, "va{page}"),
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Op::Mmap { range, prot, shared, what } => {
                write!(f, "mmap {range} {} {}", said(PROTS, prot), if *shared { "shared" } else { "private" })?;
                match what {
                    Mapping::Anon => Ok(()),
                    Mapping::Stack => f.write_str(" stack"),
                    Mapping::File(file, from) => write!(f, " file {file} from {from}"),
                }
            }
            Op::Munmap(range) => write!(f, "munmap {range}"),
            Op::Mprotect(range, prot) => write!(f, "mprotect {range} {}", said(PROTS, prot)),
            Op::Minherit(range, inherit) => write!(f, "minherit {range} {}", said(INHERITS, inherit)),
            Op::Madvise(range, advice) => write!(f, "madvise {range} {}", said::<Advice>(ADVICES, advice)),
            Op::Store(page, None) => write!(f, "store va{page}"),
            Op::Store(page, Some(value)) => write!(f, "store va{page} {value}"),
            Op::Load(page, value, name) => {
                write!(f, "load va{page}")?;
                value.iter().try_for_each(|value| write!(f, " = {value}"))?;
                name.iter().try_for_each(|name| write!(f, " as {name}"))
            }
            Op::Fork(child, ops) => {
                f.write_str("fork ")?;
                body(f, child, ops)
            }
            Op::Vfork(child, ops) => {
                f.write_str("vfork ")?;
                body(f, child, ops)
            }
            Op::Exec => f.write_str("exec"),
            Op::Exit => f.write_str("exit"),
            Op::Collapse(object) => write!(f, "collapse {object}"),
            Op::Pageout(target) => write!(f, "pageout {target}"),
            Op::Reclaim(None) => f.write_str("reclaim"),
            Op::Reclaim(Some(target)) => write!(f, "reclaim {target}"),
        }
    }
}

impl Display for Claim {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let no = |holds: &bool| if *holds { "" } else { "no " };
        match self {
            Claim::Value(process, page, Some(value)) => write!(f, "{process} va{page} = {value}"),
            Claim::Value(process, page, None) => write!(f, "{process} va{page} = nothing"),
            Claim::Same(one, other) => write!(f, "{one} = {other}"),
            Claim::Count(count, object, n) => write!(f, "{}({object}) = {n}", said(COUNTS, count)),
            Claim::Chain(process, page, chain) => write!(f, "chain({process} va{page}) = [{}]", joined(chain, " ")),
            Claim::Depth(process, page, n) => write!(f, "depth({process} va{page}) = {n}"),
            Claim::Pte(process, page, rights) => write!(f, "pte({process} va{page}) = {}", said(RIGHTS, rights)),
            Claim::Page(object, index, state) => write!(f, "page({object} {index}) = {}", said(STATES, state)),
            Claim::OneMapping(object, holds) => write!(f, "{}onemapping({object})", no(holds)),
            Claim::NeedsCopy(process, page, holds) => write!(f, "{}needs_copy({process} va{page})", no(holds)),
            Claim::Swapped(object, index, holds) => write!(f, "{}swapped({object} {index})", no(holds)),
            Claim::Gone(object, holds) => write!(f, "{}gone({object})", no(holds)),
            Claim::Counter(name, n) => write!(f, "count({name}) = {n}"),
            Claim::Signal(signal, page, None) => write!(f, "signal {} at va{page}", signal.name()),
            Claim::Signal(signal, page, Some(process)) => {
                write!(f, "signal {} at va{page} in {process}", signal.name())
            }
            Claim::Finding(None, holds) => write!(f, "{}finding", no(holds)),
            Claim::Finding(Some(kind), holds) => write!(f, "{}finding {}", no(holds), kind.name()),
        }
    }
}

impl Display for Expect {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("expect ")?;
        if !self.under.is_empty() {
            write!(f, "under {}: ", joined(&self.under, " "))?;
        }
        self.claim.fmt(f)
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Statement::Process(name) => write!(f, "process {name}"),
            Statement::File(name, pages) => write!(f, "file {name} {pages}"),
            Statement::Do(process, ops) => write!(f, "{process}: {}", joined(ops, "; ")),
            Statement::NameObject(name, process, page) => write!(f, "name {name} = object {process} va{page}"),
            Statement::NamePage(name, object, index) => write!(f, "name {name} = page {object} {index}"),
            Statement::Expect(expect) => expect.fmt(f),
        }
    }
}

impl Display for Task {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "task {} of {}", self.name, self.process)?;
        if let Some(cpu) = self.cpu {
            write!(f, " on cpu{cpu}")?;
        }
        write!(f, " {{ {} }}", joined(&self.ops, "; "))
    }
}

impl Display for Until {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Until::Step(step, 1) => f.write_str(step.label()),
            Until::Step(step, n) => write!(f, "{} #{n}", step.label()),
            Until::Blocked => f.write_str("blocked"),
            Until::End => f.write_str("end"),
        }
    }
}

impl Display for Directive {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} until {}", self.task, self.until)
    }
}

impl Display for Header {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let texts = [
            ("title", &self.title),
            ("about", &self.about),
            ("when", &self.when),
            ("where", &self.place),
            ("who", &self.who),
            ("review", &self.review),
        ];
        for (key, text) in
            texts.into_iter().chain(self.watch.iter().map(|w| ("watch", w))).filter(|(_, t)| !t.is_empty())
        {
            writeln!(f, "{key} {text}")?;
        }
        if let Some(group) = self.group {
            writeln!(f, "group {}", group.name())?;
        }
        if let Some(kind) = self.seek {
            writeln!(f, "seek {}", kind.name())?;
        }
        writeln!(f, "frames {}\nswap {}\npages {}\npolicy {}", self.frames, self.swap, self.pages, self.policy)?;
        if let Some(cpus) = self.cpus {
            writeln!(f, "cpus {cpus}")?;
        }
        writeln!(f, "pmap-copy {}", said(PMAP_COPIES, &self.pmap_copy))?;
        writeln!(f, "free-order {}", if self.free_order == FreeOrder::Fifo { "fifo" } else { "lifo" })?;
        writeln!(f, "prefault {} {}", self.prefault.0, self.prefault.1)?;
        writeln!(f, "errors {}", if self.strict { "strict" } else { "allowed" })
    }
}

impl Display for Scenario {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.header.fmt(f)?;
        for (section, statements) in [("setup", &self.setup), ("sequence", &self.sequence)] {
            if !statements.is_empty() {
                writeln!(f, "{section} {{\n  {}\n}}", joined(statements, "\n  "))?;
            }
        }
        for task in &self.tasks {
            writeln!(f, "{task}")?;
        }
        for expect in &self.expects {
            writeln!(f, "{expect}")?;
        }
        for schedule in &self.schedules {
            writeln!(f, "schedule {} {{", schedule.name)?;
            for directive in &schedule.directives {
                writeln!(f, "  {directive}")?;
            }
            for expect in &schedule.expects {
                writeln!(f, "  {expect}")?;
            }
            writeln!(f, "}}")?;
        }
        Ok(())
    }
}
