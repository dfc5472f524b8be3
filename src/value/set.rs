//! Sets of small numbers: CPUs, NUMA nodes (`virBitmapParse`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::Invalid;

/// Numbers above this are refused, so that a hostile file cannot ask for a
/// huge set; libvirt's own limit for CPUs is 16384.
const HIGHEST: u32 = 1 << 20;

/// A set of numbers, kept as ranges: its size follows the text, not the numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberSet {
    /// Disjoint, not adjacent ranges: first to last, both included.
    ranges: BTreeMap<u32, u32>,
}

impl NumberSet {
    /// Reads `0-3,^2,7`: parts are taken in order, `^` removes one number.
    ///
    /// # Errors
    ///
    /// [`Invalid`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut set = Self::default();
        for part in text.split(',') {
            let part = super::trim(part);
            if let Some(removed) = part.strip_prefix('^') {
                set.remove(bound(removed)?);
            } else if let Some((first, last)) = part.split_once('-') {
                let (first, last) = (bound(first)?, bound(last)?);
                if first > last {
                    return Err(Invalid);
                }
                set.insert(first, last);
            } else {
                let one = bound(part)?;
                set.insert(one, one);
            }
        }
        Ok(set)
    }

    /// Adds the numbers `first..=last`.
    pub fn insert(&mut self, mut first: u32, mut last: u32) {
        while let Some((&f, &l)) = self.ranges.range(..=last.saturating_add(1)).next_back() {
            if l.saturating_add(1) < first {
                break;
            }
            first = first.min(f);
            last = last.max(l);
            self.ranges.remove(&f);
        }
        self.ranges.insert(first, last);
    }

    /// Adds all numbers of another set.
    pub fn extend(&mut self, other: &Self) {
        for (first, last) in &other.ranges {
            self.insert(*first, *last);
        }
    }

    /// The numbers that another set does not hold.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        for (&first, &last) in &self.ranges {
            let mut from = first;
            let before = other.ranges.range(..first).next_back();
            for (&gone, &to) in before.into_iter().chain(other.ranges.range(first..=last)) {
                if gone > from {
                    rest.insert(from, gone - 1);
                }
                from = from.max(to.saturating_add(1));
            }
            if from <= last {
                rest.insert(from, last);
            }
        }
        rest
    }

    fn remove(&mut self, number: u32) {
        if let Some((&first, &last)) = self.ranges.range(..=number).next_back()
            && number <= last
        {
            self.ranges.remove(&first);
            if first < number {
                self.ranges.insert(first, number - 1);
            }
            if number < last {
                self.ranges.insert(number + 1, last);
            }
        }
    }

    /// Whether the set holds this number.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.ranges
            .range(..=number)
            .next_back()
            .is_some_and(|(_, &last)| number <= last)
    }

    /// The numbers, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.ranges.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// The numbers as disjoint ranges, first to last, lowest first.
    pub fn ranges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.ranges.iter().map(|(first, last)| (*first, *last))
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many numbers it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges
            .iter()
            .map(|(first, last)| (last - first) as usize + 1)
            .sum()
    }
}

impl fmt::Display for NumberSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.ranges.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            if first == last {
                write!(f, "{first}")?;
            } else {
                write!(f, "{first}-{last}")?;
            }
        }
        Ok(())
    }
}

fn bound(text: &str) -> Result<u32, Invalid> {
    let text = super::trim(text);
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Invalid);
    }
    match text.parse() {
        Ok(value) if value <= HIGHEST => Ok(value),
        _ => Err(Invalid),
    }
}

pub(super) fn canonical(text: &str) -> Result<Cow<'_, str>, Invalid> {
    let printed = NumberSet::parse(text)?.to_string();
    Ok(if printed == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(printed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclusions_follow_inclusions() {
        assert_eq!(NumberSet::parse("0-3,^2,7").unwrap().to_string(), "0-1,3,7");
        assert_eq!(NumberSet::parse("7,3,1,0").unwrap().to_string(), "0-1,3,7");
        assert_eq!(NumberSet::parse("4-5, 0-3").unwrap().to_string(), "0-5");
        assert_eq!(NumberSet::parse("^2,0-3").unwrap().to_string(), "0-3");
        assert!(NumberSet::parse("3-1").is_err());
        assert!(NumberSet::parse("0-4294967295").is_err());
        assert_eq!(NumberSet::parse("0-9").unwrap().len(), 10);
    }

    #[test]
    fn what_another_set_lacks_is_found() {
        let rest = |one: &str, other: &str| {
            let (one, other) = (
                NumberSet::parse(one).unwrap(),
                NumberSet::parse(other).unwrap(),
            );
            one.without(&other).to_string()
        };
        assert_eq!(rest("0-9", "2-3,7"), "0-1,4-6,8-9");
        assert_eq!(rest("2-5,8", "0-3,8-20"), "4-5");
        assert_eq!(rest("0-3", "0-7"), "");
        assert_eq!(rest("4-7", "0-2"), "4-7");
    }
}
