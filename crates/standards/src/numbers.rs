//! Reads control numbers as people write them: `A 5.17`, `A5.17`, `Annex A 5.17`, `5.17`, and lists of them in a sentence.
//!
//! The edition is told by the shape: two parts are a number of 2022 (`A.9.2` is none), three parts one of 2013 (`A.9.2.1`);
//! neither is ever taken for the other. A number without its letter may as well be a clause, a version or a percentage, so
//! in running text only numbers with the letter count.

use crate::annex::{AnnexControl, by_number};
use crate::edition_2013::{Control2013, map_2013};

/// Reads a text that is nothing but the number of one control of 2022, in any of the usual ways of writing it.
///
/// `A.5.17`, `a 5.17`, `A5.17`, `A-5.17`, `5.17`, `A.5.01`, `Annex A 5.17` and `Annex A control 5.17` are understood. A
/// number of the 2013 edition, a range and a number that Annex A does not have are not.
pub fn parse_annex_id(text: &str) -> Option<&'static AnnexControl> {
    only_number(text)?.control()
}

/// Reads a text that is nothing but the number of one control of 2013, such as `A.9.2.1`, `A 9.2.1` or `9.2.1`.
pub fn parse_annex_2013_id(text: &str) -> Option<&'static Control2013> {
    only_number(text)?.control_2013()
}

/// Finds the controls of 2022 that a text names, in the order of the text, each once.
///
/// Numbers count that carry the letter (`A 5.17 A 8.5`). Where the whole text is a list of numbers and nothing else, they
/// count without it too (`5.1; 5.2` and `A.5.1, 5.2`), but not before the first letter: in `6.2 + A.5.25` the first is a
/// clause. Two numbers of one theme joined by a dash, `to` or `through` stand for all from the one to the other.
pub fn find_annex_ids(text: &str) -> Vec<&'static AnnexControl> {
    let numbers = numbers_in(text);
    let lettered = numbers.iter().any(|it| it.lettered);
    let list = is_list(text, &numbers);
    let mut found: Vec<&'static AnnexControl> = Vec::new();
    let mut letter_seen = false;
    let mut previous: Option<(usize, &'static AnnexControl)> = None;
    for number in &numbers {
        letter_seen |= number.lettered;
        // In `A 5.15 to 5.18` the joining word makes the second a number of Annex A, whatever stands around the two.
        let joined = previous.filter(|(end, _)| joins_range(&text[*end..number.start]));
        let counts = number.lettered || joined.is_some() || (list && (letter_seen || !lettered));
        let Some(control) = number.control().filter(|_| counts) else {
            previous = None;
            continue;
        };
        let from = match joined {
            Some((_, first)) if first.theme == control.theme && first.number < control.number => first.number + 1,
            _ => control.number,
        };
        for each in (from..=control.number).filter_map(|place| by_number(control.theme.section(), place)) {
            if !found.iter().any(|it| it.id == each.id) {
                found.push(each);
            }
        }
        previous = Some((number.end, control));
    }
    found
}

/// Finds the controls of the 2013 edition that a text names with their letter, in the order of the text, each once.
pub fn find_annex_2013_ids(text: &str) -> Vec<&'static Control2013> {
    let mut found: Vec<&'static Control2013> = Vec::new();
    for control in numbers_in(text).iter().filter(|it| it.lettered).filter_map(Number::control_2013) {
        if !found.iter().any(|it| it.id == control.id) {
            found.push(control);
        }
    }
    found
}

/// A number of two or three parts somewhere in a text.
struct Number {
    start: usize,
    end: usize,
    lettered: bool,
    parts: Vec<u8>,
}

impl Number {
    fn control(&self) -> Option<&'static AnnexControl> {
        match self.parts[..] {
            [section, number] => by_number(section, number),
            _ => None,
        }
    }

    fn control_2013(&self) -> Option<&'static Control2013> {
        match self.parts[..] {
            [section, group, number] => map_2013(&format!("A.{section}.{group}.{number}")),
            _ => None,
        }
    }
}

fn only_number(text: &str) -> Option<Number> {
    // Upper case, because in a text that is only a number `a 5.17` cannot be the article.
    let text = text.trim().to_ascii_uppercase();
    let mut numbers = numbers_in(&text);
    let number = numbers.pop().filter(|_| numbers.is_empty())?;
    let known = ["", "A", "ANNEX", "ANNEX A", "CONTROL", "ANNEX A CONTROL"];
    let before = text[..number.start].trim_end();
    (number.end == text.len() && known.contains(&before)).then_some(number)
}

