//! Tests of the collector by code that uses it as compiled code does: `mutator` makes objects
//! and stores references, and its stack and registers are what the collector looks at.
//!
//! # Safety
//!
//! What the mutator's functions ask for.
#![allow(unsafe_code, reason = "see Safety")]

extern crate std;

mod mutator;
mod programs;

use super::list;
use super::state::{Collection, state};
use super::tables::{LIST, PAGE};
use super::{collect, object};
use core::sync::atomic::Ordering::Relaxed;
use mutator::{
    BYTES, CELLS, CONS, NODE, ROOTS, Ref, TABLE, WIDE, WIDES, alloc, array, array_of, collect_all,
    fill, forget_stack, get, get_wide, set, set_element, set_wide, with_heap,
};
use quench_abi::{HEAP_BASE, heap_mode};
use std::vec::Vec;

const MODES: [u64; 2] = [0, heap_mode::STRESS];

/// Makes a list of `length` cells, with the numbers from `length - 1` down to 0.
#[inline(never)]
fn list_of(length: u32) -> Ref {
    let mut list = 0;
    for number in 0..length {
        let cell = alloc(16, CONS);
        set(cell, 4, number.into());
        set(cell, 8, list);
        list = cell;
    }
    list
}

/// Returns the number of cells of a list, and the sum of their numbers.
fn sum(mut list: Ref) -> (u64, u64) {
    let (mut count, mut sum) = (0, 0);
    while list != 0 {
        (count, sum) = (count + 1, sum + get(list, 4));
        list = get(list, 8);
    }
    (count, sum)
}

#[test]
fn programs_give_what_they_give_without_a_collector() {
    for mode in [heap_mode::OFF, 0] {
        with_heap(mode, || {
            assert_eq!(programs::trees(12), 658_095);
            assert_eq!(programs::queens(8), 92);
            assert_eq!(programs::map(100_000), 83_253);
        });
    }
    with_heap(heap_mode::STRESS, || {
        assert_eq!(programs::trees(5), 1_055);
        assert_eq!(programs::queens(5), 10);
        assert_eq!(programs::map(2_000), 1_992);
        assert_eq!(programs::life(1 << 8, 2_000), 253_845);
    });
    with_heap(0, || assert_eq!(programs::life(1 << 21, 100_000), 1_704_197_340));
}

#[test]
fn what_nothing_refers_to_is_freed() {
    with_heap(0, || {
        list_of(100_000);
        forget_stack();
        collect_all();
        assert!(state().kept() < 100_000, "{}", state().kept());
    });
}

#[test]
fn long_lists_need_no_stack() {
    const LENGTH: u64 = 10_000_000;
    with_heap(0, || {
        let list = list_of(LENGTH as u32);
        collect_all();
        assert_eq!(sum(list), (LENGTH, LENGTH * (LENGTH - 1) / 2));
        assert!(state().kept() as u64 >= LENGTH * 16);
    });
}

#[test]
fn a_list_that_is_too_short_loses_nothing() {
    with_heap(0, || {
        list::MOST.store(LIST.start + (1 << 16), Relaxed);
        let table = array(TABLE, 1 << 18);
        for index in 0..1 << 18 {
            let node = alloc(16, NODE);
            set(node, 4, list_of(2));
            set(node, 8, 0);
            set_element(table, index, node);
        }
        collect_all();
        collect_all();
        list::MOST.store(LIST.end, Relaxed);
        for index in 0..1 << 18 {
            assert_eq!(sum(get(get(table, 8 + 4 * index), 4)), (2, 1));
        }
    });
}

