//! Values in a guest's memory that are read as they are, with what the canonical ABI asks of
//! them.

use crate::description::Type;
use crate::lower::{Call, Encoding};
use crate::strings::valid;
use crate::transcode::{self, Invalid};
use crate::trap::trap_line;
use quench_runtime_support::Line;

/// Returns the number of at most 8 bytes at an address.
pub(crate) fn number(call: &mut Call, address: u32, size: u32) -> u64 {
    let mut bytes = [0; 8];
    let memory = call.memory();
    for (byte, read) in bytes.iter_mut().zip(Call::bytes(&memory, address, size)) {
        *byte = *read;
    }
    u64::from_le_bytes(bytes)
}

/// Checks the number of a variant's case.
pub(crate) fn case(ty: Type, number: u32) -> u32 {
    if number >= ty.count() {
        let line = &mut Line::new("trap: invalid variant discriminant: ");
        line.decimal(number.into()).text(", and the variant has ");
        trap_line(line.decimal(ty.count().into()).text(" cases"));
    }
    number
}

/// Returns the character that has a number.
pub(crate) fn character(number: u32) -> char {
    char::from_u32(number).unwrap_or_else(|| {
        let line = &mut Line::new("trap: invalid `char` bit pattern: ");
        trap_line(line.hexadecimal(number.into()))
    })
}

/// Calls a function with each character of a string, whose length is that of the canonical
/// ABI. Traps where the string is not valid.
pub(crate) fn characters(
    call: &mut Call,
    address: u32,
    length: u32,
    mut function: impl FnMut(char),
) {
    let encoding = call.encoding(length);
    let memory = call.memory();
    let bytes = Call::string(&memory, encoding, address, length);
    match encoding {
        Encoding::Utf8 => valid(transcode::check_utf8(bytes)).chars().for_each(function),
        Encoding::Utf16 => transcode::characters(bytes).for_each(|one| function(valid(one))),
        Encoding::Latin1 => bytes.iter().for_each(|byte| function(char::from(*byte))),
    }
}

/// Returns the character of a string at an address, and the address behind it. The string is
/// one that [`characters`] has seen; a guest that has changed it since traps if it is no
/// longer valid.
pub(crate) fn character_at(call: &mut Call, encoding: Encoding, address: u32) -> (char, u32) {
    let invalid = |kind| valid::<char>(Err(kind));
    match encoding {
        Encoding::Latin1 => (char::from(number(call, address, 1) as u8), address.wrapping_add(1)),
        Encoding::Utf8 => {
            let first = number(call, address, 1) as u8;
            let length = first.leading_ones().clamp(1, 4);
            let memory = call.memory();
            let text = core::str::from_utf8(Call::bytes(&memory, address, length));
            let character = text.ok().and_then(|text| text.chars().next());
            let character = character.unwrap_or_else(|| invalid(Invalid::Utf8));
            (character, address.wrapping_add(length))
        }
        Encoding::Utf16 => {
            let first = number(call, address, 2) as u16;
            let is_pair = (0xd800..0xdc00).contains(&first);
            let length = if is_pair { 4 } else { 2 };
            let memory = call.memory();
            let bytes = Call::bytes(&memory, address, length);
            let character = transcode::characters(bytes).next().and_then(Result::ok);
            let character = character.unwrap_or_else(|| invalid(Invalid::Utf16));
            (character, address.wrapping_add(length))
        }
    }
}
