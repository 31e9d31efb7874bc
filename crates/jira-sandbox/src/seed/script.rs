//! The seed's scripts: issues and what happened to them, in a dense text form.
//!
//! ```text
//! == DEMO-12 Story: Guests can pay without an account
//! @: -60 ana; assignee=tomas; points=5; sprint=2; parent=DEMO-1; labels=guest, checkout
//! @> -40 tomas In Progress | -37 tomas points=8; due=+5 | -35 mei Done (Duplicate)
//! The description, in the markup of `markup.rs`, up to the next line that begins with `@` and a sign.
//! @~ -39 mei [role Administrators]: A comment, which may go on in the following lines.
//! @w -39 tomas 2h30m Wired up the token exchange.
//! @a -39 tomas payment.log
//! @l blocks DEMO-14
//! @r https://example.com/runbook Runbook of the checkout
//! @m -20 ana BIZ-3
//! @v mei, priya
//! ```
//!
//! `@:` is the making with the first values, `@>` changes, `@~` a comment (restricted by `[role Name]`, `[group name]`
//! or, on a service desk, `[internal]`), `@w` a worklog, `@a` a file, `@l` a link,
//! `@r` a remote link, `@m` a move to the project in which the key is, `@v` people who watch and vote.
//!
//! A time is days before today and, if wanted, an hour: `-40`, `-40.14:05` (before 17:30 for yesterday, so that the
//! order never depends on the time of the day), or `-3h` and `-25m` for the last six hours. The number of an issue
//! is the order of its making in its project; keys are written out to be found, and checked.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;

use super::people::account;
use super::{files, markup, sprints::SPRINTS, values};
use crate::world::{Clock, Id, RemoteLink, Value, Visibility, World};

type Happening = Box<dyn FnOnce(&mut World)>;

/// Everything that happens on the seeded site, to be played in the order of time.
pub(super) struct Timeline {
    now: Timestamp,
    deeds: Vec<(Timestamp, Happening)>,
    /// Creation time of each issue.
    made: HashMap<&'static str, Timestamp>,
    /// Time of the last happening to an issue on a day.
    busy: HashMap<(&'static str, i64), Timestamp>,
    /// Creation time of a project's last issue.
    newest: HashMap<&'static str, Timestamp>,
    /// Source, words and destination.
    links: Vec<(&'static str, &'static str, &'static str)>,
}

impl Timeline {
    pub(super) fn new(now: Timestamp) -> Self {
        let (made, busy, newest) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { now, deeds: Vec::new(), made, busy, newest, links: Vec::new() }
    }

    pub(super) fn add(&mut self, at: Timestamp, happening: impl FnOnce(&mut World) + 'static) {
        self.deeds.push((at, Box::new(happening)));
    }

    /// A moment so many days from today's midnight in UTC, and minutes after it.
    pub(super) fn moment(&self, day: i64, minute: i64) -> Timestamp {
        let today = self
            .now
            .to_zoned_datetime(TimeZone::UTC)
            .date()
            .to_zoned_datetime(TimeZone::UTC)
            .expect("UTC has no gaps");
        today.timestamp() + SignedDuration::from_hours(24 * day) + SignedDuration::from_mins(minute)
    }

    /// Does everything in the order of time, and leaves the clock standing at the present.
    pub(super) fn play(mut self, world: &mut World) {
        for (source, words, destination) in std::mem::take(&mut self.links) {
            let both = self.made.get(source).zip(self.made.get(destination));
            let (one, other) = both.unwrap_or_else(|| panic!("{source} or {destination} is not there"));
            let at = (*one).max(*other) + SignedDuration::from_mins(7);
            self.add(at, move |world| link(world, source, words, destination));
        }
        // A stable sort: what falls on one moment stays in the order of the script.
        self.deeds.sort_by_key(|(at, _)| *at);
        for (at, happening) in self.deeds {
            world.clock = Clock::Fixed(at);
            happening(world);
        }
        world.clock = Clock::Fixed(self.now);
    }

    /// Reads a script.
    pub(super) fn read(&mut self, script: &'static str) {
        script.split("\n== ").skip(1).for_each(|entry| self.read_issue(entry));
    }

    fn read_issue(&mut self, entry: &'static str) {
        let (head, body) = entry.split_once('\n').unwrap_or((entry, ""));
        let (key, head) = head.split_once(' ').expect("invariant: a key");
        let (kind, summary) = head.split_once(": ").expect("invariant: a type and a summary");
        let mut description = String::new();
        let mut parts: Vec<(&str, String)> = Vec::new();
        for line in body.lines() {
            match line.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
                Some((sign, rest)) if [":", ">", "~", "w", "a", "l", "r", "m", "v"].contains(&sign) => {
                    parts.push((sign, rest.to_owned()));
                }
                _ => {
                    let text = match parts.last_mut() {
                        Some(("~", comment)) => comment,
                        _ => &mut description,
                    };
                    text.push('\n');
                    text.push_str(line);
                }
            }
        }
        for (sign, rest) in parts {
            match sign {
                ":" => self.read_making(key, kind, summary, rest, std::mem::take(&mut description)),
                ">" => rest.split(" | ").for_each(|change| self.read_change(key, change)),
                "~" => self.read_comment(key, &rest),
                "w" => self.read_worklog(key, &rest),
                "a" => {
                    let (at, by, name) = self.when_and_who(key, &rest);
                    let name = name.to_owned();
                    self.add(at, move |world| {
                        let (mime, content) = files::content(&name);
                        world.add_attachment(by, issue(world, key), &name, mime, content);
                    });
                }
                "m" => {
                    let (at, by, target) = self.when_and_who(key, &rest);
                    let target = target.to_owned();
                    self.add(at, move |world| {
                        let project = project_of_key(world, &target);
                        let moved = world.move_issue(by, issue(world, key), project);
                        assert_eq!(moved, target, "the seed gives {key} another key");
                    });
                }
                "l" => {
                    let place = entry.find(&format!("@l {rest}")).expect("invariant: read from there");
                    let (words, other) =
                        entry[place + 3..][..rest.len()].rsplit_once(' ').expect("invariant: a key");
                    self.links.push((key, words, other));
                }
                "r" => {
                    let at = self.made[key] + SignedDuration::from_mins(5);
                    self.add(at, move |world| {
                        let (url, title) = rest.split_once(' ').expect("invariant: an address and a title");
                        let object = json!({ "url": url, "title": title });
                        let (global_id, relationship) =
                            (Some(format!("seed={url}")), Some("mentioned in".to_owned()));
                        let link = RemoteLink { id: 0, global_id, relationship, application: None, object };
                        world.put_remote_link(issue(world, key), link);
                    });
                }
                _ => {
                    let at = self.made[key] + SignedDuration::from_mins(6);
                    self.add(at, move |world| {
                        let people: Vec<_> = rest.split(", ").map(|nick| account(nick).to_owned()).collect();
                        world.touch(issue(world, key), |issue| {
                            issue.voters.extend(people.iter().skip(1).cloned());
                            issue.watchers.extend(people);
                        });
                    });
                }
            }
        }
    }

    /// Reads the time and the person at the start of a part; answers with the rest too.
    fn when_and_who<'t>(&mut self, key: &'static str, text: &'t str) -> (Timestamp, &'static str, &'t str) {
        let (time, rest) = text.split_once(' ').unwrap_or((text, ""));
        let nick = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (nick, rest) = rest.split_at(nick);
        (self.time(key, time), account(nick), rest.trim_start())
    }