/// Finds everything in a text that has the shape of a control number.
fn numbers_in(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut at = 0;
    let mut previous = ' ';
    while let Some(next) = text[at..].chars().next() {
        let width = next.len_utf8();
        let begins_word = !previous.is_alphanumeric();
        // The article in "a 5.1 release" is no letter of the Annex: a small one counts only where no space follows it.
        let letter = match next {
            'A' => begins_word,
            'a' => begins_word && !text[at + width..].starts_with(char::is_whitespace),
            _ => false,
        };
        if letter {
            let digits = skip_joint(text, at + width);
            if let Some((end, parts)) = parts_at(text, digits) {
                numbers.push(Number { start: at, end, lettered: true, parts });
                previous = '0';
                at = end;
                continue;
            }
        }
        if next.is_ascii_digit() {
            let end = end_of_figure(text, at);
            if begins_word
                && previous != '.'
                && let Some((_, parts)) = parts_at(text, at)
            {
                numbers.push(Number { start: at, end, lettered: false, parts });
            }
            previous = '0';
            at = end;
            continue;
        }
        previous = next;
        at += width;
    }
    numbers
}

/// Past what may stand between the letter and the number: a point, a dash, one or two spaces.
fn skip_joint(text: &str, from: usize) -> usize {
    let joint = |c: char| c.is_whitespace() || matches!(c, '.' | '-');
    from + text[from..].chars().take(2).take_while(|c| joint(*c)).map(char::len_utf8).sum::<usize>()
}

/// Past a run of digits and of points between digits.
fn end_of_figure(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = from;
    while digit(at) || (at > from && bytes.get(at) == Some(&b'.') && digit(at + 1)) {
        at += 1;
    }
    at
}

/// The parts of a number of two or three parts that begins here and ends before anything that would make it another thing.
fn parts_at(text: &str, from: usize) -> Option<(usize, Vec<u8>)> {
    let end = end_of_figure(text, from);
    let goes_on = text[end..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '%' | '_'));
    let parts = text[from..end]
        .split('.')
        .map(|part| part.parse().ok().filter(|_| part.len() <= 2))
        .collect::<Option<Vec<u8>>>()
        .filter(|parts| !goes_on && matches!(parts.len(), 2 | 3))?;
    Some((end, parts))
}

/// Whether the text holds nothing but numbers and what separates or introduces them.
fn is_list(text: &str, numbers: &[Number]) -> bool {
    let mut rest = 0;
    let mut between = Vec::new();
    for number in numbers {
        between.push(&text[rest..number.start]);
        rest = number.end;
    }
    between.push(&text[rest..]);
    between.into_iter().all(|piece| {
        piece.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || ",;/+&|-\u{2013}\u{2014}()[].:".contains(c))
            && piece.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).all(|word| {
                ["and", "or", "to", "through", "annex", "a", "control", "controls"]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known))
            })
    })
}

