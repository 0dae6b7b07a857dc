//! What the program may do its tests may do too.

use std::{env, fs};

#[test]
fn they_are_those_of_the_manifest() {
    assert!(fs::read_to_string("Cargo.toml").is_ok_and(|text| text.contains("greeter")));
    assert!(fs::write("Cargo.toml", "").is_err());
    assert_eq!(fs::read_to_string("/share/farewell").unwrap(), "Goodbye\n");
    assert_eq!(env::var("GREETING").as_deref(), Ok("Hello"));
    assert!(env::var("PATH").is_err());
}
