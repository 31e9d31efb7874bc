//! Reuse of the old nodes of a document in place of new ones that say the same.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::canonical::{is_default, key};
use super::super::node::Node;

/// Replaces new nodes by equal old ones; a node that changed takes over the id of its old one, and the same below it.
pub(super) fn reuse_unchanged(new: &mut [Node], old: &[Node]) {
    let new_keys: Vec<String> = new.iter().map(key).collect();
    let old_keys: Vec<String> = old.iter().map(key).collect();
    let partners = match_equal(&new_keys, &old_keys);
    for (node, partner) in new.iter_mut().zip(&partners) {
        if let Some(at) = partner {
            node.clone_from(&old[*at]);
        }
    }
    for (new_run, old_run) in gaps(&partners, old.len()) {
        for (at, partner) in pair(&new[new_run.clone()], &old[old_run.clone()]) {
            inherit_attrs(&mut new[new_run.start + at], &old[old_run.start + partner]);
        }
    }
}

/// The place of the old node that says the same, for each new node: from both ends, then wherever it moved.
fn match_equal(new: &[String], old: &[String]) -> Vec<Option<usize>> {
    let mut partners = vec![None; new.len()];
    let head = new.iter().zip(old).take_while(|(a, b)| a == b).count();
    let rest = (new.len() - head).min(old.len() - head);
    let tail = new.iter().rev().zip(old.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    for (at, partner) in partners.iter_mut().enumerate().take(head) {
        *partner = Some(at);
    }
    for back in 1..=tail {
        partners[new.len() - back] = Some(old.len() - back);
    }
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (at, key) in old.iter().enumerate().take(old.len() - tail).skip(head) {
        places.entry(key).or_default().push_back(at);
    }
    for at in head..new.len() - tail {
        partners[at] = places.get_mut(new[at].as_str()).and_then(VecDeque::pop_front);
    }
    partners
}

type Run = std::ops::Range<usize>;

/// The runs of new nodes without a partner, each with the old nodes between the partners around it.
fn gaps(partners: &[Option<usize>], old_len: usize) -> Vec<(Run, Run)> {
    let used: HashSet<usize> = partners.iter().flatten().copied().collect();
    let mut gaps = Vec::new();
    let mut at = 0;
    while at < partners.len() {
        if partners[at].is_some() {
            at += 1;
            continue;
        }
        let end = (at..partners.len()).find(|at| partners[*at].is_some()).unwrap_or(partners.len());
        let first = at.checked_sub(1).and_then(|before| partners[before]).map_or(0, |before| before + 1);
        let free = (first..old_len).take_while(|old| !used.contains(old)).count();
        gaps.push((at..end, first..first + free));
        at = end;
    }
    gaps
}

/// The most nodes that a changed one looks ahead for the one that it was.
const MAX_PAIR_DISTANCE: usize = 32;

/// Pairs changed nodes of the same kind, in order. Where their numbers differ, likeness of the words decides.
fn pair(new: &[Node], old: &[Node]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut from = 0;
    for (at, node) in new.iter().enumerate() {
        let mut candidates =
            (from..old.len().min(from + MAX_PAIR_DISTANCE)).filter(|old_at| old[*old_at].kind == node.kind);
        let best = if new.len() == old.len() {
            candidates.next()
        } else {
            let own = words(node);
            candidates
                .map(|old_at| (likeness(&own, &words(&old[old_at])), old_at))
                .filter(|(score, _)| *score > 250)
                .max_by_key(|(score, old_at)| (*score, std::cmp::Reverse(*old_at)))
                .map(|(_, old_at)| old_at)
        };
        if let Some(old_at) = best {
            pairs.push((at, old_at));
            from = old_at + 1;
        }
    }
    pairs
}

fn words(node: &Node) -> HashSet<String> {
    node.plain_text()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The share of their words that two texts have in common, of a thousand.
fn likeness(a: &HashSet<String>, b: &HashSet<String>) -> usize {
    2000 * a.intersection(b).count() / (a.len() + b.len()).max(1)
}

/// Gives a changed node what its Markdown did not say: the id, and attributes at their default.
fn inherit_attrs(new: &mut Node, old: &Node) {
    for (name, value) in old.attrs.iter() {
        if new.attrs.get(name).is_none() && (name == "localId" || is_default(old.kind, name, value)) {
            new.attrs.set(name.to_owned(), value.clone());
        }
    }
    reuse_unchanged(&mut new.content, &old.content);
}
