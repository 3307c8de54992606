//! A 64-bit mixer, for fingerprints and for random numbers that are the same everywhere.

/// Mixes `b` into the hash `a`: one round of SplitMix64's finaliser. A model may fold the parts of its state with it
/// into a fingerprint.
#[inline]
pub const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
