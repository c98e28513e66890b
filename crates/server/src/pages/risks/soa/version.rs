//! Versions of the statement: beginning the next one, and what a version is compared with.

use attestry_check::standing;
use attestry_model::decide::ImportRecord;
use attestry_model::field::Scalar as _;
use attestry_model::records::{Applicability, RiskAssessment, Soa};
use attestry_model::{AnyRecord, AnyRef, Command, Isms, Kind, Ref, Stored};
use attestry_standards::annex_controls;
use attestry_store::When;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::shell::to;

/// The edition whose Annex A a new statement goes through.
const EDITION: &str = "ISO/IEC 27001:2022";

/// The version that another is compared with, as it stood then.
pub(super) struct Earlier {
    /// What people call it.
    pub label: String,
    /// Its reference, where it is a version of today and no day of the past.
    pub chosen: Option<Ref<Soa>>,
    pub isms: Isms,
    pub soa: Option<Ref<Soa>>,
}

impl Earlier {
    fn version(cx: &Cx, soa: &Stored<Soa>) -> Self {
        let label = cx.say1("soa-version", "version", soa.version.as_deref().unwrap_or("–")).into_owned();
        Self { label, chosen: Some(soa.reference()), isms: cx.isms.clone(), soa: Some(soa.reference()) }
    }

    /// What a page is to be compared with: a version, a day, or the version in force when a draft is shown.
    pub(super) async fn of(cx: &Cx, written: &str, shown: Option<&Stored<Soa>>) -> Result<Option<Self>, Fault> {
        if written.is_empty() {
            let draft = shown.filter(|it| matches!(it.state_name(), "draft" | "in_review"));
            let force = draft.and_then(|_| standing::in_force(&cx.isms)).filter(|it| cx.sees(*it));
            return Ok(force
                .filter(|it| draft.is_some_and(|draft| draft.number != it.number))
                .map(|it| Self::version(cx, it)));
        }
        if written == "none" {
            return Ok(None);
        }
        if let Ok(reference) = written.parse::<AnyRef>() {
            let soa = reference.of::<Soa>().ok_or(Fault::Absent)?;
            return Ok(Some(Self::version(cx, cx.get(soa)?)));
        }
        let wrong = || Fault::field("day", "is a version or a day such as 2026-03-31");
        let day: Date = written.parse().map_err(|_| wrong())?;
        let end =
            day.tomorrow().ok().and_then(|next| cx.zone.to_timestamp(next.at(0, 0, 0, 0)).ok()).ok_or_else(wrong)?;
        let when = When::Time(end - jiff::SignedDuration::from_millis(1));
        let isms = cx.apart(move |cx| {
            // A day before the first entry is a day on which there was nothing yet.
            Ok(cx.app.past(&cx.organisation, when).map_or_else(|_| Isms::default(), |past| past.isms.clone()))
        });
        let isms = isms.await?;
        let soa = standing::in_force(&isms).or_else(|| standing::newest(&isms)).map(Stored::reference);
        Ok(Some(Self { label: dates::full_day(cx.words, day), chosen: None, isms, soa }))
    }
}

/// The number after a version's: `2.1` after `2.0`, and `1.0` for the first.
fn next_number(before: Option<&str>) -> String {
    let Some(before) = before else { return "1.0".to_owned() };
    let (head, tail) = before.rsplit_once('.').unwrap_or((before, "0"));
    tail.parse::<u32>().map_or_else(|_| format!("{before}.1"), |tail| format!("{head}.{}", tail.saturating_add(1)))
}

/// Whether the person may begin a version now: while none is being worked on.
pub(super) fn may_begin(cx: &Cx) -> bool {
    let open = cx.isms.live::<Soa>().any(|it| matches!(it.state_name(), "draft" | "in_review"));
    cx.may_create(Kind::Soa) && cx.may_create(Kind::Applicability) && !open
}

/// `POST /soa/version`: a draft with a row for each control, copied from the version before where there is one.
pub async fn begin(cx: Cx) -> Result<Response, Fault> {
    if !cx.may_create(Kind::Soa) {
        return Err(Fault::Denied(cx.say("soa-may-not-begin").into_owned()));
    }
    if !may_begin(&cx) {
        return Err(Fault::Conflict(cx.say("soa-open-already").into_owned()));
    }
    let isms = &cx.isms;
    let before = standing::in_force(isms).or_else(|| standing::newest(isms));
    let number = isms.next_number(Kind::Soa);
    let soa = AnyRef { kind: Kind::Soa, number };
    let version = next_number(before.and_then(|it| it.version.as_deref()));
    let assessment = isms.live::<RiskAssessment>().filter(|it| it.state_name() == "approved").last();
    let assessment = assessment.map(Stored::reference).or_else(|| before.and_then(|it| it.risk_assessment));
    let head = json!({
        "title": cx.say1("soa-version-title", "version", version.as_str()),
        "state": "draft",
        "version": version,
        "risk_assessment": assessment.map(|it| it.to_value()),
        "annex_edition": before.and_then(|it| it.annex_edition.clone()).unwrap_or_else(|| EDITION.to_owned()),
        "owner": before.and_then(|it| it.head.owner).map(|it| it.to_value()),
        "created_by": cx.person.to_value(),
    });
    let source = cx.say("soa-version-reason").into_owned();
    let mut records = vec![ImportRecord { reference: soa, fields: filled(head), source: source.clone() }];
    let mut next = isms.next_number(Kind::Applicability);
    let mut add = |fields: Map<String, Value>| {
        let reference = AnyRef { kind: Kind::Applicability, number: next };
        next += 1;
        records.push(ImportRecord { reference, fields, source: source.clone() });
    };
    let rows: Vec<&Stored<Applicability>> = before.map(|it| standing::rows_of(isms, it).collect()).unwrap_or_default();
    let missing = annex_controls().iter().filter(|it| !rows.iter().any(|row| row.annex_id.as_deref() == Some(&it.id)));
    for row in &rows {
        let mut fields = AnyRecord::fields(*row);
        for own in ["created_at", "created_by", "legal_hold", "void_reason"] {
            fields.remove(own);
        }
        fields.insert("soa".to_owned(), soa.to_string().into());
        fields.insert("created_by".to_owned(), cx.person.to_value());
        add(fields);
    }
    for control in missing {
        add(filled(json!({
            "title": control.title,
            "state": "undecided",
            "soa": soa.to_string(),
            "annex_id": control.id,
            "created_by": cx.person.to_value(),
        })));
    }
    cx.submit(Command::Import { records, reason: Some(source) }).await?;
    Ok(to(&format!("/soa?version={soa}&done=soa-begun%20{soa}")))
}

/// The members that are not empty.
fn filled(value: Value) -> Map<String, Value> {
    let Value::Object(mut map) = value else { return Map::new() };
    map.retain(|_, value| !value.is_null());
    map
}

#[cfg(test)]
mod tests {
    use super::next_number;

    #[test]
    fn versions_are_counted_on() {
        let after = [
            (None, "1.0"),
            (Some("2.0"), "2.1"),
            (Some("3.9"), "3.10"),
            (Some("4"), "4.1"),
            (Some("2026a"), "2026a.1"),
        ];
        for (before, next) in after {
            assert_eq!(next_number(before), next);
        }
    }
}
