//! WASI 0.3, as components import it. What is the same as in 0.2 is done there; here are the
//! differences: streams, futures and functions that a component waits for, and the forms of
//! errors and times. The table of contents is `exports`.

mod errors;
mod exports;
mod filesystem;
mod streams;
mod wait;
