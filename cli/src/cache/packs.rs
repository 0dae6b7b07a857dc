//! Compiled functions in the cache's folder. A build writes the functions that it
//! had to compile to one file, a pack, which appears whole and is never changed.
//!
//! A pack consists of its entries, one after the other; then an index, which has
//! for each entry its key (16 bytes), its offset (8) and its length (4); then a
//! checksum of the index (32), the number of entries (8) and `MAGIC`. Numbers
//! are little-endian. A file that does not have this form is ignored; the reader of
//! an entry checks that it is whole.
//!
//! A shared cache has packs as well. Of those that are not in the folder only the
//! index is read; a pack is copied into the folder when more than `FEW` of its
//! entries are wanted.

use super::folder::{FUNCTIONS, Folder, Kept, touch};
use super::shared::{self, Listed, Shared};
use crate::files::output::{Durability, Mode, Pending};
use quench_compiler::{Key, Store};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The last bytes of a pack.
const MAGIC: [u8; 8] = *b"quenchP1";
/// Size of an entry's index entry, in bytes.
const INDEX_ENTRY: u64 = 16 + 8 + 4;
/// Size of what follows the index, in bytes.
const FOOTER: u64 = 32 + 8 + 8;

/// Packs of fewer bytes than this are small.
const SMALL: u64 = 1 << 20;
/// Number of small packs that are merged into one.
const MOST_SMALL: usize = 32;
/// Number of entries that are read from the shared cache one by one before their
/// pack is copied: a few functions are the same in all modules.
const FEW: u32 = 8;

/// The compiled functions of the cache: those of earlier builds, and those that
/// this build adds.
pub struct Packs {
    folder: Folder,
    shared: Option<Box<dyn Shared>>,
    /// The first failure of the shared cache, after which it is not used any more.
    trouble: OnceLock<String>,
    packs: Vec<Pack>,
    index: HashMap<Key, Place>,
    new: Mutex<New>,
}

/// A pack of an earlier build.
struct Pack {
    /// Path of the file in the folder, even if it is only in the shared cache.
    path: PathBuf,
    /// Size of the pack, in bytes.
    size: u64,
    /// The pack in the list of the shared cache, if it is there as well.
    listed: Option<Listed>,
    /// Whether it was missing in the folder when the cache was opened.
    is_away: bool,
    /// Number of its entries that were wanted, if it is away.
    wanted: AtomicU32,
    /// The file, opened when it is first needed; `None` if that failed.
    file: OnceLock<Option<File>>,
    /// Whether one of its entries was read.
    is_used: AtomicBool,
    /// Whether one of its entries had to be compiled again.
    is_damaged: AtomicBool,
}

impl Pack {
    fn new(path: PathBuf, size: u64, listed: Option<Listed>, is_away: bool) -> Pack {
        Pack {
            path,
            size,
            listed,
            is_away,
            wanted: AtomicU32::new(0),
            file: OnceLock::new(),
            is_used: AtomicBool::new(false),
            is_damaged: AtomicBool::new(false),
        }
    }
}

/// The place of an entry.
#[derive(Clone, Copy)]
struct Place {
    /// Index of the pack in [`Packs::packs`].
    pack: u32,
    /// Length of the entry, in bytes.
    length: u32,
    /// Offset of the entry in the pack, in bytes.
    offset: u64,
}

/// The pack that this build adds.
enum New {
    /// There is nothing to add yet.
    Nothing,
    /// The pack that is being written.
    Pack(Writer),
    /// It cannot be written, for this reason.
    Failed(String),
}

impl Packs {
    /// Reads the indices of the packs in the folder and, as far as it can be
    /// reached, in the shared cache.
    pub fn open(folder: Folder, shared: Option<Box<dyn Shared>>) -> Packs {
        let mut packs = Packs {
            folder,
            shared,
            trouble: OnceLock::new(),
            packs: Vec::new(),
            index: HashMap::new(),
            new: Mutex::new(New::Nothing),
        };
        let mut listed = packs.try_shared(|shared| shared.list()).unwrap_or_default();
        let mut files = packs.folder.files(FUNCTIONS);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        for file in files {
            let is_it = |pack: &Listed| file.path.ends_with(&pack.name);
            let line = listed.iter().position(is_it).map(|at| listed.remove(at));
            if let Some(index) = read_index(&file) {
                packs.add(Pack::new(file.path, file.size, line, false), index);
            }
        }
        // The newest first: their entries are the likeliest to be wanted now.
        for pack in listed.into_iter().rev() {
            let index = packs.try_shared(|shared| read_shared_index(shared, &pack));
            if let Some(index) = index.flatten() {
                let path = packs.folder.path.join(FUNCTIONS).join(&pack.name);
                packs.add(Pack::new(path, pack.size, Some(pack), true), index);
            }
        }
        packs
    }