    /// The time of a happening to an issue: later than all that was told of it on that day.
    fn time(&mut self, key: &'static str, text: &str) -> Timestamp {
        let number =
            |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("{key}: what time is {text:?}?"));
        if let Some(hours) = text.strip_suffix('h') {
            return self.now + SignedDuration::from_hours(number(hours));
        }
        if let Some(minutes) = text.strip_suffix('m') {
            return self.now + SignedDuration::from_mins(number(minutes));
        }
        let (day, clock) = text.split_once('.').unwrap_or((text, ""));
        let day = number(day);
        let spread = i64::try_from(self.deeds.len()).expect("invariant: few deeds");
        let at = match clock.split_once(':') {
            Some((hour, minute)) => self.moment(day, 60 * number(hour) + number(minute)),
            None => match self.busy.get(&(key, day)) {
                Some(last) => *last + SignedDuration::from_mins(9 + spread * 7 % 31),
                None => self.moment(day, 11 * 60 + spread * 37 % 240),
            },
        };
        self.busy.insert((key, day), at);
        at
    }

    fn read_making(
        &mut self,
        key: &'static str,
        kind: &'static str,
        summary: &'static str,
        rest: String,
        description: String,
    ) {
        let (time, _) = rest.split_once(' ').expect("invariant: a time and a person");
        let (project, number) = key.split_once('-').expect("invariant: a key");
        // Issues come in the order of their numbers: those of one day one after the other in its morning.
        let morning = if time.ends_with(['h', 'm']) || time.contains('.') {
            self.time(key, time)
        } else {
            let number: i64 = number.parse().expect("invariant: a number");
            let day = time.parse().unwrap_or_else(|_| panic!("{key}: which day is {time:?}?"));
            self.moment(day, 7 * 60 + number * 37 % 190)
        };
        let next = self.newest.get(project).map(|last| *last + SignedDuration::from_mins(8));
        let at = next.map_or(morning, |next| next.max(morning));
        assert!(at - morning < SignedDuration::from_hours(4), "{key} is told out of order");
        self.newest.insert(project, at);
        self.made.insert(key, at);
        let now = self.now;
        let sprint = rest.split("; ").find_map(|part| part.strip_prefix("sprint=")).map(|number| {
            let number = number.parse::<Id>().expect("invariant: a sprint's number");
            let planned = self.moment(SPRINTS[usize::try_from(number - 1).expect("small")].1 - 9, 14 * 60);
            (planned.max(at + SignedDuration::from_mins(4)), number)
        });
        let by = account(rest[time.len() + 1..].split("; ").next().unwrap_or_default());
        if let Some((planned, number)) = sprint {
            self.add(planned, move |world| world.move_to_sprint(by, number, &[issue(world, key)]));
        }
        self.add(at, move |world| {
            let project = project_of_key(world, key);
            let id = world.type_named(project, kind).unwrap_or_else(|| panic!("{key}: no type {kind:?}")).id;
            let mut fields = vec![("summary".to_owned(), Some(Value::Text(summary.into())))];
            if !description.trim().is_empty() {
                fields
                    .push(("description".to_owned(), Some(Value::Doc(markup::document(&description, now)))));
            }
            let first = rest.split("; ").skip(1).filter(|part| !part.starts_with("sprint="));
            fields.extend(first.flat_map(|part| values::read(world, project, now, part)));
            let fields =
                fields.iter().filter_map(|(name, value)| Some((name.as_str(), value.clone()?))).collect();
            let made = world.create_issue(by, project, id, fields);
            assert_eq!(world.issues[&made].key, key, "the seed gives an issue another key");
        });
    }

    fn read_change(&mut self, key: &'static str, text: &str) {
        let (at, by, change) = self.when_and_who(key, text);
        let (change, now) = (change.to_owned(), self.now);
        self.add(at, move |world| {
            let id = issue(world, key);
            let project = world.issues[&id].project;
            let (fields, status): (Vec<_>, Vec<_>) = change.split("; ").partition(|part| part.contains('='));
            let mut fields: Vec<_> =
                fields.into_iter().flat_map(|part| values::read(world, project, now, part)).collect();
            let Some(status) = status.first() else { return world.set_fields(by, id, fields) };
            let (status, resolution) = status.split_once(" (").unwrap_or((status, ""));
            if let Some(resolution) = world.resolution_named(resolution.trim_end_matches(')')) {
                fields.push(("resolution".into(), Some(Value::Resolution(resolution.id))));
            }
            let stored = &world.issues[&id];
            let leads = |from: &[Id]| from.is_empty() || from.contains(&stored.status);
            let target = world.status_named(status).map(|status| status.id);
            let ways = &world.workflow_of(stored).transitions;
            let way = ways.iter().find(|way| Some(way.to) == target && leads(&way.from)).map(|way| way.id);
            let way = way.unwrap_or_else(|| panic!("{key} cannot go to {status}"));
            world.transition(by, id, way, fields);
        });
    }

    fn read_comment(&mut self, key: &'static str, text: &str) {
        let (at, by, rest) = self.when_and_who(key, text);
        let (to, body) = rest.split_once(':').expect("invariant: a colon before the comment");
        let to = to.trim().trim_start_matches('[').trim_end_matches(']').to_owned();
        let body = markup::document(body.trim_start_matches(' '), self.now);
        self.add(at, move |world| {
            let id = issue(world, key);
            let visibility = match to.split_once(' ') {
                Some(("role", name)) => {
                    let role = world.roles.iter().find(|role| role.name == name);
                    Some(Visibility::Role(role.unwrap_or_else(|| panic!("no role {name:?}")).id))
                }
                Some((_, name)) => Some(Visibility::Group(name.to_owned())),
                None => None,
            };
            let comment = world.add_comment(by, id, body, visibility);
            if to == "internal" {
                world.touch(id, |issue| {
                    let added = issue.comments.iter_mut().filter(|added| added.id == comment);
                    let flag = ("sd.public.comment".to_owned(), json!({ "internal": true }));
                    added.for_each(|added| added.properties.extend([flag.clone()]));
                });
            }
        });
    }

    fn read_worklog(&mut self, key: &'static str, text: &str) {
        let (at, by, rest) = self.when_and_who(key, text);
        let (length, words) = rest.split_once(' ').unwrap_or((rest, ""));
        let seconds = values::seconds(length);
        let comment = (!words.is_empty()).then(|| markup::document(words, self.now));
        self.add(at, move |world| {
            let started = at - SignedDuration::from_secs(seconds);
            world.add_worklog(by, issue(world, key), started, seconds, comment);
        });
    }
}

fn issue(world: &World, key: &str) -> Id {
    world.issue(key).unwrap_or_else(|| panic!("{key} is not there yet")).id
}

fn project_of_key(world: &World, key: &str) -> Id {
    let (project, _) = key.split_once('-').expect("invariant: a key");
    world.project(project).unwrap_or_else(|| panic!("there is no project {project}")).id
}

/// Links by the words that one of the two says of the other.
fn link(world: &mut World, this: &str, words: &str, other: &str) {
    let (this, other) = (issue(world, this), issue(world, other));
    let by = &world.issues[&this];
    let by = by.user("assignee").unwrap_or(&by.creator).to_owned();
    let kind = world.link_types.values().find(|kind| kind.outward == words || kind.inward == words);
    let kind = kind.unwrap_or_else(|| panic!("no link says {words:?}"));
    let (id, outward) = (kind.id, kind.outward == words);
    let (source, destination) = if outward { (this, other) } else { (other, this) };
    world.link(&by, id, source, destination);
}
