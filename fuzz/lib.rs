//! What all fuzz targets do.

use faultline_fuzz::Target;
use libfuzzer_sys::Corpus;

/// Takes an input as the target with this name does; those that it takes for good are worth changing.
pub fn check(target: &str, input: &[u8]) -> Corpus {
    let target = Target::find(target).expect("a target of crate/fuzz");
    (target.check)(input);
    Corpus::Keep
}
