//! Random concurrent scenarios, small and without regard to what makes sense: every operation
//! that there is, by every process, on few pages, so that tasks meet.

use std::fmt::Write;

/// One decision.
pub type Dice = [u8; 4];

/// What a scenario is made of; what may occur follows from it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Swap, frames, `pmap-copy`, sharing.
    pub head: Dice,
    /// Operations of the set-up.
    pub before: Vec<Dice>,
    /// Those of the tasks.
    pub tasks: Vec<Vec<Dice>>,
}

/// All advice, what is kept in entries as often as what is given to pages.
const ADVICES: [&str; 8] = ["free", "dontneed", "random", "normal", "free", "dontneed", "sequential", "nocore"];

struct Writer {
    text: String,
    /// Processes so far, and those that are there when the tasks begin.
    born: usize,
    alive: Vec<String>,
    pages: u64,
    /// Rulings R47.
    inherits: bool,
}

impl Writer {
    fn range(&self, die: u8) -> String {
        let start = u64::from(die) % self.pages;
        format!("va{start} {}", 1 + u64::from(die / 16) % (self.pages - start))
    }
    fn child(&mut self) -> String {
        self.born += 1;
        format!("C{}", self.born)
    }
    /// An operation without children.
    fn simple(&self, [op, page, more, last]: Dice) -> String {
        let at = u64::from(page) % self.pages;
        let range = self.range(page);
        match op % 32 {
            0..=6 => format!("store va{at}"),
            7..=11 => format!("load va{at}"),
            12 | 13 => format!("munmap {range}"),
            14 => format!("mmap {range}"),
            15 => format!("mmap {range} {}", ["r", "rw shared", "none", "rw shared file f"][usize::from(more) % 4]),
            16 => format!("mmap {range} file f"),
            17..=19 => format!("mprotect {range} {}", ["none", "r", "rw", "rw"][usize::from(more) % 4]),
            20 | 21 => format!("madvise {range} {}", ADVICES[usize::from(more) % ADVICES.len()]),
            22 if self.inherits => {
                format!("minherit {range} {}", ["share", "copy", "none", "zero"][usize::from(more) % 4])
            }
            23..=25 => format!("pageout va{at}"),
            26..=28 => format!("reclaim va{at}"),
            29 => match last % 5 {
                0 => format!("collapse va{at}"),
                other => ["collapse O", "pageout O 0", "reclaim O 1", "reclaim"][usize::from(other) - 1].into(),
            },
            _ => format!("store va{at}"),
        }
    }
    /// One that may have them; whether it is the last of its process.
    fn any(&mut self, die: Dice, concurrent: bool) -> (String, bool) {
        let room = self.born < 8;
        match die[0] {
            200..=222 if room => {
                let child = self.child();
                let body = [self.simple([die[1], die[2], die[3], die[0]]), self.simple([die[3], die[1], die[2], 0])];
                let rest = ["", "; exit"][usize::from(die[3] / 128)];
                match (concurrent, die[2] % 3) {
                    (_, 0) => (format!("fork {child} {{ exit }}"), false),
                    (true, _) => (format!("fork {child} {{ {}{rest} }}", body[0]), false),
                    (false, _) => {
                        self.alive.push(child.clone());
                        (format!("fork {child}"), false)
                    }
                }
            }
            223..=232 if room => {
                let child = self.child();
                let end = ["exec", "exit"][usize::from(die[2] % 2)];
                let body = self.simple([die[1], die[2], die[3], 0]);
                if !concurrent && end == "exec" {
                    self.alive.push(child.clone());
                }
                (format!("vfork {child} {{ {body}; {end} }}"), false)
            }
            233..=240 => ("exit".into(), true),
            _ => (self.simple(die), false),
        }
    }
}

/// The scenario.
pub fn program(plan: &Plan) -> String {
    let [swap, pages, copy, kind] = plan.head;
    let copies = ["none", "none", "all", "choose"][usize::from(copy) % 4];
    let prefault = ["0 0", "0 0", "4 4", "1 2"][usize::from(copy / 4) % 4];
    let mut w = Writer {
        text: String::new(),
        born: 0,
        alive: vec!["P".into()],
        pages: 2 + u64::from(pages % 3),
        inherits: copies == "none",
    };
    // Now and then so few frames that tasks wait for memory, and are killed.
    let frames = [140, 140, 140, 20 + swap / 16][usize::from(swap) % 4];
    let (pages, swap) = (w.pages, [0, 2, 60][usize::from(swap) % 3]);
    let what = ["rw", "rw shared", "rw file f", "rw shared file f"][usize::from(kind) % 4];
    let _ = write!(
        w.text,
        "frames {frames}\nswap {swap}\npages 2\nerrors allowed\npmap-copy {copies}\nprefault {prefault}\nsetup {{\n  file f {pages}\n  process P\n  \
         P: mmap va0 {pages} {what}\n  P: store va0\n  name O = object P va0\n"
    );
    for &die in &plan.before {
        let who = w.alive[usize::from(die[3]) % w.alive.len()].clone();
        let (op, last) = w.any(die, false);
        if last {
            if w.alive.len() == 1 {
                continue;
            }
            w.alive.retain(|name| *name != who);
        }
        let _ = writeln!(w.text, "  {who}: {op}");
    }
    w.text.push_str("}\n");
    for (nth, dice) in plan.tasks.iter().enumerate() {
        let who = w.alive[nth % w.alive.len()].clone();
        let mut ops = Vec::new();
        for &die in dice {
            let (op, last) = w.any(die, true);
            ops.push(op);
            if last {
                break;
            }
        }
        if !ops.is_empty() {
            let _ = writeln!(w.text, "task T{nth} of {who} {{ {} }}", ops.join("; "));
        }
    }
    w.text
}

/// A scenario's text with something changed, left out, said twice or put elsewhere: a line, or a word of one. It
/// need not be one any more.
pub fn mutated(text: &str, dice: &[Dice]) -> String {
    const WORDS: [&str; 30] = [
        "va0", "va1", "va2", "0", "1", "2", "rw", "r", "none", "shared", "private", "store", "load", "munmap", "mmap",
        "exit", "exec", "pageout", "reclaim", "madvise", "mprotect", "minherit", "copy", "share", "zero", "free",
        "dontneed", "all", "file", "64",
    ];
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    for &[what, at, other, word] in dice {
        // The texts of the header are nobody's program.
        let first = lines.iter().position(|line| line.contains("setup")).unwrap_or(0);
        let body = lines.len() - first;
        let (at, other) = (first + usize::from(at) % body, first + usize::from(other) % body);
        match what % 8 {
            0 => _ = lines.remove(at),
            1 => lines.insert(other, lines[at].clone()),
            2 => lines.swap(at, other),
            3 => {
                let moved = lines[at].trim().trim_end_matches(['{', '}']).to_owned();
                lines[other].push_str("; ");
                lines[other].push_str(&moved);
            }
            _ => {
                let mut words: Vec<&str> = lines[at].split(' ').collect();
                let nth = usize::from(word) % words.len();
                words[nth] = WORDS[usize::from(word / 2) % WORDS.len()];
                lines[at] = words.join(" ");
            }
        }
        if lines.len() <= first + 1 {
            break;
        }
    }
    lines.join("\n")
}
