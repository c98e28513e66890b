//! The sheet of keyboard shortcuts.

use askama::Template;
use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::Frame;
use crate::shell::{Shell, page};

/// Two keys that lead to a page; `keys.js` takes the same ones.
pub const GO: [(&str, &str); 9] = [
    ("g h", "/"),
    ("g s", "/steps"),
    ("g r", "/risks"),
    ("g m", "/risks/matrix"),
    ("g c", "/soa"),
    ("g d", "/documents"),
    ("g v", "/management-reviews"),
    ("g a", "/everything"),
    ("g p", "/treatment-plan-actions"),
];

/// Keys with the messages that say what they do.
const KEYS: [(&str, &[(&str, &str)]); 3] = [
    ("keys-anywhere", &[("Ctrl K", "keys-palette"), ("t", "keys-date"), ("n", "keys-new"), ("?", "keys-sheet")]),
    (
        "keys-list",
        &[("/", "keys-find"), ("j", "keys-next"), ("k", "keys-before"), ("x", "keys-select"), ("Enter", "keys-open")],
    ),
    ("keys-record", &[("e", "keys-edit"), ("n", "keys-new")]),
];

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    groups: Vec<(String, Vec<(String, String)>)>,
}

/// `GET /help/keys`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let mut groups: Vec<(String, Vec<(String, String)>)> = KEYS
        .iter()
        .map(|(heading, keys)| {
            let keys = keys.iter().map(|(keys, what)| ((*keys).to_owned(), cx.say(what).into_owned()));
            (cx.say(heading).into_owned(), keys.collect())
        })
        .collect();
    let go = GO.iter().map(|(keys, _)| {
        let name = keys.rsplit(' ').next().unwrap_or_default();
        ((*keys).to_owned(), cx.say(format!("keys-go-{name}")).into_owned())
    });
    groups.insert(1, (cx.say("keys-go").into_owned(), go.collect()));
    let frame = Frame::bare(cx.say("shell-keys"));
    page(&Keys { shell: Shell::of(&cx), frame, groups, cx })
}
