//! How many bytes of memory the instructions of x86_64 access that compiled code
//! has: a table by opcode, from the Intel SDM, volume 2, appendix A "Opcode Map"
//! (tables ), with the widths of the instructions' own pages. Only the
//! forms with 128 bits are here of those that have more.

/// A prefix that stands for each of 0 (none), 0x66, 0xf2 and 0xf3.
const ANY: u8 = 1;

/// A width that an integer's opcode gives: in map 0, an even opcode is for 1 byte;
/// otherwise 2 bytes with the prefix 0x66, 8 with W, or 4.
const INTEGER: u8 = 100;
/// A width of 8 bytes with W, or 4.
const BY_W: u8 = 101;
/// A width that the prefix gives: 4 bytes (a scalar single) with 0xf3, 8 (a scalar
/// double) with 0xf2, or 16 (a vector).
const FLOAT: u8 = 102;

/// Map, prefix, first and last opcode, and bytes or one of the widths above. The
/// first row that fits counts: a single opcode comes before the range that it lies
/// in, and a prefix before [`ANY`].
#[rustfmt::skip]
const ROWS: [(u8, u8, u8, u8, u8); 74] = [
    // One byte (table A-2).
    (0, ANY, 0x00, 0x3f, INTEGER), // add, or, adc, sbb, and, sub, xor, cmp
    (0, ANY, 0x63, 0x63, 4), // movsxd
    (0, ANY, 0x69, 0x69, INTEGER), // imul with a constant
    (0, ANY, 0x6b, 0x6b, INTEGER), // imul with a constant of 8 bits
    (0, ANY, 0x80, 0x8b, INTEGER), // group 1 (add to cmp, constants), test, xchg, mov
    (0, ANY, 0xc0, 0xc7, INTEGER), // group 2 (shifts by constants), mov of a constant
    (0, ANY, 0xd0, 0xd3, INTEGER), // group 2 (shifts by 1 and by cl)
    (0, ANY, 0xf6, 0xff, INTEGER), // groups 3 to 5 (test, not, neg, mul, div, inc, dec)
    // Behind 0f (table A-3).
    (1, ANY, 0x10, 0x11, FLOAT), // movups, movupd, movss, movsd
    (1, 0xf3, 0x12, 0x16, 16), // movsldup, movshdup
    (1, ANY, 0x12, 0x13, 8), // movlps, movlpd, movddup
    (1, ANY, 0x14, 0x15, 16), // unpcklps, unpckhps and -pd
    (1, ANY, 0x16, 0x17, 8), // movhps, movhpd
    (1, ANY, 0x28, 0x29, 16), // movaps, movapd
    (1, ANY, 0x2a, 0x2a, BY_W), // cvtsi2ss, cvtsi2sd
    (1, ANY, 0x2c, 0x2d, FLOAT), // cvttss2si, cvtss2si and -sd-
    (1, 0x66, 0x2e, 0x2f, 8), // ucomisd, comisd
    (1, ANY, 0x2e, 0x2f, 4), // ucomiss, comiss
    (1, ANY, 0x40, 0x4f, INTEGER), // cmovcc
    (1, 0, 0x5a, 0x5a, 8), // cvtps2pd
    (1, ANY, 0x5b, 0x5b, 16), // cvtdq2ps, cvtps2dq, cvttps2dq
    (1, ANY, 0x51, 0x5f, FLOAT), // sqrt, rsqrt, rcp, and, andn, or, xor, add, mul, cvt, sub, min, div, max
    (1, ANY, 0x6e, 0x6e, BY_W), // movd, movq to a vector
    (1, 0xf3, 0x7e, 0x7e, 8), // movq to a vector
    (1, ANY, 0x7e, 0x7e, BY_W), // movd, movq from a vector
    (1, ANY, 0x60, 0x7f, 16), // punpck-, pack-, pcmpgt-, pcmpeq-, pshuf-, hadd-, movdqa, movdqu
    (1, ANY, 0xaf, 0xaf, INTEGER), // imul
    (1, ANY, 0xb0, 0xb0, 1), // cmpxchg of a byte
    (1, ANY, 0xb1, 0xb1, INTEGER), // cmpxchg
    (1, ANY, 0xb6, 0xb6, 1), // movzx of a byte
    (1, ANY, 0xb7, 0xb7, 2), // movzx of 2 bytes
    (1, ANY, 0xb8, 0xbd, INTEGER), // popcnt, group 8 (bt), btc, bsf, tzcnt, bsr, lzcnt
    (1, ANY, 0xbe, 0xbe, 1), // movsx of a byte
    (1, ANY, 0xbf, 0xbf, 2), // movsx of 2 bytes
    (1, ANY, 0xc0, 0xc0, 1), // xadd of a byte
    (1, ANY, 0xc1, 0xc1, INTEGER), // xadd
    (1, ANY, 0xc2, 0xc2, FLOAT), // cmpps, cmppd, cmpss, cmpsd
    (1, ANY, 0xc4, 0xc4, 2), // pinsrw
    (1, ANY, 0xc7, 0xc7, 16), // group 9: cmpxchg16b
    (1, ANY, 0xd6, 0xd6, 8), // movq from a vector
    (1, 0xf3, 0xe6, 0xe6, 8), // cvtdq2pd
    (1, ANY, 0xc6, 0xff, 16), // shufps, shufpd, psrl-, psra-, psll-, padd-, psub-, pmul-, pand, por, pxor, ...
    // Behind 0f 38 (table A-4).
    (2, ANY, 0x22, 0x22, 2), // pmovsxbq
    (2, ANY, 0x32, 0x32, 2), // pmovzxbq
    (2, ANY, 0x18, 0x18, 4), // vbroadcastss
    (2, ANY, 0x20, 0x20, 8), // pmovsxbw
    (2, ANY, 0x23, 0x23, 8), // pmovsxwd
    (2, ANY, 0x25, 0x25, 8), // pmovsxdq
    (2, ANY, 0x30, 0x30, 8), // pmovzxbw
    (2, ANY, 0x33, 0x33, 8), // pmovzxwd
    (2, ANY, 0x35, 0x35, 8), // pmovzxdq
    (2, ANY, 0x78, 0x78, 1), // vpbroadcastb
    (2, ANY, 0x79, 0x79, 2), // vpbroadcastw
    (2, ANY, 0xf0, 0xff, BY_W), // movbe, crc32, andn, bzhi, pdep, pext, mulx, bextr, sarx, shlx, shrx
    (2, ANY, 0x21, 0x24, 4), // pmovsxbd, pmovsxwq
    (2, ANY, 0x31, 0x34, 4), // pmovzxbd, pmovzxwq
    (2, ANY, 0x58, 0x58, 4), // vpbroadcastd
    (2, ANY, 0x59, 0x59, 8), // vpbroadcastq
    (2, ANY, 0x19, 0x19, 8), // vbroadcastsd
    (2, ANY, 0x00, 0x0b, 16), // pshufb, phadd-, phsub-, pmaddubsw, psign-, pmulhrsw
    (2, ANY, 0x1c, 0x1e, 16), // pabsb, pabsw, pabsd
    (2, ANY, 0x28, 0x2b, 16), // pmuldq, pcmpeqq, movntdqa, packusdw
    (2, ANY, 0x36, 0x41, 16), // pcmpgtq, pmins-, pminu-, pmaxs-, pmaxu-, pmulld, phminposuw
    // Behind 0f 3a (table A-5).
    (3, ANY, 0x0a, 0x0a, 4), // roundss
    (3, ANY, 0x0b, 0x0b, 8), // roundsd
    (3, ANY, 0x08, 0x0f, 16), // roundps, roundpd, blendps, blendpd, pblendw, palignr
    (3, ANY, 0x14, 0x14, 1), // pextrb
    (3, ANY, 0x15, 0x15, 2), // pextrw
    (3, ANY, 0x16, 0x16, BY_W), // pextrd, pextrq
    (3, ANY, 0x17, 0x17, 4), // extractps
    (3, ANY, 0x20, 0x20, 1), // pinsrb
    (3, ANY, 0x21, 0x21, 4), // insertps
    (3, ANY, 0x22, 0x22, BY_W), // pinsrd, pinsrq
    (3, ANY, 0xf0, 0xf0, BY_W), // rorx
];

