//! Compiled functions in the cache's folder: a build writes those that it had
//! to compile to one file, a pack, which appears whole and is never changed.
//!
//! A pack is entries, one after the other; then for each its key, its offset
//! (8 bytes) and its length (4); then a checksum of this index, the number of
//! entries (8) and [`MAGIC`]. Numbers are little-endian. What is not so is no
//! pack; whether an entry is whole, its reader knows.

use super::{FUNCTIONS, Folder, Functions, Kept, touch};
use crate::output::{Durability, Mode, Pending};
use quench_compiler::{Key, Store};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

const MAGIC: [u8; 8] = *b"quenchP1";
const INDEX_ENTRY: u64 = 16 + 8 + 4;
const FOOTER: u64 = 32 + 8 + 8;

/// Packs below this many bytes are small ...
const SMALL: u64 = 1 << 20;
/// ... and so many of them become one.
const MOST_SMALL: usize = 32;

pub struct Packs {
    folder: Folder,
    packs: Vec<Pack>,
    index: HashMap<Key, Place>,
    new: Mutex<New>,
}

struct Pack {
    path: PathBuf,
    size: u64,
    /// Opened when it is first wanted; `None` if somebody removed it.
    file: OnceLock<Option<File>>,
    is_used: AtomicBool,
    /// One of its entries was not wanted.
    is_damaged: AtomicBool,
}

#[derive(Clone, Copy)]
struct Place {
    pack: u32,
    length: u32,
    offset: u64,
}

/// What this build adds.
enum New {
    Nothing,
    Pack(Writer),
    /// Why there will be none.
    Failed(String),
}

impl Packs {
    pub fn open(folder: Folder) -> Packs {
        let mut files = folder.files(FUNCTIONS);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut packs = Packs {
            folder,
            packs: Vec::new(),
            index: HashMap::new(),
            new: Mutex::new(New::Nothing),
        };
        for file in files {
            packs.add(file);
        }
        packs
    }

    fn add(&mut self, file: Kept) {
        let Some(index) = read_index(&file) else {
            return;
        };
        let pack = self.packs.len() as u32;
        self.packs.push(Pack {
            path: file.path,
            size: file.size,
            file: OnceLock::new(),
            is_used: AtomicBool::new(false),
            is_damaged: AtomicBool::new(false),
        });
        for (key, offset, length) in index {
            let place = Place {
                pack,
                length,
                offset,
            };
            self.index.insert(key, place);
        }
    }

    /// How many functions there are.
    pub fn count(&self) -> usize {
        self.index.len()
    }

    fn read(&self, place: Place) -> Option<Vec<u8>> {
        let pack = &self.packs[place.pack as usize];
        let file = pack.file.get_or_init(|| File::open(&pack.path).ok());
        let mut entry = vec![0; place.length as usize];
        file.as_ref()?
            .read_exact_at(&mut entry, place.offset)
            .ok()?;
        Some(entry)
    }

    fn lock(&self) -> MutexGuard<'_, New> {
        self.new.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, new: &mut New, key: &Key, entry: &[u8]) {
        if let New::Nothing = new {
            let folder = self.folder.make(FUNCTIONS);
            *new = match folder.and_then(Writer::new) {
                Ok(writer) => New::Pack(writer),
                Err(error) => New::Failed(error.to_string()),
            };
        }
        if let New::Pack(writer) = new
            && let Err(error) = writer.add(key, entry)
        {
            *new = New::Failed(error.to_string());
        }
    }

    /// Puts what small packs have into the new one, if there are many, and what
    /// damaged ones have; returns those that are not needed then.
    fn merge(&self, new: &mut New) -> Vec<PathBuf> {
        let is_small = |pack: &Pack| pack.size < SMALL;
        let too_many = self.packs.iter().filter(|pack| is_small(pack)).count() >= MOST_SMALL;
        let goes = |pack: &Pack| pack.is_damaged.load(Relaxed) || too_many && is_small(pack);
        for (key, place) in &self.index {
            if goes(&self.packs[place.pack as usize])
                && let Some(entry) = self.read(*place)
            {
                self.write(new, key, &entry);
            }
        }
        let gone = self.packs.iter().filter(|pack| goes(pack));
        gone.map(|pack| pack.path.clone()).collect()
    }
}

