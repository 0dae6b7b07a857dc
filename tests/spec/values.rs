//! Arguments and expected results of script commands, as bits in slots.

use anyhow::{Result, bail};
use quench_abi::ValueType;
use quench_compiler::FunctionType;
use quench_player::script::Pattern;
use wast::WastArg;
use wast::WastRet;
use wast::core::{NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};

/// The expectation of one result.
pub(crate) struct Expectation {
    pub(crate) description: String,
    /// Patterns, of which one has to match.
    pub(crate) patterns: Vec<Pattern>,
    /// Size of the value's type, in bytes.
    pub(crate) size: u64,
}

/// Returns the slot that passes an argument.
///
/// # Errors
///
/// Fails for values that quench has no types for.
pub(crate) fn argument(argument: &WastArg<'_>) -> Result<u128> {
    let WastArg::Core(value) = argument else {
        bail!("a component's value as an argument");
    };
    Ok(match value {
        WastArgCore::I32(value) => u128::from(value.cast_unsigned()),
        WastArgCore::I64(value) => u128::from(value.cast_unsigned()),
        WastArgCore::F32(value) => u128::from(value.bits),
        WastArgCore::F64(value) => u128::from(value.bits),
        WastArgCore::V128(value) => u128::from_le_bytes(value.to_le_bytes()),
        WastArgCore::RefNull(_) => 0,
        WastArgCore::RefExtern(number) => host_reference(*number),
        WastArgCore::RefHost(_) => bail!("a host reference as an argument"),
    })
}

/// Returns the externref of a number, which is not null.
fn host_reference(number: u32) -> u128 {
    u128::from(number) + 1
}

/// Returns the expectation of a result.
///
/// # Errors
///
/// Fails for values that quench has no types for.
pub(crate) fn expectation(result: &WastRet<'_>) -> Result<Expectation> {
    let WastRet::Core(value) = result else {
        bail!("a component's value as a result");
    };
    let mut patterns = Vec::new();
    let size = collect(value, &mut patterns)?;
    Ok(Expectation { description: describe(value), patterns, size })
}

/// Adds the patterns of an expected value; returns the size of its type, in
/// bytes.
fn collect(value: &WastRetCore<'_>, patterns: &mut Vec<Pattern>) -> Result<u64> {
    let (size, pattern) = match value {
        WastRetCore::I32(value) => (4, exactly(4, value.cast_unsigned().into())),
        WastRetCore::I64(value) => (8, exactly(8, value.cast_unsigned().into())),
        WastRetCore::F32(value) => (4, pattern(&[f32_lane(value)])),
        WastRetCore::F64(value) => (8, pattern(&[f64_lane(value)])),
        WastRetCore::V128(value) => (16, pattern(&lanes(value))),
        WastRetCore::RefNull(_) => (8, exactly(8, 0)),
        WastRetCore::RefExtern(Some(number)) => (8, exactly(8, host_reference(*number))),
        WastRetCore::RefExtern(None) | WastRetCore::RefFunc(None) => (8, not_null()),
        WastRetCore::Either(choices) => {
            let mut size = 0;
            for choice in choices {
                size = collect(choice, patterns)?;
            }
            return Ok(size);
        }
        _ => bail!("no reference type of quench can be {value:?}"),
    };
    patterns.push(pattern);
    Ok(size)
}

fn exactly(size: usize, bits: u128) -> Pattern {
    pattern(&[Lane { size, mask: u128::MAX, bits }])
}

fn not_null() -> Pattern {
    Pattern { negated: 1, ..exactly(8, 0) }
}

/// A part of a value that is compared under a mask.
struct Lane {
    size: usize,
    mask: u128,
    bits: u128,
}

impl Lane {
    fn value(size: usize, bits: impl Into<u128>) -> Lane {
        Lane { size, mask: u128::MAX, bits: bits.into() }
    }
}

fn pattern(lanes: &[Lane]) -> Pattern {
    let mut pattern = Pattern { mask: [0; 16], bits: [0; 16], negated: 0 };
    let mut offset = 0;
    for lane in lanes {
        let place = offset..offset + lane.size;
        pattern.mask[place.clone()].copy_from_slice(&lane.mask.to_le_bytes()[..lane.size]);
        pattern.bits[place].copy_from_slice(&lane.bits.to_le_bytes()[..lane.size]);
        offset += lane.size;
    }
    pattern
}

