//! Paging: one opaque cursor over all of Jira's styles.
//!
//! A cursor is sealed with a key of the account and bound to the query that it continues, so that
//! it neither leaks nor wanders. It is short, as a model has to repeat it.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};

/// Bytes of the seal: 72 bits, beyond guessing within the life of a cursor.
const SEAL_BYTES: usize = 9;

/// The forms of base64 that a token of Jira may have: it is carried decoded, a third shorter. The place in this list
/// tells how to write it back.
const TOKENS: [&GeneralPurpose; 4] = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
/// The byte before a token that is carried as it is.
const PLAIN: u8 = 1;
/// The byte before a token in the first form of [`TOKENS`].
const FIRST: u8 = 2;

/// The most pages of one listing that are read in turn. Jira's numbers say how many there are, and may be wrong.
const MAX_PAGES: usize = 100;

/// All rows of a listing that pages by row number, read page after page.
#[derive(Debug)]
pub(in crate::jira) struct AllRows<T> {
    rows: Vec<T>,
    pages: usize,
    is_whole: bool,
}

impl<T> AllRows<T> {
    /// An empty listing, before its first page.
    pub(in crate::jira) fn new() -> Self {
        Self { rows: Vec::new(), pages: 0, is_whole: false }
    }

    /// The index of the row with which the next page begins; `None` where the listing is whole.
    pub(in crate::jira) fn next(&self) -> Option<usize> {
        (!self.is_whole).then_some(self.rows.len())
    }

    /// Adds a page of a listing that has `total` rows in all.
    ///
    /// # Errors
    /// [`Error::Reply`] for a listing of more pages than [`MAX_PAGES`].
    pub(in crate::jira) fn add(&mut self, page: Vec<T>, total: usize) -> Result<()> {
        self.pages += 1;
        let is_last = page.is_empty();
        self.rows.extend(page);
        self.is_whole = is_last || self.rows.len() >= total;
        if !self.is_whole && self.pages == MAX_PAGES {
            return Err(Error::Reply { problem: format!("the listing has more than {MAX_PAGES} pages") });
        }
        Ok(())
    }

    /// The rows.
    pub(in crate::jira) fn into_rows(self) -> Vec<T> {
        self.rows
    }
}

/// The position at which a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// Jira's token of the page, for listings that page by tokens.
    pub(crate) token: Option<String>,
    /// The number of rows to pass over: of the page where there is a token, of everything elsewhere.
    pub(crate) skip: u64,
    /// Issues that a search is asked to look at, the same on each of its pages.
    pub(crate) reconcile: Vec<u64>,
}

/// One page of rows.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The position at which this page began.
    pub(crate) start: Position,
    /// The position at which the next one begins; `None` at the end.
    pub(crate) next: Option<Position>,
    /// Places of the rows in Jira's page, where some of it were taken out.
    places: Vec<u64>,
}

impl<T> Page<T> {
    /// A page between two positions.
    pub(crate) fn new(rows: Vec<T>, start: Position, next: Option<Position>) -> Self {
        Self { rows, start, next, places: Vec::new() }
    }

    /// A page of a listing that pages by row number and knows how many rows there are in all.
    pub(crate) fn counted(mut rows: Vec<T>, start: Position, limit: u64, total: u64) -> Self {
        // What was not asked for is not shown.
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let end = start.skip + rows.len() as u64;
        let more = !rows.is_empty() && end < total;
        Self::new(rows, start, more.then(|| Position { skip: end, ..Position::default() }))
    }

    /// A page of at most `limit` rows of a listing that is here whole.
    #[must_use]
    pub fn cut(rows: Vec<T>, start: Option<Position>, limit: u64) -> Self {
        let (start, total) = (start.unwrap_or_default(), rows.len() as u64);
        let place = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let rows = rows.into_iter().skip(place(start.skip)).take(place(limit)).collect();
        Self::counted(rows, start, limit, total)
    }

    /// Takes out rows that are not to be seen. The others keep their places, so that a page which goes on in the middle
    /// repeats none and passes none over.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let places = (0..).zip(&self.rows).filter(|(_, row)| keep(row)).map(|(place, _)| place).collect();
        self.rows.retain(keep);
        self.places = places;
    }

    /// The position of the row with this index.
    #[must_use]
    pub fn position_of(&self, index: usize) -> Position {
        let place = self.places.get(index).copied().unwrap_or(index as u64);
        Position { skip: self.start.skip + place, ..self.start.clone() }
    }

    /// The position after the first `shown` rows; `None` when nothing is left.
    #[must_use]
    pub fn after(&self, shown: usize) -> Option<Position> {
        if shown < self.rows.len() { Some(self.position_of(shown)) } else { self.next.clone() }
    }
}

