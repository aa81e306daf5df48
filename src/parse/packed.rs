//! Files that are packed themselves (`sitemap.xml.gz`), whatever the transfer did.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use crate::domain::document::{Fault, FaultCode};

/// The bytes of a document, unpacked where they are gzip (RFC 1952), up to `most` bytes.
///
/// # Errors
/// When they are more, or cannot be unpacked.
pub(super) fn unpacked(body: &[u8], most: u64) -> Result<Cow<'_, [u8]>, Fault> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(body));
    }
    let mut out = Vec::new();
    let mut reader = MultiGzDecoder::new(body).take(most.saturating_add(1));
    reader.read_to_end(&mut out).map_err(|error| {
        Fault::new(
            FaultCode::BrokenBody,
            format!("the file is packed (gzip) and cannot be unpacked: {error}"),
        )
    })?;
    if out.len() as u64 > most {
        return Err(Fault::new(
            FaultCode::TooLarge,
            format!(
                "the file is packed (gzip) and holds more than {most} bytes; if that is right, give the source a larger `max_bytes`"
            ),
        ));
    }
    Ok(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked_within_its_bounds() {
        assert_eq!(unpacked(b"plain", 3).unwrap().as_ref(), b"plain");
        let twice = [packed(b"one "), packed(b"two")].concat();
        assert_eq!(unpacked(&twice, 100).unwrap().as_ref(), b"one two");
        let bomb = packed(&vec![b'0'; 10 << 20]);
        assert_eq!(
            unpacked(&bomb, 1 << 20).unwrap_err().code,
            FaultCode::TooLarge
        );
        let half = packed(&[7; 10_000]);
        let broken = unpacked(&half[..half.len() / 2], 1 << 20).unwrap_err();
        assert_eq!(broken.code, FaultCode::BrokenBody);
    }
}
