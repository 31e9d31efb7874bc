//! The site's clock: the real time moved by an offset, or standing still.

use jiff::{SignedDuration, Timestamp, Unit};

/// The time on the site, to the millisecond, as Jira stores it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// Stands still at a moment. The seed lays history with it: set, write, set, write.
    Fixed(Timestamp),
    /// Runs with the real time, this far ahead of it.
    Running(SignedDuration),
}

impl Clock {
    /// A clock that runs on from `now`, or from the real time when there is none.
    #[must_use]
    pub fn running_from(now: Option<Timestamp>) -> Self {
        Self::Running(now.map_or(SignedDuration::ZERO, |now| now.duration_since(Timestamp::now())))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::Fixed(at) => *at,
            Self::Running(ahead) => Timestamp::now().checked_add(*ahead).unwrap_or(Timestamp::MAX),
        };
        now.round(Unit::Millisecond).unwrap_or(now)
    }

    /// Moves the clock by a duration, keeping it running or standing as it was.
    pub fn advance(&mut self, by: SignedDuration) {
        match self {
            Self::Fixed(at) => *at = at.checked_add(by).unwrap_or(Timestamp::MAX),
            Self::Running(ahead) => *ahead = ahead.saturating_add(by),
        }
    }
}
