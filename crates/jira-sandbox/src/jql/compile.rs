//! A syntax tree to a test of issues: finds the fields, resolves the values, and reports what is wrong, all of it.

use jiff::civil::Date;

use super::{
    compare::{WantedMembers, compared, moment_in_range, ordered},
    convert::{day, moment, number, search},
    fields::{self, Class, Subject},
    functions,
    names::{self, Literal, Problem},
    parse,
    scope::Scope,
    syntax::{Clause, FieldRef, Operand, Operator},
};
use crate::world::{FieldKind, Id, Issue};

/// A test that is true of the issues that fit.
pub(super) type Test<'s> = Box<dyn Fn(&Issue) -> bool + 's>;

/// Errors of a query, and warnings.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Report {
    fn note(&mut self, problem: Problem) {
        match problem {
            Problem::Error(text) => self.error(text),
            Problem::Warning(text) if self.warnings.contains(&text) => {}
            Problem::Warning(text) => self.warnings.push(text),
        }
    }

    pub(super) fn error(&mut self, text: String) {
        if !self.errors.contains(&text) {
            self.errors.push(text);
        }
    }
}

/// Builds tests, gathering problems as it goes.
pub(super) struct Compiler<'s, 'w> {
    pub(super) scope: &'s Scope<'w>,
    pub(super) report: Report,
    /// Filters that the present clause stands in.
    filters: Vec<Id>,
}

impl<'s, 'w> Compiler<'s, 'w> {
    pub(super) fn new(scope: &'s Scope<'w>) -> Self {
        Self { scope, report: Report::default(), filters: Vec::new() }
    }

