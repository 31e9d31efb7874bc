//! Searching text by words, as `~` does: light stemming, phrases, wildcards, AND by default.

use std::collections::HashSet;

/// Words that carry no meaning of their own; neither texts nor queries have them.
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no",
    "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to",
    "was", "will", "with",
];

/// The reason why a search text cannot be searched for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SearchTextError {
    /// Nothing in it.
    Empty,
    /// It starts with a wildcard.
    Start(char),
    /// Its operators lead nowhere.
    Syntax,
}

/// A search text, ready to be matched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Search {
    /// Any of these alternatives.
    any: Vec<Vec<Term>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Term {
    excluded: bool,
    kind: TermKind,
}

#[derive(Debug, PartialEq, Eq)]
enum TermKind {
    /// Words in a row; one word is a short phrase.
    Phrase(Vec<String>),
    /// A word with `*` and `?`, not stemmed.
    Pattern(Vec<char>),
}

impl Search {
    /// Reads a search text.
    pub(super) fn parse(text: &str) -> Result<Self, SearchTextError> {
        let text = text.trim();
        match text.chars().next() {
            None => return Err(SearchTextError::Empty),
            Some(c @ ('*' | '?')) => return Err(SearchTextError::Start(c)),
            Some(_) => {}
        }
        let mut any = vec![Vec::new()];
        let mut pending = false;
        let mut negate = false;
        for (index, piece) in pieces(text)?.into_iter().enumerate() {
            match piece {
                Piece::And | Piece::Or if index == 0 || pending => return Err(SearchTextError::Syntax),
                Piece::And => pending = true,
                Piece::Or => {
                    any.push(Vec::new());
                    pending = true;
                }
                Piece::Not => {
                    negate = true;
                    pending = true;
                }
                Piece::Term(mut term) => {
                    term.excluded |= std::mem::take(&mut negate);
                    pending = false;
                    any.last_mut().into_iter().for_each(|all| all.push(term.take()));
                }
            }
        }
        if pending { Err(SearchTextError::Syntax) } else { Ok(Self { any }) }
    }

    /// True where a text has what the search asks for.
    pub(super) fn matches(&self, text: &str) -> bool {
        let words = Words::of(text);
        self.any.iter().any(|all| {
            // Words that mean nothing are left out of texts and cannot be asked for.
            let mut asked = all.iter().filter(|term| !term.is_blank()).peekable();
            asked.peek().is_some() && asked.all(|term| words.has(&term.kind) != term.excluded)
        })
    }
}

impl Term {
    fn take(&mut self) -> Self {
        Self {
            excluded: self.excluded,
            kind: std::mem::replace(&mut self.kind, TermKind::Phrase(Vec::new())),
        }
    }

    fn is_blank(&self) -> bool {
        matches!(&self.kind, TermKind::Phrase(words) if words.is_empty())
    }
}

enum Piece {
    And,
    Or,
    Not,
    Term(Term),
}

fn pieces(text: &str) -> Result<Vec<Piece>, SearchTextError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut excluded = false;
        if let Some(after) = rest.strip_prefix(['+', '-', '!']) {
            excluded = !rest.starts_with('+');
            rest = after;
            if rest.is_empty() || rest.starts_with(char::is_whitespace) {
                return Err(SearchTextError::Syntax);
            }
        }
        if let Some(inside) = rest.strip_prefix('"') {
            let end = inside.find('"').ok_or(SearchTextError::Syntax)?;
            pieces.push(Piece::Term(Term { excluded, kind: TermKind::Phrase(words(&inside[..end])) }));
            rest = inside[end + 1..].trim_start_matches(|c: char| !c.is_whitespace());
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let word = &rest[..end];
            rest = &rest[end..];
            pieces.push(match word {
                "AND" | "&&" => Piece::And,
                "OR" | "||" => Piece::Or,
                "NOT" => Piece::Not,
                _ => Piece::Term(Term { excluded, kind: term(word)? }),
            });
        }
        rest = rest.trim_start();
    }
    Ok(pieces)
}

fn term(word: &str) -> Result<TermKind, SearchTextError> {
    let word = word.trim_matches(['(', ')']);
    // `~` or `^` and a number once made a word fuzzy or heavy; nobody looks at them now.
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let word = bare.strip_suffix(['~', '^']).unwrap_or(word);
    match word.chars().next() {
        Some('*' | '?') => Err(SearchTextError::Syntax),
        _ if word.contains(['*', '?']) => Ok(TermKind::Pattern(word.to_lowercase().chars().collect())),
        _ => Ok(TermKind::Phrase(words(word))),
    }
}

struct Words {
    stems: Vec<String>,
    set: HashSet<String>,
    plain: HashSet<String>,
}

