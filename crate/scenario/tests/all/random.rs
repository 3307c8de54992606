//! Random scenarios: legal ones, whatever the numbers are; in them hints that no program should notice.

use proptest::prelude::ProptestConfig;
use std::fmt::Write;

/// Kernels that are expected to be right.
pub const RIGHT: [&str; 2] = ["2025-04", "main"];

/// So many cases, unless the environment asks for another number.
pub fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    ProptestConfig { cases, max_shrink_iters: 4000, failure_persistence: None, ..ProptestConfig::default() }
}

/// What may occur.
#[derive(Clone, Copy)]
pub struct Shape {
    /// A region that is shared from the beginning, and ranges that come to be shared. Old
    /// kernels show stale pages there (SH), so they are not asked.
    pub progress: bool,
    /// A private mapping of a file, and a shared one.
    pub files: bool,
    /// Children that exec or exit in a borrowed address space.
    pub vfork: bool,
}

/// Whatever there is.
pub const ALL: Shape = Shape { progress: true, files: true, vfork: true };
/// Without sharing: for kernels that show stale pages then.
pub const PLAIN: Shape = Shape { progress: false, ..ALL };

/// Hints that the kernel may follow or not: what a header says of them.
#[derive(Clone, Copy)]
pub struct Hints {
    prefault: (u8, u8),
    pmap_copy: &'static str,
}

impl Hints {
    /// Those that go with the first decision, half of the time none.
    pub fn of(dice: &[Dice]) -> Hints {
        let number = dice.first().map_or(0, |die| die.iter().fold(0u8, |sum, &d| sum.wrapping_mul(31).wrapping_add(d)));
        let prefault = [(0, 0), (4, 4), (0, 0), (1, 2)][usize::from(number) % 4];
        Hints { prefault, pmap_copy: ["none", "none", "all", "choose"][usize::from(number / 4) % 4] }
    }
    /// Their lines of a header.
    pub fn lines(self) -> String {
        format!("prefault {} {}\npmap-copy {}\n", self.prefault.0, self.prefault.1, self.pmap_copy)
    }
}

/// Private pages `va0` …; after them shared ones, after these a file's as the process sees it alone, and
/// at last a file's that all see.
const PRIVATE: u64 = 4;
const SHARED: u64 = 2;
const FILE: u64 = 2;
const WRITTEN: u64 = PRIVATE + SHARED + FILE;
const PAGES: u64 = WRITTEN + FILE;
/// The most processes at a time: frames and CPUs are finite.
const MOST: usize = 5;

/// One decision: four numbers.
pub type Dice = [u8; 4];

struct Family {
    shape: Shape,
    /// The file that all see.
    written: &'static str,
    names: Vec<String>,
    alive: Vec<usize>,
    shared_by: bool,
    hints: Hints,
}

impl Family {
    fn new(shape: Shape, written: &'static str, hints: Hints) -> Family {
        Family { shape, written, names: vec!["P0".into()], alive: vec![0], shared_by: false, hints }
    }
    fn is_mapped(&self, page: u64) -> bool {
        match page {
            0..PRIVATE => true,
            page if page < PRIVATE + SHARED => self.shape.progress,
            _ => self.shape.files,
        }
    }
    fn page(&self, die: u8) -> u64 {
        let page = u64::from(die) % PAGES;
        if self.is_mapped(page) { page } else { page % PRIVATE }
    }
    /// A range of private pages.
    fn range(&self, die: u8) -> String {
        let start = u64::from(die) % PRIVATE;
        let pages = 1 + u64::from(die / 16) % (PRIVATE - start);
        format!("va{start} {pages}")
    }
    /// An operation that any process may perform at any time.
    fn simple(&mut self, [_, op, page, more]: Dice) -> String {
        let at = self.page(page);
        match op % 28 {
            0..=6 => format!("store va{at}"),
            7..=12 => format!("load va{at}"),
            13 => format!("munmap {}", self.range(page)),
            14 => format!("mprotect {} {}", self.range(page), ["none", "r", "rw", "rw"][usize::from(more) % 4]),
            15 if !self.shared_by => {
                format!("minherit {} {}", self.range(page), ["none", "zero", "copy", "copy"][usize::from(more) % 4])
            }
            16 => format!(
                "madvise {} {}",
                self.range(page),
                ["free", "dontneed", "random", "normal"][usize::from(more) % 4]
            ),
            17 => format!("mmap {}", self.range(page)),
            18..=20 => format!("pageout va{at}"),
            21..=23 => format!("reclaim va{at}"),
            // Where nobody maps it any more its object goes, and what was stored comes back from the file.
            24 => "reclaim".into(),
            25 if self.shape.files => format!("munmap va{WRITTEN} {}", 1 + u64::from(page) % FILE),
            26 if self.shape.files => self.map_written(),
            _ => format!("mprotect va0 {PRIVATE} rw"),
        }
    }
    fn map_written(&self) -> String {
        format!("mmap va{WRITTEN} {FILE} shared file {}", self.written)
    }
    fn fork(&mut self) -> String {
        let child = format!("P{}", self.names.len());
        self.names.push(child.clone());
        child
    }
    fn everything(&self) -> Vec<String> {
        (0..PAGES).filter(|&page| self.is_mapped(page)).map(|page| format!("load va{page}")).collect()
    }
}

