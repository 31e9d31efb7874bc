//! Text to tokens, in one pass. Jira reads the whole query so before it looks at the grammar: a bad character
//! at the end is reported before a missing operator at the start.

use winnow::{
    LocatingSlice, Parser, Result,
    combinator::{alt, dispatch, empty, fail, opt, preceded, repeat},
    error::ParserError,
    stream::{Location, Stream},
    token::{any, none_of, take_while},
};

use super::{message, reserved::is_reserved_word};

type Input<'a> = LocatingSlice<&'a str>;

/// Kind of a token in the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Quoted,
    /// Digits, perhaps after a minus.
    Number,
    LeftParen,
    RightParen,
    Comma,
    LeftBracket,
    RightBracket,
    Bang,
    Equal,
    NotEqual,
    Like,
    NotLike,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Not,
    In,
    Is,
    Empty,
    Was,
    Changed,
    Before,
    After,
    From,
    To,
    On,
    During,
    Order,
    By,
    Asc,
    Desc,
    CustomField,
    End,
}

/// A token: its text without quotes and escapes, and the byte at which it starts.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) at: usize,
}

/// The reason why lexing stopped: nowhere to go from here (try the next alternative), or an error to report.
#[derive(Debug)]
enum LexError {
    Backtrack,
    Report(String),
}

impl<'a> ParserError<Input<'a>> for LexError {
    type Inner = Self;

    fn from_input(_: &Input<'a>) -> Self {
        Self::Backtrack
    }

    fn into_inner(self) -> std::result::Result<Self, Self> {
        Ok(self)
    }

    fn is_backtrack(&self) -> bool {
        matches!(self, Self::Backtrack)
    }
}

/// The tokens of a query, with [`Kind::End`] last.
pub(super) fn tokens(source: &str) -> std::result::Result<Vec<Token>, String> {
    let mut input = LocatingSlice::new(source);
    let mut tokens = Vec::new();
    loop {
        let blank = input.len() - input.trim_start_matches(is_blank).len();
        input.next_slice(blank);
        let at = input.current_token_start();
        if input.is_empty() {
            tokens.push(Token { kind: Kind::End, text: String::new(), at });
            return Ok(tokens);
        }
        let (kind, text) =
            alt((symbol, |i: &mut Input<'_>| quoted(i, source), |i: &mut Input<'_>| word(i, source)))
                .parse_next(&mut input)
                .map_err(|fault| match fault {
                    LexError::Report(text) => text,
                    LexError::Backtrack => stray(source, at),
                })?;
        tokens.push(Token { kind, text, at });
    }
}

fn symbol(input: &mut Input<'_>) -> Result<(Kind, String), LexError> {
    let mut kind = dispatch! { any;
        '!' => alt(('='.value(Kind::NotEqual), '~'.value(Kind::NotLike), empty.value(Kind::Bang))),
        '>' => alt(('='.value(Kind::GreaterEqual), empty.value(Kind::Greater))),
        '<' => alt(('='.value(Kind::LessEqual), empty.value(Kind::Less))),
        '=' => empty.value(Kind::Equal),
        '~' => empty.value(Kind::Like),
        '&' => opt('&').value(Kind::And),
        '|' => opt('|').value(Kind::Or),
        '(' => empty.value(Kind::LeftParen),
        ')' => empty.value(Kind::RightParen),
        ',' => empty.value(Kind::Comma),
        '[' => empty.value(Kind::LeftBracket),
        ']' => empty.value(Kind::RightBracket),
        _ => fail,
    };
    let (kind, text): (Kind, &str) = kind.by_ref().with_taken().parse_next(input)?;
    Ok((kind, text.to_owned()))
}

