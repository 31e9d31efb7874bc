//! Tables of queries: what they find in a small world, and what is said of those that cannot be.

mod forms;
mod grammar;
mod robust;
mod search;
mod site;