    fn add(&mut self, pack: Pack, index: Index) {
        self.packs.push(pack);
        let pack = self.packs.len() as u32 - 1;
        for (key, offset, length) in index {
            let place = Place { pack, length, offset };
            self.index.entry(key).or_insert(place);
        }
    }

    /// Asks the shared cache, if there is one and it has not failed before.
    fn try_shared<T>(&self, ask: impl FnOnce(&dyn Shared) -> shared::Result<T>) -> Option<T> {
        let shared = self.shared.as_deref().filter(|_| self.trouble.get().is_none())?;
        ask(shared).map_err(|message| self.trouble.set(message)).ok()
    }

    /// Opens the file of a pack, and copies it from the shared cache first if need
    /// be.
    fn open_pack(&self, pack: &Pack) -> Option<File> {
        let open = || File::open(&pack.path).ok();
        open().or_else(|| {
            let listed = pack.listed.as_ref()?;
            self.try_shared(|shared| {
                let folder = self.folder.make(FUNCTIONS).map_err(display)?;
                let pending = Pending::new(&folder, Mode::Data).map_err(display)?;
                shared.fetch(listed, pending.file())?;
                pending.publish(&pack.path, Durability::Whenever).map_err(display)
            })?;
            open()
        })
    }

    /// Returns the number of functions of earlier builds.
    pub fn count(&self) -> usize {
        self.index.len()
    }

    fn read(&self, place: Place) -> Option<Vec<u8>> {
        let pack = &self.packs[place.pack as usize];
        if pack.is_away && pack.wanted.fetch_add(1, Relaxed) < FEW {
            let end = place.offset.checked_add(u64::from(place.length))?;
            let listed = pack.listed.as_ref()?;
            return self.try_shared(|shared| shared.read(listed, place.offset..end));
        }
        let file = pack.file.get_or_init(|| self.open_pack(pack));
        let mut entry = vec![0; place.length as usize];
        file.as_ref()?.read_exact_at(&mut entry, place.offset).ok()?;
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

    /// Copies the entries of damaged packs into the new one, and those of small
    /// packs if there are many; returns the packs that are not needed then.
    fn merge(&self, new: &mut New) -> Vec<&Pack> {
        // Packs that cannot be removed from the shared cache would only come
        // back in the next build.
        let keeps = self.shared.as_ref().is_some_and(|shared| shared.is_read_only());
        let is_small = |pack: &Pack| pack.size < SMALL && !(keeps && pack.listed.is_some());
        let is_bad = |pack: &Pack| pack.is_damaged.load(Relaxed) && !(keeps && pack.is_away);
        let too_many = self.packs.iter().filter(|pack| is_small(pack)).count() >= MOST_SMALL;
        let goes = |pack: &Pack| is_bad(pack) || too_many && is_small(pack);
        for (key, place) in &self.index {
            if goes(&self.packs[place.pack as usize])
                && let Some(entry) = self.read(*place)
            {
                self.write(new, key, &entry);
            }
        }
        self.packs.iter().filter(|pack| goes(pack)).collect()
    }

    /// Adds the new pack to the shared cache, in place of `merged`.
    fn share(&self, pack: &Listed, merged: &[&Pack]) {
        let listed = merged.iter().filter_map(|pack| pack.listed.as_ref());
        let names: Vec<String> = listed.map(|pack| pack.name.clone()).collect();
        self.try_shared(|shared| {
            if shared.is_read_only() {
                return Ok(());
            }
            let path = self.folder.path.join(FUNCTIONS).join(&pack.name);
            shared.publish(pack, fs::read(path).map_err(display)?, &names)
        });
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
            self.packs[place.pack as usize].is_damaged.store(true, Relaxed);
        }
        self.write(&mut self.lock(), key, entry);
    }
}

impl Packs {
    /// Writes what this build adds. Returns a message if that failed, or if the
    /// shared cache did; the program is made nevertheless.
    pub fn finish(&self) -> Option<String> {
        for pack in self.packs.iter().filter(|pack| pack.is_used.load(Relaxed)) {
            touch(&pack.path);
        }
        let failure = self.finish_new();
        failure.or_else(|| self.trouble.get().cloned())
    }

