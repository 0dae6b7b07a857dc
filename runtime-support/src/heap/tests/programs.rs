//! Programs that make many objects, and what they compute.

use super::mutator::{
    CELL, CELLS, CONS, ENTRY, INT, MAP, NODE, Ref, TABLE, alloc, array, get, get_wide, set,
    set_element, set_field, set_number,
};

#[inline(never)]
fn make(depth: u32) -> Ref {
    let (left, right) = if depth == 0 { (0, 0) } else { (make(depth - 1), make(depth - 1)) };
    let node = alloc(16, NODE);
    set(node, 4, left);
    set(node, 8, right);
    node
}

#[inline(never)]
fn count(node: Ref) -> u32 {
    match get(node, 4) {
        0 => 1,
        left => 1 + count(left) + count(get(node, 8)),
    }
}

/// Makes and counts binary trees.
pub(super) fn trees(most: u32) -> u32 {
    let long_lived = make(most);
    let mut sum = 0u32;
    for depth in (4..=most).step_by(2) {
        for _ in 0..1u32 << (most - depth + 4) {
            sum = sum.wrapping_add(count(make(depth)));
        }
    }
    sum.wrapping_add(count(long_lived))
}

fn cons(number: u64, rest: Ref) -> Ref {
    let cell = alloc(16, CONS);
    set(cell, 4, number);
    set(cell, 8, rest);
    cell
}

fn is_safe(column: u64, mut queens: Ref) -> bool {
    let mut distance = 1;
    while queens != 0 {
        let other = get(queens, 4);
        if other == column || other == column + distance || other + distance == column {
            return false;
        }
        queens = get(queens, 8);
        distance += 1;
    }
    true
}

#[inline(never)]
fn place(row: u32, rows: u32, queens: Ref) -> u32 {
    if row == rows {
        return 1;
    }
    let mut columns = (0..u64::from(rows)).fold(0, |rest, number| cons(number, rest));
    let mut count = 0;
    while columns != 0 {
        let column = get(columns, 4);
        if is_safe(column, queens) {
            count += place(row + 1, rows, cons(column, queens));
        }
        columns = get(columns, 8);
    }
    count
}

/// Counts the ways to place queens, with lists.
pub(super) fn queens(rows: u32) -> u32 {
    place(0, rows, 0)
}

#[inline(never)]
fn boxed(value: u64) -> Ref {
    let object = alloc(16, INT);
    set(object, 4, u64::from((value as u32).wrapping_mul(0x9e37_79b1)));
    set_number(object, 8, value);
    object
}

#[inline(never)]
fn equal(a: Ref, b: Ref) -> bool {
    get(a, 4) == get(b, 4) && get(b, 0) == INT.into() && get_wide(a, 8) == get_wide(b, 8)
}

fn slot(table: Ref, hash: u64) -> u64 {
    (hash ^ hash >> 16) & (get(table, 4) - 1)
}

#[inline(never)]
fn grow(map: Ref) {
    let new = array(TABLE, get(get(map, 4), 4) as u32 * 2);
    let old = get(map, 4);
    for index in 0..get(old, 4) {
        let mut entry = get(old, 8 + 4 * index);
        while entry != 0 {
            let next = get(entry, 12);
            let slot = slot(new, get(get(entry, 4), 4));
            set_field(entry, 12, get(new, 8 + 4 * slot));
            set_element(new, slot, entry);
            entry = next;
        }
    }
    set_field(map, 4, new);
}

#[inline(never)]
fn find(map: Ref, key: Ref) -> Ref {
    let table = get(map, 4);
    let mut entry = get(table, 8 + 4 * slot(table, get(key, 4)));
    while entry != 0 && !equal(key, get(entry, 4)) {
        entry = get(entry, 12);
    }
    entry
}

#[inline(never)]
fn put(map: Ref, key: Ref, value: Ref) {
    let found = find(map, key);
    if found != 0 {
        return set_field(found, 8, value);
    }
    set(map, 8, get(map, 8) + 1);
    if get(map, 8) > get(get(map, 4), 4) {
        grow(map);
    }
    let entry = alloc(16, ENTRY);
    let table = get(map, 4);
    let slot = slot(table, get(key, 4));
    set(entry, 4, key);
    set(entry, 8, value);
    set(entry, 12, get(table, 8 + 4 * slot));
    set_element(table, slot, entry);
}

/// Counts numbers in a hash map with boxed keys that grows.
pub(super) fn map(rounds: u32) -> u64 {
    let table = array(TABLE, 16);
    let map = alloc(16, MAP);
    set(map, 4, table);
    set(map, 8, 0);
    let mut random = 88_172_645_463_325_252u64;
    for _ in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let found = find(map, boxed(random & 0x3_ffff));
        let key = boxed(random & 0x3_ffff);
        let before = if found == 0 { 0 } else { get_wide(get(found, 8), 8) };
        let value = boxed(before + 1);
        put(map, key, value);
    }
    get(map, 8)
}

/// Stores new cells at random into `count` old ones, a power of two.
pub(super) fn life(count: u64, rounds: u32) -> i32 {
    let table = array(CELLS, count as u32);
    for index in 0..count {
        let new = alloc(24, CELL);
        set_number(new, 16, index);
        set(new, 4, 0);
        set(new, 8, 0);
        set_element(table, index, new);
    }
    let mut random = 12345u32;
    let mut sum = 0u64;
    for round in 0..rounds {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let cell = get(table, 8 + 4 * (u64::from(random) >> 11 & (count - 1)));
        sum = sum.wrapping_add(get_wide(cell, 16));
        let new = alloc(24, CELL);
        set_number(new, 16, sum);
        set(new, 4, 0);
        set(new, 8, 0);
        set_field(cell, 8, new);
        set_field(cell, 4, get(table, 8 + 4 * (u64::from(round) & (count - 1))));
    }
    sum as i32
}
