//! A [policy](crate::Entry) as bytes: a header (magic, version, number of bytes
//! that follow) and a list of entries, each a tag, the length of its content,
//! and the content. Numbers are little-endian. The decoder takes any bytes: it
//! returns an error where they are not a policy and never panics. An unknown
//! tag is an error too, because ignoring one might allow more than was meant.

use crate::entry::{Base, Directory, Entry, Limit, Listener, Lockdown, Value, Variable};
use crate::runtime::RuntimeFunctions;
use crate::set::{Functions, WORDS};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Version of the encoding. It changes when an older decoder would misunderstand
/// the bytes.
pub const VERSION: u16 = 3;

const MAGIC: [u8; 2] = *b"QP";

const DIRECTORY: u8 = 1;
const FIXED_VARIABLE: u8 = 2;
const INHERITED_VARIABLE: u8 = 3;
const ALL_VARIABLES: u8 = 4;
const IPV4_LISTENER: u8 = 5;
const IPV6_LISTENER: u8 = 6;
const UNIX_LISTENER: u8 = 7;
const INHERITED_LISTENER: u8 = 8;
const FUNCTIONS: u8 = 9;
const MEMORY_LIMIT: u8 = 10;
const TIME_LIMIT: u8 = 11;
const OPEN_FILES_LIMIT: u8 = 12;
const LOCKDOWN: u8 = 13;
const RUNTIME_POLICY: u8 = 14;
const RUNTIME: u8 = 15;
const CPU_TIME_LIMIT: u8 = 16;

/// A bit in the flags of a directory: nothing in it can be changed.
const READ_ONLY: u8 = 1;

/// The policy does not fit: one of its texts, or all of it, is 4 GiB or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError;

/// Why bytes are not a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes do not begin as a policy does.
    NotAPolicy,
    /// The policy has this version of the encoding, which is not ours.
    Version(u16),
    /// The bytes end too early, or not where the header says.
    Length,
    /// An entry is not what its tag demands.
    Entry {
        /// The tag of the entry.
        tag: u8,
    },
}

impl DecodeError {
    /// Returns what is wrong, in words that continue a sentence.
    pub fn message(self) -> &'static str {
        match self {
            DecodeError::NotAPolicy => "it does not begin as a policy does",
            DecodeError::Version(_) => "it was made by another version of quench",
            DecodeError::Length => "it is cut short or too long",
            DecodeError::Entry { .. } => "it has an entry that is not understood",
        }
    }
}

