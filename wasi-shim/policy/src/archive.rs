//! Files that are in the executable (`--embed`): the table of their names, kinds, sizes and
//! places, as the command writes it and the shim reads it. The content of the files follows
//! the table. Knows neither how both get into an executable nor what a guest may do with them.
//!
//! An archive begins with a header (magic, number of entries, number of roots, time of all
//! files, length of the archive), then come the entries, 32 bytes each, then their names and
//! the targets of symbolic links. Numbers are little-endian, and places count from the
//! beginning of the archive. The first entries are the roots: directories that a guest is
//! given, by their names. The entries of a directory follow one another, in the order of the
//! bytes of their names, so that a name is found by bisection and a list is a walk.
//!
//! A file of a page or more begins at a page, and no smaller one lies on two pages: what is
//! not read costs nothing. Any bytes may be read as an archive: there is no panic, and no
//! place outside.

/// The bytes that an archive begins with. The last one is the version.
const MAGIC: [u8; 8] = *b"QUENCHF\x01";

const HEADER_SIZE: usize = 32;
const ENTRY_SIZE: usize = 32;

/// The distance of places where files begin that are not small.
const PAGE: u64 = 4096;

/// The length of the longest name of a file, in bytes, as on Linux.
pub const NAME_MAX: usize = 255;

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A regular file.
    File = 0,
    /// A directory.
    Directory = 1,
    /// A symbolic link.
    Link = 2,
}

/// An entry, before it is written.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    /// Its name in its directory; of a root, the guest's name of it.
    pub name: &'a [u8],
    /// The number of its directory; of a root, its own.
    pub parent: u32,
    /// Its kind, and what it holds.
    pub content: NewContent<'a>,
}

/// The content of an entry, before it is written.
#[derive(Clone, Copy, Debug)]
pub enum NewContent<'a> {
    /// A file of this number of bytes, which the caller writes to its place.
    File(u64),
    /// A directory: the number of its first entry, and how many it has.
    Directory(u32, u32),
    /// A symbolic link to this target.
    Link(&'a [u8]),
}

/// The archive does not fit: too many entries, or names of 4 GiB or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveError;

/// Appends all of an archive but the content of its files to `out`. The first `roots` of the
/// entries are its roots, and `time` is that of all files, in nanoseconds since 1970. Returns
/// the length of the archive.
///
/// # Errors
///
/// If it does not fit.
pub fn encode_archive(
    members: &[NewMember<'_>],
    roots: u32,
    time: u64,
    out: &mut impl Extend<u8>,
) -> Result<u64, ArchiveError> {
    let count = u32::try_from(members.len()).map_err(|_| ArchiveError)?;
    let table = HEADER_SIZE + ENTRY_SIZE * members.len();
    let texts: usize = members.iter().map(|member| member.name.len() + target(member).len()).sum();
    let start = (table + texts) as u64;
    let length = places(members, start).last().map_or(start, |(_, end)| end);

    out.extend(MAGIC);
    out.extend(count.to_le_bytes());
    out.extend(roots.to_le_bytes());
    out.extend(time.to_le_bytes());
    out.extend(length.to_le_bytes());
    let mut text = table as u64;
    for (member, (place, _)) in members.iter().zip(places(members, start)) {
        let name = u32::try_from(text).map_err(|_| ArchiveError)?;
        let name_length = u16::try_from(member.name.len()).map_err(|_| ArchiveError)?;
        text += member.name.len() as u64;
        let (kind, first, place, size) = match member.content {
            NewContent::File(size) => (MemberKind::File, 0, place, size),
            NewContent::Directory(first, count) => {
                (MemberKind::Directory, first, 0, u64::from(count))
            }
            NewContent::Link(target) => (MemberKind::Link, 0, text, target.len() as u64),
        };
        text += target(member).len() as u64;
        out.extend(name.to_le_bytes());
        out.extend(name_length.to_le_bytes());
        out.extend([kind as u8, 0]);
        out.extend(member.parent.to_le_bytes());
        out.extend(first.to_le_bytes());
        out.extend(place.to_le_bytes());
        out.extend(size.to_le_bytes());
    }
    for member in members {
        out.extend(member.name.iter().copied());
        out.extend(target(member).iter().copied());
    }
    Ok(length)
}

fn target<'a>(member: &NewMember<'a>) -> &'a [u8] {
    match member.content {
        NewContent::Link(target) => target,
        NewContent::File(_) | NewContent::Directory(..) => &[],
    }
}

