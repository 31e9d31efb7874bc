//! The rich text alone, under the name that the tests know it by: the fuzzer has to build no more than that.

/// As in the crate.
#[path = "../src/jira"]
pub mod jira {
    #[allow(dead_code, unreachable_pub, reason = "the crate uses what this does not")]
    pub mod adf;
}
