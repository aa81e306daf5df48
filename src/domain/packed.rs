//! Many things of one sort, held as the bytes they are written in: a fraction of the memory that
//! their strings would take, for whole lists that wait to be gone through.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A list of things that is gone through in order: packed in blocks.
#[derive(Clone, PartialEq)]
pub struct Packed<T> {
    blocks: Vec<Box<[u8]>>,
    /// What is not packed yet: a line each.
    tail: Vec<u8>,
    length: usize,
    sort: PhantomData<fn() -> T>,
}

/// Bytes of one block, before it is packed.
const BLOCK: usize = 256 << 10;

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            tail: Vec::new(),
            length: 0,
            sort: PhantomData,
        }
    }
}

impl<T> std::fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} packed", self.length)
    }
}

impl<T> Packed<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl<T: Serialize + DeserializeOwned> Packed<T> {
    /// Adds one at the end.
    pub fn push(&mut self, item: &T) {
        // Our own types always have a JSON form, and JSON has no line ends of its own.
        if serde_json::to_writer(&mut self.tail, item).is_err() {
            return;
        }
        self.tail.push(b'\n');
        self.length += 1;
        if self.tail.len() >= BLOCK
            && let Ok(block) = zstd::bulk::compress(&self.tail, 1)
        {
            self.blocks.push(block.into_boxed_slice());
            self.tail = Vec::new();
        }
    }

    /// All of them in order, a block at a time.
    pub fn blocks(&self) -> impl Iterator<Item = Vec<T>> {
        let packed = self.blocks.iter().map(|block| {
            // A block holds a little more than its measure: one item at most.
            zstd::stream::decode_all(&block[..]).unwrap_or_default()
        });
        packed
            .chain(std::iter::once_with(|| self.tail.clone()))
            .map(|lines| {
                lines
                    .split(|byte| *byte == b'\n')
                    .filter_map(|line| serde_json::from_slice(line).ok())
                    .collect()
            })
    }
}

impl<T: Serialize + DeserializeOwned> Extend<T> for Packed<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.push(&item);
        }
    }
}

/// Things that are taken out one by one, in any order: packed each by itself, with the first of them
/// as the words that the others are told in.
pub struct Shelf<T> {
    items: Vec<Box<[u8]>>,
    /// The first things, as they are written: lists repeat themselves from row to row.
    sample: Vec<u8>,
    packing: Option<Packing>,
    sort: PhantomData<fn() -> T>,
}

/// What packs and unpacks with a sample, prepared once.
struct Packing {
    pack: zstd::bulk::Compressor<'static>,
    unpack: zstd::bulk::Decompressor<'static>,
}

/// Bytes of the sample: more of it makes nothing smaller that is of one sort.
const SAMPLE: usize = 8 << 10;

/// What one thing may be at most, unpacked: a damaged length asks for no more.
const LARGEST: usize = 64 << 20;

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            sample: Vec::new(),
            packing: None,
            sort: PhantomData,
        }
    }
}

impl<T> std::fmt::Debug for Shelf<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on a shelf", self.items.len())
    }
}

impl<T> Shelf<T> {
    /// How many were put there, taken or not.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing was put there.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    /// Puts one on the shelf; its place.
    pub fn put(&mut self, item: &T) -> usize {
        // Our own types always have a JSON form.
        let bytes = serde_json::to_vec(item).unwrap_or_default();
        let packed = match &mut self.packing {
            Some(packing) => packing.pack.compress(&bytes).ok(),
            None => {
                self.sample.extend_from_slice(&bytes);
                if self.sample.len() >= SAMPLE {
                    self.packing = Packing::with(&self.sample);
                }
                None
            }
        };
        self.items.push(packed.unwrap_or(bytes).into_boxed_slice());
        self.items.len() - 1
    }

    /// Takes one off its place, which is empty from then on.
    pub fn take(&mut self, place: usize) -> Option<T> {
        let bytes = std::mem::take(self.items.get_mut(place)?);
        // What was put there before the sample was whole is plain: JSON, and no frame.
        let Ok(length) = zstd::zstd_safe::get_frame_content_size(&bytes) else {
            return serde_json::from_slice(&bytes).ok();
        };
        let length = usize::try_from(length?).ok()?.min(LARGEST);
        let unpacked = self
            .packing
            .as_mut()?
            .unpack
            .decompress(&bytes, length)
            .ok()?;
        serde_json::from_slice(&unpacked).ok()
    }
}

impl Packing {
    fn with(sample: &[u8]) -> Option<Self> {
        Some(Self {
            pack: zstd::bulk::Compressor::with_dictionary(1, sample).ok()?,
            unpack: zstd::bulk::Decompressor::with_dictionary(sample).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let things: Vec<String> = (0..40_000)
            .map(|number| format!("thing {number}\nof many"))
            .collect();
        let mut packed = Packed::default();
        packed.extend(things.iter().cloned());
        assert_eq!((packed.len(), packed.is_empty()), (40_000, false));
        assert!(packed.blocks.len() >= 3);
        assert_eq!(packed.blocks().flatten().collect::<Vec<String>>(), things);
        assert_eq!(Packed::<String>::default().blocks().flatten().count(), 0);

        let mut shelf = Shelf::default();
        let places: Vec<usize> = things.iter().map(|thing| shelf.put(thing)).collect();
        assert_eq!(shelf.take(places[1]).as_ref(), things.get(1));
        assert_eq!((shelf.take(places[1]), shelf.take(99_999)), (None, None));
        // Before the sample is whole and after it, in any order.
        for place in (0..things.len()).rev().filter(|place| *place != 1) {
            assert_eq!(shelf.take(places[place]).as_ref(), things.get(place));
        }
    }
}
