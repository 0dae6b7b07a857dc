//! Checks rules of the code that the compiler does not check: which crates and
//! folders may use which, where unsafe and architecture-specific code may be,
//! and how files look. Looks at files only.

mod folders;
mod imports;
mod manifest;
mod messages;
mod source;
mod syntax;

use manifest::Manifest;
use source::Source;
use std::collections::BTreeSet;

/// Crates of ours that each crate may depend on. All crates are listed.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("runtime-support/abi", &[]),
    ("allocator", &[]),
    ("cli/native", &[]),
    ("component", &["quench-abi"]),
    ("compiler", &["allocator", "quench-abi"]),
    ("wasi-shim/policy", &["quench-abi"]),
    ("runtime-support/values", &["quench-abi"]),
    ("runtime-support", &["quench-abi", "quench-values"]),
    ("component/support", &["quench-abi", "quench-runtime-support"]),
    (
        "wasi-shim",
        &["quench-abi", "quench-component-support", "quench-policy", "quench-runtime-support"],
    ),
    (
        "cli",
        &[
            "quench-abi",
            "quench-compiler",
            "quench-component",
            "quench-native",
            "quench-policy",
            "quench-values",
        ],
    ),
    ("tests/player", &["quench-abi", "quench-runtime-support"]),
    (
        "tests",
        &[
            "quench",
            "quench-abi",
            "quench-compiler",
            "quench-component",
            "quench-native",
            "quench-player",
            "quench-policy",
        ],
    ),
];

/// Files that may have unsafe code.
const UNSAFE: &[&str] = &[
    "component/support/src/calls.rs",
    "component/support/src/channel.rs",
    "component/support/src/elements.rs",
    "component/support/src/ends.rs",
    "component/support/src/error_context.rs",
    "component/support/src/handles.rs",
    "component/support/src/invoke.rs",
    "component/support/src/lower.rs",
    "component/support/src/pool.rs",
    "component/support/src/resources.rs",
    "component/support/src/schedule.rs",
    "component/support/src/strings.rs",
    "component/support/src/tables.rs",
    "component/support/src/task.rs",
    "component/support/src/thread.rs",
    "component/support/src/thread_functions.rs",
    "component/support/src/task_functions.rs",
    "component/support/src/trap.rs",
    "component/support/src/waiting.rs",
    "runtime-support/src/arch/aarch64/copy.rs",
    "runtime-support/src/arch/aarch64/entry.rs",
    "runtime-support/src/arch/aarch64/features.rs",
    "runtime-support/src/arch/aarch64/kernel.rs",
    "runtime-support/src/arch/aarch64/signal.rs",
    "runtime-support/src/arch/aarch64/switch.rs",
    "runtime-support/src/arch/x86_64/copy.rs",
    "runtime-support/src/arch/x86_64/entry.rs",
    "runtime-support/src/arch/x86_64/features.rs",
    "runtime-support/src/arch/x86_64/kernel.rs",
    "runtime-support/src/arch/x86_64/signal.rs",
    "runtime-support/src/arch/x86_64/switch.rs",
    "runtime-support/src/archive.rs",
    "runtime-support/src/backtrace.rs",
    "runtime-support/src/core_dump.rs",
    "runtime-support/src/cpu.rs",
    "runtime-support/src/embedded.rs",
    "runtime-support/src/exception/collect.rs",
    "runtime-support/src/exception/heap.rs",
    "runtime-support/src/exception/mod.rs",
    "runtime-support/src/exception/values.rs",
    "runtime-support/src/fuel.rs",
    "runtime-support/src/heap/cards.rs",
    "runtime-support/src/heap/cast.rs",
    "runtime-support/src/heap/check.rs",
    "runtime-support/src/heap/collect.rs",
    "runtime-support/src/heap/constants.rs",
    "runtime-support/src/heap/dump.rs",
    "runtime-support/src/heap/list.rs",
    "runtime-support/src/heap/mark.rs",
    "runtime-support/src/heap/mod.rs",
    "runtime-support/src/heap/object.rs",
    "runtime-support/src/heap/record.rs",
    "runtime-support/src/heap/space.rs",
    "runtime-support/src/heap/state.rs",
    "runtime-support/src/heap/stress.rs",
    "runtime-support/src/heap/tables.rs",
    "runtime-support/src/heap/tests.rs",
    "runtime-support/src/heap/tests/mutator.rs",
    "runtime-support/src/heap/words.rs",
    "runtime-support/src/invoke.rs",
    "runtime-support/src/libc_mem.rs",
    "runtime-support/src/limits.rs",
    "runtime-support/src/lines.rs",
    "runtime-support/src/lookup.rs",
    "runtime-support/src/memory.rs",
    "runtime-support/src/native_faults.rs",
    "runtime-support/src/process.rs",
    "runtime-support/src/profile.rs",
    "runtime-support/src/relocate.rs",
    "runtime-support/src/report.rs",
    "runtime-support/src/roots.rs",
    "runtime-support/src/signals.rs",
    "runtime-support/src/stack.rs",
    "runtime-support/src/stacks.rs",
    "runtime-support/src/start.rs",
    "runtime-support/src/table.rs",
    "runtime-support/src/trap.rs",
    "runtime-support/src/wait.rs",
    "tests/player/src/play.rs",
    "tests/player/src/play_cases.rs",
    "wasi-shim/src/exports.rs",
    "wasi-shim/src/lockdown/kernel.rs",
    "wasi-shim/src/p2/exports.rs",
    "wasi-shim/src/p2/resources.rs",
    "wasi-shim/src/p3/exports.rs",
    "wasi-shim/src/state.rs",
];

