//! A page of the documentation: how many scripts and directives of each folder
//! pass on each machine.

use quench_compiler::Target;
use std::fmt::Write;

/// Counts of the scripts of a folder, on one machine.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) scripts: usize,
    pub(crate) passed: usize,
    /// Number of scripts that failed as listed, and nowhere else.
    pub(crate) known: usize,
    /// Number of scripts of which nothing could run.
    pub(crate) skipped: usize,
    /// Number of directives that passed.
    pub(crate) directives: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        self.scripts += other.scripts;
        self.passed += other.passed;
        self.known += other.known;
        self.skipped += other.skipped;
        self.directives += other.directives;
    }

    pub(crate) fn failed(&self) -> usize {
        self.scripts - self.passed - self.known - self.skipped
    }
}

const MACHINES: usize = Target::ALL.len();

/// Folders in the order they came, with a tally for each machine.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(String, [Tally; MACHINES])>,
}

const HEAD: &str = "\
# Conformance

The official specification scripts, folder by folder, and our own (`tests/spec/scripts`). `make conformance` ran them on each
machine, aarch64 under qemu, and wrote this page. A script is a `.wast` file; each assertion, module and call in it is a
directive. A script passes when all its directives do; directives that need a proposal which is not compiled would be left out.
Known failures are expectations that a later version of the specification reversed; `tests/spec/known-failures.txt` has the
reasons. The scripts of garbage collection also pass with a collection whenever that is possible (`quench-spec --stress gc/`).

Scripts about components come from the folder `test` of github.com/WebAssembly/component-model: `make spec DIR=test` runs them,
as it does any folder. All pass but for three known failures: an option that the specification no longer has, and names
that the validator takes for the same. WASI 0.3 is tested with the public suite too (`make wasi DIR=folder`), as is WASI 0.2 with its
modules for preview 1 behind the adapter; `make fuzz T=components` passes values of all types through calls between components.

";

impl Table {
    pub(crate) fn add(&mut self, folder: &str, target: Target, tally: &Tally) {
        let row = match self.rows.iter().position(|(name, _)| name == folder) {
            Some(row) => row,
            None => {
                self.rows.push((folder.to_string(), Default::default()));
                self.rows.len() - 1
            }
        };
        let columns = Target::ALL.iter().zip(&mut self.rows[row].1);
        for (_, column) in columns.filter(|(machine, _)| **machine == target) {
            column.add(tally);
        }
    }

    pub(crate) fn page(&self) -> String {
        let mut page = HEAD.to_string();
        let machines = Target::ALL.map(|target| {
            let name = target.short_name();
            format!("passed on {name} | directives | ")
        });
        let machines = machines.concat();
        let machines = machines.trim_end();
        writeln!(page, "| folder | scripts | known failures | left out | {machines}")
            .expect(STRING);
        writeln!(page, "| --- | {}", "---: | ".repeat(3 + 2 * MACHINES).trim_end()).expect(STRING);
        let mut total = [Tally::default(); MACHINES];
        for (folder, tallies) in &self.rows {
            for (total, tally) in total.iter_mut().zip(tallies) {
                total.add(tally);
            }
            row(&mut page, folder, tallies);
        }
        row(&mut page, "all", &total);
        page
    }
}

const STRING: &str = "writing to a string";

fn row(page: &mut String, name: &str, tallies: &[Tally; MACHINES]) {
    let Tally { scripts, known, skipped, .. } = tallies[0];
    let machines = tallies.map(|tally| format!("{} | {} | ", tally.passed, tally.directives));
    let machines = machines.concat();
    let machines = machines.trim_end();
    writeln!(page, "| {name} | {scripts} | {known} | {skipped} | {machines}").expect(STRING);
}
