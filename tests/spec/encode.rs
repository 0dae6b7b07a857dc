//! A script's commands as an object file, in the layout that the player
//! reads.

use crate::script::{Action, Command, Outcome};
use crate::values::Expectation;
use anyhow::Result;
use object::write::{
    Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection,
};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind,
    SymbolFlags, SymbolKind, SymbolScope,
};
use quench_abi::{Text, Value};
use quench_compiler::Target;
use quench_player::script::{self as layout, Pattern};
use std::collections::HashMap;
use std::mem::{offset_of, size_of};

/// The object that defines [`layout::SCRIPT_SYMBOL`].
///
/// # Errors
///
/// When the commands do not fit an object file.
pub fn encode(commands: &[Command], target: Target) -> Result<Vec<u8>> {
    let mut data = Data::new(target);
    let script = data.record(size_of::<layout::Script>());
    let list = data.record(commands.len() * size_of::<layout::Command>());
    data.pointer(script + offset_of!(layout::Script, commands), list)?;
    data.number(
        script + offset_of!(layout::Script, command_count),
        commands.len() as u64,
    );
    for (number, command) in commands.iter().enumerate() {
        data.command(list + number * size_of::<layout::Command>(), command)?;
    }
    data.finish(script)
}

/// A section that grows record by record.
struct Data {
    object: Object<'static>,
    section: SectionId,
    section_symbol: SymbolId,
    externals: HashMap<String, SymbolId>,
    bytes: Vec<u8>,
}

impl Data {
    fn new(target: Target) -> Data {
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        let section = object.section_id(StandardSection::Data);
        let section_symbol = object.section_symbol(section);
        Data {
            object,
            section,
            section_symbol,
            externals: HashMap::new(),
            bytes: Vec::new(),
        }
    }

    fn command(&mut self, at: usize, command: &Command) -> Result<()> {
        self.text(at + offset_of!(layout::Command, place), &command.place)?;
        match &command.action {
            Action::Instantiate(module) => {
                let symbol = quench_compiler::module_record(module);
                self.external(at + offset_of!(layout::Command, module), symbol)?;
            }
            Action::Invoke {
                module,
                export,
                slots,
            } => {
                let symbol = quench_compiler::entry_point(module, export);
                self.external(at + offset_of!(layout::Command, entry), symbol)?;
                let array = self.record(slots.len() * size_of::<Value>());
                for (number, slot) in slots.iter().enumerate() {
                    self.write(array + number * size_of::<Value>(), &slot.to_le_bytes());
                }
                self.pointer(at + offset_of!(layout::Command, slots), array)?;
            }
        }
        let outcome = match &command.outcome {
            Outcome::Returns => layout::Outcome::Returns,
            Outcome::Results(results) => {
                self.results(at, results)?;
                layout::Outcome::Results
            }
            Outcome::Traps(traps, message) => {
                self.write(
                    at + offset_of!(layout::Command, traps),
                    &traps.to_le_bytes(),
                );
                self.text(at + offset_of!(layout::Command, message), message)?;
                layout::Outcome::Traps
            }
        };
        let outcome = (outcome as u32).to_le_bytes();
        self.write(at + offset_of!(layout::Command, outcome), &outcome);
        Ok(())
    }

    fn results(&mut self, command: usize, results: &[Expectation]) -> Result<()> {
        let array = self.record(results.len() * size_of::<layout::Expectation>());
        self.pointer(command + offset_of!(layout::Command, results), array)?;
        self.number(
            command + offset_of!(layout::Command, result_count),
            results.len() as u64,
        );
        for (number, result) in results.iter().enumerate() {
            let at = array + number * size_of::<layout::Expectation>();
            self.text(
                at + offset_of!(layout::Expectation, description),
                &result.description,
            )?;
            self.number(at + offset_of!(layout::Expectation, size), result.size);
            self.patterns(at, &result.patterns)?;
        }
        Ok(())
    }

    fn patterns(&mut self, expectation: usize, patterns: &[Pattern]) -> Result<()> {
        let array = self.record(std::mem::size_of_val(patterns));
        self.pointer(
            expectation + offset_of!(layout::Expectation, patterns),
            array,
        )?;
        self.number(
            expectation + offset_of!(layout::Expectation, pattern_count),
            patterns.len() as u64,
        );
        for (number, pattern) in patterns.iter().enumerate() {
            let at = array + number * size_of::<Pattern>();
            self.write(at + offset_of!(Pattern, mask), &pattern.mask);
            self.write(at + offset_of!(Pattern, bits), &pattern.bits);
            self.number(at + offset_of!(Pattern, negated), pattern.negated);
        }
        Ok(())
    }

    fn text(&mut self, at: usize, text: &str) -> Result<()> {
        let bytes = self.record(text.len());
        self.write(bytes, text.as_bytes());
        self.pointer(at + offset_of!(Text, bytes), bytes)?;
        self.number(at + offset_of!(Text, length), text.len() as u64);
        Ok(())
    }

    /// Room for a record, aligned for any.
    fn record(&mut self, size: usize) -> usize {
        let start = self.bytes.len().next_multiple_of(align_of::<Value>());
        self.bytes.resize(start + size, 0);
        start
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn number(&mut self, at: usize, number: u64) {
        self.write(at, &number.to_le_bytes());
    }

    fn pointer(&mut self, at: usize, record: usize) -> Result<()> {
        self.relocation(at, self.section_symbol, i64::try_from(record)?)
    }

    fn external(&mut self, at: usize, name: String) -> Result<()> {
        let object = &mut self.object;
        let symbol = *self.externals.entry(name).or_insert_with_key(|name| {
            object.add_symbol(symbol(name, SymbolKind::Unknown, SymbolSection::Undefined))
        });
        self.relocation(at, symbol, 0)
    }

    fn relocation(&mut self, at: usize, symbol: SymbolId, addend: i64) -> Result<()> {
        let relocation = Relocation {
            offset: at as u64,
            symbol,
            addend,
            flags: RelocationFlags::Generic {
                kind: RelocationKind::Absolute,
                encoding: RelocationEncoding::Generic,
                size: 64,
            },
        };
        Ok(self.object.add_relocation(self.section, relocation)?)
    }

    fn finish(mut self, script: usize) -> Result<Vec<u8>> {
        let size = self.bytes.len() as u64;
        let section = SymbolSection::Section(self.section);
        let mut defined = symbol(layout::SCRIPT_SYMBOL, SymbolKind::Data, section);
        defined.value = script as u64;
        defined.size = size;
        self.object.add_symbol(defined);
        let align = align_of::<Value>() as u64;
        self.object
            .set_section_data(self.section, self.bytes, align);
        Ok(self.object.write()?)
    }
}

fn symbol(name: &str, kind: SymbolKind, section: SymbolSection) -> Symbol {
    Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind,
        scope: SymbolScope::Linkage,
        weak: false,
        section,
        flags: SymbolFlags::None,
    }
}
