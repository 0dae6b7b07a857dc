//! A WebAssembly core dump for debuggers of modules, if whoever starts the program
//! asks for one (`QUENCH_COREDUMP=FILE`): the functions that were running, the
//! memories, the globals, and the heap of a program that has one (`heap/dump.rs`). The form
//! is that of `Coredump.md` in WebAssembly/tool-conventions, with instances, as wasm-tools
//! reads it.
//!
//! The dump is written at a trap, when nothing can be allocated or opened any more:
//! the file is open from the start. Values of locals are not known then, so frames
//! have none.
//!
//! # Safety
//!
//! Records of modules are as the compiler wrote them; guest code has ended, so
//! that nothing changes memories and globals.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::SignalContext;
use crate::backtrace::Callers;
use crate::lookup::Place;
use crate::process;
use crate::report::Line;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicI32, AtomicPtr, Ordering::Relaxed};
use quench_abi::{GlobalEntry, Memory, Module, ValueType};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;

/// Descriptor of the file; negative if no dump is wanted.
static FILE: AtomicI32 = AtomicI32::new(-1);

/// Makes a trap write a core dump to this descriptor, which stays open.
pub fn dump_core_to(descriptor: i32) {
    FILE.store(descriptor, Relaxed);
}

/// Bytes of a memory that are left out together if all are zero.
const BLOCK: usize = 0x1_0000;

/// Bytes of the largest section that is written: a section's length has 32 bits.
const LARGEST_SECTION: u64 = 0xffff_0000;

/// What a signal interrupted; null if it was none that ended the program.
static INTERRUPTED: AtomicPtr<SignalContext> = AtomicPtr::new(null_mut());

/// Notes what a signal interrupted, which stays as it is until the process ends.
pub(crate) fn note_interrupted(context: &SignalContext) {
    INTERRUPTED.store(core::ptr::from_ref(context).cast_mut(), Relaxed);
}

/// Returns what was noted; null if nothing was.
pub(crate) fn interrupted() -> *const SignalContext {
    INTERRUPTED.load(Relaxed)
}

/// Writes the dump, if one is wanted and the program can.
pub(crate) fn write(place: Option<&Place>, callers: &Callers) {
    let program = process::program();
    if FILE.load(Relaxed) >= 0
        && let Some(dump) = program.and_then(|program| program.dump_core)
    {
        let place = place.map_or(null(), core::ptr::from_ref);
        // SAFETY: these are the arguments of `quench_dump_core`.
        unsafe { dump(place.cast(), core::ptr::from_ref(callers).cast()) };
    }
}

/// Writes the dump, for [`quench_abi::Program::dump_core`].
///
/// # Safety
///
/// `place` is the address of a [`Place`], or null, and `callers` that of [`Callers`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_dump_core(place: *const u8, callers: *const u8) {
    // SAFETY: the caller's promise.
    let mut file = unsafe { begin(place, callers) };
    end(&mut file);
}

/// Writes what all programs have.
///
/// # Safety
///
/// The arguments are those of [`quench_dump_core`].
pub(crate) unsafe fn begin(place: *const u8, callers: *const u8) -> Sink {
    let descriptor = FILE.load(Relaxed);
    // SAFETY: the caller's promise.
    let (place, callers) = unsafe { (place.cast::<Place>().as_ref(), &*callers.cast::<Callers>()) };
    let mut file = Sink::new(Some(descriptor));
    file.bytes(b"\0asm\x01\0\0\0");
    custom(&mut file, b"core", &|sink| {
        sink.byte(0);
        sink.name(program_name());
    });
    custom(&mut file, b"coremodules", &modules);
    custom(&mut file, b"coreinstances", &instances);
    section(&mut file, 5, &memories);
    section(&mut file, 6, &globals);
    custom(&mut file, b"corestack", &|sink| stack(sink, place, callers));
    section(&mut file, 11, &data);
    file
}

/// Ends the dump. Prints a warning when not all of it could be written.
pub(crate) fn end(file: &mut Sink) {
    file.flush();
    if let Some(error) = file.error {
        Line::new("warning: the core dump is not whole: it cannot be written, error ")
            .decimal(error.raw_os_error().unsigned_abs().into())
            .print();
    }
}

fn program_name() -> &'static [u8] {
    process::args().next().unwrap_or_default()
}

fn modules(sink: &mut Sink) {
    sink.number(process::modules().count() as u64);
    for _ in process::modules() {
        sink.byte(0);
        sink.name(b"");
    }
}