fn quoted(input: &mut Input<'_>, source: &str) -> Result<(Kind, String), LexError> {
    let at = input.current_token_start();
    let quote = alt(('"', '\'')).parse_next(input)?;
    let mut text = String::new();
    loop {
        let run: &str = take_while(0.., |c| c != quote && c != '\\' && !is_control(c)).parse_next(input)?;
        text.push_str(run);
        if opt(quote).parse_next(input)?.is_some() {
            return Ok((Kind::Quoted, text));
        }
        if let Some(escaped) = opt(|i: &mut Input<'_>| escape(i, source)).parse_next(input)? {
            text.push(escaped);
            continue;
        }
        return Err(LexError::Report(match input.peek_token() {
            Some(control) => message::illegal_character(source, input.current_token_start(), control),
            None => message::unfinished_string(source, at, &source[at + 1..]),
        }));
    }
}

fn word(input: &mut Input<'_>, source: &str) -> Result<(Kind, String), LexError> {
    let at = input.current_token_start();
    let plain = none_of(|c| is_blank(c) || is_stop(c) || c == '\\');
    let (text, raw): (String, &str) =
        repeat(1.., alt((plain, |i: &mut Input<'_>| escape(i, source)))).with_taken().parse_next(input)?;
    if is_number(raw) {
        return Ok((Kind::Number, text));
    }
    if let Some(kind) = keyword(raw) {
        return Ok((kind, text));
    }
    if is_reserved_word(&text) {
        return Err(LexError::Report(message::reserved_word(source, at, &text)));
    }
    Ok((Kind::Word, text))
}

/// A backslash and what it stands for.
fn escape(input: &mut Input<'_>, source: &str) -> Result<char, LexError> {
    let at = input.current_token_start();
    '\\'.parse_next(input)?;
    let hex = |c: char| c.is_ascii_hexdigit();
    let unicode = preceded('u', take_while(4..=4, hex))
        .verify_map(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
    let named = alt(('t'.value('\t'), 'n'.value('\n'), 'r'.value('\r'), '"', '\'', '\\', ' '));
    if let Some(escaped) = opt(alt((named, unicode))).parse_next(input)? {
        return Ok(escaped);
    }
    let digits = ('u', take_while(0..4, hex), opt(any)).void();
    let wrong: &str = alt((digits, opt(any).void())).take().parse_next(input)?;
    Err(LexError::Report(if wrong.is_empty() {
        message::unfinished_escape(source, at)
    } else {
        message::illegal_escape(source, at, wrong)
    }))
}

/// The message for a character that can begin no token.
fn stray(source: &str, at: usize) -> String {
    let c = source[at..].chars().next().unwrap_or_default();
    if is_reserved_character(c) {
        message::reserved_character(source, at, c)
    } else {
        message::illegal_character(source, at, c)
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_number(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Characters that end a bare word.
pub(super) fn is_stop(c: char) -> bool {
    is_control(c)
        || is_reserved_character(c)
        || matches!(c, '"' | '\'' | '=' | '!' | '<' | '>' | '(' | ')' | '~' | ',' | '[' | ']' | '|' | '&')
}

fn is_reserved_character(c: char) -> bool {
    matches!(c, '{' | '}' | '*' | '/' | '%' | '+' | '^' | '$' | '#' | '@' | '?' | ';')
}

/// Control characters and Unicode's non-characters; a line's end counts as a blank.
fn is_control(c: char) -> bool {
    let code = u32::from(c);
    (c.is_control() && !matches!(c, '\n' | '\r')) || matches!(code, 0xfdd0..=0xfdef | 0xfffe..=0xffff)
}

/// The keyword that a bare word is, if it is not just a word.
pub(super) fn keyword(word: &str) -> Option<Kind> {
    const KEYWORDS: [(&str, Kind); 20] = [
        ("and", Kind::And),
        ("or", Kind::Or),
        ("not", Kind::Not),
        ("in", Kind::In),
        ("is", Kind::Is),
        ("empty", Kind::Empty),
        ("null", Kind::Empty),
        ("was", Kind::Was),
        ("changed", Kind::Changed),
        ("before", Kind::Before),
        ("after", Kind::After),
        ("from", Kind::From),
        ("to", Kind::To),
        ("on", Kind::On),
        ("during", Kind::During),
        ("order", Kind::Order),
        ("by", Kind::By),
        ("asc", Kind::Asc),
        ("desc", Kind::Desc),
        ("cf", Kind::CustomField),
    ];
    KEYWORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind)
}
