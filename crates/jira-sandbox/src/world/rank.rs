//! The order of issues on boards: numbers with room between them, shown as Jira shows its lexical ranks.

use super::{Id, World};

/// Room left after the last issue.
const STEP: u64 = 1 << 24;

/// A rank as Jira writes it, such as `0|i0000n:`; the order of the texts is that of the numbers.
#[must_use]
pub fn rank_text(rank: u64) -> String {
    let mut digits = [b'0'; 10];
    let mut rest = rank;
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::try_from(rest % 36).unwrap_or(0)];
        rest /= 36;
    }
    format!("0|{}:", String::from_utf8_lossy(&digits))
}

/// A position in the order of issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankPosition {
    /// Right above an issue.
    Before(Id),
    /// Right below an issue.
    After(Id),
}

impl World {
    /// A rank below all issues.
    pub(super) fn last_rank(&self) -> u64 {
        self.issues.values().map(|i| i.rank).max().unwrap_or(0) + STEP
    }

    /// Puts issues, in the given order, right above or below another one. History does not tell of it.
    pub fn rank(&mut self, issues: &[Id], place: RankPosition) {
        let mut order: Vec<Id> = self.issues.keys().copied().filter(|id| !issues.contains(id)).collect();
        order.sort_by_key(|id| self.issues.get(id).map(|i| i.rank));
        let at = match place {
            RankPosition::Before(id) => order.iter().position(|o| *o == id),
            RankPosition::After(id) => order.iter().position(|o| *o == id).map(|at| at + 1),
        };
        let at = at.unwrap_or(order.len());
        order.splice(at..at, issues.iter().copied());
        // Renumbering everything is cheap in memory, and leaves no case of running out of room.
        for (position, id) in (1..).zip(order) {
            if let Some(issue) = self.issues.get_mut(&id) {
                issue.rank = position * STEP;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rank_text;

    #[test]
    fn texts_sort_as_numbers_do() {
        let texts: Vec<_> = [0, 1, 35, 36, 1 << 24, u64::from(u32::MAX), 1 << 40].map(rank_text).into();
        assert!(texts.is_sorted(), "{texts:?}");
    }
}
