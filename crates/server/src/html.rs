//! Text that is HTML: what may be put on a page as it is. Everything else is escaped by the templates.
//!
//! Only functions of this crate make [`Html`], and they escape what they take from records; so a template can never print
//! foreign text unescaped by accident.

use std::fmt::{self, Write as _};

/// A piece of HTML, complete and safe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(pub(crate) String);

impl Html {
    /// Plain text, escaped.
    pub fn text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len());
        escape(text, &mut html);
        Self(html)
    }

    /// The text of the HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Appends text so that it is text in HTML, in element content and in quoted attributes.
pub fn escape(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        into.push_str(&rest[..at]);
        into.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    into.push_str(rest);
}

/// A value for a query string or a path segment.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A value from a query string.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        let (byte, next) = match (first, hex(0), hex(1)) {
            (b'+', ..) => (b' ', after),
            (b'%', Some(high), Some(low)) => (u8::try_from(high * 16 + low).unwrap_or(b'?'), &after[2..]),
            _ => (first, after),
        };
        bytes.push(byte);
        rest = next;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a state looks like; each look has a shape of its own, so that colour is never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// In order: a filled circle with a tick.
    Fine,
    /// Needs care soon: a triangle.
    Watch,
    /// Something is missing or broken: a diamond.
    Gap,
    /// Under way: a half circle.
    Moving,
    /// Not begun: a dashed circle.
    Todo,
    /// Planned: a dashed circle with a dot.
    Planned,
    /// Left out or over: a circle with a bar.
    Excluded,
}

impl Mark {
    /// The look of a workflow state by its name.
    pub fn of_state(state: &str) -> Self {
        match state {
            "active" | "accepted" | "achieved" | "approved" | "completed" | "conforms" | "done" | "effective"
            | "granted" | "implemented" | "in_force" | "in_place" | "passed" | "signed" | "valid" | "verified"
            | "published" | "read" | "recorded" | "current" | "certified" | "assigned" | "confirmed" | "held" => {
                Self::Fine
            }
            "overdue" | "expiring" | "at_risk" | "under_review" | "contested" => Self::Watch,
            "failed" | "missed" | "rejected" | "not_effective" | "nonconforming" | "breached" => Self::Gap,
            "draft" | "open" | "identified" | "new" | "reported" | "undecided" | "requested" => Self::Todo,
            "planned" | "proposed" | "scheduled" | "prospective" | "submitted" => Self::Planned,
            "void" | "retired" | "superseded" | "cancelled" | "withdrawn" | "closed" | "expired" | "ended" | "left"
            | "disposed" | "dropped" | "invalidated" | "revoked" | "waived" | "declined" => Self::Excluded,
            _ => Self::Moving,
        }
    }

