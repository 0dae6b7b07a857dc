//! Copies and fills of a small constant number of bytes, as loads and stores in place of a
//! call.
//!
//! The ranges are checked as a whole first, exactly as for a call: a range out of bounds
//! traps before anything is loaded or stored, with the same message. So no access here can
//! fault. A copy loads everything before it stores anything, because its ranges may overlap.
//! Where the number of bytes is no sum of a few accesses, the last access overlaps the one
//! before it: both store the same bytes there.

use super::translator::Translator;
use crate::ir::values;
use crate::passes::Pass;
use cranelift_codegen::ir::{AliasRegion, InstBuilder, MemFlagsData, Type, Value, types};

/// The largest number of bytes that are copied or filled without a call. Above it, a call
/// costs little compared with the accesses. A copy needs a register for every 16 bytes.
const MOST_BYTES: u64 = 160;

/// One of the accesses that together cover a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    ty: Type,
    /// Offset from the start of the range, in bytes.
    offset: i32,
}

impl Translator<'_, '_> {
    /// Returns the constant value of operand `length`, if it is one and is at most
    /// [`MOST_BYTES`].
    pub(super) fn small_constant_length(&self, length: Value) -> Option<u64> {
        if !self.environment.passes.contains(Pass::Bulk) {
            return None;
        }
        let bytes = values::constant(self.builder.func, length)?;
        let bytes = u64::try_from(bytes).ok();
        bytes.filter(|bytes| *bytes <= MOST_BYTES)
    }

    /// Emits a copy of `bytes` bytes between native addresses in these regions.
    pub(super) fn copy_bytes(
        &mut self,
        (to, to_region): (Value, AliasRegion),
        (from, from_region): (Value, AliasRegion),
        bytes: u64,
    ) {
        let pieces = pieces(bytes);
        let flags = access(from_region);
        let load = |piece: &Piece| {
            let ins = self.builder.ins();
            ins.load(piece.ty, flags, from, piece.offset)
        };
        let loaded: Vec<Value> = pieces.iter().map(load).collect();
        let flags = access(to_region);
        for (piece, value) in pieces.iter().zip(loaded) {
            self.builder.ins().store(flags, value, to, piece.offset);
        }
    }

    /// Emits a fill of `bytes` bytes, from a native address in this region on, with the low
    /// byte of an i32.
    pub(super) fn fill_bytes(
        &mut self,
        (to, region): (Value, AliasRegion),
        byte: Value,
        bytes: u64,
    ) {
        let flags = access(region);
        let mut filling: Option<(Type, Value)> = None;
        for piece in pieces(bytes) {
            let value = match filling {
                Some((ty, value)) if ty == piece.ty => value,
                _ => self.repeated(byte, piece.ty),
            };
            filling = Some((piece.ty, value));
            self.builder.ins().store(flags, value, to, piece.offset);
        }
    }

    /// Returns a value of type `ty` each of whose bytes is the low byte of an i32.
    fn repeated(&mut self, byte: Value, ty: Type) -> Value {
        const EACH: u64 = 0x0101_0101_0101_0101;
        let known = values::constant(self.builder.func, byte);
        let ins = self.builder.ins();
        match (known, ty) {
            (Some(byte), types::I8X16) => {
                let constant = vec![byte as u8; 16].into();
                let constant = self.builder.func.dfg.constants.insert(constant);
                self.builder.ins().vconst(ty, constant)
            }
            (None, types::I8X16) => {
                let byte = ins.ireduce(types::I8, byte);
                self.builder.ins().splat(ty, byte)
            }
            (Some(byte), _) => {
                let pattern = u64::from(byte as u8) * (EACH >> (64 - ty.bits()));
                ins.iconst(ty, pattern as i64)
            }
            (None, types::I8) => ins.ireduce(ty, byte),
            (None, _) => {
                let byte = ins.band_imm_u(byte, 0xff);
                let byte = self.extended(byte);
                let pattern = self.builder.ins().imul_imm_u(byte, EACH as i64);
                match ty {
                    types::I64 => pattern,
                    _ => self.builder.ins().ireduce(ty, pattern),
                }
            }
        }
    }
}

/// Returns the flags of an access in place of a call: it cannot fault, and has any
/// alignment.
fn access(region: AliasRegion) -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_alias_region(Some(region))
}

/// Returns accesses that together cover a range of `bytes` bytes, with ascending offsets.
fn pieces(bytes: u64) -> Vec<Piece> {
    const TYPES: [Type; 5] = [types::I8X16, types::I64, types::I32, types::I16, types::I8];
    let mut pieces = Vec::new();
    let mut done = 0;
    let widest = TYPES.iter().find(|ty| u64::from(ty.bytes()) <= bytes);
    let Some(widest) = widest.copied() else {
        return pieces;
    };
    let mut piece = |ty: Type, offset: u64| {
        let offset = offset as i32;
        pieces.push(Piece { ty, offset });
    };
    let width = u64::from(widest.bytes());
    while bytes - done >= width {
        piece(widest, done);
        done += width;
    }
    match TYPES.iter().find(|ty| u64::from(ty.bytes()) == bytes - done) {
        Some(rest) => piece(*rest, done),
        None if done < bytes => piece(widest, bytes - width),
        None => {}
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_a_range_and_nothing_else() {
        for bytes in 0..=MOST_BYTES {
            let mut covered = 0;
            for Piece { ty, offset } in pieces(bytes) {
                let offset = offset as u64;
                assert!(offset <= covered, "a gap in {bytes}");
                covered = offset + u64::from(ty.bytes());
            }
            assert_eq!(covered, bytes);
        }
    }
}
