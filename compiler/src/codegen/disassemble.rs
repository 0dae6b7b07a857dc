//! The disassembly of machine code, with its relocations and traps as comments.

use crate::machine_code::MachineCode;
use cranelift_codegen::isa::TargetIsa;

/// Disassembles a function's machine code, one instruction a line. Relocations and
/// traps stand behind the instruction that has them.
///
/// # Errors
///
/// When the disassembler does not know the target, or cannot read the code.
pub(crate) fn disassemble(function: &MachineCode, isa: &dyn TargetIsa) -> Result<String, String> {
    use std::fmt::Write;
    let capstone = isa.to_capstone().map_err(|e| e.to_string())?;
    let instructions = capstone.disasm_all(&function.code, 0).map_err(|e| e.to_string())?;
    let mut text = String::new();
    for instruction in instructions.iter() {
        let start = instruction.address() as u32;
        let end = start + instruction.len() as u32;
        let mnemonic = instruction.mnemonic().unwrap_or("?");
        let operands = instruction.op_str().unwrap_or("");
        write!(text, "{start:8x}: {mnemonic} {operands}").expect("writing to a string");
        for relocation in &function.relocations {
            if (start..end).contains(&relocation.offset) {
                write!(text, "  ; {:?}", relocation.target).expect("writing to a string");
                if relocation.addend != 0 {
                    write!(text, " {:+}", relocation.addend).expect("writing to a string");
                }
            }
        }
        for (offset, trap) in &function.traps {
            if (start..end).contains(offset) {
                write!(text, "  ; trap {trap:?}").expect("writing to a string");
            }
        }
        text.push('\n');
    }
    Ok(text)
}
