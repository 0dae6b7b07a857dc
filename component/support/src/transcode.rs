//! Strings from one encoding to another, on slices. Each function is a step of the canonical
//! ABI's `store_string`; what does not fit is left for the next step. Strings of UTF-16 are
//! bytes, two for each unit, the lower first.

/// Why a string was not transcoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Invalid {
    /// The bytes are not UTF-8.
    Utf8,
    /// The units are not UTF-16.
    Utf16,
}

/// Number of units read, and number of units or bytes written.
type Progress = (usize, usize);

/// Checks that bytes are UTF-8.
pub(crate) fn check_utf8(from: &[u8]) -> Result<&str, Invalid> {
    core::str::from_utf8(from).map_err(|_| Invalid::Utf8)
}

/// Returns the units of a UTF-16 string.
fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
    let (pairs, _) = bytes.as_chunks();
    pairs.iter().map(|pair| u16::from_le_bytes(*pair))
}

/// Returns the characters of a UTF-16 string.
pub(crate) fn characters(bytes: &[u8]) -> impl Iterator<Item = Result<char, Invalid>> {
    char::decode_utf16(units(bytes)).map(|result| result.map_err(|_| Invalid::Utf16))
}

/// Copies UTF-8.
pub(crate) fn copy_utf8(from: &[u8], to: &mut [u8]) -> Result<(), Invalid> {
    check_utf8(from)?;
    to.copy_from_slice(from);
    Ok(())
}

/// Copies UTF-16.
pub(crate) fn copy_utf16(from: &[u8], to: &mut [u8]) -> Result<(), Invalid> {
    characters(from).try_for_each(|character| character.map(|_| ()))?;
    to.copy_from_slice(from);
    Ok(())
}

/// Writes a unit of UTF-16; returns whether there was room.
fn put(to: &mut [u8], unit: usize, value: u16) -> bool {
    match to.get_mut(unit * 2..unit * 2 + 2) {
        Some(place) => {
            place.copy_from_slice(&value.to_le_bytes());
            true
        }
        None => false,
    }
}

/// Writes Latin-1 as UTF-16.
pub(crate) fn latin1_to_utf16(from: &[u8], to: &mut [u8]) {
    for (unit, byte) in from.iter().enumerate() {
        put(to, unit, u16::from(*byte));
    }
}

/// Writes UTF-8 as UTF-16; returns the number of units written.
pub(crate) fn utf8_to_utf16(from: &[u8], to: &mut [u8]) -> Result<usize, Invalid> {
    let mut written = 0;
    for unit in check_utf8(from)?.encode_utf16() {
        written += usize::from(put(to, written, unit));
    }
    Ok(written)
}

/// Writes a character as UTF-8; returns the number of bytes, or `None` if there is no room.
fn put_utf8(character: char, to: &mut [u8], at: usize) -> Option<usize> {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).as_bytes();
    to.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
    Some(bytes.len())
}

/// Writes UTF-16 as UTF-8, as far as it fits.
pub(crate) fn utf16_to_utf8(from: &[u8], to: &mut [u8]) -> Result<Progress, Invalid> {
    let (mut read, mut written) = (0, 0);
    for character in characters(from) {
        let character = character?;
        let Some(length) = put_utf8(character, to, written) else {
            break;
        };
        read += character.len_utf16();
        written += length;
    }
    Ok((read, written))
}

/// Writes Latin-1 as UTF-8, as far as it fits.
pub(crate) fn latin1_to_utf8(from: &[u8], to: &mut [u8]) -> Progress {
    let (mut read, mut written) = (0, 0);
    for byte in from {
        let Some(length) = put_utf8(char::from(*byte), to, written) else {
            break;
        };
        read += 1;
        written += length;
    }
    (read, written)
}

/// Writes UTF-8 as Latin-1, up to the first character that Latin-1 does not have.
pub(crate) fn utf8_to_latin1(from: &[u8], to: &mut [u8]) -> Result<Progress, Invalid> {
    let (mut read, mut written) = (0, 0);
    for character in check_utf8(from)?.chars() {
        let (Ok(byte), Some(place)) = (u8::try_from(character), to.get_mut(written)) else {
            break;
        };
        *place = byte;
        read += character.len_utf8();
        written += 1;
    }
    Ok((read, written))
}

/// Writes UTF-16 as Latin-1, up to the first character that Latin-1 does not have.
pub(crate) fn utf16_to_latin1(from: &[u8], to: &mut [u8]) -> Result<Progress, Invalid> {
    let mut done = 0;
    let mut fits = true;
    for character in characters(from) {
        match (u8::try_from(character?), to.get_mut(done)) {
            (Ok(byte), Some(place)) if fits => {
                *place = byte;
                done += 1;
            }
            // The rest is only checked.
            _ => fits = false,
        }
    }
    Ok((done, done))
}