/// Appends the policy's bytes to `out`.
///
/// # Errors
///
/// If the whole is 4 GiB or more.
pub fn encode(entries: &[Entry<'_>], out: &mut impl Extend<u8>) -> Result<(), EncodeError> {
    let mut total = 0;
    for entry in entries {
        total += 5 + content_size(entry);
    }
    out.extend(MAGIC);
    out.extend(VERSION.to_le_bytes());
    put_length(total, out)?;
    for entry in entries {
        put_entry(entry, out)?;
    }
    Ok(())
}

fn content_size(entry: &Entry<'_>) -> usize {
    match entry {
        Entry::Directory(directory) => 2 + 4 + directory.host.len() + 4 + directory.guest.len(),
        Entry::Variable(variable) => match variable.value {
            Value::Fixed(value) => 4 + variable.name.len() + 4 + value.len(),
            Value::Inherited => 4 + variable.name.len(),
        },
        Entry::Listener(Listener::Ip(SocketAddr::V4(_))) => 4 + 2,
        Entry::Listener(Listener::Ip(SocketAddr::V6(_))) => 16 + 2,
        Entry::Listener(Listener::Unix(path)) => 4 + path.len(),
        Entry::Listener(Listener::Inherited(_)) => 4,
        Entry::Functions(functions) if functions.is_of_modules() => 8,
        Entry::Functions(_) => 8 * WORDS,
        Entry::Limit(_) => 8,
        Entry::Lockdown(_) | Entry::Runtime(_) => 1,
        Entry::AllVariables | Entry::RuntimePolicy => 0,
    }
}

fn tag(entry: &Entry<'_>) -> u8 {
    match entry {
        Entry::Directory(_) => DIRECTORY,
        Entry::Variable(variable) => match variable.value {
            Value::Fixed(_) => FIXED_VARIABLE,
            Value::Inherited => INHERITED_VARIABLE,
        },
        Entry::AllVariables => ALL_VARIABLES,
        Entry::Listener(Listener::Ip(SocketAddr::V4(_))) => IPV4_LISTENER,
        Entry::Listener(Listener::Ip(SocketAddr::V6(_))) => IPV6_LISTENER,
        Entry::Listener(Listener::Unix(_)) => UNIX_LISTENER,
        Entry::Listener(Listener::Inherited(_)) => INHERITED_LISTENER,
        Entry::Functions(_) => FUNCTIONS,
        Entry::Limit(Limit::Memory(_)) => MEMORY_LIMIT,
        Entry::Limit(Limit::Time(_)) => TIME_LIMIT,
        Entry::Limit(Limit::CpuTime(_)) => CPU_TIME_LIMIT,
        Entry::Limit(Limit::OpenFiles(_)) => OPEN_FILES_LIMIT,
        Entry::Lockdown(_) => LOCKDOWN,
        Entry::RuntimePolicy => RUNTIME_POLICY,
        Entry::Runtime(_) => RUNTIME,
    }
}

fn put_entry(entry: &Entry<'_>, out: &mut impl Extend<u8>) -> Result<(), EncodeError> {
    out.extend([tag(entry)]);
    put_length(content_size(entry), out)?;
    match entry {
        Entry::Directory(directory) => {
            let flags = if directory.read_only { READ_ONLY } else { 0 };
            out.extend([flags, directory.base as u8]);
            put_text(directory.host, out)?;
            put_text(directory.guest, out)?;
        }
        Entry::Variable(variable) => {
            put_text(variable.name, out)?;
            if let Value::Fixed(value) = variable.value {
                put_text(value, out)?;
            }
        }
        Entry::Listener(Listener::Ip(address)) => {
            match address.ip() {
                IpAddr::V4(ip) => out.extend(ip.octets()),
                IpAddr::V6(ip) => out.extend(ip.octets()),
            }
            out.extend(address.port().to_le_bytes());
        }
        Entry::Listener(Listener::Unix(path)) => put_text(path, out)?,
        Entry::Listener(Listener::Inherited(number)) => out.extend(number.to_le_bytes()),
        // The words after the first are left out where there is nothing in them.
        Entry::Functions(functions) => {
            let words = if functions.is_of_modules() { 1 } else { WORDS };
            out.extend(functions.0.into_iter().take(words).flat_map(u64::to_le_bytes));
        }
        Entry::Limit(
            Limit::Memory(number)
            | Limit::Time(number)
            | Limit::CpuTime(number)
            | Limit::OpenFiles(number),
        ) => {
            out.extend(number.to_le_bytes());
        }
        Entry::Lockdown(lockdown) => out.extend([*lockdown as u8]),
        Entry::Runtime(functions) => out.extend([functions.0]),
        Entry::AllVariables | Entry::RuntimePolicy => {}
    }
    Ok(())
}

fn put_text(text: &[u8], out: &mut impl Extend<u8>) -> Result<(), EncodeError> {
    put_length(text.len(), out)?;
    out.extend(text.iter().copied());
    Ok(())
}

fn put_length(length: usize, out: &mut impl Extend<u8>) -> Result<(), EncodeError> {
    let length = u32::try_from(length).map_err(|_| EncodeError)?;
    out.extend(length.to_le_bytes());
    Ok(())
}

/// Returns the entries of an encoded policy.
///
/// # Errors
///
/// If the header is wrong. An error in an entry is an item of the iterator, and
/// its last one.
pub fn decode(bytes: &[u8]) -> Result<Entries<'_>, DecodeError> {
    let mut reader = Reader(bytes);
    if reader.bytes() != Some(MAGIC) {
        return Err(DecodeError::NotAPolicy);
    }
    let version = u16::from_le_bytes(reader.bytes().ok_or(DecodeError::Length)?);
    if version != VERSION {
        return Err(DecodeError::Version(version));
    }
    let total = reader.length().ok_or(DecodeError::Length)?;
    if reader.0.len() != total {
        return Err(DecodeError::Length);
    }
    Ok(Entries(reader))
}

