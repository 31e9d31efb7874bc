//! Messages about the grammar, word for word as Jira's.

use super::super::Query;

const OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";

fn error(source: &str) -> String {
    match Query::parse(source) {
        Err(errors) => errors.join("; "),
        Ok(query) => panic!("{source} parses as {query:?}"),
    }
}

#[test]
fn sound_queries() {
    for source in [
        "",
        "  ",
        "project = DEMO",
        "PROJECT=demo AND(status!=Done)",
        "a = b and c = d or not e = f && !g = h || i = j & k = l | m = n",
        "key in (DEMO-1, 'DEMO-2', \"DEMO-3\", 10042)",
        "created >= -7d AND due<2w",
        r#"summary ~ "say \"hi\" \u0041\t\\ 'x'" or summary ~ 'it\'s'"#,
        r"summary ~ bare\ word\u0020more",
        "cf[10016] > 3.5 order by cf[10016] desc, \"Story Points[Number]\" ASC, rank",
        "assignee is not empty and labels IS NULL",
        "status was not in (Done, \"To Do\") by currentUser() during (\"2026-01-01\", now())",
        "status changed",
        "status changed from \"To Do\" to (Done) after startOfMonth(-1M) before 2026-01-01 on -1d",
        "order by created",
        "issue.property[sync].id = 4",
        "not not (not (a = b))",
        "a\n=\r\n\tb",
        "wörk = ✓",
    ] {
        assert!(Query::parse(source).is_ok(), "{source}: {:?}", Query::parse(source));
    }
}

#[test]
fn precedence() {
    let same = [
        ("a = b or c = d and e = f", "a = b or (c = d and e = f)"),
        ("not a = b and c = d", "(not a = b) and c = d"),
        ("a = b and c = d or e = f", "(a = b and c = d) or e = f"),
    ];
    for (plain, explicit) in same {
        assert_eq!(Query::parse(plain), Query::parse(explicit));
    }
    assert_ne!(Query::parse("(a = b or c = d) and e = f"), Query::parse("a = b or c = d and e = f"));
}

