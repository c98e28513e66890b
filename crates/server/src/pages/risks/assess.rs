//! Fast entry: one row for each risk, by keyboard, for one moment of its treatment; and rows for risks that are new.

use std::collections::BTreeMap;

use askama::Template;
use attestry_check::measure::{self, Method};
use attestry_model::decide::Part;
use attestry_model::permit::Wish;
use attestry_model::records::{Methodology, Risk, RiskAssessment};
use attestry_model::value::Level;
use attestry_model::{AnyRef, Command, Kind, Ref, Stored};
use axum::extract::RawForm;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::matrix::level;
use super::rate::{self, Judged};
use super::{Pick, one};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::undo::span;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter, to, with_query};
use crate::show;

/// Most risks in one table.
const MOST_ROWS: usize = 200;
/// Empty rows for new risks.
const NEW_ROWS: usize = 3;

/// The moments of a risk's treatment: the beginning of the fields' names.
const MOMENTS: [&str; 3] = ["current", "inherent", "residual"];

/// The page.
#[derive(Template)]
#[template(path = "assess.html")]
struct Table {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    moment: &'static str,
    moments: Vec<(String, String, bool)>,
    runs: Vec<Pick>,
    mine: bool,
    kept: String,
    rows: Vec<Row>,
    new: Vec<NewRow>,
    cells: String,
    next: Option<String>,
    left_out: usize,
    saved: Option<usize>,
    refused: usize,
}

struct Row {
    reference: String,
    title: String,
    href: String,
    rate: String,
    revision: u32,
    likelihoods: Vec<Pick>,
    impacts: Vec<Pick>,
    now: Html,
    proposal: String,
    asset: bool,
    why: String,
    error: Option<String>,
}

struct NewRow {
    n: usize,
    title: String,
    likelihoods: Vec<Pick>,
    impacts: Vec<Pick>,
    error: Option<String>,
}

/// Which risks are shown.
struct Asked {
    moment: &'static str,
    run: Option<Ref<RiskAssessment>>,
    mine: bool,
    after: u32,
}

impl Asked {
    fn of(query: &str) -> Self {
        let read = |name: &str| parameter(query, name).unwrap_or_default();
        let moment = read("moment");
        Self {
            moment: MOMENTS.into_iter().find(|it| *it == moment).unwrap_or(MOMENTS[0]),
            run: read("run").parse::<AnyRef>().ok().and_then(AnyRef::of),
            mine: read("mine") == "1",
            after: read("after").parse::<AnyRef>().map_or(0, |it| it.number),
        }
    }

    /// The address of the same table.
    fn path(&self, moment: &str, after: Option<u32>, more: &[(&str, &str)]) -> String {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if moment != MOMENTS[0] {
            put("moment", moment.to_owned());
        }
        if let Some(run) = self.run {
            put("run", run.any().to_string());
        }
        if self.mine {
            put("mine", "1".to_owned());
        }
        if let Some(after) = after.filter(|it| *it > 0) {
            put("after", Ref::<Risk>::new(after).any().to_string());
        }
        for (name, value) in more {
            put(name, (*value).to_owned());
        }
        with_query("/risks/assess", &pairs, None)
    }
}

/// What was sent for one row, and why it was refused.
struct Refused {
    key: String,
    typed: Vec<(String, String)>,
    why: String,
}

impl Refused {
    fn get(&self, name: &str) -> String {
        self.typed.iter().find(|(key, _)| key == name).map(|it| it.1.clone()).unwrap_or_default()
    }
}

/// `GET /risks/assess`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    page(&table_of(cx, &[], None))
}

fn scales(method: Option<&Stored<Methodology>>, chosen: (&str, &str)) -> (Vec<Pick>, Vec<Pick>) {
    let none = |chosen: &str| Pick::new("", "–", chosen);
    let word = |number: Option<i64>, label: &Option<String>, chosen: &str| {
        let number = number.unwrap_or_default().to_string();
        Pick::new(number.clone(), format!("{number} {}", label.as_deref().unwrap_or_default()), chosen)
    };
    let likelihoods = method.into_iter().flat_map(|it| it.likelihood_scale.iter());
    let impacts = method.into_iter().flat_map(|it| it.impact_scale.iter());
    (
        std::iter::once(none(chosen.0)).chain(likelihoods.map(|it| word(it.level, &it.label, chosen.0))).collect(),
        std::iter::once(none(chosen.1)).chain(impacts.map(|it| word(it.level, &it.label, chosen.1))).collect(),
    )
}