fn instances(sink: &mut Sink) {
    sink.number(process::modules().count() as u64);
    let (mut first_memory, mut first_global) = (0, 0);
    for (index, module) in process::modules().enumerate() {
        sink.byte(0);
        sink.number(index as u64);
        for (first, count) in
            [(&mut first_memory, module.memory_count), (&mut first_global, module.global_count)]
        {
            sink.number(count);
            for number in *first..*first + count {
                sink.number(number);
            }
            *first += count;
        }
    }
}

fn all_memories() -> impl Iterator<Item = &'static Memory> {
    let all = process::modules().flat_map(process::memories);
    // SAFETY: see the head of this file.
    all.map(|memory| unsafe { &*memory })
}

/// Writes the sizes of the memories now. Only the size tells which of them has 64-bit
/// addresses.
fn memories(sink: &mut Sink) {
    sink.number(all_memories().count() as u64);
    for memory in all_memories() {
        let small_pages = memory.page_size_log2 != 16;
        sink.byte(u8::from(is_large(memory)) << 2 | u8::from(small_pages) << 3);
        sink.number(memory.length >> memory.page_size_log2);
        if small_pages {
            sink.number(memory.page_size_log2);
        }
    }
}

fn is_large(memory: &Memory) -> bool {
    memory.length > 1 << 32
}