    /// The drawing. It says nothing to a screen reader: a word always stands beside it.
    pub fn svg(self) -> Html {
        let (class, shape) = match self {
            Self::Fine => (
                "ok",
                r#"<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M5 8.2l2.1 2.1 4-4.4" fill="none" class="ik" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>"#,
            ),
            Self::Watch => (
                "watch",
                r#"<path d="M8 1.2 15.2 14H.8z" fill="currentColor"/><path d="M8 6v3.6M8 11.6v.1" class="iw" stroke-width="1.6" stroke-linecap="round"/>"#,
            ),
            Self::Gap => (
                "gap",
                r#"<path d="M8 .8 15.2 8 8 15.2.8 8z" fill="currentColor"/><path d="M8 4.6v4M8 10.9v.1" class="ik" stroke-width="1.7" stroke-linecap="round"/>"#,
            ),
            Self::Moving => (
                "work",
                r#"<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M8 8V2.8A5.2 5.2 0 0 1 8 13.2z" fill="currentColor"/>"#,
            ),
            Self::Todo => (
                "todo",
                r#"<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.5 1.4"/>"#,
            ),
            Self::Planned => (
                "plan",
                r#"<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.5 1.4"/><circle cx="8" cy="8" r="2.3" fill="currentColor"/>"#,
            ),
            Self::Excluded => (
                "todo",
                r#"<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M5 8h6" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/>"#,
            ),
        };
        Html(format!(r#"<svg class="st st-{class}" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>"#))
    }
}

/// The seal of the product: twelve segments, the twelve steps, around a tick.
pub fn seal() -> Html {
    Html(
        r#"<svg class="mark" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="3.4" aria-hidden="true"><circle cx="16" cy="16" r="12.5" stroke-dasharray="5.145 1.4" stroke-dashoffset="-.7"/><path d="M11.2 16.4l3.3 3.4 6.4-7" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>"#
            .to_owned(),
    )
}

/// An icon by its name; an unknown name is a plain dot, and a test knows all names.
pub fn icon(name: &str) -> Html {
    let found =
        ICONS.iter().find(|(known, _)| *known == name).map_or(r#"<circle cx="10" cy="10" r="2"/>"#, |(_, it)| it);
    let flip = if matches!(name, "right" | "left" | "out") { " flip" } else { "" };
    Html(format!(r#"<svg class="i{flip}" viewBox="0 0 20 20" aria-hidden="true">{found}</svg>"#))
}

/// The same, small.
pub fn icon_small(name: &str) -> Html {
    Html(icon(name).0.replacen(r#"class="i"#, r#"class="i i-sm"#, 1))
}

/// The icons: strokes on a field of 20 by 20.
pub const ICONS: &[(&str, &str)] = &[
    ("home", r#"<path d="M3.5 9.3 10 4l6.5 5.3V16a.8.8 0 0 1-.8.8h-3.4v-4.6H7.7v4.6H4.3a.8.8 0 0 1-.8-.8z"/>"#),
    ("steps", r#"<circle cx="10" cy="10" r="6" stroke-width="3" stroke-linecap="butt" stroke-dasharray="2.04 1.1"/>"#),
    ("risk", r#"<path d="M10 3.6 17.3 16.4H2.7z M10 8.2v3.9 M10 14.2v.1"/>"#),
    ("asset", r#"<path d="M3.5 6.8 10 3.6l6.5 3.2L10 10z M3.5 10 10 13.2 16.5 10 M3.5 13.2 10 16.4l6.5-3.2"/>"#),
    (
        "control",
        r#"<path d="M3.5 6.2h6.2 M14.2 6.2h2.3 M3.5 13.8h2.3 M10.3 13.8h6.2 M14.2 6.2a2.2 2.2 0 1 1-4.5 0 2.2 2.2 0 0 1 4.5 0z M10.3 13.8a2.2 2.2 0 1 1-4.5 0 2.2 2.2 0 0 1 4.5 0z"/>"#,
    ),
    ("document", r#"<path d="M5.2 3.4h6.2l3.4 3.4v9.8H5.2z M11.4 3.4v3.4h3.4 M7.9 10.2h4.4 M7.9 13.1h4.4"/>"#),
    (
        "people",
        r#"<path d="M7.6 9.3a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z M2.6 16.2c.4-2.8 2.3-4.2 5-4.2s4.6 1.4 5 4.2 M13 4.2a2.6 2.6 0 0 1 0 4.8 M14.7 12.2c1.6.6 2.5 1.9 2.8 4"/>"#,
    ),
    ("check", r#"<path d="M16.2 7.4A6.7 6.7 0 1 0 16.7 11 M16.7 3.8v3.6h-3.6 M7.3 10.3l2 2 3.7-4.1"/>"#),
    ("menu", r#"<path d="M3.5 5.5h13 M3.5 10h13 M3.5 14.5h13"/>"#),
    (
        "settings",
        r#"<path d="M10 12.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z M10 2.8v2.4 M10 14.8v2.4 M2.8 10h2.4 M14.8 10h2.4 M4.9 4.9l1.7 1.7 M13.4 13.4l1.7 1.7 M15.1 4.9l-1.7 1.7 M6.6 13.4l-1.7 1.7"/>"#,
    ),
    ("right", r#"<path d="M8 5l5 5-5 5"/>"#),
    ("left", r#"<path d="M12 5l-5 5 5 5"/>"#),
    ("down", r#"<path d="M5 8l5 5 5-5"/>"#),
    ("up", r#"<path d="M5 12l5-5 5 5"/>"#),
    ("search", r#"<path d="M9 14.6A5.6 5.6 0 1 0 9 3.4a5.6 5.6 0 0 0 0 11.2z M13.1 13.1l3.6 3.6"/>"#),
    ("past", r#"<path d="M3.4 10a6.6 6.6 0 1 0 2-4.7 M3.2 3.6v3.3h3.3 M10 6.5V10l2.4 1.6"/>"#),
    (
        "eye",
        r#"<path d="M2.6 10S5.2 5.2 10 5.2 17.4 10 17.4 10 14.8 14.8 10 14.8 2.6 10 2.6 10z M10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"/>"#,
    ),
    (
        "help",
        r#"<path d="M10 16.8a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6z M8 8.2a2 2 0 1 1 2.6 1.9c-.5.2-.6.5-.6 1.1 M10 13.5v.1"/>"#,
    ),
    ("lock", r#"<path d="M5.2 9h9.6v7.2H5.2z M7.2 9V6.8a2.8 2.8 0 0 1 5.6 0V9"/>"#),
    ("plus", r#"<path d="M10 4.5v11 M4.5 10h11"/>"#),
    ("close", r#"<path d="M5.5 5.5l9 9 M14.5 5.5l-9 9"/>"#),
    ("download", r#"<path d="M10 3.8v8.4 M6.5 9l3.5 3.5L13.5 9 M4 16.2h12"/>"#),
    ("upload", r#"<path d="M10 12.2V3.8 M6.5 7L10 3.5 13.5 7 M4 16.2h12"/>"#),
    ("columns", r#"<path d="M3.8 4.2h12.4v11.6H3.8z M8 4.2v11.6 M12 4.2v11.6"/>"#),
    ("edit", r#"<path d="M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2z M11.4 6l2.6 2.6"/>"#),
    (
        "branch",
        r#"<path d="M6 13.2V6.8 M6 13.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z M6 6.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z M14 6.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z M14 6.8c0 4-8 2.4-8 6.4"/>"#,
    ),
    ("more", r#"<path d="M4.5 10h.1 M10 10h.1 M15.4 10h.1" stroke-width="2.4"/>"#),
    ("shield", r#"<path d="M10 3.2l6 2.2v4.2c0 3.7-2.4 6-6 7.2-3.6-1.2-6-3.5-6-7.2V5.4z"/>"#),
    ("alarm", r#"<path d="M5.5 15.5h9 M6.5 15.5V11a3.5 3.5 0 0 1 7 0v4.5 M10 3.2v1.6 M4.2 6l1.2 1 M15.8 6l-1.2 1"/>"#),
    ("flag", r#"<path d="M5 17V3.6 M5 4.2h9.5l-2 3.2 2 3.2H5"/>"#),
    ("clock", r#"<path d="M10 16.8a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6z M10 6.3V10l2.6 1.7"/>"#),
    ("calendar", r#"<path d="M3.8 5.2h12.4v11H3.8z M3.8 8.6h12.4 M7 3.4v3 M13 3.4v3"/>"#),
    (
        "link",
        r#"<path d="M8.4 11.6a2.8 2.8 0 0 0 4 0l2.8-2.8a2.8 2.8 0 0 0-4-4L10 6 M11.6 8.4a2.8 2.8 0 0 0-4 0l-2.8 2.8a2.8 2.8 0 0 0 4 4L10 14"/>"#,
    ),
    ("print", r#"<path d="M6 7.2V3.6h8v3.6 M6 13.4H3.6V7.2h12.8v6.2H14 M6 11.2h8v5.2H6z"/>"#),
    ("file", r#"<path d="M13.6 8.2l-5 5a2 2 0 0 0 2.8 2.8l5-5a3.6 3.6 0 0 0-5.1-5.1l-5 5a5.2 5.2 0 0 0 7.3 7.4"/>"#),
    ("out", r#"<path d="M8.4 4H4.2v12h4.2 M11.6 6.6 15 10l-3.4 3.4 M15 10H7.6"/>"#),
    ("undo", r#"<path d="M7.4 4.6 4 8l3.4 3.4 M4 8h7.4a4 4 0 0 1 0 8H8"/>"#),
    ("copy", r#"<path d="M7.4 7.4h8.4v8.4H7.4z M12.6 7.4V4.2H4.2v8.4h3.2"/>"#),
    (
        "globe",
        r#"<path d="M10 16.8a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6z M3.2 10h13.6 M10 3.2c2 2 2.8 4.3 2.8 6.8S12 14.8 10 16.8c-2-2-2.8-4.3-2.8-6.8S8 5.2 10 3.2z"/>"#,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_in_content_and_in_attributes() {
        for (text, html) in [
            ("plain", "plain"),
            ("<script>", "&lt;script&gt;"),
            ("\"><img src=x onerror='a'>", "&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;"),
            ("a & b", "a &amp; b"),
        ] {
            assert_eq!(Html::text(text).as_str(), html);
        }
    }

    #[test]
    fn a_query_value_holds_no_sign_with_a_meaning() {
        assert_eq!(encode("a b&c=d/é"), "a%20b%26c%3Dd%2F%C3%A9");
    }
}
