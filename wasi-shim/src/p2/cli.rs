//! `wasi:cli`.

use super::host::Host;
use super::resources::{INPUT_STREAM, OUTPUT_STREAM, Resource, TERMINAL_INPUT, TERMINAL_OUTPUT};
use crate::command_line::arguments;
use crate::environment::{Pieces, variables};
use crate::objects::{Object, Position, Stream};
use quench_component_support::{List, Store, Text};

/// The streams that the program was started with, by the numbers of their descriptors.
pub(crate) const STDIN: u32 = 0;
pub(crate) const STDOUT: u32 = 1;
pub(crate) const STDERR: u32 = 2;

pub(crate) fn get_environment(_: &mut Host<'_>) -> impl Store + use<> {
    let variable = |[first, sign, value]: Pieces| match sign {
        [] => {
            let end = first.iter().position(|&byte| byte == b'=').unwrap_or(first.len());
            let (name, rest) = first.split_at_checked(end).unwrap_or_default();
            (Text(name), Text(rest.get(1..).unwrap_or_default()))
        }
        _ => (Text(first), Text(value)),
    };
    List { count: variables().count() as u32, elements: variables().map(variable) }
}

pub(crate) fn get_arguments(_: &mut Host<'_>) -> impl Store + use<> {
    List { count: arguments().count() as u32, elements: arguments().map(Text) }
}

/// Returns that there is no directory in which the program begins: paths are relative to
/// the directories that it has.
pub(crate) fn initial_cwd(_: &mut Host<'_>) -> Option<Text<'static>> {
    None
}

pub(crate) fn exit(_: &mut Host<'_>, failed: u32) {
    quench_runtime_support::exit(i32::from(failed != 0))
}

pub(crate) fn exit_with_code(_: &mut Host<'_>, code: u32) {
    quench_runtime_support::exit(code as i32)
}

pub(crate) fn get_stdin(host: &mut Host<'_>) -> u32 {
    stream(host, &INPUT_STREAM, STDIN)
}

pub(crate) fn get_stdout(host: &mut Host<'_>) -> u32 {
    stream(host, &OUTPUT_STREAM, STDOUT)
}

pub(crate) fn get_stderr(host: &mut Host<'_>) -> u32 {
    stream(host, &OUTPUT_STREAM, STDERR)
}

fn stream(host: &mut Host<'_>, resource: &'static Resource, descriptor: u32) -> u32 {
    let stream = Stream { descriptor, position: Position::Own, closed: false };
    host.give_object(resource, Object::Stream(stream))
}

pub(crate) fn get_terminal_stdin(host: &mut Host<'_>) -> Option<u32> {
    terminal(host, &TERMINAL_INPUT, STDIN)
}

pub(crate) fn get_terminal_stdout(host: &mut Host<'_>) -> Option<u32> {
    terminal(host, &TERMINAL_OUTPUT, STDOUT)
}

pub(crate) fn get_terminal_stderr(host: &mut Host<'_>) -> Option<u32> {
    terminal(host, &TERMINAL_OUTPUT, STDERR)
}

/// Returns a handle of the terminal that a stream is.
pub(crate) fn terminal(
    host: &mut Host<'_>,
    resource: &'static Resource,
    descriptor: u32,
) -> Option<u32> {
    let stream = host.state.descriptors.get(descriptor);
    stream.is_ok_and(|stream| stream.is_terminal).then(|| host.give(resource, descriptor))
}
