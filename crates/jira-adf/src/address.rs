//! Bare addresses in text: what Markdown writers mean as a link without saying so, and Jira as a smart link.

/// Finds a bare address at the start of `text`, which must start with its scheme; gives its length.
pub(super) fn at_start(text: &str) -> Option<usize> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    if !host.starts_with(|first: char| first.is_alphanumeric() || first == '[') {
        return None;
    }
    let end = text
        .find(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\')
        })
        .unwrap_or(text.len());
    let trimmed = trim_tail(&text[..end]);
    (trimmed.len() > text.len() - host.len()).then_some(trimmed.len())
}

/// Punctuation that ends a sentence, and a parenthesis that was opened before, do not belong to the address.
fn trim_tail(mut address: &str) -> &str {
    let count = |wanted: u8| address.bytes().filter(|byte| *byte == wanted).count();
    let (mut extra_round, mut extra_square) =
        (count(b')').saturating_sub(count(b'(')), count(b']').saturating_sub(count(b'[')));
    while let Some(last) = address.chars().next_back() {
        let extra = match last {
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' => &mut 1,
            ')' => &mut extra_round,
            ']' => &mut extra_square,
            _ => break,
        };
        if *extra == 0 {
            break;
        }
        *extra -= 1;
        address = &address[..address.len() - 1];
    }
    address
}

/// True where an address can stand bare: it is found whole, and Markdown reads nothing else in it.
pub(super) fn is_bare(address: &str) -> bool {
    at_start(address) == Some(address.len())
        && !address.contains(['*', '~', '[', ']', '(', ')'])
        && address.match_indices('_').all(|(at, _)| {
            let around = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            around(address[..at].chars().next_back()) && around(address[at + 1..].chars().next())
        })
        && !has_entity(address)
}

fn has_entity(address: &str) -> bool {
    address.match_indices('&').any(|(at, _)| {
        let name = &address[at + 1..];
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        end.is_some_and(|end| name[end..].starts_with(';'))
    })
}
