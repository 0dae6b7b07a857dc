//! A Rust program that calls the exports of a WebAssembly module.

use std::ffi::{c_char, c_void};
use std::ptr::null;

unsafe extern "C" {
    fn quench_start(arguments: *const *const c_char, environment: *const *const c_char);
    fn quench_call(function: unsafe extern "C" fn(*mut c_void), data: *mut c_void);

    // The export NAME of MODULE is the symbol MODULE.NAME.
    #[link_name = "counter.next"]
    safe fn next() -> i32;
    #[link_name = "counter.word"]
    safe fn word(number: i32) -> i32;
    #[link_name = "counter.letter"]
    safe fn letter(address: i32) -> i32;
}

/// Reads the word for a number, and stores it in place of the number.
unsafe extern "C" fn read(data: *mut c_void) {
    // SAFETY: `main` passes this.
    let (number, text) = unsafe { &mut *data.cast::<(i32, String)>() };
    let letters = (word(*number)..).map(|address| letter(address)).take_while(|letter| *letter != 0);
    text.extend(letters.filter_map(|letter| u8::try_from(letter).ok()).map(char::from));
}

fn main() {
    // SAFETY: once, first, and on the only thread that calls the module.
    unsafe { quench_start(null(), null()) };
    println!("{}", next());
    println!("{}", next());
    for number in 0..3 {
        let mut word = (number, String::new());
        // SAFETY: `read` takes this.
        unsafe { quench_call(read, (&raw mut word).cast()) };
        println!("{}", word.1);
    }
}
