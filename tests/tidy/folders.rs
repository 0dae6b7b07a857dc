//! The order of the folders and files at the top of each crate, and what does
//! not keep to it.

use crate::imports::{self, Crate, Edge};
use crate::source;
use std::collections::BTreeSet;

/// The root file of each crate, and its rooms: the files (without `.rs`) and
/// folders beside the root, and the root itself. Each room may use only those
/// before it. Files of one folder may use each other, but not in a circle.
const FOLDERS: &[(&str, &[&str])] = &[
    (
        "runtime-support/abi/src/lib.rs",
        &[
            "enumeration",
            "symbols",
            "trap",
            "value",
            "records",
            "heap",
            "component",
            "runtime_function",
            "lib",
        ],
    ),
    ("allocator/src/lib.rs", &["flow", "equality", "liveness", "polish", "lib"]),
    ("runtime-support/values/src/lib.rs", &["float", "lib"]),
    (
        "component/src/lib.rs",
        &[
            "error",
            "types",
            "plan",
            "core_values",
            "glue",
            "calls",
            "describe",
            "wave",
            "spread",
            "wit",
            "channels",
            "validate",
            "compose",
            "translate",
            "starts",
            "shims",
            "threads",
            "adapters",
            "flatten",
            "lib",
        ],
    ),
    (
        "component/support/src/lib.rs",
        &[
            "trap",
            "pool",
            "queue",
            "handles",
            "calls",
            "resources",
            "transcode",
            "strings",
            "lower",
            "description",
            "values",
            "arguments",
            "waitable",
            "tables",
            "ends",
            "error_context",
            "elements",
            "channel",
            "thread",
            "task",
            "schedule",
            "results",
            "invoke",
            "task_functions",
            "thread_functions",
            "waiting",
            "lib",
        ],
    ),
    ("cli/native/src/lib.rs", &["environment", "rustc", "constants", "object_file", "lib"]),
    (
        "compiler/src/lib.rs",
        &[
            "ir",
            "target",
            "cpu",
            "features",
            "passes",
            "options",
            "error",
            "symbols",
            "traps",
            "code_unit",
            "machine_code",
            "observer",
            "in_order",
            "module",
            "profile",
            "lines",
            "debug",
            "plan",
            "call_graph",
            "optimize",
            "translate",
            "codegen",
            "emit",
            "function_cache",
            "compile",
            "program",
            "lib",
        ],
    ),
    (
        "wasi-shim/policy/src/lib.rs",
        &[
            "limits",
            "address",
            "archive",
            "runtime",
            "system_call",
            "functions",
            "interfaces",
            "set",
            "needs",
            "entry",
            "options",
            "encoding",
            "lib",
        ],
    ),
    (
        "runtime-support/src/lib.rs",
        &[
            "pages",
            "arch",
            "process",
            "report",
            "libc_mem",
            "wait",
            "limits",
            "signals",
            "stack",
            "stacks",
            "roots",
            "relocate",
            "archive",
            "memory",
            "table",
            "lines",
            "lookup",
            "backtrace",
            "cpu",
            "core_dump",
            "trap",
            "native_faults",
            "exception",
            "fuel",
            "heap",
            "invoke",
            "profile",
            "start",
            "embedded",
            "signatures",
            "lib",
        ],
    ),
    (
        "wasi-shim/src/lib.rs",
        &[
            "errno",
            "types",
            "narrow",
            "command_line",
            "archive",
            "file",
            "descriptors",
            "objects",
            "memory",
            "guest",
            "lockdown",
            "clock",
            "environment",
            "random",
            "process",
            "waiting",
            "io",
            "filestat",
            "socket",
            "directory",
            "fd",
            "path",
            "poll",
            "listener",
            "start",
            "state",
            "exports",
            "p2",
            "p3",
            "lib",
        ],
    ),
    (
        "cli/src/lib.rs",
        &[
            "version", "args", "fault", "files", "link", "cache", "messages", "cargo", "embed",
            "policy", "image", "wiring", "inspect", "build", "commands", "lib",
        ],
    ),
    ("cli/src/main.rs", &["main"]),
    ("cli/cargo/main.rs", &["main"]),
    ("tests/player/src/lib.rs", &["script", "cases", "play", "play_cases", "lib"]),
    (
        "tests/src/lib.rs",
        &["run", "parallel", "snapshot", "records", "function_map", "shapes", "wit", "lib"],
    ),
    ("tests/cache/main.rs", &["damaged", "main"]),
    ("tests/cli/main.rs", &["main"]),
    ("tests/codegen/main.rs", &["main"]),
    (
        "tests/fuzz/main.rs",
        &[
            "rng",
            "sections",
            "tame_objects",
            "tame",
            "profiling",
            "typed",
            "echo",
            "generate",
            "case",
            "operands",
            "corpus",
            "mutate",
            "encode",
            "batch",
            "oracle",
            "expected",
            "shrink",
            "arguments",
            "run",
            "objects",
            "operators",
            "compile",
            "components",
            "shapes",
            "main",
        ],
    ),
    ("tests/limits/main.rs", &["modules", "shapes", "run", "reach", "main"]),
    ("tests/malformed/main.rs", &["modules", "components", "dwarf", "main"]),
    (
        "tests/sandbox/main.rs",
        &[
            "guest",
            "script",
            "world",
            "command",
            "hole",
            "embedded",
            "hostile",
            "interfaces",
            "components",
            "edges",
            "paths",
            "race",
            "descriptors",
            "sockets",
            "everyday",
            "streams",
            "listing",
            "limits",
            "core_dump",
            "hardening",
            "main",
        ],
    ),
    (
        "tests/spec/main.rs",
        &[
            "features",
            "signatures",
            "wave",
            "sources",
            "known",
            "table",
            "traps",
            "values",
            "provider",
            "script",
            "encode",
            "outcome",
            "components",
            "main",
        ],
    ),
    (
        "tests/tidy/main.rs",
        &["source", "manifest", "messages", "syntax", "imports", "folders", "main"],
    ),
    ("tests/wasi/main.rs", &["expectation", "operations", "case", "main"]),
];

