//! `WAS` and `CHANGED`: what fields were, and who changed them when.

use jiff::Timestamp;

use super::{
    compare::WantedMembers,
    compile::{Compiler, Test},
    convert::predicate_range,
    fields::Subject,
    functions, message,
    names::{self, Literal},
    parse,
    scope::Scope,
    syntax::{FieldRef, Operand, Predicate, PredicateKind, WasOperator},
    time::Range,
};
use crate::world::{FieldKind, Issue};

/// Conditions of a history clause's predicates.
#[derive(Default)]
struct HistoryPredicates {
    windows: Vec<Window>,
    by: Vec<WantedMembers>,
    from: Vec<WantedMembers>,
    to: Vec<WantedMembers>,
}

enum Window {
    After(Timestamp),
    Before(Timestamp),
    /// Not including the end.
    Within(Timestamp, Timestamp),
}

/// A value as long as it stood.
struct Span {
    members: Vec<String>,
    start: Timestamp,
    /// None: it stands still.
    end: Option<Timestamp>,
    by: String,
}

/// One change of a field.
struct Event {
    at: Timestamp,
    by: String,
    from: Option<String>,
    to: Option<String>,
}

impl<'s, 'w> Compiler<'s, 'w> {
    pub(super) fn was(
        &mut self,
        field: &FieldRef,
        operator: WasOperator,
        operand: &Operand,
        predicates: &[Predicate],
        negated: bool,
    ) -> Option<Test<'s>> {
        let subject = self.past_subject(field, operator.text())?;
        if self.report_misuse(&field.name, operator.text(), operator.takes_list(), operand) {
            return None;
        }
        if let Some(Predicate { kind, operand }) =
            predicates.iter().find(|p| matches!(p.kind, PredicateKind::From | PredicateKind::To))
        {
            let shown = format!("{} {}", kind.text(), parse::quoted(operand));
            self.report.error(message::unsupported_predicate("WAS", &shown));
            return None;
        }
        let wanted = self.known(subject, &field.name, operand)?;
        let past = self.past(subject, &field.name, predicates)?;
        let scope = self.scope;
        let negative = operator.is_negative() != negated;
        Some(Box::new(move |issue| {
            let spans = spans(scope, subject, issue);
            let fits = |at: usize| wanted.has(&spans[at].members) && past.covers(&spans, at, &wanted);
            (0..spans.len()).any(fits) != negative
        }))
    }

    pub(super) fn changed(
        &mut self,
        field: &FieldRef,
        predicates: &[Predicate],
        negated: bool,
    ) -> Option<Test<'s>> {
        let subject = self.past_subject(field, "changed")?;
        let past = self.past(subject, &field.name, predicates)?;
        Some(Box::new(move |issue| events(subject, issue).iter().any(|event| past.has(event)) != negated))
    }

    fn past_subject(&mut self, field: &FieldRef, operator: &str) -> Option<Subject<'w>> {
        let subject = self.subject(field)?;
        if subject.has_history() {
            return Some(subject);
        }
        self.report
            .error(format!("The operator '{operator}' is not supported by the '{}' field.", field.name));
        None
    }

    fn past(
        &mut self,
        subject: Subject<'_>,
        name: &str,
        predicates: &[Predicate],
    ) -> Option<HistoryPredicates> {
        let mut past = HistoryPredicates::default();
        let mut fine = true;
        for Predicate { kind, operand } in predicates {
            let done = match kind {
                PredicateKind::By => self.people(operand).map(|wanted| past.by.push(wanted)),
                PredicateKind::From => self.known(subject, name, operand).map(|known| past.from.push(known)),
                PredicateKind::To => self.known(subject, name, operand).map(|known| past.to.push(known)),
                _ => self.window(*kind, operand).map(|window| past.windows.push(window)),
            };
            fine &= done.is_some();
        }
        fine.then_some(past)
    }

    /// Members that an operand names. Of the past only what is known can be asked: an unknown person is an error here.
    fn known(&mut self, subject: Subject<'_>, name: &str, operand: &Operand) -> Option<WantedMembers> {
        let literals = self.literals(subject, name, operand)?;
        let noted = self.report.warnings.len();
        let wanted = self.wanted(subject, name, &literals)?;
        let unknown = self.report.warnings.split_off(noted);
        let known = unknown.is_empty();
        for warning in unknown {
            self.report.error(warning);
        }
        known.then_some(wanted)
    }

    /// People who changed something: by account id only, and by functions.
    fn people(&mut self, operand: &Operand) -> Option<WantedMembers> {
        let subject = Subject::Stored("assignee", FieldKind::User);
        let literals = self.literals(subject, PredicateKind::By.text(), operand)?;
        let mut wanted = WantedMembers::default();
        for literal in literals {
            let account_id = names::text(&literal);
            if !self.scope.world.users.contains_key(&account_id) {
                self.report.error(format!(
                    "The user '{account_id}' does not exist and cannot be used in the 'by' predicate."
                ));
                return None;
            }
            wanted.members.insert(account_id);
        }
        Some(wanted)
    }

    fn window(&mut self, kind: PredicateKind, operand: &Operand) -> Option<Window> {
        let dates = match operand {
            Operand::List(members) => {
                members.iter().map(|member| self.date(kind, member)).collect::<Option<Vec<_>>>()?
            }
            one => vec![self.date(kind, one)?],
        };
        let shown = kind.text().to_uppercase();
        match (kind, dates.as_slice()) {
            (PredicateKind::During, [from, to]) => Some(Window::Within(from.start, to.end)),
            (PredicateKind::During, _) => {
                self.report
                    .error(format!("The {shown} predicate must be supplied with exactly 2 date values."));
                None
            }
            (PredicateKind::After, [date]) => Some(Window::After(date.start)),
            (PredicateKind::Before, [date]) => Some(Window::Before(date.start)),
            (_, [date]) => Some(Window::Within(date.start, date.end)),
            _ => {
                self.report.error(format!("The {shown} predicate must be supplied with only 1 date value."));
                None
            }
        }
    }

    fn date(&mut self, kind: PredicateKind, operand: &Operand) -> Option<Range> {
        let literal = match operand {
            Operand::Text(text) => Ok(Literal::Text(text.clone())),
            Operand::Number(number) => Ok(Literal::Number(*number)),
            Operand::Function(call) => match functions::moment(self.scope, call) {
                Some(yielded) => yielded.map(|mut moments| moments.pop().unwrap_or(Literal::Empty)),
                None => Err(format!(
                    "A date for the predicate '{}' provided by the function '{}' is not valid.",
                    kind.text(),
                    call.name
                )),
            },
            Operand::Empty | Operand::List(_) => Ok(Literal::Empty),
        };
        let range = literal.and_then(|literal| {
            let range = predicate_range(self.scope, kind.text(), &literal)?;
            // A function names a moment, and ON asks for the day around it.
            Ok(match (kind, literal) {
                (PredicateKind::On, Literal::Moment(at)) => self.day_around(at).unwrap_or(range),
                _ => range,
            })
        });
        range.map_err(|error| self.report.error(error)).ok()
    }

    fn day_around(&self, at: Timestamp) -> Option<Range> {
        let day = at.to_zoned_datetime(self.scope.now.time_zone().clone()).start_of_day().ok()?;
        Some(Range { start: day.timestamp(), end: day.tomorrow().ok()?.timestamp() })
    }
}

