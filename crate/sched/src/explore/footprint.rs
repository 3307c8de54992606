//! What a turn touched, for telling whether two turns may change places.

use super::model::Model;
use std::rc::Rc;

/// The words of a turn.
#[derive(Clone, Debug)]
pub struct Footprint {
    /// A bit for each word, by its lowest six: most turns are told apart by these.
    touched: u64,
    written: u64,
    /// The words as they were touched; the low bit says that it was written.
    words: Rc<[u64]>,
}

/// The bit of an entry of [`Footprint::words`].
fn bit(entry: u64) -> u64 {
    1 << (entry >> 1 & 63)
}

impl Footprint {
    /// What the last turn of `model` touched; `scratch` saves an allocation.
    pub fn of<M: Model>(model: &M, scratch: &mut Vec<u64>) -> Footprint {
        let (mut touched, mut written) = (0, 0);
        scratch.clear();
        model.accesses(&mut |word, write| {
            let entry = word << 1 | u64::from(write);
            touched |= bit(entry);
            written |= if write { bit(entry) } else { 0 };
            scratch.push(entry);
        });
        Footprint { touched, written, words: scratch.as_slice().into() }
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
        self.words.iter().any(|&mine| {
            let written = mine & 1 != 0;
            let may = if written { other.touched } else { other.written };
            // Of the two entries one at least is a write.
            let meets = |&theirs: &u64| theirs | 1 == mine | 1 && (written || theirs & 1 != 0);
            may & bit(mine) != 0 && other.words.iter().any(meets)
        })
    }
}