impl Position {
    /// The cursor that a client carries; `query` is all that the rows depend on.
    #[must_use]
    pub fn seal(&self, key: &[u8; 32], query: &str) -> String {
        let payload = self.encode();
        let mut bytes = seal(key, query, &payload).to_vec();
        bytes.extend(payload);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor back.
    ///
    /// # Errors
    /// [`InvalidArgument`] for a cursor of another account, of another query, or of none.
    pub fn open(cursor: &str, key: &[u8; 32], query: &str) -> Result<Self> {
        URL_SAFE_NO_PAD
            .decode(cursor.trim())
            .ok()
            .filter(|bytes| bytes.len() > SEAL_BYTES)
            .and_then(|bytes| {
                let (tag, payload) = bytes.split_at(SEAL_BYTES);
                let mut mac = keyed(key, query);
                mac.update(payload);
                mac.verify_truncated_left(tag).ok()?;
                Self::decode(payload)
            })
            .ok_or_else(|| InvalidArgument::parameter("cursor", ArgumentProblem::CursorMismatch).into())
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        varint(&mut bytes, self.skip);
        varint(&mut bytes, self.reconcile.len() as u64);
        self.reconcile.iter().for_each(|id| varint(&mut bytes, *id));
        match &self.token {
            None => bytes.push(0),
            Some(token) => {
                let decoded =
                    (FIRST..).zip(TOKENS).find_map(|(kind, form)| Some((kind, form.decode(token).ok()?)));
                let (kind, carried) = decoded.unwrap_or_else(|| (PLAIN, token.clone().into_bytes()));
                bytes.push(kind);
                bytes.extend(carried);
            }
        }
        bytes
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let skip = read_varint(&mut bytes)?;
        let count = read_varint(&mut bytes)?;
        let reconcile = (0..count).map(|_| read_varint(&mut bytes)).collect::<Option<_>>()?;
        let (kind, rest) = bytes.split_first()?;
        let token = match *kind {
            0 => None,
            PLAIN => Some(String::from_utf8(rest.to_vec()).ok()?),
            kind => Some(TOKENS.get(usize::from(kind - FIRST))?.encode(rest)),
        };
        Some(Self { token, skip, reconcile })
    }
}

fn keyed(key: &[u8; 32], query: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(&(query.len() as u64).to_be_bytes());
    mac.update(query.as_bytes());
    mac
}

fn seal(key: &[u8; 32], query: &str, payload: &[u8]) -> [u8; SEAL_BYTES] {
    let mut mac = keyed(key, query);
    mac.update(payload);
    let full = mac.finalize().into_bytes();
    std::array::from_fn(|i| full[i])
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or_default());
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_some_of_its_rows_goes_on_at_the_first_that_was_not_shown() {
        let start = Position { skip: 100, ..Position::default() };
        let mut page = Page::counted((0..10).collect(), start, 10, 200);
        page.retain(|row| row % 3 == 0);
        assert_eq!(page.rows, [0, 3, 6, 9]);
        let after = |shown| page.after(shown).map(|position| position.skip);
        assert_eq!([after(0), after(1), after(3), after(4)], [100, 103, 109, 110].map(Some));
    }

    #[test]
    fn a_cursor_comes_back_for_its_own_query_and_key_only() {
        for token in
            ["", "ChkjU3RyaW5nJlZFTkRPUiY1", "ab-c_d==", "ab-c_g==", "ab-c_g", "YWI=", "YWI", "no base64!"]
        {
            let token = Some(token).filter(|token| !token.is_empty());
            let position =
                Position { token: token.map(str::to_owned), skip: 300, reconcile: vec![10_001, 7] };
            let cursor = position.seal(&[1; 32], "project = A");
            assert_eq!(Position::open(&cursor, &[1; 32], "project = A").unwrap(), position);
            assert!(Position::open(&cursor, &[1; 32], "project = B").is_err());
            assert!(Position::open(&cursor, &[2; 32], "project = A").is_err());
        }
        assert!(Position::open("", &[1; 32], "q").is_err());
        assert!(Position::open("AAAA", &[1; 32], "q").is_err());
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let cursor = Position { token: Some("YWJjZGVm".into()), ..Position::default() }.seal(&[1; 32], "q");
        for index in 0..cursor.len() - 1 {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(Position::open(&changed, &[1; 32], "q").is_err(), "{index}");
        }
    }
}
