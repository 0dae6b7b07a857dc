//! Paths of source files in the line tables of Kotlin's compiler (2.4). It writes a directory for
//! each file, under the file's name, and in it a file `.`, so that debuggers find no file
//! of the name, and those that know that directory 0 is the folder of compilation see no name
//! at all. Here such a table gets the names as files of directory 0, in the place of what it
//! had: nothing in it moves. Other tables stay as they are.

use std::borrow::Cow;

/// The format of such a table's directories: a path, in `.debug_line_str`.
const DIRECTORY_FORMAT: [u8; 3] = [1, PATH, IN_LINE_STRINGS];
/// The format of its files: a path there, and the number of a directory.
const FILE_FORMAT: [u8; 5] = [2, PATH, IN_LINE_STRINGS, DIRECTORY, NUMBER];

const PATH: u8 = 1; // DW_LNCT_path
const DIRECTORY: u8 = 2; // DW_LNCT_directory_index
const NUMBER: u8 = 0x0f; // DW_FORM_udata
const IN_LINE_STRINGS: u8 = 0x1f; // DW_FORM_line_strp

/// Bytes of the place of a path.
const PATH_SIZE: usize = 4;

/// Mends the line tables among a module's sections of DWARF.
pub(super) fn mend(sections: &mut [(&str, Cow<'_, [u8]>)]) {
    let find = |wanted: &str| sections.iter().position(|(name, _)| *name == wanted);
    let (Some(lines), Some(strings)) = (find(".debug_line"), find(".debug_line_str")) else {
        return;
    };
    let mut changes = Vec::new();
    let mut reader = Reader { bytes: &sections[lines].1, position: 0 };
    while let Some(table) = Table::read(&mut reader) {
        changes.extend(table.changes(&sections[lines].1, &sections[strings].1).unwrap_or_default());
    }
    if changes.is_empty() {
        return;
    }
    let mended = sections[lines].1.to_mut();
    for (position, bytes) in changes {
        mended[position..position + bytes.len()].copy_from_slice(&bytes);
    }
}

/// A line table, as far as it is of the form that Kotlin's compiler writes.
#[derive(Default)]
struct Table {
    /// Positions in the section of the places of the directories' paths.
    directories: Vec<usize>,
    /// The position of each file's path, its directory, and the position of the
    /// directory's number with its length.
    files: Vec<(usize, u64, usize, usize)>,
}

impl Table {
    /// Reads the table at the reader's position, and goes behind it. Returns none at the end of
    /// the section. A table of another form has no directories and no files.
    fn read(reader: &mut Reader<'_>) -> Option<Table> {
        let length = reader.u32()? as usize;
        let end = reader.position.checked_add(length).filter(|end| *end <= reader.bytes.len())?;
        let mut table = Reader { bytes: &reader.bytes[..end], position: reader.position };
        reader.position = end;
        Some(Table::of_header(&mut table).unwrap_or_default())
    }

    /// Reads the rest of a table's header, behind its length.
    fn of_header(reader: &mut Reader<'_>) -> Option<Table> {
        let mut table = Table::default();
        let version = reader.take(2)?;
        if version != [5, 0] {
            return None;
        }
        // Sizes of addresses and selectors, length of the header, and what rows are encoded with.
        reader.take(1 + 1 + 4 + 5)?;
        let operations = reader.take(1)?[0];
        reader.take(usize::from(operations).saturating_sub(1))?;
        if reader.take(DIRECTORY_FORMAT.len())? != DIRECTORY_FORMAT {
            return None;
        }
        for _ in 0..reader.number()? {
            table.directories.push(reader.position);
            reader.take(PATH_SIZE)?;
        }
        if reader.take(FILE_FORMAT.len())? != FILE_FORMAT {
            return None;
        }
        for _ in 0..reader.number()? {
            let path = reader.position;
            reader.take(PATH_SIZE)?;
            let position = reader.position;
            let directory = reader.number()?;
            table.files.push((path, directory, position, reader.position - position));
        }
        Some(table)
    }

    /// Returns the changes of `lines` by which each file gets the name of its directory, as their
    /// positions and bytes; none if a file has another name than `.`.
    fn changes(&self, lines: &[u8], strings: &[u8]) -> Option<Vec<(usize, Vec<u8>)>> {
        let path = |position: usize| lines.get(position..position + PATH_SIZE);
        let is_dot = |path: &[u8]| {
            let place = u32::from_le_bytes(path.try_into().ok()?) as usize;
            strings.get(place..)?.starts_with(b".\0").then_some(())
        };
        let dot = path(self.files.first()?.0)?;
        let mut changes = vec![(*self.directories.first()?, dot.to_vec())];
        for (file, directory, position, length) in &self.files {
            is_dot(path(*file)?)?;
            let directory = self.directories.get(usize::try_from(*directory).ok()?)?;
            changes.push((*file, path(*directory)?.to_vec()));
            // Directory 0, in as many bytes as before.
            let mut number = vec![0x80; *length];
            number[length - 1] = 0;
            changes.push((*position, number));
        }
        Some(changes)
    }
}

/// A reader of a section. Its methods return none at the end.
struct Reader<'a> {
    /// The section, or the beginning of it.
    bytes: &'a [u8],
    /// The position of what is read next.
    position: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.position..)?.get(..count)?;
        self.position += count;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Reads a number in unsigned LEB128.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRINGS: &[u8] = b".\0helper.kt\0main.kt\0";

    /// Returns a header with two directories, and two files under the names at `files`.
    fn header(files: [u8; 2]) -> Vec<u8> {
        let mut table = vec![5, 0, 4, 0, 46, 0, 0, 0, 1, 1, 1, 0xfb, 14, 13];
        table.extend([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
        table.extend([1, 1, 0x1f, 2, 2, 0, 0, 0, 12, 0, 0, 0]);
        table.extend([2, 1, 0x1f, 2, 0x0f, 2, files[0], 0, 0, 0, 0, files[1], 0, 0, 0, 0x81, 0]);
        let mut section = (table.len() as u32).to_le_bytes().to_vec();
        section.extend(table);
        section
    }

    fn mended(lines: Vec<u8>) -> Vec<u8> {
        let mut sections =
            vec![(".debug_line", Cow::Owned(lines)), (".debug_line_str", Cow::Borrowed(STRINGS))];
        mend(&mut sections);
        sections[0].1.to_vec()
    }

    #[test]
    fn files_get_the_names_of_their_directories() {
        let two = [header([0, 0]), header([0, 0])].concat();
        let expected: [u8; 29] = [
            1, 1, 0x1f, 2, 0, 0, 0, 0, 12, 0, 0, 0, // Directory 0 is `.`.
            2, 1, 0x1f, 2, 0x0f, 2, 2, 0, 0, 0, 0, 12, 0, 0, 0, 0x80, 0,
        ];
        let one = header([0, 0]).len();
        let mended = mended(two);
        assert_eq!(mended[one - expected.len()..one], expected);
        assert_eq!(mended[one..], mended[..one]);
    }

    #[test]
    fn other_tables_stay_as_they_are() {
        let other_name = header([0, 2]);
        let mut other_version = header([0, 0]);
        other_version[4] = 4;
        let mut no_such_directory = header([0, 0]);
        *no_such_directory.last_mut().expect("a number") = 1;
        let mut too_many = header([0, 0]);
        let count = too_many.len() - 12;
        too_many[count] = 0x7f;
        for lines in [other_name, other_version, no_such_directory, too_many] {
            assert_eq!(mended(lines.clone()), lines);
        }
    }

    #[test]
    fn tables_that_break_off_stay_as_they_are() {
        let whole = header([0, 0]);
        for length in 0..whole.len() {
            let mut lines = whole[..length].to_vec();
            assert_eq!(mended(lines.clone()), lines);
            // With a length that says that the rest is there.
            if let Some(bytes) = lines.first_chunk_mut::<4>() {
                *bytes = (length as u32 - 4).to_le_bytes();
                assert_eq!(mended(lines.clone()), lines);
            }
        }
    }
}
