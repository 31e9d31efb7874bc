//! The generator and the properties of the tests.

#[path = "../../tests/it/adf/generate.rs"]
pub mod generate;
#[path = "../../tests/it/adf/properties.rs"]
pub mod properties;
