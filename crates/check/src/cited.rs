//! Policies that a text names, such as “Data Protection Policy”, and whether a register of documents knows them.
//!
//! People name a policy by its title, by a part of it or by its initials. A name counts as known as soon as one title can be
//! meant by it, so that only names are left over that no document bears.

/// The word that ends such a name.
const POLICY: &str = "policy";
/// Words within a name that are written small.
const SMALL: &[&str] = &["and", "of", "for", "the", "in", "on", "to"];

/// A title, or the name of a policy in a text: its words in small letters, without small words and the word “policy”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(Vec<String>);

impl Name {
    /// The words of a title, or of a part of a text.
    pub(crate) fn of(title: &str) -> Self {
        let words = title.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
        Self(words.filter(|word| !word.is_empty() && word != POLICY && !SMALL.contains(&word.as_str())).collect())
    }

    /// Whether a document with this title, and with the name of its type, can be meant by `name`: the title in full, with
    /// words of the sentence before it; some of its words; or its initials, to which people add an M for management.
    pub(crate) fn is_meant(&self, of_type: &Self, name: &Self) -> bool {
        let Self(title) = self;
        let Self(words) = name;
        let ends = !title.is_empty() && words.ends_with(title);
        let part = words.iter().all(|word| title.contains(word)) || words.iter().all(|word| of_type.0.contains(word));
        ends || part || matches!(words.as_slice(), [word] if self.is_short(word))
    }

    fn is_short(&self, word: &str) -> bool {
        let initials: String = self.0.iter().filter_map(|word| word.chars().next()).collect();
        initials.chars().count() > 1 && (word == initials || word.strip_suffix('m') == Some(initials.as_str()))
    }
}

/// The policies that a text names: the words with a capital before each “Policy”, of which there is at least one.
pub(crate) fn policies(text: &str) -> Vec<Name> {
    if !text.contains("Policy") {
        return Vec::new();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_policy = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()) == "Policy";
    let mut names = Vec::new();
    for (end, _) in words.iter().enumerate().filter(|(_, word)| is_policy(word)) {
        let before = words[..end].iter().rev();
        // The name goes back to the end of a sentence or of another name, and over small words.
        let run = before.take_while(|word| {
            let own = !is_policy(word) && !word.ends_with([',', '.', ';', ':', '!', '?', ')']);
            let capital = word.chars().find(|letter| letter.is_alphanumeric()).is_some_and(char::is_uppercase);
            own && (capital || **word == "&" || SMALL.contains(word))
        });
        let from = end - run.count();
        let name = Name::of(&words[from..end].join(" "));
        if !name.0.is_empty() {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        policies(text).into_iter().map(|Name(words)| words.join(" ")).collect()
    }

    fn meant(title: &str, text: &str) -> bool {
        let of_type = Name::of("information security policy");
        policies(text).iter().all(|name| Name::of(title).is_meant(&of_type, name))
    }

    #[test]
    fn a_name_is_what_is_written_with_capitals_before_the_word() {
        assert_eq!(named("Data Protection Policy + DPO"), ["data protection"]);
        assert_eq!(named("see the Access Control Policy, and the Backup Policy."), ["access control", "backup"]);
        assert_eq!(
            named("Clear Desk Policy and Labelling of Information Policy"),
            ["clear desk", "labelling information"]
        );
        assert_eq!(named("(Cryptography Policy) section 7"), ["cryptography"]);
        assert_eq!(named("the policy says so. Policy of 2024, clean desk policy"), [""; 0]);
        assert_eq!(named("done in Vienna. Privacy Policy"), ["privacy"]);
    }

    #[test]
    fn a_title_can_be_meant_by_its_end_its_words_or_its_initials() {
        assert!(meant("Acceptable Use Policy", "Update Acceptable Use Policy v2.1"));
        assert!(meant("Remote Working & BYOD Policy", "Remote Working Policy + managed endpoints"));
        assert!(meant("Intellectual Property Rights Policy", "IPR Policy"));
        assert!(meant("Business Continuity Policy", "BCM Policy"));
        assert!(meant("Rules for everybody", "Information Security Policy"));
        assert!(meant("Access control policy", "Access Control Policy"));
        assert!(!meant("Endpoint Security & Malware Protection Policy", "Data Protection Policy"));
        assert!(!meant("Business Continuity Policy", "BYOD Policy"));
        assert!(!meant("Privacy policy", "P Policy"));
    }
}
