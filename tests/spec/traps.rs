//! The specification's words for traps, and those of the component model's tests.

use quench_abi::Trap;

const WORDS: &[(&str, Trap)] = &[
    ("unreachable", Trap::Unreachable),
    ("out of bounds memory access", Trap::MemoryOutOfBounds),
    ("out of bounds table access", Trap::TableOutOfBounds),
    ("undefined element", Trap::UndefinedElement),
    ("uninitialized element", Trap::UninitializedElement),
    ("indirect call type mismatch", Trap::IndirectCallTypeMismatch),
    ("integer overflow", Trap::IntegerOverflow),
    ("integer divide by zero", Trap::IntegerDivideByZero),
    ("invalid conversion to integer", Trap::InvalidConversionToInteger),
    ("call stack exhausted", Trap::StackExhausted),
    ("null reference", Trap::NullReference),
    ("null function reference", Trap::NullReference),
    ("null exception reference", Trap::NullReference),
    ("null structure reference", Trap::NullStructure),
    ("null array reference", Trap::NullArray),
    ("null i31 reference", Trap::NullI31),
    ("out of bounds array access", Trap::ArrayOutOfBounds),
    ("cast failure", Trap::CastFailure),
    ("uncaught exception", Trap::UncaughtException),
    ("unaligned atomic", Trap::UnalignedAtomic),
    ("expected shared memory", Trap::ExpectedSharedMemory),
    // WebAssembly 1.0 checked segments before it instantiated a module and
    // called this unlinkable; since 2.0 it is a trap.
    ("data segment does not fit", Trap::MemoryOutOfBounds),
    ("elements segment does not fit", Trap::TableOutOfBounds),
    // Sizes of imported memories and tables are known when modules meet.
    ("incompatible import type", Trap::IncompatibleImport),
];

/// Returns the traps that a script may mean, as a set of bits 1 << code.
/// Scripts give the beginning of the words, or add to them.
pub(crate) fn meant_by(message: &str) -> u32 {
    WORDS
        .iter()
        .filter(|(words, _)| words.starts_with(message) || message.starts_with(words))
        .fold(0, |set, (_, trap)| set | 1 << *trap as u32)
}

/// Words of scripts about components, and ours where they do not contain them.
const SAID: &[(&str, &str)] = &[
    ("wasm `unreachable` instruction executed", "unreachable executed"),
    ("invalid utf-8", "invalid utf-8"),
    // Scripts call functions that wait with handles that are none, where nothing may wait.
    // Which of the two is said first is not specified.
    ("cannot block a synchronous task before returning", "unknown handle index"),
    // The types of resources have names here.
    ("used with the wrong type, expected guest-defined resource", "used with the wrong type"),
];

/// Returns whether the message of a trap says what a script about components means.
pub(crate) fn is_said(words: &str, message: &str) -> bool {
    let words = words.strip_prefix("wasm trap: ").unwrap_or(words);
    let equivalent =
        |(script, ours): &(&str, &str)| words.contains(script) && message.contains(ours);
    message.contains(words) || SAID.iter().any(equivalent)
}
