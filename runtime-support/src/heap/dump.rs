//! The heap in a core dump: a section `quench.heap` of text. It has a line for each type, for each
//! place that refers to an object, and for objects that can be reached from these, all of them
//! bounded. Stacks and registers are seen as the collector sees them: a word that may be a
//! reference counts as one.
//!
//! # Safety
//!
//! There is one thread, and guest code has ended at an instruction that can trap or in a call:
//! all objects are whole. The records of modules are as the compiler wrote them.
#![allow(unsafe_code, reason = "see Safety")]

use super::cast::put_type;
use super::mark::each_marked;
use super::object::Types;
use super::state::{State, state};
use super::tables::{BASE, BITS_UNIT, BLOCK, END, MARKS, STARTS, at};
use super::words;
use crate::arch::SignalContext;
use crate::core_dump::{self, Sink};
use crate::report::Line;
use crate::{process, roots, stack};
use core::cell::UnsafeCell;
use quench_abi::{FIRST_OBJECT_TYPE, HOST_BOX, ValueType};

/// The most places that are listed.
const MOST_ROOTS: usize = 512;
/// The most objects that are listed.
const MOST_OBJECTS: usize = 1024;
/// The most words of an object that are listed.
const MOST_WORDS: usize = 64;
/// The most types that are listed.
const MOST_TYPES: usize = 64;
/// The types whose objects are counted, the first ones of a program.
const COUNTED_TYPES: usize = 4096;

/// A place that refers to an object.
#[derive(Clone, Copy)]
enum Root {
    Register,
    Stack,
    /// A global, by its number in the dump.
    Global(u32),
    /// A table, or an element segment.
    Table,
}

/// The objects of a type, or of all types together.
#[derive(Clone, Copy)]
struct Amount {
    objects: u64,
    bytes: u64,
}

const NONE: Amount = Amount { objects: 0, bytes: 0 };

/// What the section says.
struct Survey {
    roots: [(Root, u32); MOST_ROOTS],
    root_count: usize,
    objects: [u32; MOST_OBJECTS],
    object_count: usize,
    types: [Amount; COUNTED_TYPES],
    all: Amount,
}

struct Global(UnsafeCell<Survey>);

// SAFETY: see the head of this file.
unsafe impl Sync for Global {}

static SURVEY: Global = Global(UnsafeCell::new(Survey {
    roots: [(Root::Table, 0); MOST_ROOTS],
    root_count: 0,
    objects: [0; MOST_OBJECTS],
    object_count: 0,
    types: [NONE; COUNTED_TYPES],
    all: NONE,
}));

/// [`quench_abi::symbols::DUMP_CORE_AND_HEAP`].
///
/// # Safety
///
/// The arguments are those of [`core_dump::quench_dump_core`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_dump_core_and_heap(place: *const u8, callers: *const u8) {
    let state = state();
    state.space.end_holes();
    // SAFETY: this is called once. The rest is the caller's promise.
    unsafe {
        let survey = &mut *SURVEY.0.get();
        survey.fill(state, core_dump::interrupted());
        let mut file = core_dump::begin(place, callers);
        core_dump::custom(&mut file, b"quench.heap", &|sink| survey.write(sink));
        core_dump::end(&mut file);
    }
}

impl Survey {
    /// Looks at the heap, and finds what refers to it; `context` is what a signal interrupted, or
    /// null.
    unsafe fn fill(&mut self, state: &'static State, context: *const SignalContext) {
        let types = Types::of_program();
        self.count(state, &types);
        // SAFETY: the caller's promise.
        unsafe {
            self.words(state, &types, context);
            self.globals(state, &types);
            self.tables(state, &types);
        }
        self.reach(state, &types);
    }