impl Words {
    fn of(text: &str) -> Self {
        let stems = words(text);
        Self { set: stems.iter().cloned().collect(), stems, plain: raw_words(text).collect() }
    }

    fn has(&self, kind: &TermKind) -> bool {
        match kind {
            TermKind::Phrase(words) => match words.as_slice() {
                [] => true,
                [word] => self.set.contains(word),
                words => self.stems.windows(words.len()).any(|window| window == words),
            },
            TermKind::Pattern(pattern) => self.plain.iter().any(|word| like(pattern, word)),
        }
    }
}

/// Words in small letters. Scripts without spaces between words are taken letter by letter.
fn raw_words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_word(c));
        let first = rest.chars().next()?;
        let end = if is_ideograph(first) {
            first.len_utf8()
        } else {
            rest.find(|c| !is_word(c) || is_ideograph(c)).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word.trim_matches(['\'', '’']).to_lowercase())
    })
    .filter(|word| !word.is_empty())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '_')
}

/// Chinese characters and Japanese syllables.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}')
}

fn words(text: &str) -> Vec<String> {
    raw_words(text).filter(|word| !STOP_WORDS.contains(&word.as_str())).map(|word| stem(&word)).collect()
}

/// Takes the endings off an English word that do not change its meaning much.
fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    if !word.is_ascii() || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let singular = match word {
        _ if word.len() > 4 && word.ends_with("ies") => format!("{}y", &word[..word.len() - 3]),
        _ if word.len() > 4
            && ["sses", "xes", "ches", "shes", "zes"].iter().any(|end| word.ends_with(end)) =>
        {
            word[..word.len() - 2].to_owned()
        }
        _ if word.len() > 3
            && word.ends_with('s')
            && !word.ends_with("ss")
            && !word.ends_with("us")
            && !word.ends_with("is") =>
        {
            word[..word.len() - 1].to_owned()
        }
        _ => word.to_owned(),
    };
    for (ending, shortest) in [("ing", 6), ("ed", 5)] {
        let Some(base) = singular.strip_suffix(ending) else { continue };
        if singular.len() < shortest || !base.contains(['a', 'e', 'i', 'o', 'u', 'y']) {
            continue;
        }
        return without_doubled_end(base);
    }
    singular.strip_suffix('e').filter(|base| base.len() > 2).unwrap_or(&singular).to_owned()
}

/// `stopp` to `stop`, but `fall` stays.
fn without_doubled_end(base: &str) -> String {
    let bytes = base.as_bytes();
    match bytes {
        [.., a, b] if a == b && !b"lsz".contains(b) && bytes.len() > 3 => base[..base.len() - 1].to_owned(),
        _ => base.strip_suffix('e').unwrap_or(base).to_owned(),
    }
}

/// True where a word fits a pattern of `*` and `?`, in time that grows with the product of both at worst.
fn like(pattern: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let (mut p, mut w) = (0, 0);
    let mut star = None;
    while w < word.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, w));
                p += 1;
            }
            Some(&c) if c == '?' || c == word[w] => {
                p += 1;
                w += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    w = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_phrases_and_wildcards() {
        let text = "Payments failed: the card's token expired while saving files (LCLS-II, v2.10)";
        let found = [
            "payment",
            "PAYMENTS",
            "fail",
            "failing",
            "card",
            "save file",
            "files AND saved",
            "nothing OR token",
            "pay*",
            "t?ken",
            "\"token expired\"",
            "lcls-ii",
            "token -paypal",
            "+token +card",
            "the token",
            "\"saving files\"",
            "v2.10",
            "-paypal",
            "token~0.8",
        ];
        for search in found {
            assert!(Search::parse(search).unwrap().matches(text), "{search}");
        }
        for search in
            ["pay", "\"expired token\"", "token -card", "token AND paypal", "ii-lcls", "NOT token", "the"]
        {
            assert!(!Search::parse(search).unwrap().matches(text), "{search}");
        }
    }

    #[test]
    fn scripts_without_spaces() {
        let text = "佐藤さんが決済を確認した (snake_case)";
        for search in ["決済", "佐藤", "snake_case", "SNAKE_*"] {
            assert!(Search::parse(search).unwrap().matches(text), "{search}");
        }
        assert!(!Search::parse("済決").unwrap().matches(text));
    }

    #[test]
    fn what_cannot_be_searched() {
        for (text, fault) in [
            ("", SearchTextError::Empty),
            ("  ", SearchTextError::Empty),
            ("*start", SearchTextError::Start('*')),
            ("?", SearchTextError::Start('?')),
            ("BAD +", SearchTextError::Syntax),
            ("AND", SearchTextError::Syntax),
            ("a OR", SearchTextError::Syntax),
            ("\"open", SearchTextError::Syntax),
        ] {
            assert_eq!(Search::parse(text), Err(fault), "{text}");
        }
    }
}