#[test]
fn interior_addresses_keep_objects() {
    for mode in MODES {
        with_heap(mode, || {
            let inside = [
                core::hint::black_box(list_of(3) + 12),
                core::hint::black_box(array_of(BYTES, 200, 7) + 100),
                core::hint::black_box(array_of(BYTES, 8_000, 8) + 8_007),
                core::hint::black_box(array_of(BYTES, 100_000, 9) + 90_000),
            ];
            list_of(1000);
            collect_all();
            list_of(1000);
            collect_all();
            let inside = core::hint::black_box(inside);
            assert_eq!(sum(inside[0] - 12), (3, 3));
            for (address, length, byte) in [
                (inside[1] - 100, 200, 7),
                (inside[2] - 8_007, 8_000, 8),
                (inside[3] - 90_000, 100_000, 9),
            ] {
                assert_eq!(get(address, 4), length);
                assert!((0..length).all(|index| get(address, 8 + index) as u8 == byte));
            }
        });
    }
}

#[test]
fn globals_are_roots() {
    with_heap(0, || {
        ROOTS[0].store(list_of(10), Relaxed);
        ROOTS[1].store(array_of(BYTES, 20_000, 1), Relaxed);
        // An i31, and a reference of the host's.
        ROOTS[2].store(7, Relaxed);
        ROOTS[3].store(HEAP_BASE << 8 | 8, Relaxed);
        forget_stack();
        for _ in 0..3 {
            list_of(1000);
            collect_all();
        }
        assert_eq!(sum(ROOTS[0].load(Relaxed)), (10, 45));
        assert_eq!(get(ROOTS[1].load(Relaxed), 4), 20_000);
    });
}

#[test]
fn large_arrays_keep_what_is_stored_in_them() {
    const LENGTH: u64 = 100_000;
    for mode in MODES {
        with_heap(mode, || {
            let small = array(TABLE, 1500);
            let large = array(CELLS, LENGTH as u32);
            let wide = array(WIDES, 3000);
            collect_all();
            let step = if mode == 0 { 1 } else { 997 };
            for index in (0..LENGTH).step_by(step) {
                set_element(large, index, list_of(1));
                if index < 1500 {
                    set_element(small, index, list_of(2));
                }
                if index < 3000 {
                    set_wide(wide, 8 + 8 * index, list_of(3));
                }
                if index % (LENGTH / 10) == 0 {
                    young();
                }
            }
            collect_all();
            for index in (0..LENGTH).step_by(step) {
                assert_eq!(sum(get(large, 8 + 4 * index)), (1, 0));
                if index < 1500 {
                    assert_eq!(sum(get(small, 8 + 4 * index)), (2, 1));
                }
                if index < 3000 {
                    assert_eq!(sum(get_wide(wide, 8 + 8 * index)), (3, 3));
                }
            }
        });
    }
}

/// Frees new objects.
fn young() {
    // SAFETY: `with_heap` has made the stack known.
    unsafe { collect::collect(Collection::Young) };
}

#[test]
fn wide_fields_hold_references_of_both_sides() {
    with_heap(heap_mode::STRESS, || {
        let object = alloc(24, WIDE);
        set_wide(object, 8, 0);
        set_wide(object, 16, HEAP_BASE << 8);
        collect_all();
        set_wide(object, 8, list_of(4));
        young();
        assert_eq!(sum(get_wide(object, 8)), (4, 6));
        assert_eq!(get_wide(object, 16), HEAP_BASE << 8);
    });
}

#[test]
fn exceptions_are_objects() {
    for mode in MODES {
        with_heap(mode, || {
            let table = array(WIDES, 99);
            for index in 0..99 {
                let exception = mutator::exception(list_of(index + 1));
                assert_eq!(exception % 16, 0);
                set_wide(table, 8 + 8 * u64::from(index), exception);
            }
            ROOTS[0].store(mutator::exception(get_wide(table, 8 + 8 * 98)), Relaxed);
            list_of(100);
            collect_all();
            for index in 0..99 {
                let number = index + 1;
                let list = mutator::carried(get_wide(table, 8 + 8 * index));
                assert_eq!(sum(list), (number, number * (number - 1) / 2));
            }
            let inner = mutator::carried(ROOTS[0].load(Relaxed));
            assert_eq!(sum(mutator::carried(inner)).0, 99);
        });
    }
}

