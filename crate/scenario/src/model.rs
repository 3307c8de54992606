//! A scenario as data: what a `.scn` file says. `docs/scenarios.md` has the grammar.

use crate::value::Value;
use faultline_engine::finding::FindingKind;
use faultline_engine::kern::Inherit;
use faultline_engine::kern::{Prot, Signal};
use faultline_engine::step::Step;
use faultline_engine::vm::map::Advice;
use faultline_engine::world::{FreeOrder, PmapCopy};
use std::fmt;

/// Page 0 of every process, `va0`. Far from 0, and all pages of a small scenario share
/// their page table.
pub const BASE: u64 = 0x4000_0000;
/// Pages that a scenario can name: `va0` to one below this.
pub const MAX_PAGES: u64 = 1 << 20;
/// The most tasks of a scenario, forked ones included. It bounds memory: of every turn a run keeps who could go on, a
/// bit for each task. A search takes far fewer: [`faultline_sched::executor::MAX_SEARCHED`].
pub const MAX_TASKS: usize = 4_096;
/// The longest name of a process, task, object, page, file, load or schedule, in characters.
pub const MAX_NAME: usize = 64;
/// The most pages on either side of a fault that prefault may be told to map.
pub const MAX_PREFAULT: u64 = 16;

/// A name as it stands in a file.
#[derive(Clone, Debug, Default)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Bytes before it in the file.
    pub at: usize,
}

impl Name {
    /// A name that stands in no file.
    pub fn new(text: impl Into<String>) -> Name {
        Name { text: text.into(), at: 0 }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A line of a file, from 1, for messages; 0 where there is none. Where something stands makes no
/// difference to what a scenario is, so all of them are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line(pub usize);

impl PartialEq for Line {
    fn eq(&self, _: &Line) -> bool {
        true
    }
}

/// A range of pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// First page.
    pub start: u64,
    /// How many.
    pub pages: u64,
}

/// What a mapping is made of.
#[derive(Clone, PartialEq, Debug)]
pub enum Mapping {
    /// Anonymous memory.
    Anon,
    /// Anonymous memory that grows down.
    Stack,
    /// Pages of a file, from a page of it on.
    File(Name, u64),
}

/// A page that the page daemon is sent to.
#[derive(Clone, PartialEq, Debug)]
pub enum Target {
    /// A named page.
    Page(Name),
    /// The page of an object at an index.
    Index(Name, u64),
    /// The resident page that the process is shown at a page of its own.
    Shown(u64),
}

/// An operation of a process.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// Maps a range; private unless `shared`.
    Mmap {
        /// Where.
        range: Range,
        /// What is permitted.
        prot: Prot,
        /// Children share it.
        shared: bool,
        /// What of.
        what: Mapping,
    },
    /// Unmaps a range.
    Munmap(Range),
    /// Changes what is permitted.
    Mprotect(Range, Prot),
    /// Changes what a fork does.
    Minherit(Range, Inherit),
    /// Advises about a range.
    Madvise(Range, Advice),
    /// Stores a value, or one of its own.
    Store(u64, Option<Value>),
    /// Loads, and expects a value if there is one; what it loads may have a name.
    Load(u64, Option<Value>, Option<Name>),
    /// Makes a child with a copy of the address space and operations of its own.
    Fork(Name, Vec<Op>),
    /// Makes a child that borrows the address space until it execs or exits.
    Vfork(Name, Vec<Op>),
    /// Replaces the address space by an empty one.
    Exec,
    /// Ends the process.
    Exit,
    /// Collapses an object, by a reference of its own.
    Collapse(Collapsed),
    /// Writes a page to the swap device or to its file, as the laundry does.
    Pageout(Target),
    /// Frees a page if nobody uses it, as the page daemon does; without one, drops the pages
    /// of files that nobody maps.
    Reclaim(Option<Target>),
}