/// Returns the number of bytes that an instruction accesses, by its opcode map, its
/// prefix, its opcode and its bit W; none for those that compiled code does not
/// have.
pub(super) fn width(map: u8, prefix: u8, opcode: u8, wide: bool) -> Option<u8> {
    let (_, _, _, _, width) = ROWS.iter().find(|row| fits(row, map, prefix, opcode))?;
    let by_w = if wide { 8 } else { 4 };
    Some(match *width {
        INTEGER if map == 0 && opcode & 1 == 0 => 1,
        INTEGER if prefix == 0x66 && !wide => 2,
        INTEGER | BY_W => by_w,
        FLOAT => match prefix {
            0xf3 => 4,
            0xf2 => 8,
            _ => 16,
        },
        width => width,
    })
}

/// Returns whether a row is about these opcodes.
fn fits(row: &(u8, u8, u8, u8, u8), map: u8, prefix: u8, opcode: u8) -> bool {
    let (rows_map, rows_prefix, first, last, _) = *row;
    rows_map == map
        && (rows_prefix == ANY || rows_prefix == prefix)
        && (first..=last).contains(&opcode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_the_first_for_some_instruction() {
        for (number, row) in ROWS.iter().enumerate() {
            let is_first = |prefix, opcode| {
                let fits = |row| fits(row, row.0, prefix, opcode);
                fits(row) && !ROWS[..number].iter().any(|other| other.0 == row.0 && fits(other))
            };
            let has_any = [0, 0x66, 0xf2, 0xf3]
                .into_iter()
                .any(|prefix| (row.2..=row.3).any(|opcode| is_first(prefix, opcode)));
            assert!(has_any, "row {number}, {row:x?}, is never used");
        }
    }

    #[test]
    fn rows_of_a_map_stay_together() {
        assert!(ROWS.is_sorted_by_key(|row| row.0));
    }

    #[test]
    fn widths_of_well_known_instructions() {
        for (bytes, map, prefix, opcode, wide) in [
            (1, 0, 0, 0x88, false),     // mov [m], al
            (2, 0, 0x66, 0x89, false),  // mov [m], ax
            (4, 0, 0, 0x8b, false),     // mov eax, [m]
            (8, 0, 0, 0x8b, true),      // mov rax, [m]
            (4, 1, 0xf3, 0x10, false),  // movss xmm0, [m]
            (8, 1, 0xf2, 0x11, false),  // movsd [m], xmm0
            (16, 1, 0, 0x10, false),    // movups xmm0, [m]
            (8, 1, 0xf3, 0x7e, false),  // movq xmm0, [m]
            (8, 1, 0x66, 0x7e, true),   // movq [m], xmm0
            (16, 1, 0xf3, 0x6f, false), // movdqu xmm0, [m]
            (2, 2, 0x66, 0x22, false),  // pmovsxbq xmm0, [m]
            (4, 2, 0x66, 0x21, false),  // pmovsxbd xmm0, [m]
            (4, 3, 0x66, 0x0a, false),  // roundss xmm0, [m], 0
            (16, 3, 0x66, 0x0f, false), // palignr xmm0, [m], 0
        ] {
            assert_eq!(
                width(map, prefix, opcode, wide),
                Some(bytes),
                "{map} {prefix:x} {opcode:x}"
            );
        }
        assert_eq!(width(0, 0, 0x90, false), None);
    }
}
