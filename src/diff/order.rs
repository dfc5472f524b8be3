//! Which paired items changed their place.

/// Positions (in the first list) of the fewest items that must move for the
/// order of the others to agree; `partners[i]` is the place in the second
/// list of item `i` of the first.
pub(super) fn moved(partners: &[usize]) -> Vec<usize> {
    if partners.windows(2).all(|pair| pair[0] < pair[1]) {
        return Vec::new();
    }
    // Patience sorting: tails[k] ends the best increasing run of length k + 1.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; partners.len()];
    for (item, place) in partners.iter().enumerate() {
        let length = tails.partition_point(|tail| partners[*tail] < *place);
        before[item] = length.checked_sub(1).map(|shorter| tails[shorter]);
        if length == tails.len() {
            tails.push(item);
        } else {
            tails[length] = item;
        }
    }
    let mut stays = vec![false; partners.len()];
    let mut at = tails.last().copied();
    while let Some(item) = at {
        stays[item] = true;
        at = before[item];
    }
    (0..partners.len()).filter(|item| !stays[*item]).collect()
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn the_fewest_items_move() {
        assert_eq!(moved(&[0, 1, 2]), Vec::<usize>::new());
        assert_eq!(moved(&[1, 2, 0]), [2]);
        assert_eq!(moved(&[2, 0, 1]), [0]);
        assert_eq!(moved(&[]), Vec::<usize>::new());
    }
}
