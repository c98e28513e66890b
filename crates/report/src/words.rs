//! The words of the frame around a document's own content, to be given in the document's language.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $english:literal;)*) => {
        /// Words and sentences printed by the renderers themselves. `{}` stands for a value; the default is English.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Words {
            $($(#[$doc])* pub $name: String,)*
        }

        impl Default for Words {
            fn default() -> Self {
                Self { $($name: $english.into(),)* }
            }
        }
    };
}

words! {
    /// Label of the document number.
    number = "Number";
    /// Label of the version.
    version = "Version";
    /// Label of the classification.
    label = "Classification";
    /// Mark of a document that is not approved.
    draft = "Draft";
    /// Sentence on the cover of a document that is not approved.
    draft_notice = "Draft. This version has not been approved and is not in force.";
    /// Printed in each footer.
    uncontrolled = "Uncontrolled when printed";
    /// Page number; the first `{}` is the page, the second the number of pages.
    page = "Page {} of {}";
    /// Heading of the table of contents.
    contents = "Contents";
    /// Heading of the change history.
    history = "Change history";
    /// Column of the change history.
    date = "Date";
    /// Column of the change history.
    author = "Author";
    /// Column of the change history.
    change = "Change";
    /// Snapshot line; moment, then hash.
    snapshot = "Data as of {}, record set hash {}";
    /// Label of the simulated clock.
    simulated_clock = "Simulated clock";
    /// Short name of the checkpoint in the footer; size, then beginning of the root.
    checkpoint_short = "Log {} · {}";
    /// Heading of the last part.
    colophon = "About this copy";
    /// Label in the last part.
    data_as_of = "Data as of";
    /// Label in the last part.
    record_set_hash = "Record set hash (SHA-256)";
    /// Label in the last part.
    log_origin = "Log";
    /// Label in the last part.
    log_size = "Log size";
    /// Label in the last part.
    log_root = "Log root (base64)";
    /// Label in the last part.
    made = "Made at";
    /// How a reader compares a copy with the log.
    compare = "The foot of every page names the size and the beginning of the root of the log at the moment this copy was made. Compare both with a later checkpoint of the same log to show that the records behind this document have not been rewritten since.";
    /// Said when characters were written as code points; `{}` is their number.
    replaced = "{} characters cannot be shown with the typefaces of this file. They are written as code points, for example [U+1F512].";
    /// Said when a cell was cut; `{}` is the number of cells.
    cut = "{} cells were longer than a spreadsheet cell may be. They end with a mark; the full text is in the other formats.";
    /// Mark at the end of a cut cell; `{}` is the number of characters left out.
    cut_mark = "… [cut: {} more characters]";
    /// Column of signatures.
    role = "Role";
    /// Column of signatures.
    name = "Name";
    /// Column of signatures.
    signed = "Signed";
    /// Column of signatures.
    signature_id = "Signature";
    /// Said of an open signature.
    not_signed = "Not signed yet";
    /// Summary of the table behind a figure.
    show_numbers = "The numbers";
    /// Heading of the group column in spreadsheets when the table names none.
    group = "Group";
    /// Said when a table has no row and gives no words of its own.
    no_rows = "No entries.";
    /// Label of the sum row.
    total = "Total";
    /// Link to the content for people who use the keyboard.
    skip = "Skip to the content";
    /// Label of the cover facts for assistive technology.
    cover = "Document facts";
    /// Name of the first sheet.
    cover_sheet = "Cover";
    /// Column of the list of sheets.
    sheet = "Sheet";
    /// Column of the list of sheets.
    rows = "Rows";
    /// Decimal sign.
    decimal_sign = ".";
    /// Sign between groups of three digits.
    group_sign = ",";
}

/// Puts the values into the places `{}` of a sentence; places without value stay empty.
pub(crate) fn fill(sentence: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    let mut values = values.iter();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("{}") {
        out.push_str(before);
        out.push_str(values.next().unwrap_or(&""));
        rest = after;
    }
    out.push_str(rest);
    out
}