fn joins_range(between: &str) -> bool {
    matches!(between.trim(), "-" | "\u{2013}" | "\u{2014}" | "to" | "through")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::annex::annex_controls;
    use crate::edition_2013::controls_2013;

    fn found(text: &str) -> String {
        find_annex_ids(text).iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn found_2013(text: &str) -> String {
        find_annex_2013_ids(text).iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_control_is_read_in_every_usual_writing() {
        for control in annex_controls() {
            let number = &control.id[2..];
            for prefix in
                ["A.", "A ", "A", "a.", "a ", "a", "A-", "A. ", "", "Annex A ", "Annex A.", "annex ", "Control A."]
            {
                let text = format!("  {prefix}{number}\n");
                assert_eq!(parse_annex_id(&text).map(|it| &it.id), Some(&control.id), "{text:?}");
            }
        }
        assert_eq!(parse_annex_id("A.5.01").map(|it| it.id.as_str()), Some("A.5.1"));
        assert_eq!(parse_annex_id("A\u{a0}5.17").map(|it| it.id.as_str()), Some("A.5.17"));
    }

    #[test]
    fn what_is_not_one_number_is_not_read() {
        for text in [
            "",
            " ",
            "A",
            "A.5",
            "5",
            "A.5.",
            "A.5.38",
            "A.9.2",
            "A.4.1",
            "A.5.0",
            "A.5.117",
            "A.256.1",
            "5.17%",
            "v5.17",
            "A.5.17a",
            "A.5.1.",
            "A.5.1 A.5.2",
            "A.5.1-5.3",
            "B.5.1",
            "SLA 5.1",
            "A.5.17 Authentication",
            "5,17",
            "A..5",
            "A.-.5.1",
        ] {
            assert!(parse_annex_id(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_editions_are_never_mistaken_for_each_other() {
        for old in controls_2013() {
            for text in
                [old.id.clone(), old.id[2..].to_owned(), old.id.replacen('.', " ", 1), format!("Annex {}", old.id)]
            {
                assert!(parse_annex_id(&text).is_none(), "{text}");
                assert_eq!(parse_annex_2013_id(&text).map(|it| &it.id), Some(&old.id), "{text}");
                assert_eq!(found(&text), "", "{text}");
            }
        }
        for control in annex_controls() {
            assert!(parse_annex_2013_id(&control.id).is_none());
            assert_eq!(found_2013(&control.id), "");
        }
        assert_eq!(found("A.9.2.1, A.5.1, A.9.2.1"), "A.5.1");
        assert_eq!(found_2013("A.9.2.1, A.5.1 (was A 5.1.1), A.9.2.1, A.9.2.99"), "A.9.2.1 A.5.1.1");
        assert_eq!(found_2013("clause 6.1.2 and clause 9.2.1"), "");
    }

    #[test]
    fn lists_are_read_in_their_order_without_repetition() {
        for (text, controls) in [
            ("A 5.17 A 8.5", "A.5.17 A.8.5"),
            ("A.5.1; A.5.2", "A.5.1 A.5.2"),
            ("A.8.5,A.5.17,A.8.5", "A.8.5 A.5.17"),
            ("5.1; 5.2", "A.5.1 A.5.2"),
            ("5.17", "A.5.17"),
            ("A.5.1, 5.2 and 5.3", "A.5.1 A.5.2 A.5.3"),
            ("Annex A controls: 5.1/5.2", "A.5.1 A.5.2"),
            ("A.5.1\nA.5.2\n", "A.5.1 A.5.2"),
            ("see A.5.17.", "A.5.17"),
            ("(A.5.17)", "A.5.17"),
            ("ISO 27001:2022 A 8.10, A 8.11, A 8.12 and A 5.34", "A.8.10 A.8.11 A.8.12 A.5.34"),
            ("ISO/IEC 27002:2022 A 8.1 (User Endpoint Devices)", "A.8.1"),
            ("", ""),
        ] {
            assert_eq!(found(text), controls, "{text:?}");
        }
    }

    #[test]
    fn in_running_text_only_numbers_with_their_letter_count() {
        for (text, controls) in [
            ("ISO 6.2 + A.5.25", "A.5.25"),
            ("6.2 + A.5.25", "A.5.25"),
            ("A.5.27 + ISO 27001 9.1", "A.5.27"),
            ("version 5.1 of the policy", ""),
            ("needs a 5.1 release", ""),
            ("8.5% of laptops", ""),
            ("A.8.15 + \u{a7} 100 TKG (where applicable, 5.2)", "A.8.15"),
            ("SLA 5.1, GAA5.2", ""),
            ("2026.5.1 and 5.1.2026", ""),
            ("A.5.99 A.9.1", ""),
        ] {
            assert_eq!(found(text), controls, "{text:?}");
        }
    }

    #[test]
    fn a_range_within_a_theme_stands_for_all_in_it() {
        for (text, controls) in [
            ("A 5.15 through A 5.18 (Access Control)", "A.5.15 A.5.16 A.5.17 A.5.18"),
            ("covers A.8.2 to 8.4 this year", "A.8.2 A.8.3 A.8.4"),
            ("A.7.1-A.7.3", "A.7.1 A.7.2 A.7.3"),
            ("6.1 \u{2013} 6.3", "A.6.1 A.6.2 A.6.3"),
            ("A.5.36 - A.6.1", "A.5.36 A.6.1"),
            ("A.5.3 - A.5.1", "A.5.3 A.5.1"),
            ("A.5.1 A.5.3", "A.5.1 A.5.3"),
            ("A.9.1-A.5.2", "A.5.2"),
        ] {
            assert_eq!(found(text), controls, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_on_any_text(text in any::<String>()) {
            let _ = (parse_annex_id(&text), parse_annex_2013_id(&text));
            let _ = (find_annex_ids(&text), find_annex_2013_ids(&text));
        }

        #[test]
        fn reading_never_panics_on_texts_that_look_like_numbers(text in "[Aa5-9.\\-\u{a0}\u{2013} ,;é%to0]{0,40}") {
            let controls = find_annex_ids(&text);
            let mut ids = controls.iter().map(|it| &it.id).collect::<Vec<_>>();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), controls.len());
            if let Some(control) = parse_annex_id(&text) {
                prop_assert!(controls.iter().any(|it| it.id == control.id) || text.trim_start().starts_with('a'));
            }
            let _ = (parse_annex_2013_id(&text), find_annex_2013_ids(&text));
        }

        #[test]
        fn a_list_of_any_controls_in_any_writing_is_read_whole(
            picks in prop::collection::vec((0usize..93, 0usize..4), 1..12),
            separator in prop::sample::select(vec![" ", ", ", ";", "\n", " / ", " and ", " + "]),
        ) {
            let prefixes = ["A.", "A ", "A", "Annex A "];
            let text = picks
                .iter()
                .map(|(at, style)| format!("{}{}", prefixes[*style], &annex_controls()[*at].id[2..]))
                .collect::<Vec<_>>()
                .join(separator);
            let mut expected: Vec<&str> = Vec::new();
            for (at, _) in &picks {
                let id = annex_controls()[*at].id.as_str();
                if !expected.contains(&id) {
                    expected.push(id);
                }
            }
            prop_assert_eq!(found(&text), expected.join(" "));
        }
    }
}
