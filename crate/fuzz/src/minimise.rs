//! Minimises an input that fails, as long as it fails in the same way.

/// Inputs that are tried at most.
const TRIES: usize = 3_000;

/// The smallest input found for which `fails` still holds: pieces are left out, ever smaller ones, first whole lines.
pub fn minimise(input: &[u8], mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut tries = 0;
    let mut fails = |input: &[u8]| {
        tries += 1;
        tries <= TRIES && fails(input)
    };
    let lines: Vec<Vec<u8>> = input.split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
    let lines = without(lines, &mut |lines| fails(&lines.concat()));
    without(lines.concat(), &mut |bytes| fails(bytes))
}

/// Leaves out runs of items, halves first, as long as `fails` holds.
fn without<T: Clone>(mut items: Vec<T>, fails: &mut impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut len = items.len().div_ceil(2);
    while len > 0 {
        let mut at = 0;
        while at < items.len() {
            let end = (at + len).min(items.len());
            let fewer = [&items[..at], &items[end..]].concat();
            match fails(&fewer) {
                true => items = fewer,
                false => at = end,
            }
        }
        len /= 2;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_the_failure_does_not_need_are_removed() {
        let input = b"first\nsecond XY line\nthird Z\nlast\n";
        let fails = |input: &[u8]| input.windows(2).any(|two| two == b"XY") && input.contains(&b'Z');
        assert_eq!(minimise(input, fails), b"XYZ");
    }
}
