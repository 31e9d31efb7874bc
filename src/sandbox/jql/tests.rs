//! Tables of queries: what they find in a small world, and what is said of those that cannot be.

mod grammar;
mod search;
mod site;