impl Store for Packs {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let place = *self.index.get(key)?;
        let entry = self.read(place)?;
        self.packs[place.pack as usize].is_used.store(true, Relaxed);
        Some(entry)
    }

    fn put(&self, key: &Key, entry: &[u8]) {
        if let Some(place) = self.index.get(key) {
            self.packs[place.pack as usize]
                .is_damaged
                .store(true, Relaxed);
        }
        self.write(&mut self.lock(), key, entry);
    }
}

impl Functions for Packs {
    fn finish(&self) -> Option<String> {
        for pack in self.packs.iter().filter(|pack| pack.is_used.load(Relaxed)) {
            touch(&pack.path);
        }
        let mut new = self.lock();
        if let New::Nothing = *new {
            return None;
        }
        let merged = self.merge(&mut new);
        let failure = match std::mem::replace(&mut *new, New::Nothing) {
            New::Nothing => return None,
            New::Failed(message) => Some(message),
            New::Pack(writer) => writer.finish().err().map(|error| error.to_string()),
        };
        if let Some(message) = failure {
            let path = self.folder.path.display();
            return Some(format!("cannot write to the cache `{path}`: {message}"));
        }
        for path in merged {
            // Somebody else may have removed it.
            let _ = fs::remove_file(path);
        }
        self.folder.trim();
        None
    }
}

fn read_index(file: &Kept) -> Option<Vec<(Key, u64, u32)>> {
    let content = File::open(&file.path).ok()?;
    let footer_at = file.size.checked_sub(FOOTER)?;
    let mut footer = [0; FOOTER as usize];
    content.read_exact_at(&mut footer, footer_at).ok()?;
    let (sum, rest) = footer.split_first_chunk::<32>()?;
    let (count, magic) = rest.split_first_chunk::<8>()?;
    let size = u64::from_le_bytes(*count).checked_mul(INDEX_ENTRY)?;
    let start = footer_at.checked_sub(size)?;
    if magic != MAGIC {
        return None;
    }
    let mut index = vec![0; size as usize];
    content.read_exact_at(&mut index, start).ok()?;
    if blake3::hash(&index) != *sum {
        return None;
    }
    let (entries, _) = index.as_chunks::<{ INDEX_ENTRY as usize }>();
    let entries = entries.iter().map(|entry| {
        let (key, rest) = entry.split_first_chunk::<16>()?;
        let (offset, length) = rest.split_first_chunk::<8>()?;
        let length = u32::from_le_bytes(length.try_into().ok()?);
        Some((*key, u64::from_le_bytes(*offset), length))
    });
    entries.collect()
}

/// A pack while it is written.
struct Writer {
    folder: PathBuf,
    file: BufWriter<File>,
    pending: Pending,
    offset: u64,
    index: Vec<u8>,
    keys: HashSet<Key>,
}

impl Writer {
    fn new(folder: PathBuf) -> io::Result<Writer> {
        let pending = Pending::new(&folder, Mode::Data)?;
        Ok(Writer {
            folder,
            file: BufWriter::with_capacity(1 << 20, pending.file().try_clone()?),
            pending,
            offset: 0,
            index: Vec::new(),
            keys: HashSet::new(),
        })
    }

    /// The first entry with a key counts.
    fn add(&mut self, key: &Key, entry: &[u8]) -> io::Result<()> {
        if !self.keys.insert(*key) {
            return Ok(());
        }
        let length = u32::try_from(entry.len()).map_err(io::Error::other)?;
        self.file.write_all(entry)?;
        self.index.extend_from_slice(key);
        self.index.extend_from_slice(&self.offset.to_le_bytes());
        self.index.extend_from_slice(&length.to_le_bytes());
        self.offset += u64::from(length);
        Ok(())
    }

    /// The name is the index's checksum: two builds that compile the same write
    /// the same file.
    fn finish(mut self) -> io::Result<()> {
        let sum = blake3::hash(&self.index);
        let count = self.index.len() as u64 / INDEX_ENTRY;
        self.file.write_all(&self.index)?;
        self.file.write_all(sum.as_bytes())?;
        self.file.write_all(&count.to_le_bytes())?;
        self.file.write_all(&MAGIC)?;
        self.file.flush()?;
        let path = self.folder.join(sum.to_hex().as_str());
        self.pending.publish(&path, Durability::Whenever)
    }
}