#[test]
fn grammar_errors() {
    let escapes = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;
    let cases = [
        ("comment ~ 'test", "The quoted string 'test' has not been completed. (line 1, character 11)".to_owned()),
        ("comment ~ 'test\n", "The quoted string 'test ' has not been completed. (line 1, character 11)".into()),
        ("comment ~ '", "The quoted string has not been completed. (line 1, character 11)".into()),
        (r"comme\unt ~ 'test", format!(r"'\un' is an illegal JQL escape sequence. {escapes} (line 1, character 6)")),
        ("status =\n\n \\c", format!(r"'\c' is an illegal JQL escape sequence. {escapes} (line 3, character 2)")),
        ("status =\n\\", format!("The escape sequence has not been completed. {escapes} (line 2, character 1)")),
        ("status = '\\u'", format!(r"'\u'' is an illegal JQL escape sequence. {escapes} (line 1, character 11)")),
        (r"creator \!= x", format!(r"'\!' is an illegal JQL escape sequence. {escapes} (line 1, character 9)")),
        ("mine{www = q", r"The character '{' is a reserved JQL character. You must enclose it in a string or use the escape '\u007b' instead. (line 1, character 5)".into()),
        ("reporter=a/user", r"The character '/' is a reserved JQL character. You must enclose it in a string or use the escape '\u002f' instead. (line 1, character 11)".into()),
        ("assignee = ada@example.com", r"The character '@' is a reserved JQL character. You must enclose it in a string or use the escape '\u0040' instead. (line 1, character 15)".into()),
        ("www =\u{7f}q", r"The character 'U+007F' on line 1 at position 6 must be escaped. Use the escape '\u007f' instead. (line 1, character 6)".into()),
        ("www = \"a\tb\"", r"The character 'TAB' on line 1 at position 9 must be escaped. Use the escape '\u0009' instead. (line 1, character 9)".into()),
        ("a=-3482094382084092840932809482", "'-3482094382084092840932809482' is not a valid number. Numbers must be between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,807. (line 1, character 3)".into()),
        ("a =b order", "Expecting 'by' before the end of the query.".into()),
        ("a =b order summary", "Expecting 'by' but got 'summary'. (line 1, character 12)".into()),
        ("a =b order by", "Expecting a field name at the end of the query.".into()),
        ("a =b order by asc", "Expecting a field name but got 'asc'. You must surround 'asc' in quotation marks to use it as a field name. (line 1, character 15)".into()),
        ("a =b order by ajsks blah", "Expecting either 'ASC' or 'DESC' but got 'blah'. (line 1, character 21)".into()),
        ("order by a desc d", "Expecting ',' but got 'd'. (line 1, character 17)".into()),
        ("'' = c", "A field name cannot be empty. (line 1, character 1)".into()),
        ("a = ''()", "A function name cannot be empty. (line 1, character 5)".into()),
        ("a", format!("Expecting operator before the end of the query. {OPERATORS}")),
        ("invalid query", format!("Expecting operator but got 'query'. {OPERATORS} (line 1, character 9)")),
        ("Story Points > 3", format!("Expecting operator but got 'Points'. {OPERATORS} (line 1, character 7)")),
        ("a =a and j not is empty", "Expecting 'IN' but got 'is'. (line 1, character 16)".into()),
        ("a =a and j is ! empty", "Expecting 'NOT' but got '!'. (line 1, character 15)".into()),
        ("cf", "Expecting '[' before the end of the query.".into()),
        ("cf[] = 1", "Expecting a custom field id (a positive number) but got ']'. (line 1, character 4)".into()),
        ("cf[-29829] = 1", "Expecting a custom field id (a positive number) but got '-29829'. (line 1, character 4)".into()),
        ("cf[29829 = world", "Expecting ']' but got '='. (line 1, character 10)".into()),
        ("a = func(", "Expecting ')' before the end of the query.".into()),
        ("a = func(, and not (a = x)", "Expecting ')' but got ','. (line 1, character 10)".into()),
        ("b=func(bad", "Expecting ')' before the end of the query.".into()),
        ("bas=func(bad,)", "Function argument must be specified. (line 1, character 14)".into()),
        ("bas=func(bad,", "Expecting a function argument at the end of the query.".into()),
        ("k = func(!", "Expecting a function argument but got '!'. You must surround '!' in quotation marks to use it as an argument. (line 1, character 10)".into()),
        ("k = func(abc, jk!)", "Expecting ')' or ',' but got '!'. (line 1, character 17)".into()),
        ("(a=b and c = d", "Expecting ')' before the end of the query.".into()),
        ("b in ((12, (288)", "Expecting ')' before the end of the query.".into()),
        ("abc IN ((foo) abc = a", "Expecting ')' but got 'abc'. (line 1, character 15)".into()),
        ("a=b c=d", "Expecting either 'OR' or 'AND' but got 'c'. (line 1, character 5)".into()),
        ("a=b !c=d", "Expecting either 'OR' or 'AND' but got '!'. (line 1, character 5)".into()),
        ("a = ((c,d), d) and", "Expecting a field name at the end of the query.".into()),
        ("a = b limit", "'limit' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 7)".into()),
        (", a = b", "Expecting a field name but got ','. You must surround ',' in quotation marks to use it as a field name. (line 1, character 1)".into()),
        ("a = b and [78] = q", "Expecting a field name but got '['. Did you mean 'cf['? (line 1, character 11)".into()),
        ("a not was Open", "Expecting 'IN' but got 'was'. (line 1, character 7)".into()),
        ("status = Open by ada", "The EQUALS operator does not support the use of the by \"ada\" predicate.".into()),
        ("fixVersion changed 4 by ada", "The CHANGED operator does not support the use of values without predicates. You must prefix the 4 value with a suitable predicate.".into()),
    ];
    for (source, expected) in cases {
        assert_eq!(error(source), format!("Error in the JQL Query: {expected}"), "{source}");
    }
    let operands = [
        ("a=", "before the end of the query."),
        ("a was", "before the end of the query."),
        ("a=(a,", "before the end of the query."),
        (
            "a=!",
            "but got '!'. You must surround '!' in quotation marks to use it as a value. (line 1, character 3)",
        ),
        (
            "project = OR AND a = b",
            "but got 'OR'. You must surround 'OR' in quotation marks to use it as a value. (line 1, character 11)",
        ),
        (
            "status in ()",
            "but got ')'. You must surround ')' in quotation marks to use it as a value. (line 1, character 12)",
        ),
    ];
    for (source, expected) in operands {
        let expected = format!("Error in JQL Query: Expecting either a value, list or function {expected}");
        assert_eq!(error(source), expected, "{source}");
    }
}

#[test]
fn reserved_words_are_quoted_or_refused() {
    for word in ["field", "select", "FOR", "do", "next", "user"] {
        let expected = format!(
            "Error in the JQL Query: '{word}' is a reserved JQL word. You must surround it in quotation marks to use it \
             in a query. (line 1, character 11)"
        );
        assert_eq!(error(&format!("summary ~ {word}")), expected);
        assert!(Query::parse(&format!("summary ~ '{word}'")).is_ok());
    }
}

#[test]
fn nesting_is_bounded() {
    for deep in [
        format!("{}a = b{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}a = b", "not ".repeat(100_000)),
        format!("a in {}b", "(".repeat(100_000)),
    ] {
        assert!(error(&deep).contains("nested too deeply"), "{}", error(&deep));
    }
    let fine = format!("{}a = b{}", "(".repeat(150), ")".repeat(150));
    assert!(Query::parse(&fine).is_ok());
    let wide = vec!["a = b"; 20_000].join(" or ");
    assert!(Query::parse(&wide).is_ok());
}