/// Folders of Rust files that are no part of our crates: programs that tests
/// compile.
const NOT_OURS: &[&str] = &["tests/bench/", "tests/programs/"];

/// Returns the circles of files in all crates.
pub(crate) fn circles() -> Vec<String> {
    FOLDERS.iter().flat_map(|(root, _)| imports::circles(&edges(root))).collect()
}

/// Returns the uses in a wrong direction, and what is wrong with the table.
pub(crate) fn complaints() -> Vec<String> {
    let mut complaints = unlisted_roots();
    for (root, rooms) in FOLDERS {
        complaints.extend(wrong_rooms(root, rooms));
        // One complaint for all that a file uses of another.
        let mut edges = edges(root);
        edges.sort_by(|a, b| (&a.from, &a.to, a.line).cmp(&(&b.from, &b.to, b.line)));
        edges.dedup_by(|a, b| (&a.from, &a.to) == (&b.from, &b.to));
        let folder = folder(root);
        complaints.extend(edges.iter().filter_map(|edge| backwards(edge, folder, rooms)));
    }
    complaints
}

fn edges(root: &str) -> Vec<Edge> {
    Crate::read(root, source::text).edges()
}

/// Returns a path's folder, with the slash at its end.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// Returns the room that a file below `folder` belongs to.
fn room<'a>(file: &'a str, folder: &str) -> &'a str {
    let inside = file.strip_prefix(folder).unwrap_or(file);
    let first = inside.split('/').next().unwrap_or(inside);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Complains about an edge from a room to one behind it. Rooms that are not
/// listed are [`wrong_rooms`]'s.
fn backwards(edge: &Edge, folder: &str, rooms: &[&str]) -> Option<String> {
    let (from, to) = (room(&edge.from, folder), room(&edge.to, folder));
    let place = |name| rooms.iter().position(|room| *room == name);
    (place(from)? < place(to)?).then(|| {
        let Edge { from: file, line, path, .. } = edge;
        format!("{file}:{line}: `{from}` uses `{path}` of `{to}`, which FOLDERS lists behind it")
    })
}

/// Complains about roots of crates that the table does not list.
fn unlisted_roots() -> Vec<String> {
    let all = source::all().into_iter().map(|file| file.path);
    let roots = all.filter(|path| path.ends_with("/lib.rs") || path.ends_with("/main.rs"));
    let roots = roots.filter(|path| !NOT_OURS.iter().any(|folder| path.starts_with(folder)));
    let unlisted = roots.filter(|path| !FOLDERS.iter().any(|(root, _)| root == path));
    unlisted.map(|path| format!("FOLDERS does not list {path}")).collect()
}

/// Complains about rooms of a crate that are not listed, or not there.
fn wrong_rooms(root: &str, listed: &[&str]) -> Vec<String> {
    let folder = folder(root);
    let is_other_root =
        |path: &str| path != root && FOLDERS.iter().any(|(other, _)| *other == path);
    let files = source::below(folder.trim_end_matches('/'));
    let paths = files.iter().map(|file| file.path.as_str());
    // A second root beside the first has no rooms but itself.
    let paths = paths.filter(|path| !is_other_root(path));
    let there: BTreeSet<&str> = if root.ends_with("src/main.rs") {
        BTreeSet::from(["main"])
    } else {
        paths.map(|path| room(path, folder)).collect()
    };
    let listed: BTreeSet<&str> = listed.iter().copied().collect();
    let missing = there.difference(&listed);
    let missing = missing.map(|name| format!("{root}: FOLDERS does not list `{name}`"));
    let gone = listed.difference(&there);
    missing.chain(gone.map(|name| format!("{root}: there is no `{name}`"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_of_a_room_behind_is_found() {
        let edge = |from: &str, to: &str| Edge {
            from: from.to_string(),
            line: 3,
            path: "crate::there".to_string(),
            to: to.to_string(),
        };
        let rooms = ["ground", "house", "roof"];
        let complaint = |from, to| backwards(&edge(from, to), "src/", &rooms);
        assert_eq!(complaint("src/house/a.rs", "src/ground.rs"), None);
        assert_eq!(complaint("src/house/a.rs", "src/house/b.rs"), None);
        assert_eq!(
            complaint("src/house/a.rs", "src/roof.rs").as_deref(),
            Some(
                "src/house/a.rs:3: `house` uses `crate::there` of `roof`, which FOLDERS lists \
                 behind it"
            )
        );
    }
}
