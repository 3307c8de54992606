//! A scenario's text in a link: deflated, in base64url.

use crate::link::LinkError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io::Write;

/// The longest text that fits in a link, in bytes.
pub const MAX_TEXT: usize = 1 << 16;

/// Checks that a text fits.
pub(super) fn fits(text: &str) -> Result<(), LinkError> {
    if text.len() > MAX_TEXT { Err(LinkError::Text(text.len())) } else { Ok(()) }
}

/// Encodes a text for a link.
pub(super) fn pack(text: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    // Writing to a vector cannot fail; half a text would not unpack.
    let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD.encode(packed)
}

/// Decodes a text from a link; the error says what was expected. However short the input, the result has at most
/// [`MAX_TEXT`] bytes.
pub(super) fn unpack(packed: &str) -> Result<String, &'static str> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(packed).map_err(|_| "letters, digits, - and _ in base64url")?;
    let mut text = Vec::with_capacity(MAX_TEXT + 1);
    let mut inflate = Decompress::new(false);
    let status = inflate.decompress_vec(&bytes, &mut text, FlushDecompress::Finish);
    if text.len() > MAX_TEXT {
        return Err("a text of at most 65536 bytes");
    }
    match status {
        Ok(Status::StreamEnd) if inflate.total_in() == bytes.len() as u64 => {}
        _ => return Err("a deflated text, whole"),
    }
    String::from_utf8(text).map_err(|_| "text in UTF-8")
}
