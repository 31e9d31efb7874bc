//! The world that the embedded Jira starts with: a team that builds and runs a web shop, told as it happened.
//!
//! Everything is laid out relative to a given moment, so that it always looks alive, and nothing is left to chance:
//! ids, keys and texts are the same each time. The issues are in `seed/*.txt`, in the form that `seed/script.rs` describes.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::world::{Clock, Id, World};

mod files;
mod markup;
mod people;
mod projects;
mod script;
mod sprints;
#[cfg(test)]
mod tests;
mod values;

pub use people::{PEOPLE, Person, find};

use sprints::SPRINTS;

/// Makes the site with its people only, for who seeds a world of their own. Its clock stands at `now`.
#[must_use]
pub fn empty(now: Timestamp) -> World {
    let mut world = World::site(Clock::Fixed(now));
    people::add_people(&mut world);
    people::deactivate_leavers(&mut world);
    world.take_changed_issues();
    world
}

/// Makes the seeded world as it is at `now`, at which its clock stands.
#[must_use]
pub fn build(now: Timestamp) -> World {
    let mut story = script::Timeline::new(now);
    let mut world = World::site(Clock::Fixed(story.moment(-260, 0)));
    people::add_people(&mut world);
    projects::set_up(&mut world, now.to_zoned_datetime(TimeZone::UTC).date());
    plan_sprints(&mut story);
    story.add(story.moment(-12, 16 * 60), people::deactivate_leavers);
    for script in [include_str!("seed/demo.txt"), include_str!("seed/ops.txt"), include_str!("seed/biz.txt")]
    {
        story.read(script);
    }
    story.play(&mut world);
    world.take_changed_issues();
    world
}

/// Sprints are planned two weeks ahead; the end of one is the start of the next, to which open work goes.
fn plan_sprints(story: &mut script::Timeline) {
    const BOARD: Id = 1;
    let lead = people::account("lars");
    for (number, (name, start, end, goal)) in (1..).zip(SPRINTS) {
        story.add(story.moment(start - 10, 10 * 60), move |world| {
            world.add_sprint(BOARD, name, goal);
        });
        let ends = story.moment(end, 9 * 60);
        if start < 0 {
            let starts = story.moment(start, 10 * 60);
            story.add(starts, move |world| world.start_sprint(number, ends));
        }
        if end < 0 {
            let closes = ends + SignedDuration::from_mins(30);
            story.add(closes, move |world| world.close_sprint(lead, number, Some(number + 1)));
        }
    }
}