/// Which object an operation collapses.
#[derive(Clone, PartialEq, Debug)]
pub enum Collapsed {
    /// One that has a name.
    Named(Name),
    /// The one that the process has mapped at a page: the top of the chain there.
    At(u64),
}

impl fmt::Display for Collapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Collapsed::Named(name) => write!(f, "{name}"),
            Collapsed::At(page) => write!(f, "va{page}"),
        }
    }
}

/// One thing of a sequential section.
#[derive(Clone, PartialEq, Debug)]
pub enum Statement {
    /// A process with an empty address space.
    Process(Name),
    /// A file of so many pages.
    File(Name, u64),
    /// Operations of a process.
    Do(Name, Vec<Op>),
    /// Names the object that a process has mapped at a page.
    NameObject(Name, Name, u64),
    /// Names the resident page of an object.
    NamePage(Name, Name, u64),
    /// An expectation at this place.
    Expect(Expect),
}

/// A task of the concurrent section.
#[derive(Clone, PartialEq, Debug)]
pub struct Task {
    /// Its name.
    pub name: Name,
    /// The process it is a thread of.
    pub process: Name,
    /// The CPU it runs on, if not one of its own.
    pub cpu: Option<u32>,
    /// Its program.
    pub ops: Vec<Op>,
}

/// Numbers that can be expected of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// `ref_count`.
    Ref,
    /// `resident_page_count`.
    Res,
    /// `shadow_count`.
    Shadows,
    /// Length in pages.
    Size,
    /// `paging_in_progress`.
    Pip,
}

/// What translates an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rights {
    /// Nothing.
    None,
    /// An entry that permits loads.
    Read,
    /// An entry that permits stores as well.
    Write,
}

/// What an object has at an index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageState {
    /// No page.
    Absent,
    /// A page without valid contents.
    Invalid,
    /// A page that nobody has changed.
    Clean,
    /// A changed page.
    Dirty,
}

/// What is expected.
#[derive(Clone, PartialEq, Debug)]
pub enum Claim {
    /// A process would load this value; `None`: nothing is mapped there.
    Value(Name, u64, Option<Value>),
    /// Two loads with names have loaded the same value.
    Same(Name, Name),
    /// A number of an object.
    Count(Count, Name, u64),
    /// The chain of objects below an address.
    Chain(Name, u64, Vec<Name>),
    /// How many objects the chain has.
    Depth(Name, u64, u64),
    /// What translates an address.
    Pte(Name, u64, Rights),
    /// What an object has at an index.
    Page(Name, u64, PageState),
    /// OBJ_ONEMAPPING.
    OneMapping(Name, bool),
    /// MAP_ENTRY_NEEDS_COPY of the entry at an address.
    NeedsCopy(Name, u64, bool),
    /// The object has a block on the swap device for an index.
    Swapped(Name, u64, bool),
    /// The object is gone.
    Gone(Name, bool),
    /// A count of the run, by its name in the report.
    Counter(Name, u64),
    /// A signal was delivered for an access to a page, to anybody or to a process.
    Signal(Signal, u64, Option<Name>),
    /// A finding of some kind, or of any.
    Finding(Option<FindingKind>, bool),
}

/// An expectation.
#[derive(Clone, PartialEq, Debug)]
pub struct Expect {
    /// The line it stands in.
    pub line: usize,
    /// Bytes before it in the file.
    pub at: usize,
    /// Kernels to which it applies, as [`Policy::fits`] reads them; all if there is none.
    ///
    /// [`Policy::fits`]: faultline_engine::policy::Policy::fits
    pub under: Vec<Name>,
    /// What is expected.
    pub claim: Claim,
}

/// How far a directive goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// Arrival at a step for the nth time.
    Step(Step, u32),
    /// Sleep.
    Blocked,
    /// The end of the program.
    End,
}

/// One line of a stored schedule.
#[derive(Clone, PartialEq, Debug)]
pub struct Directive {
    /// Who runs.
    pub task: Name,
    /// How far.
    pub until: Until,
}