/// Returns for each entry where its content begins and where it ends, if nothing begins
/// before `start`.
fn places(members: &[NewMember<'_>], start: u64) -> impl Iterator<Item = (u64, u64)> {
    members.iter().scan(start, |end, member| {
        let NewContent::File(size) = member.content else {
            return Some((*end, *end));
        };
        let fits = size <= PAGE - *end % PAGE && size < PAGE;
        let place = if fits || size == 0 { *end } else { end.next_multiple_of(PAGE) };
        *end = place.saturating_add(size);
        Some((place, *end))
    })
}

/// An archive in memory.
#[derive(Clone, Copy, Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    count: u32,
    roots: u32,
    time: u64,
}

/// An entry of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name in its directory; of a root, the guest's name of it.
    pub name: &'a [u8],
    /// Its kind.
    pub kind: MemberKind,
    /// The number of its directory; of a root, its own.
    pub parent: u32,
    /// The number of a directory's first entry.
    pub first: u32,
    /// Where the content of a file, or the target of a link, begins.
    pub place: u64,
    /// The bytes of a file or a link, or the entries of a directory.
    pub size: u64,
}

impl<'a> Archive<'a> {
    /// Reads the header of an archive. Returns `None` if there is none.
    pub fn new(bytes: &'a [u8]) -> Option<Archive<'a>> {
        let archive = Archive {
            bytes,
            count: u32::from_le_bytes(array(bytes, 8)?),
            roots: u32::from_le_bytes(array(bytes, 12)?),
            time: u64::from_le_bytes(array(bytes, 16)?),
        };
        (array(bytes, 0) == Some(MAGIC)).then_some(archive)
    }

    /// Returns the number of entries.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns the number of roots, which are the first entries.
    pub fn roots(&self) -> u32 {
        self.roots
    }

    /// Returns the time of all files, in nanoseconds since 1970.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Returns the entry with a number.
    pub fn member(&self, number: u32) -> Option<Member<'a>> {
        if number >= self.count {
            return None;
        }
        let start = HEADER_SIZE + ENTRY_SIZE * number as usize;
        let entry = self.bytes.get(start..start + ENTRY_SIZE)?;
        let name = u32::from_le_bytes(array(entry, 0)?) as usize;
        let name_length = u16::from_le_bytes(array(entry, 4)?) as usize;
        let kinds = [MemberKind::File, MemberKind::Directory, MemberKind::Link];
        let [kind] = array(entry, 6)?;
        Some(Member {
            name: self.bytes.get(name..name + name_length)?,
            kind: kinds.into_iter().find(|known| *known as u8 == kind)?,
            parent: u32::from_le_bytes(array(entry, 8)?),
            first: u32::from_le_bytes(array(entry, 12)?),
            place: u64::from_le_bytes(array(entry, 16)?),
            size: u64::from_le_bytes(array(entry, 24)?),
        })
    }

