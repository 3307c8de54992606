//! Operations of processes.

use super::lex::{
    Input, Parsed, any_word, at_end, end, is_page, keyword, maybe_number, more, name, not_modelled, number, one_of,
    page, peek_word, refuse, sees, sign, unknown, word,
};
use super::unmodelled::{self, MAPPINGS, OPERATIONS};
use crate::model::{Collapsed, MAX_PAGES, Mapping, Name, Op, Range, Target};
use crate::value::Value;
use faultline_engine::kern::Inherit;
use faultline_engine::kern::Prot;
use faultline_engine::vm::map::{Advice, Kept};

/// The words that operations begin with.
pub(super) const VERBS: [&str; 14] = [
    "store", "load", "fork", "vfork", "exec", "exit", "mmap", "munmap", "mprotect", "minherit", "madvise", "collapse",
    "pageout", "reclaim",
];

/// Protections by their words.
pub(crate) const PROTS: &[(&str, Prot)] = &[
    ("none", Prot::empty()),
    ("r", Prot::READ),
    ("rw", Prot::RW),
    ("rx", Prot::READ.union(Prot::EXECUTE)),
    ("rwx", Prot::ALL),
];
/// Inheritances by their words.
pub(crate) const INHERITS: &[(&str, Inherit)] =
    &[("share", Inherit::Share), ("copy", Inherit::Copy), ("none", Inherit::None), ("zero", Inherit::Zero)];
/// Advices by their words.
pub(crate) const ADVICES: &[(&str, Advice)] = &[
    ("dontneed", Advice::DontNeed),
    ("free", Advice::Free),
    ("normal", Advice::Kept(Kept::Normal)),
    ("sequential", Advice::Kept(Kept::Sequential)),
    ("random", Advice::Kept(Kept::Random)),
    ("nosync", Advice::Kept(Kept::NoSync)),
    ("autosync", Advice::Kept(Kept::AutoSync)),
    ("nocore", Advice::Kept(Kept::NoCore)),
    ("core", Advice::Kept(Kept::Core)),
];

const ABOUT_MAPPING: &str = "something about a mapping";
/// What there is to say about a mapping, besides a protection.
const MAPPING_WORDS: [&str; 5] = ["private", "shared", "anon", "stack", "file"];

/// Forks inside forks; deeper than any scenario, and no stack overflows.
const MAX_DEPTH: u32 = 8;

/// Reads operations; `pages` is how long a range is that does not say so.
#[derive(Clone, Copy)]
pub(super) struct Ops {
    pub pages: u64,
    pub depth: u32,
}

