#![doc = include_str!("../README.md")]

mod address;
mod attrs;
mod canonical;
mod check;
mod content;
mod date;
pub mod edit;
mod emoji;
mod error;
mod files;
mod grammar;
mod guide;
mod markdown_reader;
mod markdown_writer;
mod marks;
mod media_id;
mod node;
mod seal;
mod split;
mod tag;
mod text;
mod value;

pub use canonical::canonical;
pub use check::check;
pub use error::AdfError;
pub use files::{FileName, files, is_media_id, with_files};
pub use guide::GUIDE;
pub use markdown_reader::{Parsed, from_markdown};
pub use markdown_writer::to_markdown;
pub use node::{AttrValue, Attrs, Content, Document, Kind, MAX_DEPTH, Mark, MarkKind, Marks, Node};
pub use split::split;
pub use text::Text;
