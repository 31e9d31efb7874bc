//! The search index: what JQL finds, which may lag behind what is written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::world::{Id, Issue, World};

/// Issues as search knows them.
#[derive(Debug, Default)]
pub(super) struct Index {
    lag: SignedDuration,
    /// The issues as search knows them, kept only when there is a lag.
    known: BTreeMap<Id, Issue>,
    /// The issues that were written, each with the time at which search will know it.
    pending: Vec<(Timestamp, Id)>,
}

impl Index {
    /// An index that knows everything that is there now, and what comes later only after `lag`.
    pub(super) fn new(world: &World, lag: SignedDuration) -> Self {
        let known = if lag.is_zero() { BTreeMap::new() } else { world.issues.clone() };
        Self { lag, known, pending: Vec::new() }
    }

    /// Records the issues that were written.
    pub(super) fn record_changes(&mut self, world: &mut World) {
        let changed_issues = world.take_changed_issues();
        if !self.lag.is_zero() {
            let due = world.clock.now().checked_add(self.lag).unwrap_or(Timestamp::MAX);
            self.pending.extend(changed_issues.into_iter().map(|id| (due, id)));
        }
    }

    /// Issues as search knows them now; the issues of `reconcile` are as they are written.
    pub(super) fn issues<'a>(&'a mut self, world: &'a World, reconcile: &BTreeSet<Id>) -> Vec<&'a Issue> {
        if self.lag.is_zero() {
            return world.issues.values().collect();
        }
        let now = world.clock.now();
        for (_, id) in self.pending.extract_if(.., |(due, _)| *due <= now) {
            match world.issues.get(&id) {
                Some(issue) => self.known.insert(id, issue.clone()),
                None => self.known.remove(&id),
            };
        }
        let fresh = reconcile.iter().filter_map(|id| world.issues.get(id));
        self.known.values().filter(|i| !reconcile.contains(&i.id)).chain(fresh).collect()
    }
}
