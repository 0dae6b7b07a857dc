//! The initial content of a linear memory, gathered from data segments. Knows pages, but not
//! the address of the memory.

use quench_abi::PAGE_SIZE;
use std::collections::BTreeMap;

/// Size of a page in bytes.
const PAGE: usize = PAGE_SIZE as usize;

/// The largest size in bytes of a piece that is copied at start. Larger pieces are moved to
/// their place page by page, which costs a system call, and space in the file for the alignment
/// to pages.
const COPY_LIMIT: usize = 32 * 1024;

/// A sparse memory: zeros, and what was written over them.
#[derive(Default)]
pub(crate) struct MemoryImage {
    /// Pages that were written, by their numbers.
    pages: BTreeMap<u64, Box<[u8; PAGE]>>,
}

/// A part of a memory's initial content that is not all zeros.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Offset in the memory, in bytes.
    pub offset: u64,
    /// Content of the piece.
    pub bytes: Vec<u8>,
    /// Whether the piece consists of whole pages, to be moved into place.
    pub movable: bool,
}

impl MemoryImage {
    /// Writes bytes at an offset, over what was there.
    pub(crate) fn write(&mut self, offset: u64, mut bytes: &[u8]) {
        let mut position = offset;
        while !bytes.is_empty() {
            let start = (position % PAGE_SIZE) as usize;
            let count = bytes.len().min(PAGE - start);
            let page =
                self.pages.entry(position / PAGE_SIZE).or_insert_with(|| Box::new([0; PAGE]));
            page[start..start + count].copy_from_slice(&bytes[..count]);
            position += count as u64;
            bytes = &bytes[count..];
        }
    }

    /// Returns the content that is not zero, in order, as runs of neighbouring pages. Zeros at
    /// the ends of small pieces are left out.
    pub(crate) fn into_pieces(self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for (number, page) in self.pages {
            if page.iter().all(|byte| *byte == 0) {
                continue;
            }
            let offset = number * PAGE_SIZE;
            match pieces.last_mut() {
                Some(last) if last.offset + last.bytes.len() as u64 == offset => {
                    last.bytes.extend_from_slice(&page[..]);
                }
                _ => pieces.push(Piece { offset, bytes: page.to_vec(), movable: true }),
            }
        }
        pieces.into_iter().map(Piece::trimmed).collect()
    }
}

impl Piece {
    /// Returns the piece without the zeros at both ends, if what is left is small.
    fn trimmed(self) -> Piece {
        let start = self.bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
        let end = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        if end - start > COPY_LIMIT {
            return self;
        }
        Piece {
            offset: self.offset + start as u64,
            bytes: self.bytes[start..end].to_vec(),
            movable: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_content_is_trimmed_and_large_content_is_whole_pages() {
        let mut image = MemoryImage::default();
        image.write(PAGE_SIZE - 2, &[1, 2, 3, 4]);
        image.write(10 * PAGE_SIZE + 100, &[7; 40_000]);
        image.write(20 * PAGE_SIZE, &[0; 10]);
        let pieces = image.into_pieces();
        assert_eq!(pieces.len(), 2);
        assert_eq!(
            pieces[0],
            Piece { offset: PAGE_SIZE - 2, bytes: vec![1, 2, 3, 4], movable: false }
        );
        assert!(pieces[1].movable);
        assert_eq!((pieces[1].offset, pieces[1].bytes.len()), (10 * PAGE_SIZE, PAGE));
    }

    #[test]
    fn later_writes_win() {
        let mut image = MemoryImage::default();
        image.write(5, &[1, 1, 1]);
        image.write(6, &[9]);
        assert_eq!(image.into_pieces()[0].bytes, [1, 9, 1]);
    }
}
