//! What turns touched, for telling whether two of them may change places.

use super::model::Model;

/// The words of a turn: a part of its [`Footprints`].
#[derive(Clone, Copy, Debug)]
pub struct Footprint {
    /// A bit for each word, by its lowest six: most turns are told apart by these.
    touched: u64,
    written: u64,
    /// Where its words begin, and how many there are.
    at: u32,
    len: u32,
}

impl Footprint {
    /// The turn touched nothing at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Footprints one after the other. They come and go like the turns of a path, last first,
/// so their words lie in one list.
#[derive(Debug, Default)]
pub struct Footprints {
    /// Words as they were touched; the low bit says that it was written.
    words: Vec<u64>,
}

/// The bit of an entry of [`Footprints::words`].
fn bit(entry: u64) -> u64 {
    1 << (entry >> 1 & 63)
}

impl Footprints {
    /// What the last turn of `model` touched.
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
    /// Both touch some word, and one of them writes it.
    pub fn meet(&self, one: Footprint, other: Footprint) -> bool {
        if one.written & other.touched == 0 && one.touched & other.written == 0 {
            return false;
        }
        let theirs = self.words(other);
        self.words(one).iter().any(|&mine| {
            let written = mine & 1 != 0;
            let may = if written { other.touched } else { other.written };
            // Of the two entries one at least is a write.
            let meets = |&theirs: &u64| theirs | 1 == mine | 1 && (written || theirs & 1 != 0);
            may & bit(mine) != 0 && theirs.iter().any(meets)
        })
    }
    fn words(&self, of: Footprint) -> &[u64] {
        &self.words[of.at as usize..][..of.len as usize]
    }
    /// A moment to come back to with [`Footprints::back_to`].
    pub fn checkpoint(&self) -> usize {
        self.words.len()
    }
    /// Forgets the footprints that were made since that mark.
    pub fn back_to(&mut self, checkpoint: usize) {
        self.words.truncate(checkpoint);
    }
}