/// A stored schedule.
#[derive(Clone, PartialEq, Debug)]
pub struct Schedule {
    /// Its name.
    pub name: Name,
    /// What it says.
    pub directives: Vec<Directive>,
    /// What is expected at the end of a run that follows it.
    pub expects: Vec<Expect>,
}

/// Where lists put a scenario.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// Something goes wrong on some kernel.
    Race,
    /// Something goes wrong on no kernel that ever shipped, but with a defect switched on.
    Defect,
    /// Every kernel agrees, step by step.
    Golden,
    /// A correct program: nothing goes wrong on `2025-04` and `main`, whatever the order; on
    /// older kernels it may meet the races.
    Correct,
}

impl Group {
    /// All groups, in the order of lists.
    pub const ALL: [Group; 4] = [Group::Race, Group::Defect, Group::Golden, Group::Correct];
    /// The name in scenario files and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Race => "race",
            Group::Defect => "defect",
            Group::Golden => "golden",
            Group::Correct => "correct",
        }
    }
}

/// The lines at the head of a file.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// One line for lists.
    pub title: String,
    /// What it is about, in one sentence.
    pub about: String,
    /// Where lists put it.
    pub group: Option<Group>,
    /// When it happened.
    pub when: String,
    /// Where it is to be found: release, file, report.
    pub place: String,
    /// Who found or fixed it.
    pub who: String,
    /// Where to read about it.
    pub review: String,
    /// What to watch, a sentence each.
    pub watch: Vec<String>,
    /// The kind of finding that it is about: what a search looks for first.
    pub seek: Option<FindingKind>,
    /// Physical memory in frames.
    pub frames: u32,
    /// Where that stands.
    pub frames_line: Line,
    /// Blocks of the swap device.
    pub swap: u32,
    /// Simulated CPUs; without it as many as are needed.
    pub cpus: Option<u32>,
    /// What fork does about page tables.
    pub pmap_copy: PmapCopy,
    /// Order of the free list.
    pub free_order: FreeOrder,
    /// Pages before and after a faulting one that prefault may map (PFBAK, PFFOR); 0 and 0 is off.
    pub prefault: (u32, u32),
    /// The kernel it is run on unless somebody says otherwise.
    pub policy: Name,
    /// Pages of a range that says none.
    pub pages: u64,
    /// Signals and errors that nobody expects are findings.
    pub strict: bool,
}

impl Header {
    /// The years that `when` names, the first and the last: `2019–2020`, `2016`, or nothing.
    pub fn years(&self) -> String {
        let numbers = self.when.split(|c: char| !c.is_ascii_digit());
        let years: Vec<_> = numbers.filter(|n| n.len() == 4).collect();
        match (years.first(), years.last()) {
            (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
            (Some(year), _) => (*year).into(),
            _ => String::new(),
        }
    }
}

impl Default for Header {
    fn default() -> Self {
        Header {
            title: String::new(),
            about: String::new(),
            group: None,
            when: String::new(),
            place: String::new(),
            who: String::new(),
            review: String::new(),
            watch: Vec::new(),
            seek: None,
            frames: 64,
            frames_line: Line::default(),
            swap: 16,
            cpus: None,
            pmap_copy: PmapCopy::None,
            free_order: FreeOrder::Lifo,
            prefault: (0, 0),
            policy: Name::new("main"),
            pages: 1,
            strict: true,
        }
    }
}

/// A scenario.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scenario {
    /// What it goes by: the name of its file.
    pub name: String,
    /// The head.
    pub header: Header,
    /// What happens first, in order, before the run.
    pub setup: Vec<Statement>,
    /// What the run does in order, if it has no tasks.
    pub sequence: Vec<Statement>,
    /// What the run does concurrently.
    pub tasks: Vec<Task>,
    /// What is expected of every run that ends.
    pub expects: Vec<Expect>,
    /// Stored schedules; the first is what a plain run follows.
    pub schedules: Vec<Schedule>,
}
