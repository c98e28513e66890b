//! Comparing what people write: headings, names, words with `*`.

/// A text for comparison: its letters and digits in lower case, words parted by one space.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text without what stands in brackets.
pub(crate) fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands in the last round brackets of a text.
pub(crate) fn in_brackets(text: &str) -> Option<&str> {
    let (_, rest) = text.rsplit_once('(')?;
    rest.split_once(')').map(|(inside, _)| inside.trim()).filter(|inside| !inside.is_empty())
}

/// The names that `A|B|C` lists.
pub(crate) fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a text fits a pattern in which `*` stands for anything; case and surrounding space do not matter.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    if !pattern.contains('*') {
        let folded = |text: &'_ str| text.trim().chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
        // Most texts differ in their first letter: no need to fold them all.
        let first = |text: &str| text.trim().chars().next().and_then(|c| c.to_lowercase().next());
        return first(pattern) == first(text) && folded(pattern) == folded(text);
    }
    let (pattern, text) = (pattern.trim().to_lowercase(), text.trim().to_lowercase());
    let mut pieces = pattern.split('*');
    let Some(first) = pieces.next() else { return false };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether a text fits one of several patterns.
pub(crate) fn fits_one<'a>(patterns: impl IntoIterator<Item = &'a String>, text: &str) -> bool {
    patterns.into_iter().any(|pattern| fits(pattern, text))
}

/// A text as part of a tag or name: small letters, digits and hyphens.
pub(crate) fn slug(text: &str) -> String {
    plain(text).replace(' ', "-")
}

/// A text as one line, with single spaces.
pub(crate) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text.
pub(crate) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("Yes", "yes ", true),
            ("No*", "No (NDA only)", true),
            ("*audit*", "Internal audit 2026", true),
            ("*audit", "Internal audit 2026", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("*", "", true),
            ("", "x", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} and {text}");
        }
    }

    #[test]
    fn texts_are_compared_by_their_letters_and_digits() {
        assert_eq!(plain("  Impact  Legal/Regulatory "), "impact legal regulatory");
        assert_eq!(plain("Finding / Nonconformity"), "finding nonconformity");
        assert_eq!(without_brackets("Customer database (prod)"), "Customer database");
        assert_eq!(in_brackets("Budget (EUR)"), Some("EUR"));
        assert_eq!(slug("A & B"), "a-b");
    }
}