/// The levels of a risk at a moment.
fn levels(risk: &Risk, moment: &str) -> (Option<Level>, Option<Level>, Option<i64>) {
    match moment {
        "inherent" => (risk.inherent_likelihood, risk.inherent_impact, risk.inherent_value),
        "residual" => (risk.residual_likelihood, risk.residual_impact, risk.residual_value),
        _ => (risk.current_likelihood, risk.current_impact, risk.current_value),
    }
}

fn table_of(cx: Cx, refused: &[Refused], saved: Option<usize>) -> Table {
    let asked = Asked::of(&cx.query);
    let in_run = asked.run.and_then(|run| cx.get(run).ok()).map(|run| run.risks.clone());
    let shown = |risk: &&Stored<Risk>| {
        in_run.as_ref().is_none_or(|risks| risks.contains(&risk.reference()))
            && (!asked.mine || risk.risk_owner == Some(cx.person))
            && risk.number > asked.after
            && cx.may(Wish::Update, *risk)
    };
    let writable: Vec<&Stored<Risk>> = super::risks(&cx).filter(shown).collect();
    let moment = asked.moment;
    let row = |risk: &&Stored<Risk>| {
        let reference = risk.reference().any();
        let failed = refused.iter().find(|it| it.key == reference.to_string());
        let method = risk.method(&cx.isms)?;
        let written = |level: Option<Level>| level.map_or_else(String::new, |it| it.0.to_string());
        let (likelihood, impact, value) = levels(risk, moment);
        let chosen = failed.map_or_else(
            || (written(likelihood), written(impact)),
            |it| (it.get(&format!("{moment}_likelihood")), it.get(&format!("{moment}_impact"))),
        );
        let (likelihoods, impacts) = scales(Some(method), (&chosen.0, &chosen.1));
        let proposal = (moment == "current")
            .then(|| measure::proposals(&cx.isms, risk))
            .flatten()
            .map(|it| format!("{} × {}", it.by_rate.likelihood, it.by_rate.impact));
        Some(Row {
            href: cx.record_href(reference),
            rate: cx.href(&format!("/risks/{reference}/rate")),
            title: risk.title().to_owned(),
            revision: failed.and_then(|it| it.get("revision").parse().ok()).unwrap_or(risk.revision),
            likelihoods,
            impacts,
            now: level(&cx, risk, value),
            proposal: proposal.unwrap_or_default(),
            asset: risk.approach == Some(attestry_model::records::risk::RiskApproach::AssetBased),
            why: failed.map_or_else(|| risk.override_reason.clone().unwrap_or_default(), |it| it.get("why")),
            error: failed.map(|it| it.why.clone()),
            reference: reference.to_string(),
        })
    };
    let rows: Vec<Row> = writable.iter().take(MOST_ROWS).filter_map(row).collect();
    let method = super::method(&cx.isms);
    let new = (1..=NEW_ROWS).filter(|_| cx.may_create(Kind::Risk) && moment == "current").map(|n| {
        let failed = refused.iter().find(|it| it.key == format!("new-{n}"));
        let sent = |name: &str| failed.map(|it| it.get(name)).unwrap_or_default();
        let (likelihoods, impacts) = scales(method, (&sent("current_likelihood"), &sent("current_impact")));
        NewRow { n, title: sent("title"), likelihoods, impacts, error: failed.map(|it| it.why.clone()) }
    });
    let new = new.collect();
    let last = writable.get(MOST_ROWS - 1).map(|it| it.number);
    let left_out = writable.len().saturating_sub(MOST_ROWS);
    let runs = cx
        .isms
        .live::<RiskAssessment>()
        .filter(|it| cx.sees(*it))
        .filter(|run| matches!(run.state_name(), "planned" | "in_progress") || asked.run == Some(run.reference()));
    let chosen = asked.run.map(|it| it.any().to_string()).unwrap_or_default();
    let run_picks = runs.map(|run| {
        let reference = run.reference().any().to_string();
        Pick::new(reference.clone(), format!("{reference} {}", show::shortened(run.title(), 60)), &chosen)
    });
    let moments = MOMENTS
        .map(|it| (cx.say(format!("assess-{it}")).into_owned(), cx.href(&asked.path(it, None, &[])), it == moment));
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&cx.say("assess-title")));
    frame.wide = true;
    frame.problems = !refused.is_empty();
    Table {
        runs: std::iter::once(Pick::new("", cx.say("assess-every"), &chosen)).chain(run_picks).collect(),
        moments: moments.into(),
        mine: asked.mine,
        kept: asked.path(moment, Some(asked.after), &[]),
        cells: method.map(|it| cells(&cx, it)).unwrap_or_default(),
        next: last.filter(|_| left_out > 0).map(|it| cx.href(&asked.path(moment, Some(it), &[]))),
        left_out,
        refused: refused.len(),
        moment,
        rows,
        new,
        saved,
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}