/// Makes the `done` bytes of Latin-1 at the beginning of `to` UTF-16.
fn widen(to: &mut [u8], done: usize) {
    for unit in (0..done).rev() {
        let byte = to.get(unit).copied().unwrap_or_default();
        put(to, unit, u16::from(byte));
    }
}

/// Makes the `done` bytes of Latin-1 in `to` UTF-16, and appends UTF-8 as UTF-16. Returns
/// the number of units in all.
pub(crate) fn utf8_to_compact_utf16(
    from: &[u8],
    to: &mut [u8],
    done: usize,
) -> Result<usize, Invalid> {
    widen(to, done);
    let rest = to.get_mut(done * 2..).unwrap_or_default();
    Ok(done + utf8_to_utf16(from, rest)?)
}

/// Makes the `done` bytes of Latin-1 in `to` UTF-16, and appends UTF-16. Returns the number
/// of units in all.
pub(crate) fn utf16_to_compact_utf16(
    from: &[u8],
    to: &mut [u8],
    done: usize,
) -> Result<usize, Invalid> {
    widen(to, done);
    let rest = to.get_mut(done * 2..done * 2 + from.len()).unwrap_or_default();
    copy_utf16(from, rest)?;
    Ok(done + from.len() / 2)
}

/// The bit in the length of a compact string that says that it is UTF-16.
const UTF16_TAG: usize = 1 << 31;

/// Copies UTF-16; writes it as Latin-1 if that has all of its characters. Returns the
/// number of units, with [`UTF16_TAG`] if they are UTF-16.
pub(crate) fn utf16_to_compact_probably_utf16(
    from: &[u8],
    to: &mut [u8],
) -> Result<usize, Invalid> {
    copy_utf16(from, to)?;
    if units(from).any(|unit| unit > 0xff) {
        return Ok((from.len() / 2) | UTF16_TAG);
    }
    for (unit, place) in units(from).zip(to) {
        *place = unit as u8;
    }
    Ok(from.len() / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, buffer: &mut [u8; 64]) -> usize {
        utf8_to_utf16(text.as_bytes(), buffer).expect("UTF-8") * 2
    }

    #[test]
    fn utf16_and_back() {
        let text = "aé€😀";
        let (mut wide, mut narrow) = ([0; 64], [0; 64]);
        let length = utf16(text, &mut wide);
        assert_eq!(length, 10);
        let wide = &wide[..length];
        assert_eq!(utf16_to_utf8(wide, &mut narrow), Ok((5, 10)));
        assert_eq!(&narrow[..10], text.as_bytes());
        // Nothing is written in part.
        assert_eq!(utf16_to_utf8(wide, &mut narrow[..9]), Ok((3, 6)));
    }

    #[test]
    fn surrogates_alone_are_refused() {
        let lone = 0xd800_u16.to_le_bytes();
        let mut to = [0; 8];
        assert_eq!(copy_utf16(&lone, &mut to[..2]), Err(Invalid::Utf16));
        assert_eq!(utf16_to_utf8(&lone, &mut to), Err(Invalid::Utf16));
        assert_eq!(utf16_to_latin1(&lone, &mut to), Err(Invalid::Utf16));
        assert_eq!(copy_utf8(b"\xed\xa0\x80", &mut to[..3]), Err(Invalid::Utf8));
    }

    #[test]
    fn latin1_becomes_utf16_where_it_must() {
        let mut to = [0; 8];
        let text = "aé€!";
        assert_eq!(utf8_to_latin1(text.as_bytes(), &mut to[..4]), Ok((3, 2)));
        assert_eq!(utf8_to_compact_utf16(&text.as_bytes()[3..], &mut to, 2), Ok(4));
        assert_eq!(to, [b'a', 0, 0xe9, 0, 0xac, 0x20, b'!', 0]);
    }

    #[test]
    fn compact_strings_are_latin1_if_they_can_be() {
        let (mut wide, mut to) = ([0; 64], [0; 64]);
        let length = utf16("aé", &mut wide);
        assert_eq!(utf16_to_compact_probably_utf16(&wide[..length], &mut to[..length]), Ok(2));
        assert_eq!(to[..2], [b'a', 0xe9]);
        let length = utf16("a€", &mut wide);
        let expected = Ok(2 | UTF16_TAG);
        assert_eq!(utf16_to_compact_probably_utf16(&wide[..length], &mut to[..length]), expected);
    }
}
