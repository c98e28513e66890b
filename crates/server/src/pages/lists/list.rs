//! The list of a kind: a sentence that judges, views, filters, the table, the way to other pages and to files.

use askama::Template;
use attestry_model::Kind;
use axum::extract::Path;
use axum::response::Response;

use super::ask::{Ask, LENGTHS, View};
use super::census::Census;
use super::columns::{self, Column};
use super::filters::{self, Bar, Offer};
use super::rows::Rows;
use super::views::{self, Tab};
use super::{bulk, kept};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::{Frame, PROCESSES, kind_of, list_path};
use crate::shell::{Shell, counted, with_query};
use crate::{labels, shell};

/// Most pages of processes that stand beside each other; more are behind a menu.
const MOST_PROCESSES: usize = 2;
/// Most things that were chosen of which an empty list says what each hides.
const MOST_WITHOUT: usize = 6;

/// The page.
#[derive(Template)]
#[template(path = "list.html")]
struct List {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    sentence: Html,
    path: String,
    caption: String,
    processes: Vec<(String, String)>,
    more: Vec<(String, String)>,
    create: Option<String>,
    tabs: Vec<Tab>,
    may_share: bool,
    bar: Bar,
    query: Html,
    count: String,
    heads: Vec<Head>,
    choices: Vec<Pick>,
    rows: Html,
    selectable: bool,
    acts: Vec<bulk::Act>,
    all_matching: Option<String>,
    pages: Pages,
    lengths: Vec<(usize, String, bool)>,
    exports: Vec<(&'static str, String)>,
    empty: Option<Empty>,
    void: Option<(String, String)>,
    q: String,
}

/// The head of a column.
struct Head {
    label: String,
    /// Where it sorts; `None` when it cannot.
    href: Option<String>,
    /// `ascending`, `descending` or nothing.
    sorted: &'static str,
    number: bool,
}

/// A column that may be chosen.
struct Pick {
    name: String,
    label: String,
    on: bool,
}

/// Where the other pages are.
struct Pages {
    words: String,
    back: Option<String>,
    on: Option<String>,
}

/// What stands in place of rows.
pub(super) struct Empty {
    heading: String,
    text: String,
    why: String,
    example: Vec<(String, String)>,
    clear: Option<String>,
    /// The list without one of the things that were chosen, with how much it would show.
    without: Vec<(String, String)>,
    /// Where one begins from examples or from a spreadsheet.
    starts: Vec<(String, String)>,
    import: bool,
}

/// `GET /{kind}`
pub async fn show(cx: Cx, Path(slug): Path<String>) -> Result<Response, Fault> {
    let kind = kind_of(&slug).ok_or(Fault::Absent)?;
    let preferences = kept::preferences(&cx)?;
    crate::kept::page(&cx, format!("{preferences:?}"), || template(cx.clone(), kind))
}

fn template(cx: Cx, kind: Kind) -> Result<List, Fault> {
    // A kind of which the person may never see a record has an empty list: it says nothing about whether there are any.
    let ask = Ask::read(&cx, kind, &cx.query)?;
    let census = kept::census(&cx, kind);
    let findings = kept::findings(&cx);
    let found = ask.run(&cx, ask.per)?;
    let shown = views::columns_of(&cx, &ask)?;
    let all = columns::all(&cx, kind);
    let acts = bulk::acts(&cx, kind, &found.records);
    let selectable = !acts.is_empty() && !found.records.is_empty();
    let from = ask.query();
    let rows =
        Rows { cx: &cx, kind, columns: &shown, findings: &findings, selectable, from: &from }.html(&found.records);
    let plural = labels::plural(cx.words, kind);
    let path = list_path(kind);
    let pages = pages(&cx, &ask, &found);
    let is_empty = found.records.is_empty();
    let count = cx.with("list-count", &[("count", found.total.into()), ("all", census.all.into())]).into_owned();
    let lengths = LENGTHS.iter().map(|length| {
        let href = ask.link(&cx, &|name, _| name == "per", &[("per", &length.to_string())]);
        (*length, href, *length == ask.per)
    });
    let exports = ["xlsx", "csv", "json"].map(|format| {
        let query = ask.with(&|name, _| matches!(name, "per" | "filter"), &[("format", format)]);
        (format, cx.href(&with_query(&format!("{path}/export"), &query, None)))
    });
    let all_matching = (selectable && found.total > found.records.len()).then(|| {
        let key = if found.total > bulk::MOST { "list-all-too-many" } else { "list-all-matching" };
        cx.with(key, &[("count", found.total.into()), ("most", bulk::MOST.into())]).into_owned()
    });
    let bar = filters::bar(&cx, &ask, &census, &all);
    let mut processes = process_links(&cx, kind);
    let more = if processes.len() > MOST_PROCESSES { processes.split_off(1) } else { Vec::new() };
    Ok(List {
        frame: Frame::of_kind(&cx, kind, None),
        shell: Shell::of(&cx),
        sentence: sentence(&cx, kind, &census),
        caption: caption(&cx, kind, &ask, &all),
        processes,
        more,
        create: cx.may_create(kind).then(|| format!("{path}/new")),
        tabs: views::tabs(&cx, &ask, &census)?,
        may_share: views::may_share(&cx),
        query: shell::hidden(&[("query".to_owned(), ask.query())]),
        count,
        heads: shown.iter().map(|column| head(&cx, &ask, column)).collect(),
        choices: picks(&all, &shown),
        rows,
        selectable,
        acts,
        all_matching,
        pages,
        lengths: lengths.collect(),
        exports: exports.into(),
        empty: is_empty.then(|| empty(&cx, &ask, &census, &bar)),
        bar,
        void: void(&cx, &ask, &census),
        q: ask.q.clone(),
        heading: plural,
        path,
        cx,
    })
}

/// What is true of the list, and what to do about it.
fn sentence(cx: &Cx, kind: Kind, census: &Census) -> Html {
    let mut out = Html::text(&labels::help(cx.words, kind)).as_str().to_owned();
    if census.all == 0 {
        return Html(out);
    }
    out.clear();
    crate::html::escape(&cx.say1("list-judge-all", "what", &counted(cx, kind, census.all)), &mut out);
    out.push_str(" <b>");
    let key = match (census.gaps, census.overdue) {
        (0, 0) => "list-judge-fine",
        (_, 0) => "list-judge-gaps",
        (0, _) => "list-judge-overdue",
        _ => "list-judge-both",
    };
    let numbers = [("gaps", census.gaps.into()), ("overdue", census.overdue.into())];
    crate::html::escape(&cx.with(key, &numbers), &mut out);
    out.push_str("</b>");
    if let Some((above, limit)) = census.above {
        out.push(' ');
        let numbers = [("above", above.into()), ("limit", limit.into())];
        crate::html::escape(&cx.with("list-judge-limit", &numbers), &mut out);
    }
    Html(out)
}

fn caption(cx: &Cx, kind: Kind, ask: &Ask, all: &[Column]) -> String {
    let order = ask.order();
    let (name, key) =
        order.strip_prefix('-').map_or((order.as_str(), "list-caption-up"), |name| (name, "list-caption-down"));
    let label = all.iter().find(|column| column.name == name).map_or(String::new(), |column| column.label.clone());
    cx.with(key, &[("what", (&labels::plural(cx.words, kind)).into()), ("field", (&label).into())]).into_owned()
}

fn head(cx: &Cx, ask: &Ask, column: &Column) -> Head {
    let order = ask.order();
    let (name, down) = order.strip_prefix('-').map_or((order.as_str(), false), |name| (name, true));
    let current = name == column.name;
    let numeric = column.is_number() || column.name.ends_with("_value");
    let next_down = if current { !down } else { numeric };
    let next = if next_down { format!("-{}", column.name) } else { column.name.clone() };
    Head {
        label: column.label.clone(),
        href: column.is_sortable().then(|| ask.link(cx, &|name, _| name == "sort", &[("sort", &next)])),
        sorted: match (current, down) {
            (false, _) => "",
            (true, false) => "ascending",
            (true, true) => "descending",
        },
        number: column.is_number(),
    }
}

/// The columns to choose from: those that are shown first, in their order.
fn picks(all: &[Column], shown: &[Column]) -> Vec<Pick> {
    let is_on = |name: &str| shown.iter().any(|column| column.name == name);
    let on = shown.iter().map(|column| Pick { name: column.name.clone(), label: column.label.clone(), on: true });
    let off = all.iter().filter(|column| !is_on(&column.name));
    on.chain(off.map(|column| Pick { name: column.name.clone(), label: column.label.clone(), on: false })).collect()
}

fn pages(cx: &Cx, ask: &Ask, found: &attestry_model::query::Found<'_>) -> Pages {
    let link = |name: &str, record: &dyn attestry_model::AnyRecord| {
        ask.link(cx, &|_, _| false, &[(name, &ask.cursor_at(record))])
    };
    let end = found.before + found.records.len();
    let first = found.records.first().filter(|_| found.before > 0);
    let last = found.records.last().filter(|_| end < found.total);
    let words = if found.records.is_empty() {
        String::new()
    } else {
        let range = [("from", (found.before + 1).into()), ("to", end.into()), ("all", found.total.into())];
        cx.with("list-range", &range).into_owned()
    };
    Pages { words, back: first.map(|record| link("before", *record)), on: last.map(|record| link("after", *record)) }
}

fn void(cx: &Cx, ask: &Ask, census: &Census) -> Option<(String, String)> {
    (census.void > 0 && !ask.void).then(|| {
        let href = ask.link(cx, &|_, _| false, &[("void", "1")]);
        (cx.say1("list-void-too", "count", census.void).into_owned(), href)
    })
}

/// What an empty list teaches: what the kind is, an example, why an auditor asks for it, and two ways to begin.
fn empty(cx: &Cx, ask: &Ask, census: &Census, bar: &Bar) -> Empty {
    let kind = ask.kind;
    let plural = labels::within(cx.words, &labels::plural(cx.words, kind));
    if census.all > 0 || ask.is_narrowed() {
        let key = match ask.view {
            View::Mine if ask.conditions.is_empty() && ask.q.is_empty() => "list-empty-mine",
            View::Attention if ask.conditions.is_empty() && ask.q.is_empty() => "list-empty-attention",
            _ => "list-empty-filter",
        };
        let what = [("what", (&plural).into()), ("count", census.all.into())];
        return Empty {
            heading: cx.with(key, &what).into_owned(),
            text: cx.with(&format!("{key}-text"), &what).into_owned(),
            why: String::new(),
            example: Vec::new(),
            clear: Some(cx.href(&list_path(kind))),
            without: without(cx, kind, bar),
            starts: Vec::new(),
            import: false,
        };
    }
    let words = kind.words();
    let clauses: Vec<&str> = words.clauses.split_whitespace().collect();
    let why = if clauses.is_empty() {
        String::new()
    } else {
        let titles = clauses.iter().filter_map(|clause| {
            let of_annex = attestry_standards::annex_control(clause).map(|control| control.title.clone());
            let of_body = || attestry_standards::requirements_of(clause).next().map(|it| it.title.clone());
            Some(format!("{clause} {}", of_annex.or_else(of_body)?))
        });
        let titles = titles.take(3).collect::<Vec<_>>().join("; ");
        let titles = if titles.is_empty() { clauses.join(", ") } else { titles };
        cx.say1("list-empty-why", "clauses", &titles).into_owned()
    };
    Empty {
        heading: cx.say1("list-empty", "what", &plural).into_owned(),
        text: labels::help(cx.words, kind),
        why,
        example: example(cx, kind),
        clear: None,
        without: Vec::new(),
        starts: starts(cx, kind),
        import: !cx.is_past() && cx.principal.has(attestry_model::kind::Role::IsmsManager),
    }
}

/// What each thing that was chosen hides by itself: the list without it, where that shows anything.
fn without(cx: &Cx, kind: Kind, bar: &Bar) -> Vec<(String, String)> {
    let shows = bar.active.iter().take(MOST_WITHOUT).filter_map(|one| {
        let query = one.href.split_once('?').map_or("", |(_, query)| query);
        let count = Ask::read(cx, kind, query).and_then(|ask| Ok(ask.run(cx, 1)?.total)).ok().filter(|it| *it > 0)?;
        let said = [("filter", one.label.as_str().into()), ("count", count.into())];
        Some((cx.with("list-empty-without", &said).into_owned(), one.href.clone()))
    });
    shows.collect()
}

/// The first telling fields of the kind's own example.
fn example(cx: &Cx, kind: Kind) -> Vec<(String, String)> {
    let fields = kind.sample();
    let def = kind.def();
    let told = def.fields.iter().filter_map(|field| {
        let value = fields.get(field.name)?;
        let inner = if let attestry_model::field::Type::List(inner) = field.ty { *inner } else { field.ty };
        let plain = !matches!(
            inner,
            attestry_model::field::Type::Ref(_)
                | attestry_model::field::Type::AnyRef
                | attestry_model::field::Type::Struct(_)
                | attestry_model::field::Type::Matrix
                | attestry_model::field::Type::Custom
        );
        let text = attestry_model::plain::text(field.ty, value, None);
        let column = columns::named(cx, kind, field.name).filter(|_| plain && !text.is_empty())?;
        Some((column.label.clone(), filters::value_words(cx, kind, &column, &text)))
    });
    told.take(5).collect()
}

/// The pages from which a first record of this kind comes without being written from nothing.
fn starts(cx: &Cx, kind: Kind) -> Vec<(String, String)> {
    let offered = PROCESSES.iter().filter(|one| one.kind == kind && one.starts && cx.may_create(kind));
    offered.map(|one| (cx.say(format!("process-{}", one.name)).into_owned(), cx.href(one.path))).collect()
}

/// The pages on which the work on this kind is a process.
fn process_links(cx: &Cx, kind: Kind) -> Vec<(String, String)> {
    let may = |one: &&crate::places::Process| !one.starts || cx.may_create(kind);
    let offered = PROCESSES.iter().filter(|one| cx.is_isms() && one.kind == kind && one.wish.is_none()).filter(may);
    offered.map(|one| (cx.say(format!("process-{}", one.name)).into_owned(), cx.href(one.path))).collect()
}
