//! Greets a person by what the program may see: a variable that it is built with, one of
//! whoever starts it, a file that is part of it, and its arguments.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let variable = |name| env::var(name).unwrap_or_else(|_| format!("no {name}"));
    println!("{}", greeter::greet(&variable("GREETING"), &variable("NAME")));
    print!("{}", fs::read_to_string("/share/farewell").expect("it is part of the program"));
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("{arguments:?} {:?}", env::var("PATH").is_ok());
    ExitCode::from(arguments.len() as u8)
}