/// Roots of crates in which unsafe code cannot even be allowed.
const FORBIDDING: &[&str] =
    &["compiler/src/lib.rs", "cli/src/lib.rs", "cli/src/main.rs", "cli/cargo/main.rs"];

/// (folder, a word that must not occur in it, in any case)
const UNKNOWN: &[(&str, &str)] = &[
    ("compiler/src", "wasi"),
    ("runtime-support/src", "wasi"),
    ("runtime-support/src", "cranelift"),
    ("wasi-shim", "cranelift"),
    ("cli/src", "cranelift_codegen"),
];

/// Files of the native crates that know architectures; no other files do.
const ARCHITECTURES: [&str; 2] =
    ["runtime-support/src/arch/x86_64/", "runtime-support/src/arch/aarch64/"];

/// Files that only one of these folders has.
const ONE_ARCHITECTURES: &[&str] = &["runtime-support/src/arch/x86_64/opcodes.rs"];

/// File of the module that chooses one of them.
const CHOICE: &str = "runtime-support/src/arch/mod.rs";

/// (file, a name that may occur in it): the file has an empty instruction that
/// hides memory from the optimiser, and knows no architecture.
const EXCUSED: &[(&str, &str)] = &[("runtime-support/src/libc_mem.rs", "asm!")];

/// Folders whose code runs in executables.
const NATIVE: &[&str] = &["runtime-support/", "wasi-shim/", "tests/player/"];

const LONGEST_FILE: usize = 700;

/// Words that no doc comment begins with: they refer to something that the
/// comment does not name, so that it cannot be read alone.
const FIRST_WORDS: &[&str] = &["Of", "Nor", "And", "Those", "As", "Likewise"];

/// Fails if there are complaints, with one line for each.
#[track_caller]
fn no_complaints(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn dependencies_point_one_way() {
    let members: BTreeSet<String> = Manifest::workspace().list("members").into_iter().collect();
    let listed = DIRECTIONS.iter().map(|(path, _)| path.to_string());
    assert_eq!(members, listed.collect(), "members of the workspace");

    no_complaints(DIRECTIONS.iter().flat_map(|(path, allowed)| {
        let ours = Manifest::read(&format!("{path}/Cargo.toml")).dependencies();
        ours.into_iter()
            .filter(|name| name == "allocator" || name.starts_with("quench"))
            .filter(|name| !allowed.contains(&name.as_str()))
            .map(move |name| format!("{path} must not depend on {name}"))
    }));
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    no_complaints(folders::circles());
}

#[test]
fn folders_use_only_those_before_them() {
    no_complaints(folders::complaints());
}

#[test]
fn no_crate_knows_what_it_must_not() {
    no_complaints(UNKNOWN.iter().flat_map(|(folder, word)| {
        source::below(folder)
            .into_iter()
            .filter(move |file| file.text.to_lowercase().contains(word))
            .map(move |file| format!("{} must not know the word `{word}`", file.path))
    }));
}

#[test]
fn unsafe_code_is_where_it_is_expected() {
    let files = source::all();
    let allowing: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.code().contains("allow(unsafe_code"))
        .map(|file| file.path.as_str())
        .collect();
    let listed: BTreeSet<&str> = UNSAFE.iter().copied().collect();
    assert_eq!(allowing, listed, "files that allow unsafe code");
    no_complaints(
        files
            .iter()
            .filter(|file| file.code().contains("allow(unsafe_code)"))
            .map(|file| format!("{}: gives no reason for unsafe code", file.path)),
    );

    no_complaints(
        files
            .iter()
            .filter(|file| listed.contains(file.path.as_str()))
            .filter(|file| !file.head().contains("# Safety"))
            .map(|file| format!("{}: the head has no `# Safety`", file.path)),
    );
    no_complaints(FORBIDDING.iter().filter_map(|path| {
        let forbids = source::read(path).has_line("#![forbid(unsafe_code)]");
        (!forbids).then(|| format!("{path} does not forbid unsafe code"))
    }));
    no_complaints(DIRECTIONS.iter().filter_map(|(path, _)| {
        let lints = Manifest::read(&format!("{path}/Cargo.toml"));
        (!lints.has("lints", "workspace")).then(|| format!("{path} does not use the lints"))
    }));
}