pub(crate) fn module_globals(module: &'static Module) -> &'static [GlobalEntry] {
    // SAFETY: see the head of this file.
    unsafe { process::slice(module.globals, module.global_count) }
}

/// Writes the values of the globals now, as constants; a reference is written as null.
fn globals(sink: &mut Sink) {
    let all = || process::modules().flat_map(module_globals);
    sink.number(all().count() as u64);
    for global in all() {
        let value = cell(global);
        // SAFETY: the cell has 8 bytes, those of a vector 16.
        let (bits, high) = unsafe {
            let bits = value.cast::<u64>().read_unaligned();
            let is_vector = global.ty == ValueType::V128 as u32;
            let high = is_vector.then(|| value.add(8).cast::<u64>().read_unaligned());
            (bits, high.unwrap_or(0))
        };
        constant(sink, global.ty, bits, high);
    }
}

/// Returns the place of a global's value.
pub(crate) fn cell(global: &GlobalEntry) -> *const u8 {
    let field = (&raw const global.value).addr();
    core::ptr::with_exposed_provenance(field.wrapping_add_signed(global.value as isize))
}

/// Writes the type of an immutable global and the expression that initialises it.
fn constant(sink: &mut Sink, ty: u32, bits: u64, high: u64) {
    const IMMUTABLE: u8 = 0;
    match ValueType::from_number(u64::from(ty)) {
        Some(ValueType::I32) => {
            sink.bytes(&[0x7f, IMMUTABLE, 0x41]);
            sink.signed(i64::from(bits as i32));
        }
        Some(ValueType::I64) => {
            sink.bytes(&[0x7e, IMMUTABLE, 0x42]);
            sink.signed(bits.cast_signed());
        }
        Some(ValueType::F32) => {
            sink.bytes(&[0x7d, IMMUTABLE, 0x43]);
            sink.bytes(&(bits as u32).to_le_bytes());
        }
        Some(ValueType::F64) => {
            sink.bytes(&[0x7c, IMMUTABLE, 0x44]);
            sink.bytes(&bits.to_le_bytes());
        }
        Some(ValueType::V128) => {
            sink.bytes(&[0x7b, IMMUTABLE, 0xfd, 0x0c]);
            sink.bytes(&bits.to_le_bytes());
            sink.bytes(&high.to_le_bytes());
        }
        // `ref.null extern`: a reference means nothing outside of its process.
        Some(ValueType::FuncRef | ValueType::ExternRef | ValueType::ExnRef | ValueType::AnyRef)
        | None => {
            sink.bytes(&[0x6f, IMMUTABLE, 0xd0, 0x6f]);
        }
    }
    sink.byte(0x0b);
}

/// Writes the functions that were running, the innermost first, with those that were
/// inlined.
fn stack(sink: &mut Sink, place: Option<&Place>, callers: &Callers) {
    sink.byte(0);
    sink.name(b"main");
    let count = |place: &Place| frame_functions(place).count() as u64;
    let inner = place.map_or(0, count);
    let outer: u64 = callers.clone().map(|place| count(&place)).sum();
    sink.number(inner + outer);
    place.into_iter().for_each(|place| frames(sink, place));
    callers.clone().for_each(|place| frames(sink, &place));
}

fn frames(sink: &mut Sink, place: &Place) {
    let instance = process::modules().position(|module| place.is_in(module));
    for function in frame_functions(place) {
        sink.byte(0);
        sink.number(instance.unwrap_or(0) as u64);
        sink.number(u64::from(function));
        // Offset in the function, locals, operands.
        sink.bytes(&[0, 0, 0]);
    }
}

fn frame_functions(place: &Place) -> impl Iterator<Item = u32> {
    let own = place.function_index();
    let frames = place.frames();
    // The table's last frame is the function's own, without an index.
    let inlined = frames.map(|frame| frame.index).filter(|index| *index != u32::MAX);
    inlined.chain(own)
}

/// Writes the blocks of each memory that are not all zero, as active segments.
fn data(sink: &mut Sink) {
    let mut room = LARGEST_SECTION;
    let mut count = 0;
    segments(&mut room, &mut |_, _, _, _| count += 1);
    sink.number(count);
    let mut room = LARGEST_SECTION;
    segments(&mut room, &mut |index, memory, start, length| {
        match index {
            // Older readers know no other memories.
            0 => sink.byte(0),
            _ => {
                sink.byte(2);
                sink.number(index);
            }
        }
        sink.byte(if is_large(memory) { 0x42 } else { 0x41 });
        if is_large(memory) {
            sink.signed(start.cast_signed())
        } else {
            sink.signed(i64::from(start as i32))
        }
        sink.byte(0x0b);
        sink.number(length);
        // SAFETY: the bytes are accessible, see the head of this file.
        let bytes = unsafe {
            let from = memory.base.add(start as usize).cast_const();
            core::slice::from_raw_parts(from, length as usize)
        };
        sink.bytes(bytes);
    });
}

/// Calls `each` with a memory's index, the memory, and the first byte and the
/// length of a part of it that is not zero, as long as there is `room`.
fn segments(room: &mut u64, each: &mut dyn FnMut(u64, &Memory, u64, u64)) {
    /// Bytes of the longest head of a segment, which says where it is.
    const HEAD: u64 = 32;
    for (index, memory) in all_memories().enumerate() {
        let mut start = 0;
        while start < memory.length {
            let length = (memory.length - start).min(BLOCK as u64);
            // SAFETY: the bytes are accessible, see the head of this file.
            let block = unsafe {
                let from = memory.base.add(start as usize).cast_const();
                core::slice::from_raw_parts(from, length as usize)
            };
            if block.iter().any(|byte| *byte != 0) {
                let Some(left) = room.checked_sub(length + HEAD) else {
                    return;
                };
                *room = left;
                each(index as u64, memory, start, length);
            }
            start += length;
        }
    }
}

/// Writes a custom section.
pub(crate) fn custom(file: &mut Sink, name: &[u8], content: &dyn Fn(&mut Sink)) {
    section(file, 0, &|sink| {
        sink.name(name);
        content(sink);
    });
}

/// Writes a section. Its content is made twice, the first time to count its bytes.
fn section(file: &mut Sink, id: u8, content: &dyn Fn(&mut Sink)) {
    let mut counting = Sink::new(None);
    content(&mut counting);
    file.byte(id);
    file.number(counting.count);
    content(file);
}

/// A destination of bytes: a file, or only a count of them.
pub(crate) struct Sink {
    /// Descriptor of the file, if there is one.
    descriptor: Option<i32>,
    /// Number of bytes so far.
    count: u64,
    buffer: [u8; 512],
    used: usize,
    /// The first error; nothing is written after it.
    error: Option<Errno>,
}

impl Sink {
    fn new(descriptor: Option<i32>) -> Sink {
        Sink { descriptor, count: 0, buffer: [0; 512], used: 0, error: None }
    }

    fn byte(&mut self, byte: u8) {
        self.bytes(&[byte]);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count += bytes.len() as u64;
        if self.descriptor.is_none() {
            return;
        }
        if bytes.len() > self.buffer.len() - self.used {
            self.flush();
        }
        match self.buffer.get_mut(self.used..self.used + bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.used += bytes.len();
            }
            None => self.write(bytes),
        }
    }

    fn name(&mut self, name: &[u8]) {
        self.number(name.len() as u64);
        self.bytes(name);
    }

    /// Adds a number as unsigned LEB128.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// Adds a number as signed LEB128.
    fn signed(&mut self, mut number: i64) {
        while !(-0x40..0x40).contains(&number) {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8 & 0x7f);
    }

    fn flush(&mut self) {
        let (buffer, used) = (self.buffer, self.used);
        self.used = 0;
        self.write(buffer.get(..used).unwrap_or_default());
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(descriptor) = self.descriptor else {
            return;
        };
        if self.error.is_some() {
            return;
        }
        // SAFETY: the descriptor stays open.
        let file = unsafe { BorrowedFd::borrow_raw(descriptor) };
        self.error = process::write_all(file, bytes).err();
    }
}