/// The whole matrix for the script, so that the level follows what is chosen: likelihood, impact, value, rank of the band,
/// whether above the limit, name of the band.
pub(super) fn cells(cx: &Cx, method: &Stored<Methodology>) -> String {
    let numbers = Method::of(&method.body);
    let mut cells = Vec::new();
    for l in 1..=numbers.matrix.likelihoods {
        for i in 1..=numbers.matrix.impacts {
            if let Some(value) = numbers.matrix.value(l, i) {
                let found = show::level(cx, Some(method.reference()), i64::from(value));
                let (rank, name) = found.unwrap_or((1, String::new()));
                let above = u8::from(value > numbers.bands.acceptance_max);
                cells.push(format!("{l},{i},{value},{rank},{above},{}", super::matrix::capital(&name)));
            }
        }
    }
    cells.join(";")
}

/// How often what fits is decided again because others write meanwhile.
const TRIES: usize = 4;

/// A row that asks for something.
struct Wanted {
    key: String,
    typed: Vec<(String, String)>,
    command: Command,
}

/// Writes the rows that fit as one change, and tells of the others; the name of the step, by which it can be undone.
async fn write(cx: &Cx, mut rows: Vec<Wanted>, refused: &mut Vec<Refused>) -> Result<(usize, Option<String>), Fault> {
    for _ in 0..TRIES {
        let isms = cx.organisation.isms();
        let mut fits = Vec::with_capacity(rows.len());
        for row in rows {
            let why = match attestry_model::decide(&isms, &cx.principal, row.command.clone(), cx.now) {
                Ok(_) => {
                    fits.push(row);
                    continue;
                }
                Err(refusal) => match Fault::from(refusal) {
                    Fault::Invalid(problems) => problems.to_string(),
                    Fault::Stale(_) => cx.say("assess-stale").into_owned(),
                    Fault::Denied(_) => cx.say("assess-denied").into_owned(),
                    other => return Err(other),
                },
            };
            refused.push(Refused { key: row.key, typed: row.typed, why });
        }
        rows = fits;
        if rows.is_empty() {
            return Ok((0, None));
        }
        let parts = rows.iter().map(|it| Part::alone(it.command.clone())).collect();
        match cx.submit(Command::Together { parts, expecting: Vec::new() }).await {
            Ok(receipt) => return Ok((rows.len(), Some(span(&receipt)))),
            Err(Fault::Stale(_) | Fault::Invalid(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Err(Fault::Conflict(cx.say("making-busy").into_owned()))
}

/// `POST /risks/assess`: a row that is refused does not hold the others back; those go in as one step.
pub async fn save(cx: Cx, RawForm(body): RawForm) -> Result<Response, Fault> {
    let asked = Asked::of(&cx.query);
    let mut typed: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for pair in String::from_utf8_lossy(&body).split('&').take((MOST_ROWS + NEW_ROWS) * 6) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (crate::html::decode(name), crate::html::decode(value));
        let Some((field, key)) = name.split_once(' ') else { continue };
        typed.entry(key.to_owned()).or_default().push((field.to_owned(), value.trim().to_owned()));
    }
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    for (key, typed) in typed {
        let wanted = if key.starts_with("new-") {
            new_risk(&cx, &typed)
        } else {
            let Ok(risk) = one::risk_of(&cx, &key) else { continue };
            change(&cx, risk, &asked, &typed)
        };
        let failed = match wanted {
            None => continue,
            Some(Err(problems)) => problems,
            Some(Ok(command)) => {
                rows.push(Wanted { key, typed, command });
                continue;
            }
        };
        refused.push(Refused { key, typed, why: failed });
    }
    let (saved, step) = write(&cx, rows, &mut refused).await?;
    if refused.is_empty() {
        let done = format!("assessed {saved}");
        let said = [("done", done.as_str()), ("undo", step.as_deref().unwrap_or_default())];
        return Ok(to(&asked.path(asked.moment, Some(asked.after), &said[..=usize::from(step.is_some())])));
    }
    let shown = page(&table_of(cx, &refused, Some(saved)))?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// What a row asks for; nothing where it asks for nothing new.
fn change(cx: &Cx, risk: &Stored<Risk>, asked: &Asked, typed: &[(String, String)]) -> Option<Result<Command, String>> {
    let get = |name: &str| typed.iter().find(|(key, _)| key == name).map(|it| it.1.clone()).unwrap_or_default();
    if asked.moment == "current" {
        let judged = Judged::of(typed);
        let same = judged.cell() == measure::cell(risk.current_likelihood, risk.current_impact);
        let explained = rate::is_lower(cx, risk, &judged) && Some(&judged.why) != risk.override_reason.as_ref();
        // A row that nobody touched asks for nothing, even where a reason is owed.
        let owed = same && judged.why.is_empty();
        if (same && (!explained || owed)) || (judged.likelihood.is_empty() && judged.impact.is_empty()) {
            return None;
        }
        return Some(rate::command(cx, risk, &judged).map_err(|it| it.to_string()));
    }
    let (likelihood, impact, _) = levels(risk, asked.moment);
    let names = [format!("{}_likelihood", asked.moment), format!("{}_impact", asked.moment)];
    let sent = [get(&names[0]), get(&names[1])];
    let written = |level: Option<Level>| level.map_or_else(String::new, |it| it.0.to_string());
    if sent == [written(likelihood), written(impact)] {
        return None;
    }
    let mut fields = Map::new();
    for (name, text) in names.into_iter().zip(sent) {
        let value = if text.is_empty() {
            Value::Null
        } else {
            match text.parse::<u8>() {
                Ok(level) => Value::from(level),
                Err(_) => return Some(Err(cx.say("rate-no-level").into_owned())),
            }
        };
        fields.insert(name, value);
    }
    let revision = get("revision").parse().ok();
    Some(Ok(Command::Update { target: risk.reference().any(), revision, fields, reason: None }))
}

/// A risk that is new: a title is enough to begin with.
fn new_risk(cx: &Cx, typed: &[(String, String)]) -> Option<Result<Command, String>> {
    let get = |name: &str| typed.iter().find(|(key, _)| key == name).map(|it| it.1.as_str()).unwrap_or_default();
    let (title, likelihood, impact) = (get("title"), get("current_likelihood"), get("current_impact"));
    if title.is_empty() && likelihood.is_empty() && impact.is_empty() {
        return None;
    }
    let mut fields = Map::from_iter([("risk_opportunity".to_owned(), Value::from("risk"))]);
    if !title.is_empty() {
        fields.insert("title".to_owned(), Value::from(title));
    }
    for (name, text) in [("current_likelihood", likelihood), ("current_impact", impact)] {
        if !text.is_empty() {
            fields.insert(name.to_owned(), text.parse::<u8>().map_or_else(|_| Value::from(text), Value::from));
        }
    }
    fields.insert("owner".to_owned(), Value::from(cx.person.any().to_string()));
    fields.insert("risk_owner".to_owned(), Value::from(cx.person.any().to_string()));
    if let Some(method) = super::method(&cx.isms) {
        fields.insert("methodology".to_owned(), Value::from(method.reference().any().to_string()));
    }
    Some(Ok(Command::Create { kind: Kind::Risk, fields }))
}
