//! Tells the compiler which version of itself it is: the fingerprint of all that
//! decides code, which keys of its cache begin with.

mod fingerprint;

use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    for input in fingerprint::INPUTS {
        println!("cargo::rerun-if-changed={input}");
    }
    let fingerprint = fingerprint::fingerprint(Path::new("."))?;
    println!("cargo::rustc-env=QUENCH_FINGERPRINT={fingerprint:016x}");
    Ok(())
}