/// Returns the lane for an expected f32. A canonical NaN has only the first bit
/// of its payload set, an arithmetic one at least that; the sign may be either.
fn f32_lane(value: &NanPattern<F32>) -> Lane {
    const QUIET: u128 = 0x7fc0_0000;
    let (mask, bits) = match value {
        NanPattern::Value(value) => (u128::MAX, value.bits.into()),
        NanPattern::CanonicalNan => (0x7fff_ffff, QUIET),
        NanPattern::ArithmeticNan => (QUIET, QUIET),
    };
    Lane { size: 4, mask, bits }
}

fn f64_lane(value: &NanPattern<F64>) -> Lane {
    const QUIET: u128 = 0x7ff8_0000_0000_0000;
    let (mask, bits) = match value {
        NanPattern::Value(value) => (u128::MAX, value.bits.into()),
        NanPattern::CanonicalNan => (0x7fff_ffff_ffff_ffff, QUIET),
        NanPattern::ArithmeticNan => (QUIET, QUIET),
    };
    Lane { size: 8, mask, bits }
}

fn lanes(value: &V128Pattern) -> Vec<Lane> {
    match value {
        V128Pattern::I8x16(lanes) => {
            lanes.iter().map(|lane| Lane::value(1, lane.cast_unsigned())).collect()
        }
        V128Pattern::I16x8(lanes) => {
            lanes.iter().map(|lane| Lane::value(2, lane.cast_unsigned())).collect()
        }
        V128Pattern::I32x4(lanes) => {
            lanes.iter().map(|lane| Lane::value(4, lane.cast_unsigned())).collect()
        }
        V128Pattern::I64x2(lanes) => {
            lanes.iter().map(|lane| Lane::value(8, lane.cast_unsigned())).collect()
        }
        V128Pattern::F32x4(lanes) => lanes.iter().map(f32_lane).collect(),
        V128Pattern::F64x2(lanes) => lanes.iter().map(f64_lane).collect(),
    }
}

fn describe(value: &WastRetCore<'_>) -> String {
    match value {
        WastRetCore::I32(value) => format!("i32 {value:#x}"),
        WastRetCore::I64(value) => format!("i64 {value:#x}"),
        WastRetCore::F32(value) => {
            format!("f32 {}", describe_nan(value, |value| value.bits.into()))
        }
        WastRetCore::F64(value) => format!("f64 {}", describe_nan(value, |value| value.bits)),
        WastRetCore::RefNull(_) => "a null reference".to_string(),
        WastRetCore::RefExtern(Some(number)) => format!("externref {:#x}", host_reference(*number)),
        WastRetCore::RefExtern(None) | WastRetCore::RefFunc(_) => "a reference".to_string(),
        WastRetCore::Either(choices) => {
            let choices: Vec<String> = choices.iter().map(describe).collect();
            choices.join(" or ")
        }
        other => format!("{other:x?}"),
    }
}

fn describe_nan<T>(value: &NanPattern<T>, bits: impl Fn(&T) -> u64) -> String {
    match value {
        NanPattern::CanonicalNan => "nan:canonical".to_string(),
        NanPattern::ArithmeticNan => "nan:arithmetic".to_string(),
        NanPattern::Value(value) => format!("{:#x}", bits(value)),
    }
}

/// Returns whether the expected values can have these types.
pub(crate) fn have_types(expectations: &[Expectation], types: &[ValueType]) -> bool {
    let sizes = types.iter().map(|ty| match ty {
        ValueType::I32 | ValueType::F32 => 4,
        ValueType::I64
        | ValueType::F64
        | ValueType::FuncRef
        | ValueType::ExternRef
        | ValueType::ExnRef
        | ValueType::AnyRef => 8,
        ValueType::V128 => 16,
    });
    expectations.iter().map(|expectation| expectation.size).eq(sizes)
}

/// Returns the number of slots that a call needs for its parameters and
/// results.
pub(crate) fn slot_count(ty: &FunctionType) -> usize {
    ty.parameters.len().max(ty.results.len())
}
