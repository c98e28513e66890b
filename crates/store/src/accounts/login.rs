//! Logins: which are possible, and which of them are the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_script::{Script, UnicodeScript as _};

use super::AccountError;

/// The longest login, in characters.
const LONGEST: usize = 254;

/// Letters that show as nothing.
const INVISIBLE: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// The key under which a login is unique: compatibility forms and case do not tell logins apart.
///
/// # Errors
/// [`AccountError::LoginWrong`] for anything but letters, digits and `. _ - + @ '`, for letters of more than one script,
/// and beyond 254 characters.
pub(super) fn login_key(login: &str) -> Result<String, AccountError> {
    let wrong = |reason: String| Err(AccountError::LoginWrong(reason));
    if login.chars().count() > LONGEST {
        return wrong(format!("it has more than {LONGEST} characters"));
    }
    let allowed = |letter: char| {
        (letter.is_alphanumeric() && !INVISIBLE.contains(&letter))
            || matches!(letter, '.' | '_' | '-' | '+' | '@' | '\'')
    };
    let plain: String = login.nfkc().collect();
    if let Some(odd) = login.nfc().chain(plain.chars()).find(|letter| !allowed(*letter)) {
        return wrong(format!("it may have letters, digits and . _ - + @ ' but not {}", shown(odd)));
    }
    if !plain.chars().any(char::is_alphanumeric) {
        return wrong("it needs a letter or a digit".to_owned());
    }
    let mut scripts = plain.chars().map(|letter| letter.script());
    let mut scripts = scripts.by_ref().filter(|script| !matches!(script, Script::Common | Script::Inherited));
    if let Some(first) = scripts.next()
        && let Some(other) = scripts.find(|script| *script != first)
    {
        let (first, other) = (first.full_name(), other.full_name());
        return wrong(format!("it mixes the scripts {first} and {other}, whose letters can look the same"));
    }
    let key = folded(&plain);
    if key.chars().count() > LONGEST { wrong(format!("it has more than {LONGEST} characters")) } else { Ok(key) }
}

/// A character for a message: by its number where it would not show for what it is.
fn shown(letter: char) -> String {
    if letter.is_ascii_graphic() { format!("{letter}") } else { format!("U+{:04X}", u32::from(letter)) }
}

/// Without the difference of case: through capitals, so that ß is ss and a final sigma a sigma; to small letters first,
/// because a capital ẞ is its own capital.
fn folded(plain: &str) -> String {
    let capitals = plain.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase);
    capitals.flat_map(char::to_lowercase).collect::<String>().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_that_read_the_same_are_the_same() {
        let groups: [&[&str]; 7] = [
            &["anna", "ANNA", "Anna", "ａｎｎａ", "𝐚𝐧𝐧𝐚"],
            &["straße", "STRASSE", "strasse", "STRAẞE"],
            &["josé", "jose\u{301}", "JOSÉ"],
            &["νίκος", "ΝΊΚΟΣ", "νίκοσ"],
            &["ﬁona", "fiona", "FIONA"],
            &["a1", "a¹", "ａ１"],
            &["иван", "ИВАН"],
        ];
        for group in groups {
            for login in group {
                assert_eq!(login_key(login).unwrap(), login_key(group[0]).unwrap(), "{login}");
            }
        }
        let mut keys: Vec<_> = groups.iter().map(|group| login_key(group[0]).unwrap()).collect();
        keys.dedup();
        assert_eq!(keys.len(), groups.len());
    }

    #[test]
    fn logins_of_every_writing_are_possible() {
        let longest = "a".repeat(254);
        for login in ["o'neil", "a.b_c-d+e@example.org", "渡辺", "מרים", "ünal", "7", "नीता", &longest] {
            assert!(login_key(login).is_ok(), "{login}");
        }
    }

    #[test]
    fn logins_that_hide_or_imitate_something_are_refused() {
        let (long, grows) = ("a".repeat(255), "\u{fdfa}".repeat(100));
        for (login, said) in [
            ("", "needs a letter"),
            ("@", "needs a letter"),
            ("a b", "not U+0020"),
            ("a\nb", "not U+000A"),
            ("a\0b", "not U+0000"),
            ("ann\u{200b}a", "not U+200B"),
            ("ann\u{200d}a", "not U+200D"),
            ("\u{202e}anna", "not U+202E"),
            ("anna\u{feff}", "not U+FEFF"),
            ("a\u{3164}b", "not U+3164"),
            ("a/b", "not /"),
            ("a\u{ad}b", "not U+00AD"),
            ("аdmin", "Cyrillic and Latin"),
            ("pαyroll", "Latin and Greek"),
            (long.as_str(), "more than 254"),
            (grows.as_str(), "not U+0020"),
        ] {
            let refused = login_key(login).expect_err(login).to_string();
            assert!(refused.contains(said), "{login:?}: {refused}");
        }
    }
}
