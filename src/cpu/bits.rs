//! A fixed set of feature bits: the arithmetic of every CPU question.

use std::fmt;

/// Words of 64 bits in a set.
const WORDS: usize = 8;

/// A set of feature bits, each the number of a feature of one [`CpuMap`](super::CpuMap).
///
/// libvirt does its CPU arithmetic on register bits and finds names at the end; here a bit *is* a
/// named feature, since bits without a name never reach an answer. Sets of two different maps must
/// not be mixed: the numbers mean other features there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Bits([u64; WORDS]);

impl Bits {
    /// No bit at all.
    pub const EMPTY: Bits = Bits([0; WORDS]);

    /// How many different bits a set can hold; the newest libvirt's map has 400 features.
    pub const CAPACITY: usize = WORDS * 64;

    /// The set of the given bits. Numbers beyond [`Bits::CAPACITY`] are a compile-time error in a
    /// constant and a panic elsewhere, so only tables call this.
    pub(crate) const fn of(indexes: &[u16]) -> Bits {
        let mut bits = Bits::EMPTY;
        let mut at = 0;
        while at < indexes.len() {
            bits = bits.with(indexes[at] as usize);
            at += 1;
        }
        bits
    }

    /// This set and one bit more, for tables: see [`Bits::of`].
    pub(crate) const fn with(mut self, index: usize) -> Bits {
        self.0[index / 64] |= 1 << (index % 64);
        self
    }

    /// The set of the first `count` bits.
    pub fn first(count: usize) -> Bits {
        let mut bits = Bits::EMPTY;
        for index in 0..count.min(Bits::CAPACITY) {
            bits.insert(index);
        }
        bits
    }

    /// Adds a bit; a number beyond [`Bits::CAPACITY`] is ignored.
    pub fn insert(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    /// Takes a bit away.
    pub fn remove(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    /// Is the bit in the set?
    pub fn contains(&self, index: usize) -> bool {
        self.0
            .get(index / 64)
            .is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    /// Bits of either set.
    #[must_use]
    pub fn union(self, other: Bits) -> Bits {
        Bits(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    /// Bits of both sets.
    #[must_use]
    pub fn intersection(self, other: Bits) -> Bits {
        Bits(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    /// Bits of this set that are not in the other.
    #[must_use]
    pub fn minus(self, other: Bits) -> Bits {
        Bits(std::array::from_fn(|at| self.0[at] & !other.0[at]))
    }

    /// Are all bits of this set in the other?
    pub fn is_subset(&self, other: Bits) -> bool {
        self.minus(other).is_empty()
    }

    /// No bit at all?
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// How many bits there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The numbers of the bits, from low to high: map order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let low = rest
                    .checked_ilog2()
                    .map(|_| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * 64 + low)
            })
        })
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(indexes: I) -> Bits {
        let mut bits = Bits::EMPTY;
        indexes.into_iter().for_each(|index| bits.insert(index));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaves_as_a_set() {
        let low: Bits = [0, 63, 64].into_iter().collect();
        let high: Bits = [64, 511].into_iter().collect();
        assert_eq!(low.union(high).iter().collect::<Vec<_>>(), [0, 63, 64, 511]);
        assert_eq!(low.intersection(high), Bits::of(&[64]));
        assert_eq!(low.minus(high).len(), 2);
        assert!(low.intersection(high).is_subset(high) && !low.is_subset(high));
        assert_eq!(Bits::first(70).iter().count(), 70);
    }

    #[test]
    fn numbers_beyond_the_capacity_are_ignored() {
        let mut bits = Bits::EMPTY;
        bits.insert(Bits::CAPACITY);
        bits.remove(Bits::CAPACITY + 9);
        assert!(bits.is_empty() && !bits.contains(usize::MAX));
    }
}
