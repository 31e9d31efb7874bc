//! Comparing an issue's values with those that a query names.

use std::{cmp::Ordering, collections::HashSet};

use jiff::Timestamp;

use super::{syntax::Operator, time};

/// Members to look for: these, and perhaps the lack of any.
#[derive(Debug, Default)]
pub(super) struct WantedMembers {
    pub(super) members: HashSet<String>,
    pub(super) empty: bool,
}

impl WantedMembers {
    pub(super) fn has(&self, members: &[String]) -> bool {
        (self.empty && members.is_empty()) || members.iter().any(|member| self.members.contains(member))
    }
}

/// True where an ordering is one that an operator asks for.
pub(super) fn ordered(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Less => ordering.is_lt(),
        Operator::LessEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterEqual => ordering.is_ge(),
        _ => ordering.is_eq(),
    }
}

/// Compares what an issue has with the values of a query, by any operator but `~` and `is`.
pub(super) fn compared<A, B>(
    operator: Operator,
    have: &[A],
    empty: bool,
    values: &[B],
    order: impl Fn(&A, &B) -> Ordering,
) -> bool {
    let any = |operator| have.iter().any(|a| values.iter().any(|b| ordered(operator, order(a, b))));
    match operator {
        Operator::NotEqual | Operator::NotIn => !have.is_empty() && !any(Operator::Equal),
        Operator::Equal | Operator::In => (empty && have.is_empty()) || any(Operator::Equal),
        _ => any(operator),
    }
}

/// The test of a moment against a range: `=` and `in` ask whether it lies within, all others compare with the start.
pub(super) fn moment_in_range(operator: Operator) -> impl Fn(&Timestamp, &time::Range) -> Ordering {
    let within = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn);
    move |at, range| {
        if within && *at >= range.start && *at < range.end { Ordering::Equal } else { at.cmp(&range.start) }
    }
}