#[test]
fn architectures_are_known_in_one_place() {
    let native = |file: &&Source| NATIVE.iter().any(|folder| file.path.starts_with(folder));
    let excused = |file: &&Source| {
        file.path == CHOICE || ARCHITECTURES.iter().any(|folder| file.path.starts_with(folder))
    };
    let files = source::all();
    no_complaints(files.iter().filter(|file| !excused(file)).flat_map(|file| {
        let names: &[&str] = if native(&file) {
            &["x86_64", "aarch64", "asm!", "target_arch"]
        } else {
            &["asm!", "target_arch", "target_feature"]
        };
        names
            .iter()
            .filter(|name| file.code().contains(**name))
            .filter(|name| !EXCUSED.contains(&(&file.path, name)))
            .map(move |name| format!("{} must not know of `{name}`", file.path))
    }));
    no_complaints(
        source::below("compiler/src")
            .iter()
            .filter(|file| file.code().contains("cfg(target"))
            .map(|file| format!("{} must not depend on its own machine", file.path)),
    );
}

#[test]
fn architectures_have_the_same_items_in_the_same_order() {
    let [first, second] = ARCHITECTURES.map(|folder| {
        let files = source::below(folder.trim_end_matches('/'));
        let both = files.into_iter().filter(|file| !ONE_ARCHITECTURES.contains(&&*file.path));
        let items: Vec<(String, Vec<String>)> =
            both.map(|file| (file.path[folder.len()..].to_string(), file.items())).collect();
        items
    });
    assert_eq!(first, second, "{}", ARCHITECTURES.join(" and "));
    let count: usize = first.iter().map(|(_, items)| items.len()).sum();
    assert!(count > 0, "nothing is in {}", ARCHITECTURES[0]);
}

#[test]
fn files_say_what_they_know_and_stay_short() {
    no_complaints(source::all().iter().flat_map(|file| {
        let path = &file.path;
        let lines = file.text.lines().count();
        let headless = !file.text.starts_with("//!");
        let long = lines > LONGEST_FILE;
        [
            headless.then(|| format!("{path} does not open with `//!`")),
            long.then(|| format!("{path} has {lines} lines; {LONGEST_FILE} are enough")),
        ]
        .into_iter()
        .flatten()
    }));
}

#[test]
fn doc_comments_can_be_read_alone() {
    no_complaints(source::all().iter().flat_map(|file| {
        let starts = file.doc_starts().into_iter();
        let starts = starts.filter(|(_, word)| FIRST_WORDS.contains(&word.as_str()));
        let complain =
            |(line, word)| format!("{}:{line}: a doc comment begins with `{word}`", file.path);
        starts.map(complain).collect::<Vec<_>>()
    }));
}

#[test]
fn nothing_is_left_for_later() {
    // Not written out, so that this file does not complain of itself.
    let macros = ["todo", "unimplemented"].map(|name| format!("{name}!"));
    no_complaints(source::all().into_iter().flat_map(|file| {
        let found: Vec<String> = macros
            .iter()
            .filter(|name| file.text.contains(*name))
            .map(|name| format!("{} has a `{name}`", file.path))
            .collect();
        found
    }));
}

#[test]
fn every_dependency_is_explained() {
    let architecture = source::read("docs/ARCHITECTURE.md").text;
    let (_, reasons) = architecture
        .split_once("## Dependencies")
        .expect("docs/ARCHITECTURE.md explains the dependencies");
    let no_name = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
    let explained: BTreeSet<&str> = reasons.split(no_name).collect();
    no_complaints(
        Manifest::workspace()
            .keys("workspace.dependencies")
            .into_iter()
            .filter(|name| !name.starts_with("quench"))
            .filter(|name| !explained.contains(name.as_str()))
            .map(|name| format!("docs/ARCHITECTURE.md does not say why `{name}` is needed")),
    );
    no_complaints(DIRECTIONS.iter().flat_map(|(path, _)| {
        let manifest = Manifest::read(&format!("{path}/Cargo.toml"));
        manifest
            .unpinned()
            .into_iter()
            .map(move |line| format!("{path}: `{line}` does not use the workspace's version"))
    }));
}

#[test]
fn every_message_has_a_test() {
    no_complaints(messages::complaints());
}
