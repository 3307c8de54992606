//! What a turn touched, for telling whether two turns may change places.

use super::model::Model;
use std::rc::Rc;

/// The words of a turn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Footprint {
    /// A bit for each word, by its lowest six: most turns are told apart by these.
    touched: u64,
    written: u64,
    /// Each word once, sorted; the low bit says that it was written.
    words: Rc<[u64]>,
}

impl Footprint {
    /// What the last turn of `model` touched; `scratch` saves an allocation.
    pub fn of<M: Model>(model: &M, scratch: &mut Vec<u64>) -> Footprint {
        let (mut touched, mut written) = (0, 0);
        scratch.clear();
        model.accesses(&mut |word, write| {
            let bit = 1 << (word & 63);
            touched |= bit;
            written |= if write { bit } else { 0 };
            scratch.push(word << 1 | u64::from(write));
        });
        scratch.sort_unstable();
        scratch.dedup();
        // A word that was read and written counts as written.
        let mut kept = 0;
        for at in 0..scratch.len() {
            let word = scratch[at];
            if word & 1 == 0 && scratch.get(at + 1) == Some(&(word | 1)) {
                continue;
            }
            scratch[kept] = word;
            kept += 1;
        }
        Footprint { touched, written, words: scratch[..kept].into() }
    }
    /// The turn touched nothing at all.
    pub fn is_empty(&self) -> bool {
        self.touched == 0
    }
    /// Both touch some word, and one of them writes it.
    pub fn meets(&self, other: &Footprint) -> bool {
        if self.written & other.touched == 0 && self.touched & other.written == 0 {
            return false;
        }
        let (mut a, mut b) = (self.words.iter().peekable(), other.words.iter().peekable());
        while let (Some(&&x), Some(&&y)) = (a.peek(), b.peek()) {
            match (x >> 1).cmp(&(y >> 1)) {
                std::cmp::Ordering::Less => _ = a.next(),
                std::cmp::Ordering::Greater => _ = b.next(),
                std::cmp::Ordering::Equal if (x | y) & 1 != 0 => return true,
                std::cmp::Ordering::Equal => {
                    a.next();
                    b.next();
                }
            }
        }
        false
    }
}