fn head(family: &Family) -> String {
    let shape = family.shape;
    let mut text = format!("frames 120\nswap 5\nerrors allowed\n{}", family.hints.lines());
    let _ = writeln!(text, "setup {{\n  process P0\n  P0: mmap va0 {PRIVATE}");
    if shape.progress {
        let _ = writeln!(text, "  P0: mmap va{PRIVATE} {SHARED} shared");
    }
    if shape.files {
        let _ = writeln!(text, "  file f {FILE}\n  file g {FILE}\n  P0: mmap va{} {FILE} file f", PRIVATE + SHARED);
        let _ = writeln!(text, "  P0: {}", family.map_written());
    }
    text
}

/// Sequential operations of the family.
fn statements(text: &mut String, family: &mut Family, dice: &[Dice]) {
    for &die in dice {
        let who = family.alive[usize::from(die[0]) % family.alive.len()];
        let name = family.names[who].clone();
        let room = family.names.len() < 2 * MOST && family.alive.len() < MOST;
        let op = match die[1] {
            200..=235 if room => {
                let child = family.fork();
                family.alive.push(family.names.len() - 1);
                format!("fork {child}")
            }
            236..=240 if room && family.shape.vfork => {
                let child = family.fork();
                let at = family.page(die[3]);
                if die[2] % 2 == 0 {
                    family.alive.push(family.names.len() - 1);
                    format!("vfork {child} {{ store va{at}; exec }}")
                } else {
                    format!("vfork {child} {{ store va{at}; exit }}")
                }
            }
            241..=252 if family.alive.len() > 1 => {
                family.alive.retain(|&p| p != who);
                "exit".into()
            }
            // Once, and for good: the range is never copied again by who shares it.
            // Rulings R47.
            253.. if family.shape.progress && !family.shared_by && family.hints.pmap_copy == "none" => {
                family.shared_by = true;
                format!("minherit va0 {PRIVATE} share")
            }
            _ => family.simple(die),
        };
        let _ = writeln!(text, "  {name}: {op}");
    }
}

/// One operation after the other; at the end everybody looks at everything, and goes.
pub fn sequential(shape: Shape, dice: &[Dice]) -> String {
    // A private mapping shows what is stored to the file, until its first store.
    let mut family = Family::new(shape, "f", Hints::of(dice));
    let mut text = head(&family);
    text.push_str("}\nsequence {\n");
    statements(&mut text, &mut family, dice);
    for &who in &family.alive {
        let _ = writeln!(text, "  {}: {}", family.names[who], family.everything().join("; "));
    }
    for &who in &family.alive {
        let _ = writeln!(text, "  {}: exit", family.names[who]);
    }
    text.push_str("}\n");
    text
}

/// A sequential beginning, then up to four tasks at once.
pub fn concurrent(shape: Shape, before: &[Dice], tasks: &[Vec<Dice>]) -> String {
    // Another file than is mapped privately: between a fault that has copied a page for a store and the
    // store itself, nothing says whether the process sees its copy or the file.
    let mut family = Family::new(shape, "g", Hints::of(before));
    let mut text = head(&family);
    statements(&mut text, &mut family, before);
    text.push_str("}\n");
    let alive = family.alive.clone();
    for (nth, dice) in tasks.iter().enumerate() {
        // The first processes get a task each, the last one all the others.
        let who = alive[nth.min(alive.len() - 1)];
        let mut ops: Vec<String> = Vec::new();
        for &die in dice {
            let room = family.names.len() < 2 * MOST;
            match die[1] {
                190..=225 if room => {
                    let child = family.fork();
                    let body = family.simple(die);
                    ops.push(format!("fork {child} {{ {body}; load va{}; exit }}", family.page(die[3])));
                }
                226..=250 => {
                    ops.push("exit".into());
                    break;
                }
                _ => ops.push(family.simple(die)),
            }
        }
        if ops.last().is_none_or(|op| op != "exit") {
            ops.extend(family.everything());
        }
        let _ = writeln!(text, "task T{nth} of {} {{ {} }}", family.names[who], ops.join("; "));
    }
    text
}