    /// Returns the number of the entry with a name in a directory.
    pub fn find(&self, directory: &Member<'_>, name: &[u8]) -> Option<u32> {
        let (mut low, mut high) = (0, self.entries(directory));
        while low < high {
            let middle = low + (high - low) / 2;
            let number = directory.first.checked_add(middle)?;
            match self.member(number)?.name.cmp(name) {
                core::cmp::Ordering::Equal => return Some(number),
                core::cmp::Ordering::Less => low = middle + 1,
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Returns how many entries a directory has; none, if it is something else.
    pub fn entries(&self, directory: &Member<'_>) -> u32 {
        match directory.kind {
            MemberKind::Directory => u32::try_from(directory.size).unwrap_or(0).min(self.count),
            MemberKind::File | MemberKind::Link => 0,
        }
    }

    /// Returns the content of a file, or the target of a link.
    pub fn content(&self, member: &Member<'_>) -> &'a [u8] {
        let range = match member.kind {
            MemberKind::File | MemberKind::Link => {
                usize::try_from(member.place).ok().zip(usize::try_from(member.size).ok())
            }
            MemberKind::Directory => None,
        };
        let range = range.and_then(|(place, size)| Some(place..place.checked_add(size)?));
        range.and_then(|range| self.bytes.get(range)).unwrap_or_default()
    }
}

/// Returns the bytes at a place.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec::Vec;

    /// A root with a large file, a link, a small file and a folder that holds nothing.
    const SAMPLE: [NewMember<'static>; 5] = [
        NewMember { name: b"/app", parent: 0, content: NewContent::Directory(1, 4) },
        NewMember { name: b"big", parent: 0, content: NewContent::File(5000) },
        NewMember { name: b"link", parent: 0, content: NewContent::Link(b"small") },
        NewMember { name: b"none", parent: 0, content: NewContent::Directory(0, 0) },
        NewMember { name: b"small", parent: 0, content: NewContent::File(3) },
    ];

    fn sample() -> Vec<u8> {
        let mut bytes = Vec::new();
        let length = encode_archive(&SAMPLE, 1, 7, &mut bytes).unwrap();
        assert_eq!(length, 4096 + 5000 + 3);
        bytes.resize(4096, 0);
        bytes.resize(4096 + 5000, b'b');
        bytes.extend(b"sml");
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = sample();
        let archive = Archive::new(&bytes).unwrap();
        assert_eq!((archive.count(), archive.roots(), archive.time()), (5, 1, 7));
        let root = archive.member(0).unwrap();
        assert_eq!((root.name, archive.entries(&root)), (&b"/app"[..], 4));
        let content = |name: &[u8]| {
            let member = archive.member(archive.find(&root, name).unwrap()).unwrap();
            (member.kind, archive.content(&member))
        };
        assert_eq!(content(b"big"), (MemberKind::File, &[b'b'; 5000][..]));
        assert_eq!(content(b"link"), (MemberKind::Link, &b"small"[..]));
        assert_eq!(content(b"none"), (MemberKind::Directory, &b""[..]));
        assert_eq!(content(b"small"), (MemberKind::File, &b"sml"[..]));
        for missing in [&b""[..], b"a", b"bigger", b"zz", b"/app"] {
            assert_eq!(archive.find(&root, missing), None);
        }
    }

    #[test]
    fn small_files_lie_on_one_page_and_others_begin_at_one() {
        let sizes = [10, 4000, 90, 0, 4096, 1, 4095, 8193, 2];
        let members =
            sizes.map(|size| NewMember { name: b"x", parent: 0, content: NewContent::File(size) });
        let places: Vec<_> = places(&members, 100).collect();
        for ((start, end), size) in places.iter().zip(sizes) {
            assert_eq!(end - start, size);
            let pages = end.div_ceil(PAGE) - start / PAGE;
            assert!(size == 0 || pages == size.div_ceil(PAGE), "{size} at {start}");
            assert!(size < PAGE || start.is_multiple_of(PAGE), "{size} at {start}");
        }
        assert!(places.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        assert_eq!(places[0].0, 100, "nothing is left free that need not be");
    }

    #[test]
    fn any_byte_may_be_wrong() {
        let bytes = sample();
        for place in 0..300 {
            for value in [0, 1, 2, 0x7f, 0x80, 0xff] {
                let mut wrong = bytes.clone();
                wrong[place] = value;
                look_at_all(&wrong);
            }
        }
        for end in 0..300 {
            look_at_all(&bytes[..end]);
        }
    }

    /// Looks at all that can be looked at, to see that nothing panics.
    fn look_at_all(bytes: &[u8]) {
        let Some(archive) = Archive::new(bytes) else {
            return;
        };
        for number in (0..10).chain([u32::MAX]) {
            if let Some(member) = archive.member(number) {
                let _ = (archive.content(&member), archive.find(&member, b"small"));
                let _ = archive.entries(&member);
            }
        }
    }
}
