//! Reads the parts of Cargo.toml files that the rules are about: sections,
//! keys, and one list. Does not read other TOML.

use crate::source;

pub(crate) struct Manifest {
    text: String,
}

impl Manifest {
    pub(crate) fn workspace() -> Manifest {
        Manifest::read("Cargo.toml")
    }

    pub(crate) fn read(path: &str) -> Manifest {
        Manifest { text: source::read(path).text }
    }

    /// Returns the dependencies of a crate: of its code, its tests and its
    /// build script.
    pub(crate) fn dependencies(&self) -> Vec<String> {
        SECTIONS.iter().flat_map(|section| self.keys(section)).collect()
    }

    /// Returns the lines that name a dependency and its version instead of
    /// leaving that to the workspace.
    pub(crate) fn unpinned(&self) -> Vec<String> {
        let lines = SECTIONS.iter().flat_map(|section| self.section(section));
        lines
            .filter(|line| !line.replace(' ', "").contains("workspace=true"))
            .map(str::to_string)
            .collect()
    }

    pub(crate) fn has(&self, section: &str, key: &str) -> bool {
        self.keys(section).iter().any(|found| found == key)
    }

    /// Returns `name` of each line `name = …` and `name.key = …` of a section.
    pub(crate) fn keys(&self, section: &str) -> Vec<String> {
        self.section(section)
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .map(str::to_string)
            .collect()
    }

    /// Returns the strings of `key = [ … ]`.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        let (_, rest) = self
            .text
            .split_once(&format!("{key} = ["))
            .unwrap_or_else(|| panic!("there is no list `{key}`"));
        let list = rest.split(']').next().unwrap_or_default();
        list.split('"').skip(1).step_by(2).map(str::to_string).collect()
    }

    fn section(&self, section: &str) -> impl Iterator<Item = &str> {
        let header = format!("[{section}]");
        self.text
            .lines()
            .skip_while(move |line| *line != header)
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
    }
}

const SECTIONS: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];
