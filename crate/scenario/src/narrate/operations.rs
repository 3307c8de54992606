//! Operations of a scenario in words.

use super::phrase::{Phrase, code, strong};
use crate::model::{Collapsed, Mapping, Op, Range, Target};
use faultline_engine::kern::Inherit;
use faultline_engine::kern::Prot;
use faultline_engine::vm::map::{Advice, Kept};

/// An operation as a phrase whose subject is the task that performs it.
pub(super) fn operation(op: &Op) -> Phrase {
    let (long, short) = words(op);
    Phrase::new(long).short(short).begins()
}

/// The long form, and the short one for the lanes.
fn words(op: &Op) -> (String, String) {
    match op {
        Op::Store(page, Some(value)) => (format!("writes {value} to {}", at(*page)), format!("write va{page}")),
        Op::Store(page, None) => (format!("writes to {}", at(*page)), format!("write va{page}")),
        Op::Load(page, ..) => (format!("reads {}", at(*page)), format!("read va{page}")),
        Op::Fork(child, _) => (format!("forks {}", strong(&child.text)), format!("fork {child}")),
        Op::Vfork(child, _) => {
            (format!("vforks {}, who borrows its memory,", strong(&child.text)), format!("vfork {child}"))
        }
        Op::Exec => ("execs and gets an empty address space".into(), "exec".into()),
        Op::Exit => ("exits".into(), "exit".into()),
        Op::Collapse(Collapsed::Named(object)) => {
            (format!("has {} collapsed", strong(&object.text)), format!("collapse {object}"))
        }
        Op::Collapse(Collapsed::At(page)) => {
            (format!("has the object at {} collapsed", at(*page)), format!("collapse va{page}"))
        }
        Op::Pageout(page) => (format!("pages {} out", target(page)), format!("page out {page}")),
        Op::Reclaim(Some(page)) => (format!("would reclaim {}", target(page)), format!("reclaim {page}")),
        Op::Reclaim(None) => ("drops the pages of files that nobody maps".into(), "reclaim".into()),
        Op::Mmap { range: pages, shared, what, .. } => {
            let what = match what {
                Mapping::Anon => "memory".into(),
                Mapping::Stack => "a stack".into(),
                Mapping::File(file, _) => format!("file {file}"),
            };
            let shared = if *shared { ", shared," } else { "" };
            (format!("maps {what}{shared} at {}", range(*pages)), format!("mmap va{}", pages.start))
        }
        Op::Munmap(pages) => (format!("unmaps {}", range(*pages)), format!("munmap va{}", pages.start)),
        Op::Mprotect(pages, prot) => {
            (format!("makes {} {}", range(*pages), rights(*prot)), format!("mprotect va{}", pages.start))
        }
        Op::Minherit(pages, inherit) => {
            (format!("has its children {}", inherits(*inherit, &range(*pages))), format!("minherit va{}", pages.start))
        }
        Op::Madvise(pages, advice) => {
            let pages_are = range(*pages);
            let long = match advice {
                Advice::DontNeed => format!("says that it does not need {pages_are} soon"),
                Advice::Free => format!("says that what {pages_are} holds may go"),
                Advice::WillNeed => format!("says that it will need {pages_are} soon"),
                Advice::Kept(Kept::Normal) => format!("says nothing special of {pages_are} any longer"),
                Advice::Kept(Kept::Sequential) => format!("says that it reads {pages_are} in order"),
                Advice::Kept(Kept::Random) => format!("says that it reads {pages_are} in no order"),
                Advice::Kept(Kept::NoSync) => format!("says that {pages_are} need not be written back early"),
                Advice::Kept(Kept::AutoSync) => format!("says that {pages_are} may be written back early"),
                Advice::Kept(Kept::NoCore) => format!("leaves {pages_are} out of core dumps"),
                Advice::Kept(Kept::Core) => format!("has {pages_are} in core dumps"),
            };
            (long, format!("madvise va{}", pages.start))
        }
    }
}

fn at(page: u64) -> String {
    code(format!("va{page}"))
}

fn range(range: Range) -> String {
    match range.pages {
        1 => at(range.start),
        pages => format!("{} to {}", at(range.start), at(range.start + pages.saturating_sub(1))),
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Page(page) => code(&page.text),
        Target::Index(object, index) => format!("page {index} of {object}"),
        Target::Shown(page) => format!("what it sees at {}", at(*page)),
    }
}

fn rights(prot: Prot) -> &'static str {
    match (prot.contains(Prot::READ), prot.contains(Prot::WRITE), prot.contains(Prot::EXECUTE)) {
        (false, false, false) => "inaccessible",
        (_, true, false) => "writable",
        (_, true, true) => "writable and executable",
        (_, false, true) => "executable",
        (true, false, false) => "read-only",
    }
}

fn inherits(how: Inherit, pages: &str) -> String {
    match how {
        Inherit::Share => format!("share {pages}"),
        Inherit::Copy => format!("get a copy of {pages}"),
        Inherit::None => format!("begin without {pages}"),
        Inherit::Zero => format!("find {pages} empty"),
    }
}
