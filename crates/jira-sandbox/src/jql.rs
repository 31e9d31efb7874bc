//! JQL, the query language of Jira, as Jira Cloud understands it: a parser with Jira's messages, and an engine that
//! finds the issues of a [`World`] that one caller may see.
//!
//! Behaviour is as Jira documents it, and where its documents are silent, as its tests and messages tell: `!=` and
//! `NOT` match no issue without a value, unknown people only warrant a warning, dates count in the caller's time
//! zone, and without an order keys run backwards.

mod compare;
mod compile;
mod convert;
mod fields;
mod functions;
mod history;
mod issue_values;
mod lex;
mod message;
mod names;
mod order;
mod parse;
mod reference;
mod reserved;
mod scope;
mod structure;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod time;

use compile::{Compiler, Report};
use scope::Scope;
use syntax::{Clause, Sort};

use serde_json::Value as Json;

use super::world::{Id, Issue, World};

pub use reference::{reference_data, suggestions};

/// A query that is sound in its grammar.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    clause: Option<Clause>,
    order: Vec<Sort>,
}

impl Query {
    /// Reads a query. Messages are Jira's, with line and character.
    pub fn parse(source: &str) -> Result<Self, Vec<String>> {
        let (clause, order) = parse::query(source).map_err(|message| vec![message])?;
        Ok(Self { clause, order })
    }

    /// True where the query restricts the search at all; `order by key` alone does not.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.clause.is_some()
    }

    /// The syntax tree, in the shape of `POST /rest/api/3/jql/parse`.
    #[must_use]
    pub fn structure(&self) -> Json {
        structure::query(self.clause.as_ref(), &self.order)
    }

    /// True where the query says in which order issues come.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        !self.order.is_empty()
    }

    /// Checks that its fields, operators, values and functions make sense to a caller (an account id; none is
    /// anonymous). Answers with warnings, or with all that is wrong.
    pub fn check(&self, world: &World, who: Option<&str>) -> Result<Vec<String>, Vec<String>> {
        self.find(world, who, []).map(|(_, warnings)| warnings)
    }

    /// The issues that it finds for a caller, in order.
    pub fn run(&self, world: &World, who: Option<&str>) -> Result<Vec<Id>, Vec<String>> {
        self.run_on(world, who, world.issues.values())
    }

    /// Those of some issues that it finds for a caller, in order. The issues may be older than the world's, as a
    /// search index knows them.
    pub fn run_on<'i>(
        &self,
        world: &World,
        who: Option<&str>,
        issues: impl IntoIterator<Item = &'i Issue>,
    ) -> Result<Vec<Id>, Vec<String>> {
        self.find(world, who, issues).map(|(ids, _)| ids)
    }

    /// Issues found, and warnings; or errors.
    fn find<'i>(
        &self,
        world: &World,
        who: Option<&str>,
        issues: impl IntoIterator<Item = &'i Issue>,
    ) -> Result<(Vec<Id>, Vec<String>), Vec<String>> {
        let scope = Scope::new(world, who);
        let mut compiler = Compiler::new(&scope);
        let test = self.clause.as_ref().map(|clause| compiler.clause(clause, false));
        let criteria = order::criteria(&scope, &self.order, &mut compiler.report);
        let Report { errors, warnings } = compiler.report;
        if !errors.is_empty() {
            return Err(errors);
        }
        let fits = |issue: &&Issue| scope.sees(issue) && test.as_ref().is_none_or(|test| test(issue));
        let found = issues.into_iter().filter(fits).collect();
        Ok((order::arrange(&scope, &criteria, found), warnings))
    }
}
