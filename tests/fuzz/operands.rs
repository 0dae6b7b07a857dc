//! Numbers that operators treat in special ways, and how the text format
//! writes them.

use quench_abi::ValueType;

const NUMBERS: [ValueType; 5] =
    [ValueType::I32, ValueType::I64, ValueType::F32, ValueType::F64, ValueType::V128];

/// Zero, the ends of the range, powers of two, amounts of shifts at the widths,
/// and addresses near the end of a page.
const I32: &[u128] = &[
    0,
    1,
    2,
    7,
    31,
    32,
    0x80,
    0xffff,
    0x1234_5678,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0xffff_fff8,
    65528,
    65533,
];

const I64: &[u128] = &[
    0,
    1,
    3,
    32,
    63,
    64,
    0x80,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x0123_4567_89ab_cdef,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_ffff,
];

/// Zeros, ones, halves, infinities, quiet and signalling NaNs, the greatest and
/// the least numbers, and the ends of the ranges of integers: 2^31, 2^32, 2^63,
/// 2^64.
const F32: &[u128] = &[
    0,
    0x8000_0000,
    0x3f80_0000,
    0xbf80_0000,
    0xbf00_0000,
    0x4020_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0xffa0_0001,
    0x7f7f_ffff,
    0x0000_0001,
    0x8080_0000,
    0x4f00_0000,
    0xcf00_0000,
    0x4f80_0000,
    0x5f00_0000,
    0x5f80_0000,
];

const F64: &[u128] = &[
    0,
    0x8000_0000_0000_0000,
    0x3ff0_0000_0000_0000,
    0xbff0_0000_0000_0000,
    0xbfe0_0000_0000_0000,
    0x4004_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
    0xfff4_0000_0000_0001,
    0x7fef_ffff_ffff_ffff,
    0x0000_0000_0000_0001,
    0x41df_ffff_ffe0_0000,
    0xc1e0_0000_0000_0000,
    0x41ef_ffff_fff0_0000,
    0x43e0_0000_0000_0000,
    0xc3e0_0000_0000_0000,
    0x43f0_0000_0000_0000,
];

/// Zero, all ones, the ends of the range in lanes of each width, lanes that
/// differ, and floating-point lanes as above.
const V128: &[u128] = &[
    0,
    u128::MAX,
    0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100,
    0x8080_8080_7f7f_7f7f_8000_7fff_8000_8000,
    0x8000_0000_7fff_ffff_ffff_ffff_0000_0001,
    0x8000_0000_0000_0000_7fff_ffff_ffff_ffff,
    0x00ff_10ff_1f20_fe02_f381_0090_4711_a5c3,
    0x7fc0_0000_ffa0_0001_3f80_0000_8000_0000,
    0x4f00_0000_cf00_0001_7f80_0000_4020_0000,
    0x7ff8_0000_0000_0000_fff4_0000_0000_0001,
    0xc1e0_0000_0010_0000_4004_0000_0000_0000,
];

/// Returns the bits of the values to try as an operand of a type.
pub(crate) fn values(ty: ValueType) -> &'static [u128] {
    match ty {
        ValueType::I32 => I32,
        ValueType::I64 => I64,
        ValueType::F32 => F32,
        ValueType::F64 => F64,
        ValueType::V128 => V128,
        _ => &[],
    }
}

/// Returns all lists of `count` types of numbers. Only 128-bit integers come as
/// more than three operands, or two results: those are pairs of i64.
pub(crate) fn types(count: usize) -> Vec<Vec<ValueType>> {
    if count > 3 {
        return vec![vec![ValueType::I64; count]];
    }
    let mut all = vec![Vec::new()];
    for _ in 0..count {
        all = all
            .iter()
            .flat_map(|types| NUMBERS.map(|ty| [types.as_slice(), &[ty]].concat()))
            .collect();
    }
    all
}

/// Returns about `most` combinations, or fewer, of a value from each list,
/// spread evenly over all combinations.
pub(crate) fn choices(lists: &[Vec<u128>], most: usize) -> Vec<Vec<u128>> {
    let count: usize = lists.iter().map(Vec::len).product();
    // A step that has no factor in common with the length of a list, so that
    // each value has its turn.
    let step = (count.div_ceil(most)..)
        .find(|step| [2, 3, 5, 7, 11, 13, 17].iter().all(|prime| step % prime != 0))
        .unwrap_or(1);
    let choice = |mut number: usize| {
        let value = |list: &Vec<u128>| {
            let value = list[number % list.len()];
            number /= list.len();
            value
        };
        lists.iter().map(value).collect()
    };
    (0..count).step_by(step).map(choice).collect()
}

/// Returns the instruction for a constant in the text format.
pub(crate) fn constant(bits: u128, ty: ValueType) -> String {
    match ty {
        ValueType::F32 => format!("f32.const {}", float(bits as u64, 8, 23)),
        ValueType::F64 => format!("f64.const {}", float(bits as u64, 11, 52)),
        ValueType::V128 => format!("v128.const i64x2 {} {}", bits as u64, (bits >> 64) as u64),
        ValueType::I64 => format!("i64.const {bits}"),
        _ => format!("i32.const {bits}"),
    }
}

/// Returns a floating-point number in hexadecimal; the widths are those of its
/// exponent and fraction, in bits.
fn float(bits: u64, exponent_width: u32, fraction_width: u32) -> String {
    let sign = match bits >> (exponent_width + fraction_width) {
        0 => "",
        _ => "-",
    };
    let fraction = bits & ((1 << fraction_width) - 1);
    let largest = (1 << exponent_width) - 1;
    let exponent = (bits >> fraction_width & largest) as i64;
    let bias = (largest >> 1) as i64 + i64::from(fraction_width);
    match (exponent, fraction) {
        (0, _) => format!("{sign}0x{fraction:x}p{}", 1 - bias),
        (e, 0) if e == largest as i64 => format!("{sign}inf"),
        (e, _) if e == largest as i64 => format!("{sign}nan:0x{fraction:x}"),
        _ => format!("{sign}0x{:x}p{}", fraction | 1 << fraction_width, exponent - bias),
    }
}