impl Ops {
    /// The operations on the rest of a line, separated by `;`. Another line may follow
    /// one: `A: store va0; B: load va0`.
    pub fn line(self, input: &mut Input<'_>) -> Parsed<Vec<Op>> {
        let mut ops = vec![self.op(input)?];
        while sees(input, ';')? {
            if is_line(input)? {
                return Ok(ops);
            }
            if !at_end(input)? {
                ops.push(self.op(input)?);
            }
        }
        end(input)?;
        Ok(ops)
    }
    /// The operations of a block whose `{` has been passed.
    pub fn block(self, input: &mut Input<'_>) -> Parsed<Vec<Op>> {
        let mut ops = Vec::new();
        while more(input)? && !input.starts_with('}') {
            ops.push(self.op(input)?);
            end(input)?;
        }
        sign(input, '}', "close the block")?;
        Ok(ops)
    }
    fn range(self, input: &mut Input<'_>) -> Parsed<Range> {
        let start = page(input)?;
        let at = peek_word(input)?.at;
        let pages = maybe_number(input, MAX_PAGES, "pages")?.unwrap_or(self.pages);
        if pages == 0 || start + pages > MAX_PAGES {
            return refuse(at, "a number of pages", format!("1 page at least, up to va{} at most", MAX_PAGES - 1));
        }
        Ok(Range { start, pages })
    }
    fn op(self, input: &mut Input<'_>) -> Parsed<Op> {
        let verb = any_word(input)?;
        Ok(match verb.text.as_str() {
            "mmap" => self.mmap(input)?,
            "munmap" => Op::Munmap(self.range(input)?),
            "mprotect" => Op::Mprotect(self.range(input)?, one_of(&any(input)?, "a protection", PROTS)?),
            "minherit" => Op::Minherit(self.range(input)?, one_of(&any(input)?, "an inheritance", INHERITS)?),
            "madvise" => Op::Madvise(self.range(input)?, advice(&any(input)?)?),
            "store" => {
                let at = page(input)?;
                sees(input, '=')?;
                Op::Store(at, if at_end(input)? { None } else { Some(value(input)?) })
            }
            "load" => {
                let at = page(input)?;
                let expected = if sees(input, '=')? { Some(value(input)?) } else { None };
                let named = peek_word(input)?.text == "as";
                Op::Load(at, expected, if named { Some(label(input)?) } else { None })
            }
            "fork" => {
                let child = name(input, "a child")?;
                Op::Fork(child, self.body(input)?)
            }
            "vfork" => {
                let child = name(input, "a child")?;
                Op::Vfork(child, self.body(input)?)
            }
            "exec" => Op::Exec,
            "exit" => Op::Exit,
            "collapse" => Op::Collapse(match is_page(&peek_word(input)?.text) {
                true => Collapsed::At(page(input)?),
                false => Collapsed::Named(name(input, "an object or a page")?),
            }),
            "pageout" => Op::Pageout(self.target(input)?),
            "reclaim" => Op::Reclaim(if at_end(input)? { None } else { Some(self.target(input)?) }),
            text => {
                return match unmodelled::find(OPERATIONS, text) {
                    Some(what) => not_modelled(&verb, "an operation", what),
                    None => unknown(&verb, "an operation", VERBS, &format!("the operations are {}", VERBS.join(", "))),
                };
            }
        })
    }
    /// A page: `p0`, `O 1` or `va0`.
    fn target(self, input: &mut Input<'_>) -> Parsed<Target> {
        let first = peek_word(input)?.text;
        let shown = first.strip_prefix("va").is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_ascii_digit()));
        if shown {
            return Ok(Target::Shown(page(input)?));
        }
        let named = name(input, "a page or an object")?;
        Ok(match maybe_number(input, MAX_PAGES, "pages")? {
            Some(index) => Target::Index(named, index),
            None => Target::Page(named),
        })
    }
    /// A child's own operations, if it has some.
    fn body(self, input: &mut Input<'_>) -> Parsed<Vec<Op>> {
        let at = peek_word(input)?.at;
        if !sees(input, '{')? {
            return Ok(Vec::new());
        }
        if self.depth == MAX_DEPTH {
            return refuse(at, "fewer forks inside forks", format!("{MAX_DEPTH} generations are the most"));
        }
        Ops { depth: self.depth + 1, ..self }.block(input)
    }
    fn mmap(self, input: &mut Input<'_>) -> Parsed<Op> {
        let range = self.range(input)?;
        let (mut prot, mut shared, mut what) = (Prot::RW, false, Mapping::Anon);
        while !at_end(input)? {
            let said = any(input)?;
            match said.text.as_str() {
                "private" => shared = false,
                "shared" => shared = true,
                "anon" => what = Mapping::Anon,
                "stack" => what = Mapping::Stack,
                "file" => {
                    let file = name(input, "a file")?;
                    let from = match peek_word(input)?.text.as_str() {
                        "from" => {
                            keyword(input, "from", "")?;
                            number(input, MAX_PAGES, "pages")?
                        }
                        _ => 0,
                    };
                    what = Mapping::File(file, from);
                }
                text => match (PROTS.iter().find(|(known, _)| *known == text), unmodelled::find(MAPPINGS, text)) {
                    (Some(&(_, p)), _) => prot = p,
                    (None, Some(what)) => return not_modelled(&said, ABOUT_MAPPING, what),
                    (None, None) => {
                        let known = PROTS.iter().map(|(known, _)| *known).chain(MAPPING_WORDS);
                        let remedy =
                            "write none, r, rw, rx, rwx, private, shared, anon, stack or file NAME [from PAGE]";
                        return unknown(&said, ABOUT_MAPPING, known, remedy);
                    }
                },
            }
        }
        Ok(Op::Mmap { range, prot, shared, what })
    }
}

fn advice(said: &Name) -> Parsed<Advice> {
    match unmodelled::find(unmodelled::ADVICES, &said.text) {
        Some(what) => not_modelled(said, "an advice", what),
        None => one_of(said, "an advice", ADVICES),
    }
}

/// A line of a sequential section comes next, not an operation.
fn is_line(input: &mut Input<'_>) -> Parsed<bool> {
    let mut ahead = *input;
    let first = any_word(&mut ahead)?;
    Ok(matches!(first.text.as_str(), "process" | "file" | "name" | "expect") || sees(&mut ahead, ':')?)
}

/// The name that stands behind `as`, which comes next.
fn label(input: &mut Input<'_>) -> Parsed<Name> {
    any_word(input)?;
    name(input, "a load")
}

fn any(input: &mut Input<'_>) -> Parsed<Name> {
    word(input, "one word more", "the line ends too early")
}

/// A value.
pub(super) fn value(input: &mut Input<'_>) -> Parsed<Value> {
    let said = word(input, "a value", "write a name such as X0, or 0")?;
    match said.text.parse() {
        Ok(value) => Ok(value),
        Err(error) => refuse(said.at, "a value", format!("{error}, or 0")),
    }
}
