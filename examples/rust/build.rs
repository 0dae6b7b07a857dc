//! Compiles the module and links it, with quench's runtime, into the program.

use std::env;
use std::path::PathBuf;
use std::process::Command;

const MODULE: &str = "../c/counter.wat";

fn main() {
    let folder = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let target = env::var("TARGET").expect("cargo sets it");
    let (object, library) = (folder.join("counter.o"), folder.join("libquench.a"));
    let [object_path, library_path] = [&object, &library].map(|path| path.display().to_string());
    quench(&["build", "--quiet", MODULE, "--emit", "obj", "-o", &object_path], &target);
    quench(&["runtime", "-o", &library_path], &target);
    println!("cargo::rustc-link-arg={object_path}");
    println!("cargo::rustc-link-arg={library_path}");
    println!("cargo::rerun-if-changed={MODULE}");
    println!("cargo::rerun-if-env-changed=QUENCH");
}

/// Runs quench for a target.
fn quench(arguments: &[&str], target: &str) {
    let program = env::var("QUENCH").unwrap_or_else(|_| "quench".to_string());
    let mut command = Command::new(program);
    let status = command.args(arguments).args(["--target", target]).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} failed");
}