    /// The test of a clause, or of its opposite. A negation moves inwards until it meets a condition and turns its
    /// operator around, so that it matches no issue without a value: `NOT assignee = x` is `assignee != x`.
    pub(super) fn clause(&mut self, clause: &Clause, negated: bool) -> Test<'s> {
        match clause {
            Clause::Not(inner) => self.clause(inner, !negated),
            Clause::And(clauses) | Clause::Or(clauses) => {
                let tests: Vec<_> = clauses.iter().map(|clause| self.clause(clause, negated)).collect();
                if matches!(clause, Clause::And(_)) == negated {
                    Box::new(move |issue| tests.iter().any(|test| test(issue)))
                } else {
                    Box::new(move |issue| tests.iter().all(|test| test(issue)))
                }
            }
            Clause::Value(field, operator, operand) => match self.condition(field, *operator, operand) {
                Some((subject, name)) => {
                    let operator = if negated { operator.negated() } else { *operator };
                    self.test(subject, name, operator, operand).unwrap_or_else(nothing)
                }
                None => nothing(),
            },
            Clause::Was(field, operator, operand, predicates) => {
                self.was(field, *operator, operand, predicates, negated).unwrap_or_else(nothing)
            }
            Clause::Changed(field, predicates) => {
                self.changed(field, predicates, negated).unwrap_or_else(nothing)
            }
        }
    }

    /// The subject that a field names.
    pub(super) fn subject(&mut self, field: &FieldRef) -> Option<Subject<'w>> {
        let found = fields::find(self.scope.world, field);
        if found.is_none() {
            let name = if field.property.is_some() { field.to_string() } else { field.name.clone() };
            let or = match self.scope.who {
                Some(_) => "you do not have permission to view it",
                None => "this field cannot be viewed by anonymous users",
            };
            self.report.error(format!("Field '{name}' does not exist or {or}."));
        }
        found
    }

    /// Checks that the operator goes with the operand and with the field.
    fn condition<'f>(
        &mut self,
        field: &'f FieldRef,
        operator: Operator,
        operand: &Operand,
    ) -> Option<(Subject<'w>, &'f str)> {
        let subject = self.subject(field)?;
        let name = field.name.as_str();
        if self.report_misuse(name, operator.text(), operator.takes_list(), operand) {
            return None;
        }
        let empty = matches!(operand, Operand::Empty);
        let wrong = match operator {
            Operator::Is | Operator::IsNot if !empty => Some(format!(
                "Operator '{}' does not support searching for non-empty values for field '{name}'.",
                operator.text()
            )),
            Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual if empty => {
                Some(no_empty_value(operator.text(), name))
            }
            _ if !subject.supports(operator) => {
                Some(format!("The operator '{}' is not supported by the '{name}' field.", operator.text()))
            }
            _ if !subject.supports(Operator::Is) && has_empty(operand) => {
                Some(format!("The field '{name}' does not support searching for EMPTY values."))
            }
            _ => None,
        };
        match wrong {
            Some(text) => {
                self.report.error(text);
                None
            }
            None => Some((subject, name)),
        }
    }

    /// Reports a list where none goes, or none where one goes.
    pub(super) fn report_misuse(
        &mut self,
        name: &str,
        operator: &str,
        takes_list: bool,
        operand: &Operand,
    ) -> bool {
        if let Operand::Function(call) = operand
            && let Err(unknown) = functions::find(call)
        {
            self.report.error(unknown);
            return true;
        }
        let shown = parse::quoted(operand);
        let wrong = match (takes_list, functions::is_list(operand)) {
            (true, false) if *operand == Operand::Empty => no_empty_value(operator, name),
            (true, false) => format!(
                "Operator '{operator}' does not support the non-list value '{shown}' for field '{name}'."
            ),
            (false, true) => {
                format!("Operator '{operator}' does not support the list value '{shown}' for field '{name}'.")
            }
            _ => return false,
        };
        self.report.error(wrong);
        true
    }

    fn test(
        &mut self,
        subject: Subject<'w>,
        name: &str,
        operator: Operator,
        operand: &Operand,
    ) -> Option<Test<'s>> {
        let scope = self.scope;
        match operator {
            Operator::Is => return Some(Box::new(move |issue| scope.is_empty(subject, issue))),
            Operator::IsNot => return Some(Box::new(move |issue| !scope.is_empty(subject, issue))),
            _ if subject == Subject::Filter => return self.filter(name, operator, operand),
            _ => {}
        }
        let literals = self.literals(subject, name, operand)?;
        Some(match subject.class() {
            Class::Members | Class::Ranked => {
                let wanted = match operator {
                    Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => {
                        self.wanted(subject, name, &literals)?
                    }
                    _ => self.ranked(subject, name, operator, &literals)?,
                };
                let negative = matches!(operator, Operator::NotEqual | Operator::NotIn);
                // Unlike all others, "not linked in this way" is true of issues without links.
                let with_empty = subject == Subject::LinkType;
                Box::new(move |issue| {
                    let members = scope.members(subject, issue);
                    if negative {
                        (with_empty || !members.is_empty()) && !wanted.has(&members)
                    } else {
                        wanted.has(&members)
                    }
                })
            }
            Class::Number | Class::Duration => {
                let (values, empty) = self.each(&literals, |literal| number(subject, name, literal))?;
                Box::new(move |issue| {
                    let value = scope.number(subject, issue);
                    compared(operator, value.as_slice(), empty, &values, f64::total_cmp)
                })
            }
            Class::Moment => {
                let (values, empty) = self.each(&literals, |literal| moment(scope, name, literal))?;
                Box::new(move |issue| {
                    let value = scope.moment(subject, issue);
                    compared(operator, value.as_slice(), empty, &values, moment_in_range(operator))
                })
            }
            Class::Day => {
                let (values, empty) = self.each(&literals, |literal| day(scope, name, literal))?;
                Box::new(move |issue| {
                    compared(operator, &scope.days(subject, issue), empty, &values, |a: &Date, b| a.cmp(b))
                })
            }
            Class::Text => {
                let (searches, empty) = self.each(&literals, |literal| search(name, literal))?;
                let negative = operator == Operator::NotLike;
                Box::new(move |issue| {
                    let texts = scope.texts(subject, issue);
                    if texts.is_empty() || empty {
                        return !negative && empty == texts.is_empty();
                    }
                    let found = texts.iter().any(|text| searches.iter().any(|search| search.matches(text)));
                    found != negative
                })
            }
            Class::Presence | Class::OrderOnly => return None,
        })
    }

    /// Members that the literals name. Problems are noted; a value that only warrants a warning names nobody.
    pub(super) fn wanted(
        &mut self,
        subject: Subject<'_>,
        name: &str,
        literals: &[Literal],
    ) -> Option<WantedMembers> {
        let mut wanted = WantedMembers::default();
        let before = self.report.errors.len();
        for literal in literals {
            let unresolved = subject == Subject::Stored("resolution", FieldKind::Resolution)
                && matches!(literal, Literal::Text(text) if text.eq_ignore_ascii_case("unresolved"));
            if *literal == Literal::Empty || unresolved {
                wanted.empty = true;
                continue;
            }
            match self.scope.named(subject, name, literal) {
                Ok(members) => wanted.members.extend(members),
                Err(problem) => self.report.note(problem),
            }
        }
        (self.report.errors.len() == before).then_some(wanted)
    }

    /// Members before or behind the one that is named, in the order of priorities, versions, keys.
    fn ranked(
        &mut self,
        subject: Subject<'_>,
        name: &str,
        operator: Operator,
        literals: &[Literal],
    ) -> Option<WantedMembers> {
        let named = self.wanted(subject, name, literals)?;
        let all = self.scope.ranking(subject);
        let mut wanted = WantedMembers::default();
        for (group, rank, _) in all.iter().filter(|(_, _, member)| named.members.contains(member)) {
            let fits = all.iter().filter(|(g, r, _)| g == group && ordered(operator, r.cmp(rank)));
            wanted.members.extend(fits.map(|(_, _, member)| member.clone()));
        }
        Some(wanted)
    }

    /// The issues of a saved filter.
    fn filter(&mut self, name: &str, operator: Operator, operand: &Operand) -> Option<Test<'s>> {
        let negative = matches!(operator, Operator::NotEqual | Operator::NotIn);
        let mut tests = Vec::new();
        for literal in self.literals(Subject::Filter, name, operand)? {
            let asked = names::text(&literal);
            let filters = self.scope.world.filters.values();
            let Some(filter) =
                filters.clone().find(|f| f.id.to_string() == asked || f.name.eq_ignore_ascii_case(&asked))
            else {
                self.report.error(match literal {
                    Literal::Number(id) => {
                        format!("A value with ID '{id}' does not exist for the field '{name}'.")
                    }
                    _ => format!("The value '{asked}' does not exist for the field '{name}'."),
                });
                continue;
            };
            if self.filters.contains(&filter.id) {
                self.report.error(format!(
                    "Field '{name}' with value '{asked}' matches filter '{}' and causes a cyclical reference, this \
                     query can not be executed and should be edited.",
                    filter.name
                ));
                continue;
            }
            match parse::query(&filter.jql) {
                Ok((Some(clause), _)) => {
                    self.filters.push(filter.id);
                    tests.push(self.clause(&clause, false));
                    self.filters.pop();
                }
                Ok((None, _)) => tests.push(Box::new(|_: &Issue| true)),
                Err(error) => self.report.error(error),
            }
        }
        Some(Box::new(move |issue| tests.iter().any(|test| test(issue)) != negative))
    }

    /// The values of an operand, functions called.
    pub(super) fn literals(
        &mut self,
        subject: Subject<'_>,
        name: &str,
        operand: &Operand,
    ) -> Option<Vec<Literal>> {
        match operand {
            Operand::Empty => Some(vec![Literal::Empty]),
            Operand::Text(text) => Some(vec![Literal::Text(text.clone())]),
            Operand::Number(number) => Some(vec![Literal::Number(*number)]),
            Operand::Function(call) => {
                let yielded = functions::call(self.scope, subject, name, call);
                yielded.map_err(|error| self.report.error(error)).ok()
            }
            Operand::List(members) => {
                let values: Vec<_> =
                    members.iter().map(|member| self.literals(subject, name, member)).collect();
                values.into_iter().collect::<Option<Vec<_>>>().map(|values| values.concat())
            }
        }
    }

    /// Converts each literal, apart from EMPTY, of which the answer only says whether it was there.
    fn each<T>(
        &mut self,
        literals: &[Literal],
        convert: impl Fn(&Literal) -> Result<T, String>,
    ) -> Option<(Vec<T>, bool)> {
        let values = literals.iter().filter(|literal| **literal != Literal::Empty).map(convert);
        let (good, bad): (Vec<_>, Vec<_>) = values.partition(Result::is_ok);
        let fine = bad.is_empty();
        bad.into_iter().filter_map(Result::err).for_each(|error| self.report.error(error));
        let empty = literals.contains(&Literal::Empty);
        fine.then(|| (good.into_iter().filter_map(Result::ok).collect(), empty))
    }
}

