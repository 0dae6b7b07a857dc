//! Hashes of what is described in many small pieces.

use blake3::Hasher;

/// The key of an entry; equal keys are equal functions.
pub type Key = [u8; 16];

/// Bytes that are collected before they are hashed.
const BUFFER: usize = 1 << 12;

/// Hashes many small pieces.
#[derive(Clone, Default)]
pub struct Buffered {
    hasher: Hasher,
    buffer: Vec<u8>,
}

impl Buffered {
    pub fn add(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
        match bytes.len() > BUFFER {
            true => _ = self.hasher.update(bytes),
            false => self.buffer.extend_from_slice(bytes),
        }
    }

    pub fn number(&mut self, number: u64) {
        self.add(&number.to_le_bytes());
    }

    /// With its length, so that what follows is not taken for a part of it.
    pub fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.add(text);
    }

    pub fn digest(mut self) -> Key {
        self.hasher.update(&self.buffer);
        first_half(&self.hasher)
    }
}

pub fn first_half(hasher: &Hasher) -> Key {
    let mut key = Key::default();
    hasher.finalize_xof().fill(&mut key);
    key
}