#[test]
fn freed_memory_is_used_again_and_given_back() {
    with_heap(0, || {
        let before = state().room.bytes();
        #[inline(never)]
        fn work() -> u64 {
            let list = list_of(2_000_000);
            let bytes = array(BYTES, 30_000_000);
            assert!((0..30_000_000).step_by(1000).all(|index| get(bytes, 8 + index) == 0));
            fill(bytes, 1);
            let used = state().room.bytes();
            assert_eq!(sum(list).0, 2_000_000);
            assert_eq!(get(bytes, 4), 30_000_000);
            used
        }
        let first = work();
        assert!(first >= before + 32_000_000 + 30_000_000);
        forget_stack();
        for _ in 0..5 {
            let used = work();
            assert!(used < 4 * first, "{used} {first}");
            forget_stack();
        }
        collect_all();
        assert!(state().room.bytes() < before + 10_000_000, "{}", state().room.bytes());
        let large = state().large.range();
        assert!(large.len() < 1_000_000, "{}", large.len());
    });
}

#[test]
fn pages_are_found_again() {
    with_heap(0, || {
        forget_stack();
        collect_all();
        let held: Vec<Ref> = (0..64).map(|number| array_of(BYTES, 10_000, number)).collect();
        let kept: Vec<Ref> = held.iter().copied().step_by(2).collect();
        let (lowest, freed) = (state().large.range().start, held[1]);
        drop(held);
        ROOTS[0].store(array_of(CELLS, 64, 0), Relaxed);
        for (index, array) in kept.iter().enumerate() {
            set_element(ROOTS[0].load(Relaxed), index as u64, *array);
        }
        forget_stack();
        young();
        let again: Vec<Ref> = (0..32).map(|_| array(BYTES, 10_000)).collect();
        assert!(again.iter().filter(|array| **array >= lowest as u64).count() > 24);
        assert!(
            again.iter().all(|array| (0..10_000).all(|index| get(*array, 8 + index) as u8 == 0))
        );
        let is_whole = |(number, array): (usize, &Ref)| {
            (0..10_000).all(|index| get(*array, 8 + index) as u8 == 2 * number as u8)
        };
        assert!(kept.iter().enumerate().all(is_whole));
        assert_eq!(freed as usize % PAGE, 0);
    });
}

#[test]
fn sizes_of_arrays_do_not_overflow() {
    let ty =
        quench_abi::ObjectType { size: 16, is_array: 1, first_reference: 0, reference_count: 0 };
    assert_eq!(object::array_size(&ty, u32::MAX), 8 + 16 * u64::from(u32::MAX));
    with_heap(0, || {
        let size = object::array_size(&ty, u32::MAX);
        assert!(super::take(state(), size).is_none());
        let all = quench_abi::HEAP_END - HEAP_BASE;
        assert!(super::take(state(), all + 1).is_none());
    });
}

/// Measures one of the programs: `HEAP_PROGRAM=trees HEAP_SIZE=18 cargo test --release -p
/// quench-runtime-support measure -- --ignored --nocapture`.
#[test]
#[ignore = "for whoever changes the collector"]
fn measure() {
    let program = std::env::var("HEAP_PROGRAM").unwrap_or_default();
    let size = std::env::var("HEAP_SIZE").ok().and_then(|size| size.parse().ok()).unwrap_or(10);
    let mode = if std::env::var("HEAP_LOG").is_ok() { heap_mode::LOG } else { 0 };
    with_heap(mode, || {
        let start = std::time::Instant::now();
        let result = match program.as_str() {
            "queens" => programs::queens(size).into(),
            "map" => programs::map(size),
            "life" => programs::life(1 << 21, size).cast_unsigned().into(),
            _ => programs::trees(size).into(),
        };
        let (time, count) = (start.elapsed(), state().count.get());
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        std::println!("{program} {size}: {result}, {time:?}, {count} collections, {peak}");
    });
}