impl Scope<'_> {
    /// Group, rank and member of everything that a subject's members are ordered among; only members of one group
    /// compare with each other.
    fn ranking(&self, subject: Subject<'_>) -> Vec<(Id, Id, String)> {
        let world = self.world;
        match subject {
            Subject::Key => {
                let number = |issue: &Issue| super::order::number_of(&issue.key);
                world
                    .issues
                    .values()
                    .map(|issue| (issue.project, number(issue), issue.id.to_string()))
                    .collect()
            }
            Subject::Stored(_, FieldKind::Priority) => (1..)
                .zip(world.priorities.iter().rev())
                .map(|(rank, p)| (0, rank, p.id.to_string()))
                .collect(),
            Subject::Stored(_, FieldKind::Resolution) => {
                (1..).zip(&world.resolutions).map(|(rank, r)| (0, rank, r.id.to_string())).collect()
            }
            _ => world
                .versions
                .values()
                .map(|version| (version.project, version.id, version.id.to_string()))
                .collect(),
        }
    }
}

fn nothing<'s>() -> Test<'s> {
    Box::new(|_| false)
}

fn no_empty_value(operator: &str, name: &str) -> String {
    format!(
        "Operator '{operator}' does not support the empty value representation 'EMPTY' for field '{name}'."
    )
}

fn has_empty(operand: &Operand) -> bool {
    match operand {
        Operand::Empty => true,
        Operand::List(members) => members.iter().any(has_empty),
        _ => false,
    }
}