    /// Counts all objects, also those that the next collection would free.
    fn count(&mut self, state: &State, types: &Types) {
        let mut count = |object: usize| {
            // SAFETY: an object begins there.
            let (number, bytes) = unsafe {
                let kind = types.kind(object);
                (at::<u32>(object).read(), types.size(object, &kind) as u64)
            };
            let index = number.wrapping_sub(FIRST_OBJECT_TYPE) as usize;
            let counted = self.types.get_mut(index).into_iter().chain([&mut self.all]);
            for amount in counted {
                amount.objects += 1;
                amount.bytes += bytes;
            }
        };
        // The marks are those of old objects; the others are in lines that are gone through.
        each_marked(state, &mut count);
        state.large.each(|object| {
            if !MARKS.has(object) {
                count(object);
            }
        });
        for block in state.space.range().step_by(BLOCK) {
            words::parse(types, block);
        }
        for unit in state.space.range().step_by(BITS_UNIT) {
            let mut bits = STARTS.word(unit);
            while bits != 0 {
                count(unit + 8 * bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }

    /// Adds what words of registers and of stacks refer to.
    unsafe fn words(&mut self, state: &State, types: &Types, context: *const SignalContext) {
        let here = 0usize;
        let mut lowest = &raw const here;
        let add = |survey: &mut Survey, root, word| {
            if survey.has_room()
                && let Some(object) = words::object_of(state, types, word)
            {
                survey.add_once(root, object);
            }
        };
        // SAFETY: the caller's promise.
        unsafe {
            if let Some(interrupted) = context.as_ref() {
                lowest = core::ptr::with_exposed_provenance(interrupted.stack_pointer());
                let registers = context.cast::<usize>();
                for index in 0..size_of::<SignalContext>() / size_of::<usize>() {
                    add(self, Root::Register, registers.add(index).read_unaligned());
                }
            }
            if stack::contains(lowest.addr()) {
                roots::each_word(lowest, |word| add(self, Root::Stack, word));
            }
        }
    }

    /// Adds what globals refer to, under the numbers that they have in the dump.
    unsafe fn globals(&mut self, state: &State, types: &Types) {
        let all = process::modules().flat_map(core_dump::module_globals);
        for (number, global) in (0..).zip(all) {
            let holds_object = ValueType::from_number(u64::from(global.ty))
                .is_some_and(ValueType::may_refer_to_object);
            if holds_object {
                // SAFETY: the cell has 8 bytes.
                let word = unsafe { core_dump::cell(global).cast::<u64>().read_unaligned() };
                self.add_exact(state, types, Root::Global(number), word);
            }
        }
    }

    /// Adds what tables and element segments refer to.
    unsafe fn tables(&mut self, state: &State, types: &Types) {
        // Globals are among what is visited too; their objects are there already.
        // SAFETY: the caller's promise.
        unsafe {
            roots::each_reference(|word| {
                let is_known = |(root, object): &(Root, u32)| {
                    matches!(root, Root::Global(_)) && u64::from(*object) == word
                };
                let known = self.roots.get(..self.root_count).unwrap_or_default();
                if self.has_room() && !known.iter().any(is_known) {
                    self.add_exact(state, types, Root::Table, word);
                }
            });
        }
    }

    /// Returns whether more roots can be listed.
    fn has_room(&self) -> bool {
        self.root_count < MOST_ROOTS
    }

    /// Adds a root that is a reference, if it is one to an object.
    fn add_exact(&mut self, state: &State, types: &Types, root: Root, word: u64) {
        if self.has_room()
            && (BASE as u64..END as u64).contains(&word)
            && let Some(object) = words::object_of(state, types, word as usize)
        {
            self.add(root, object);
        }
    }

    /// Adds a root that may refer to an object that others like it refer to.
    fn add_once(&mut self, root: Root, object: usize) {
        let known = self.roots.get(..self.root_count).unwrap_or_default();
        if !known.iter().any(|(_, known)| *known as usize == object) {
            self.add(root, object);
        }
    }

    fn add(&mut self, root: Root, object: usize) {
        if let Some(entry) = self.roots.get_mut(self.root_count) {
            *entry = (root, object as u32);
            self.root_count += 1;
            self.add_object(object as u32);
        }
    }

    fn add_object(&mut self, object: u32) {
        let known = self.objects.get(..self.object_count).unwrap_or_default();
        if !known.contains(&object)
            && let Some(entry) = self.objects.get_mut(self.object_count)
        {
            *entry = object;
            self.object_count += 1;
        }
    }

    /// Adds the objects that those which are there refer to, the nearest first.
    fn reach(&mut self, state: &State, types: &Types) {
        let mut next = 0;
        while next < self.object_count
            && let Some(object) = self.objects.get(next).map(|object| *object as usize)
        {
            next += 1;
            // SAFETY: an object begins there.
            unsafe {
                let kind = types.kind(object);
                types.each_reference(object, &kind, &(0..usize::MAX), |reference| {
                    let found = words::object_of(state, types, reference as usize);
                    if reference & 1 == 0 && found == Some(reference as usize) {
                        self.add_object(reference);
                    }
                });
            }
        }
    }

    /// Writes the section's lines.
    fn write(&self, sink: &mut Sink) {
        let mut line = Line::new("heap ");
        put_amount(&mut line, self.all);
        end(sink, &line);
        self.write_types(sink);
        for (root, object) in self.roots.get(..self.root_count).unwrap_or_default() {
            let mut line = Line::new("");
            match root {
                Root::Register => line.text("register"),
                Root::Stack => line.text("stack"),
                Root::Global(number) => line.text("global ").decimal(u64::from(*number)),
                Root::Table => line.text("table"),
            };
            put_object(line.text(" "), *object);
            end(sink, &line);
        }
        for object in self.objects.get(..self.object_count).unwrap_or_default() {
            write_object(sink, *object);
        }
    }

    /// Writes the types whose objects have the most bytes.
    fn write_types(&self, sink: &mut Sink) {
        let mut last = (u64::MAX, usize::MAX);
        for _ in 0..MOST_TYPES {
            // In the order of the bytes, and of the numbers where these are the same.
            let below = self.types.iter().enumerate().map(|(index, ty)| (ty.bytes, index));
            let next = below.filter(|ty| ty.0 != 0 && *ty < last).max();
            let Some((_, index)) = next else {
                break;
            };
            last = next.unwrap_or(last);
            let mut line = Line::new("type ");
            put_type(&mut line, FIRST_OBJECT_TYPE + index as u32);
            put_amount(line.text(" "), self.types.get(index).copied().unwrap_or(NONE));
            end(sink, &line);
        }
    }
}

/// Writes an object, its type, its bytes, and its first words: the number of the type, then the
/// fields or the length and the elements.
fn write_object(sink: &mut Sink, object: u32) {
    let types = Types::of_program();
    // SAFETY: an object begins there.
    let size = unsafe { types.size(object as usize, &types.kind(object as usize)) };
    let mut line = Line::new("object ");
    put_object(&mut line, object);
    line.text(" ").decimal(size as u64).text(" bytes:");
    sink.bytes(line.as_bytes());
    let mut line = Line::new("");
    for index in 0..(size / size_of::<u32>()).min(MOST_WORDS) {
        // SAFETY: the word is in the object.
        let word = unsafe { at::<u32>(object as usize).add(index).read() };
        line.text(" ").hexadecimal(u64::from(word));
    }
    end(sink, &line);
}

/// Adds the address of an object and the name of its type.
fn put_object(line: &mut Line, object: u32) {
    line.hexadecimal(u64::from(object)).text(" ");
    // SAFETY: an object begins there.
    match unsafe { at::<u32>(object as usize).read() } {
        HOST_BOX => _ = line.text("a reference of the host's"),
        number if number < FIRST_OBJECT_TYPE => _ = line.text("exception"),
        number => put_type(line, number),
    }
}

fn put_amount(line: &mut Line, amount: Amount) {
    line.decimal(amount.objects).text(" objects, ").decimal(amount.bytes).text(" bytes");
}

/// Writes a line and its end.
fn end(sink: &mut Sink, line: &Line) {
    sink.bytes(line.as_bytes());
    sink.bytes(b"\n");
}