    /// Finishes the new pack, if there is one; returns a message if that failed.
    fn finish_new(&self) -> Option<String> {
        let mut new = self.lock();
        if let New::Nothing = *new {
            return None;
        }
        let merged = self.merge(&mut new);
        let outcome = match std::mem::replace(&mut *new, New::Nothing) {
            New::Nothing => return None,
            New::Failed(message) => Err(message),
            New::Pack(writer) => writer.finish().map_err(display),
        };
        let pack = match outcome {
            Ok(pack) => pack,
            Err(message) => {
                let path = self.folder.path.display();
                return Some(format!("cannot write to the cache `{path}`: {message}"));
            }
        };
        self.share(&pack, &merged);
        // A pack with the same entries has the same name, and was replaced.
        for old in merged.iter().filter(|old| !old.path.ends_with(&pack.name)) {
            // Another process may have removed it.
            let _ = fs::remove_file(&old.path);
        }
        self.folder.trim();
        None
    }
}

fn display(error: io::Error) -> String {
    error.to_string()
}

/// Key, offset and length of each entry of a pack.
type Index = Vec<(Key, u64, u32)>;

/// Reads the index of a pack in the folder; `None` if it has none.
fn read_index(file: &Kept) -> Option<Index> {
    let content = File::open(&file.path).ok()?;
    let mut footer = [0; FOOTER as usize];
    let footer_at = file.size.checked_sub(FOOTER)?;
    content.read_exact_at(&mut footer, footer_at).ok()?;
    let count = u64::from_le_bytes(*footer[32..].first_chunk()?);
    let start = index_start(file.size, count)?;
    let mut end = vec![0; (file.size - start) as usize];
    content.read_exact_at(&mut end, start).ok()?;
    parse_end(&end)
}

/// Reads the index of a pack in the shared cache; `None` if what is there is not
/// the index that the name is the checksum of.
fn read_shared_index(shared: &dyn Shared, pack: &Listed) -> shared::Result<Option<Index>> {
    let Some(start) = index_start(pack.size, pack.count) else {
        return Ok(None);
    };
    let end = shared.read(pack, start..pack.size)?;
    let index = end.len().checked_sub(FOOTER as usize).map(|size| &end[..size]);
    let is_it = index.is_some_and(|index| *blake3::hash(index).to_hex() == *pack.name);
    Ok(parse_end(&end).filter(|_| is_it))
}

/// Returns the offset of the index in a pack of `size` bytes and `count` entries.
fn index_start(size: u64, count: u64) -> Option<u64> {
    size.checked_sub(count.checked_mul(INDEX_ENTRY)?.checked_add(FOOTER)?)
}

/// Parses the index and footer that a pack ends with; `None` if they are damaged.
fn parse_end(end: &[u8]) -> Option<Index> {
    let (index, footer) = end.split_last_chunk::<{ FOOTER as usize }>()?;
    let (sum, rest) = footer.split_first_chunk::<32>()?;
    let (entries, rest_of_index) = index.as_chunks::<{ INDEX_ENTRY as usize }>();
    let count = (entries.len() as u64).to_le_bytes();
    let is_pack = rest_of_index.is_empty() && rest == [count, MAGIC].concat();
    if !is_pack || blake3::hash(index) != *sum {
        return None;
    }
    let entries = entries.iter().map(|entry| {
        let (key, rest) = entry.split_first_chunk::<16>()?;
        let (offset, length) = rest.split_first_chunk::<8>()?;
        let length = u32::from_le_bytes(length.try_into().ok()?);
        Some((*key, u64::from_le_bytes(*offset), length))
    });
    entries.collect()
}

/// A pack that is being written.
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

    /// Appends an entry, unless there is one with its key.
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

    /// Finishes the file and gives it its name: the checksum of the index, so
    /// that two builds that compile the same functions write the same file.
    fn finish(mut self) -> io::Result<Listed> {
        let sum = blake3::hash(&self.index);
        let count = self.index.len() as u64 / INDEX_ENTRY;
        self.file.write_all(&self.index)?;
        self.file.write_all(sum.as_bytes())?;
        self.file.write_all(&count.to_le_bytes())?;
        self.file.write_all(&MAGIC)?;
        self.file.flush()?;
        let pack =
            Listed { name: sum.to_hex().to_string(), size: self.file.stream_position()?, count };
        let path = self.folder.join(&pack.name);
        self.pending.publish(&path, Durability::Whenever)?;
        Ok(pack)
    }
}
