//! Footprints: what turns touched, to tell whether two of them commute.

use crate::model::Model;

/// The words touched by a turn: a range of its [`Footprints`].
#[derive(Clone, Copy, Debug)]
pub struct Footprint {
    /// One bit per word, by its lowest six bits: these alone show most turns to be independent.
    touched: u64,
    written: u64,
    /// Start and length of the range of its words.
    at: u32,
    len: u32,
}

impl Footprint {
    /// Whether the turn touched nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Footprints in one list of words. They come and go like the turns of a path, last first.
#[derive(Debug, Default)]
pub struct Footprints {
    /// Words in the order of access; the low bit is set for a write.
    words: Vec<u64>,
}

/// The bit of an entry of [`Footprints::words`] in a footprint's masks.
fn bit(entry: u64) -> u64 {
    1 << (entry >> 1 & 63)
}

impl Footprints {
    /// How many bytes they take.
    pub fn held(&self) -> u64 {
        (self.words.capacity() * size_of::<u64>()) as u64
    }
    /// Adds the footprint of the last turn of `model`.
    pub fn of<M: Model>(&mut self, model: &M) -> Footprint {
        let (mut touched, mut written) = (0, 0);
        let at = self.words.len();
        model.accesses(|word, write| {
            let entry = word << 1 | u64::from(write);
            touched |= bit(entry);
            written |= if write { bit(entry) } else { 0 };
            self.words.push(entry);
        });
        Footprint { touched, written, at: at as u32, len: (self.words.len() - at) as u32 }
    }
    /// Whether the turns are dependent: both touch some word, and at least one writes it.
    pub fn meet(&self, one: Footprint, other: Footprint) -> bool {
        if one.written & other.touched == 0 && one.touched & other.written == 0 {
            return false;
        }
        let theirs = self.words(other);
        self.words(one).iter().any(|&mine| {
            let written = mine & 1 != 0;
            let may = if written { other.touched } else { other.written };
            // At least one of the two entries is a write.
            let meets = |&theirs: &u64| theirs | 1 == mine | 1 && (written || theirs & 1 != 0);
            may & bit(mine) != 0 && theirs.iter().any(meets)
        })
    }
    fn words(&self, of: Footprint) -> &[u64] {
        &self.words[of.at as usize..][..of.len as usize]
    }
    /// A position for [`Footprints::back_to`].
    pub fn checkpoint(&self) -> usize {
        self.words.len()
    }
    /// Drops the footprints added since that checkpoint.
    pub fn back_to(&mut self, checkpoint: usize) {
        self.words.truncate(checkpoint);
    }
}