/// An iterator that decodes one entry after the other.
#[derive(Clone, Debug)]
pub struct Entries<'a>(Reader<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.0.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_err() {
            self.0 = Reader(&[]);
        }
        Some(entry)
    }
}

impl<'a> Entries<'a> {
    fn entry(&mut self) -> Result<Entry<'a>, DecodeError> {
        let [tag] = self.0.bytes().ok_or(DecodeError::Length)?;
        let mut content = Reader(self.0.text().ok_or(DecodeError::Length)?);
        content.entry(tag).filter(|_| content.0.is_empty()).ok_or(DecodeError::Entry { tag })
    }
}

/// The bytes that have not been read yet. Each method returns `None` if they end
/// too early or are not what they should be.
#[derive(Clone, Debug)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn entry(&mut self, tag: u8) -> Option<Entry<'a>> {
        match tag {
            DIRECTORY => self.directory().map(Entry::Directory),
            FIXED_VARIABLE => Some(Entry::Variable(Variable {
                name: self.text()?,
                value: Value::Fixed(self.text()?),
            })),
            INHERITED_VARIABLE => {
                Some(Entry::Variable(Variable { name: self.text()?, value: Value::Inherited }))
            }
            ALL_VARIABLES => Some(Entry::AllVariables),
            IPV4_LISTENER | IPV6_LISTENER | UNIX_LISTENER | INHERITED_LISTENER => {
                self.listener(tag).map(Entry::Listener)
            }
            FUNCTIONS => self.functions().map(Entry::Functions),
            MEMORY_LIMIT => Some(Entry::Limit(Limit::Memory(self.number()?))),
            TIME_LIMIT => Some(Entry::Limit(Limit::Time(self.number()?))),
            CPU_TIME_LIMIT => Some(Entry::Limit(Limit::CpuTime(self.number()?))),
            OPEN_FILES_LIMIT => Some(Entry::Limit(Limit::OpenFiles(self.number()?))),
            LOCKDOWN => self.lockdown().map(Entry::Lockdown),
            RUNTIME_POLICY => Some(Entry::RuntimePolicy),
            RUNTIME => self.bytes().map(|[bits]| Entry::Runtime(RuntimeFunctions(bits))),
            _ => None,
        }
    }

    fn listener(&mut self, tag: u8) -> Option<Listener<'a>> {
        let ip: IpAddr = match tag {
            IPV4_LISTENER => Ipv4Addr::from(self.bytes::<4>()?).into(),
            IPV6_LISTENER => Ipv6Addr::from(self.bytes::<16>()?).into(),
            UNIX_LISTENER => return self.text().map(Listener::Unix),
            _ => {
                return self.bytes().map(u32::from_le_bytes).map(Listener::Inherited);
            }
        };
        let port = self.bytes().map(u16::from_le_bytes)?;
        Some(Listener::Ip(SocketAddr::new(ip, port)))
    }

    fn lockdown(&mut self) -> Option<Lockdown> {
        let [byte] = self.bytes()?;
        [Lockdown::BestEffort, Lockdown::Required, Lockdown::Off]
            .into_iter()
            .find(|&lockdown| lockdown as u8 == byte)
    }

    fn functions(&mut self) -> Option<Functions> {
        let mut functions = Functions::NONE;
        let (first, others) = functions.0.split_first_mut()?;
        *first = self.number()?;
        if WORDS > 1 && !self.0.is_empty() {
            for word in others {
                *word = self.number()?;
            }
        }
        Some(functions)
    }

    fn number(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn directory(&mut self) -> Option<Directory<'a>> {
        let [flags, base] = self.bytes()?;
        if flags & !READ_ONLY != 0 {
            return None;
        }
        let bases = [Base::Caller, Base::Executable, Base::Home];
        Some(Directory {
            base: bases.into_iter().find(|&known| known as u8 == base)?,
            host: self.text()?,
            guest: self.text()?,
            read_only: flags & READ_ONLY != 0,
        })
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    fn length(&mut self) -> Option<usize> {
        self.bytes().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec::Vec;

    const SAMPLE: [Entry<'static>; 18] = [
        Entry::Directory(Directory {
            base: Base::Caller,
            host: b"data/\xff",
            guest: b"/data",
            read_only: true,
        }),
        Entry::Variable(Variable { name: b"MODE", value: Value::Fixed(b"a=b") }),
        Entry::Variable(Variable { name: b"HOME", value: Value::Inherited }),
        Entry::Directory(Directory {
            base: Base::Caller,
            host: b".",
            guest: b".",
            read_only: false,
        }),
        Entry::Directory(Directory {
            base: Base::Executable,
            host: b"share",
            guest: b"/share",
            read_only: false,
        }),
        Entry::AllVariables,
        Entry::Listener(Listener::Ip(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 80))),
        Entry::Listener(Listener::Ip(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 8080))),
        Entry::Listener(Listener::Unix(b"/run/socket")),
        Entry::Listener(Listener::Inherited(3)),
        Entry::Functions(Functions::ALL),
        Entry::Limit(Limit::Memory(1 << 40)),
        Entry::Limit(Limit::Time(60)),
        Entry::Limit(Limit::CpuTime(50)),
        Entry::Limit(Limit::OpenFiles(20)),
        Entry::Lockdown(Lockdown::Required),
        Entry::RuntimePolicy,
        Entry::Runtime(RuntimeFunctions::ALL),
    ];

    fn encoded(entries: &[Entry<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(entries, &mut bytes).unwrap();
        bytes
    }

    fn decoded(bytes: &[u8]) -> Result<Vec<Entry<'_>>, DecodeError> {
        decode(bytes)?.collect()
    }

    #[test]
    fn round_trip() {
        assert_eq!(decoded(&encoded(&SAMPLE)).unwrap(), SAMPLE);
        assert_eq!(decoded(&encoded(&[])).unwrap(), []);
    }

    #[test]
    fn each_truncation_is_an_error() {
        let bytes = encoded(&SAMPLE);
        for end in 0..bytes.len() {
            assert!(decoded(&bytes[..end]).is_err(), "cut at {end}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(decoded(&longer), Err(DecodeError::Length));
    }

    #[test]
    fn any_byte_may_be_wrong() {
        let bytes = encoded(&SAMPLE);
        for place in 0..bytes.len() {
            for value in [0, 1, 2, 0x7f, 0x80, 0xff] {
                let mut wrong = bytes.clone();
                wrong[place] = value;
                // The bytes may still be a policy; the test is that decoding does
                // not panic.
                let _ = decoded(&wrong);
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(decoded(b"elf"), Err(DecodeError::NotAPolicy));
        assert_eq!(decoded(b"QP\x04\x00\x00\x00\x00\x00"), Err(DecodeError::Version(4)));
        let unknown_tag = b"QP\x03\x00\x05\x00\x00\x00\x63\x00\x00\x00\x00";
        assert_eq!(decoded(unknown_tag), Err(DecodeError::Entry { tag: 0x63 }));
        let unknown_flag =
            b"QP\x03\x00\x0f\x00\x00\x00\x01\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00";
        assert_eq!(decoded(unknown_flag), Err(DecodeError::Entry { tag: 1 }));
    }
}
