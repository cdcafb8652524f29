//! SQL of the user's own: the text between its placeholders.

/// The text between the placeholders: question marks outside of strings, quoted names and comments. What would end the
/// parentheses that the text is put into, or the statement, is a mistake.
pub(crate) fn pieces(text: &str) -> Result<Vec<String>, &'static str> {
    let (mut pieces, mut piece, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('?') {
            if is_name(after) {
                return Err("a placeholder is a `?`, bound in order");
            }
            pieces.push(std::mem::take(&mut piece));
            rest = after;
        } else {
            depth = match letter {
                '(' => depth + 1,
                ')' => depth.checked_sub(1).ok_or("a parenthesis is closed that is not open")?,
                ';' => return Err("SQL in a query cannot contain `;`"),
                '$' | ':' | '@' if is_name(&rest[1..]) && !piece.ends_with(':') => {
                    return Err("a placeholder is a `?`, bound in order");
                }
                _ => depth,
            };
            let length = opaque(rest).unwrap_or(letter.len_utf8());
            let (token, after) = rest.split_at(length);
            piece.push_str(token);
            rest = after;
        }
    }
    pieces.push(piece);
    if depth == 0 { Ok(pieces) } else { Err("a parenthesis is not closed") }
}

/// Whether a `SELECT` ends in an order, and not in a limit.
pub(crate) fn ends_in_order(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let Some((_, order)) = text.rsplit_once("order by") else { return false };
    let is_within = order.matches(')').count() > order.matches('(').count();
    !is_within && !order.contains("limit")
}

/// Whether the text goes on with a name or a number.
fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|letter| letter.is_alphanumeric() || letter == '?')
}

/// The length of the string, quoted name or comment that the text starts with.
fn opaque(text: &str) -> Option<usize> {
    const DELIMITERS: [(&str, &str); 5] = [("'", "'"), ("\"", "\""), ("`", "`"), ("--", "\n"), ("/*", "*/")];
    let (start, end) = DELIMITERS.into_iter().find(|(start, _)| text.starts_with(start))?;
    let inside = &text[start.len()..];
    Some(inside.find(end).map_or(text.len(), |position| start.len() + position + end.len()))
}

#[cfg(test)]
mod tests {
    use super::{ends_in_order, pieces};

    #[test]
    fn placeholders_are_found_outside_of_strings_names_and_comments() {
        let expect = |text: &str, expected: &[&str]| assert_eq!(pieces(text).unwrap_or_default(), expected, "{text}");
        expect("a = ? AND b = ?", &["a = ", " AND b = ", ""]);
        expect("'?' = \"?\" -- ?)\n /* ?; */ `?` a::text", &["'?' = \"?\" -- ?)\n /* ?; */ `?` a::text"]);
        expect("'it''s ?;' || (?)", &["'it''s ?;' || (", ")"]);
        expect("", &[""]);
    }

    #[test]
    fn an_order_at_the_end_is_found() {
        for text in ["SELECT * FROM a ORDER BY b", "WITH c AS (SELECT 1 LIMIT 1) SELECT 2 Order By length(d), e"] {
            assert!(ends_in_order(text), "{text}");
        }
        for text in ["SELECT 1", "SELECT 1 ORDER BY a LIMIT 2", "SELECT * FROM (SELECT 1 ORDER BY length(a))"] {
            assert!(!ends_in_order(text), "{text}");
        }
    }

    #[test]
    fn placeholders_have_no_names_and_no_numbers() {
        for text in ["a = ?1", "a = $1", "a = :name", "a = @name", "a ?? b"] {
            assert!(pieces(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_text_stays_within_its_parentheses() {
        for text in ["1 = 1); DELETE FROM posts", "a;", "(a", "a)", "f((a)", "')' )"] {
            assert!(pieces(text).is_err(), "{text}");
        }
    }
}
