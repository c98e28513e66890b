//! Forms as the templates write them: nothing that somebody typed is lost by leaving.

use std::path::Path;

/// Forms in which nothing is lost that somebody would have to think about again: who signs in, a name of a few signs.
const SHORT: [&str; 8] = [
    "/sign-in",
    "/sign-in/code",
    "/step-up",
    "/invitation",
    "/account/password",
    "/account/totp/confirm",
    "/account/passkeys/rename",
    "{{ path }}/views",
];

/// The files below a folder.
fn files(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// What stands between two texts, from the beginning on.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = &text[text.find(from)? + from.len()..];
    Some(&rest[..rest.find(to)?])
}

/// The forms of a template that send something: their attributes and what is in them.
fn sending(template: &str) -> Vec<(&str, &str)> {
    let forms = template.split("<form ").skip(1).map(|rest| rest.split_once("</form>").map_or(rest, |(form, _)| form));
    // The tag ends at the first bracket that stands in no quotation and no expression: a line break or a tag follows it.
    let parts = forms.filter_map(|form| {
        let mut depth = 0_i32;
        let end = form.char_indices().find(|(at, sign)| {
            depth += i32::from(*sign == '{') - i32::from(*sign == '}');
            depth == 0 && *sign == '>' && *at > 0
        })?;
        Some(form.split_at(end.0))
    });
    parts.filter(|(tag, _)| tag.contains("method=\"post\"")).collect()
}

/// Whether somebody types into it.
fn is_typed_in(inner: &str) -> bool {
    let typed = |tag: &str| {
        let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
        !["hidden", "checkbox", "radio", "file", "search"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")))
    };
    inner.contains("<textarea") || inner.split("<input ").skip(1).any(typed)
}

#[test]
fn every_form_that_is_typed_in_keeps_a_draft_or_asks_before_it_is_left() {
    let mut templates = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut templates);
    let mut guarded = 0;
    let mut open = Vec::new();
    for path in templates {
        let text = std::fs::read_to_string(&path).unwrap();
        for (tag, inner) in sending(&text) {
            let marked = tag.contains("data-guard") || tag.contains("data-draft=");
            guarded += usize::from(marked);
            let action = between(tag, "action=\"", "\"").unwrap_or_default();
            if is_typed_in(inner) && !marked && !SHORT.contains(&action) {
                open.push(format!("{}: {action}", path.display()));
            }
        }
    }
    assert!(open.is_empty(), "{open:#?}");
    assert!(guarded > 25, "only {guarded} forms are marked: the templates are written in another way");
}

#[test]
fn a_form_without_a_mark_is_found() {
    let template = "<form method=\"post\" action=\"/x\" aria-label=\"{{ a > b }}\"{% if c > d %} x{% endif %}>\n\
                    <input class=\"input\" name=\"a\"></form><form method=\"get\"><textarea></textarea></form>";
    let forms = sending(template);
    assert_eq!(forms.len(), 1);
    assert!(is_typed_in(forms[0].1) && forms[0].0.ends_with("{% endif %}"), "{forms:?}");
    assert!(!is_typed_in("<input type=\"hidden\" name=\"a\"><input type=\"checkbox\">"));
}