impl HistoryPredicates {
    /// True where a value stood at some time that the windows ask for, set by whom they ask for.
    fn covers(&self, spans: &[Span], at: usize, wanted: &WantedMembers) -> bool {
        let span = &spans[at];
        let in_time = self.windows.iter().all(|window| match window {
            Window::After(from) => span.end.is_none_or(|end| end > *from),
            Window::Before(to) => span.start < *to,
            Window::Within(from, to) => span.start < *to && span.end.is_none_or(|end| end > *from),
        });
        let set = spans[..=at].iter().rev().take_while(|span| wanted.has(&span.members)).last();
        in_time
            && self.by.iter().all(|people| set.is_some_and(|span| people.has(std::slice::from_ref(&span.by))))
    }

    /// True where a change is one that is asked for.
    fn has(&self, event: &Event) -> bool {
        let in_time = self.windows.iter().all(|window| match window {
            Window::After(from) => event.at > *from,
            Window::Before(to) => event.at < *to,
            Window::Within(from, to) => event.at >= *from && event.at < *to,
        });
        in_time
            && self.by.iter().all(|people| people.has(std::slice::from_ref(&event.by)))
            && self.from.iter().all(|wanted| wanted.has(event.from.as_slice()))
            && self.to.iter().all(|wanted| wanted.has(event.to.as_slice()))
    }
}

fn events(subject: Subject<'_>, issue: &Issue) -> Vec<Event> {
    let Subject::Stored(field, _) = subject else { return Vec::new() };
    let items = issue.history.iter().flat_map(|change| change.items.iter().map(move |item| (change, item)));
    items
        .filter(|(_, item)| item.field_id == field)
        .map(|(change, item)| Event {
            at: change.created,
            by: change.author.clone(),
            from: item.from.clone(),
            to: item.to.clone(),
        })
        .collect()
}

/// The field's values from the issue's creation to now, worked out backwards from what it is.
fn spans(scope: &Scope<'_>, subject: Subject<'_>, issue: &Issue) -> Vec<Span> {
    let mut members = scope.members(subject, issue);
    let mut end = None;
    let mut spans = Vec::new();
    for event in events(subject, issue).into_iter().rev() {
        let before = members.iter().filter(|member| Some(*member) != event.to.as_ref()).cloned();
        let before: Vec<String> = before.chain(event.from).collect();
        let stood = std::mem::replace(&mut members, before);
        spans.push(Span { members: stood, start: event.at, end, by: event.by });
        end = Some(event.at);
    }
    spans.push(Span { members, start: issue.created, end, by: issue.creator.clone() });
    spans.reverse();
    spans
}
