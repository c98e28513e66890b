//! Documents of an organisation: what they need to know of its ledger, the same for pages and for the command line.

use attestry_model::Isms;
use attestry_report::documents::{Definition, Edition, Frame, Medium, TrendPoint, compared_with};
use attestry_report::{Checkpoint, Document, DocumentError, render_csv};
use attestry_store::{Organisation, StoreError, When};
use jiff::Timestamp;

use crate::cx::zone_of;

/// For whom, on what and as of when a document is made.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The organisation.
    pub organisation: &'a Organisation,
    /// The value that the document shows.
    pub isms: &'a Isms,
    /// The last entry in that value, when it is not the newest.
    pub past: Option<u64>,
    /// The time at which it is made.
    pub made: Timestamp,
    /// The time as of which the rules judge.
    pub judged_at: Timestamp,
    /// For whom.
    pub edition: Edition,
    /// On what.
    pub medium: Medium,
}

/// What a document needs to know besides the ISMS.
pub fn frame(definition: &Definition, order: Order<'_>) -> Result<Frame, StoreError> {
    let Order { organisation, isms, past, made, judged_at, edition, medium } = order;
    let note = match past {
        Some(seq) => organisation.checkpoint_at(seq)?,
        None => organisation.checkpoint(),
    };
    Ok(Frame {
        checkpoint: checkpoint(note.as_deref()),
        judged_at,
        today: zone_of(isms).to_datetime(judged_at).date(),
        simulated: organisation.info().simulated,
        edition,
        medium,
        earlier: earlier(definition, organisation, isms)?,
        trend: if definition.trend { trend(organisation, isms, judged_at)? } else { Vec::new() },
        ..Frame::new(made)
    })
}

/// The state with which a document compares; none where the ledger does not reach back so far.
fn earlier(definition: &Definition, organisation: &Organisation, isms: &Isms) -> Result<Option<Isms>, StoreError> {
    let Some(day) = compared_with(definition, isms) else { return Ok(None) };
    let end = day.tomorrow().ok().and_then(|next| zone_of(isms).to_timestamp(next.at(0, 0, 0, 0)).ok());
    let first = organisation.entries(0, 1)?.first().map(|entry| entry.at);
    match end.zip(first) {
        Some((end, first)) if end > first => {
            let end = end - jiff::SignedDuration::from_millis(1);
            Ok(Some(organisation.as_of(When::Time(end))?.isms))
        }
        _ => Ok(None),
    }
}

/// Most days of a trend.
const TREND_DAYS: i32 = 8;

/// What the rules came to on days between the first entry and a moment, and at that moment.
fn trend(organisation: &Organisation, isms: &Isms, until: Timestamp) -> Result<Vec<TrendPoint>, StoreError> {
    let Some(first) = organisation.entries(0, 1)?.first().map(|entry| entry.at) else { return Ok(Vec::new()) };
    let zone = zone_of(isms);
    let today = |at: Timestamp| zone.to_datetime(at).date();
    let step = until.duration_since(first) / TREND_DAYS;
    let mut points: Vec<TrendPoint> = Vec::new();
    for at in (1..TREND_DAYS).map(|turn| first + step * turn).filter(|at| *at < until) {
        let day = today(at);
        if points.last().is_none_or(|point| point.date < day) && day < today(until) {
            let past = organisation.as_of(When::Time(at))?;
            points.push(TrendPoint::of(&past.isms, at, day));
        }
    }
    points.push(TrendPoint::of(isms, until, today(until)));
    Ok(points)
}

/// The signed state of the log, from its note, as documents print it.
pub fn checkpoint(note: Option<&str>) -> Option<Checkpoint> {
    let text = note?.split("\n\n").next()?;
    let checkpoint = attestry_ledger::Checkpoint::parse(&format!("{text}\n")).ok()?;
    Some(Checkpoint { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root.to_base64() })
}

/// The largest table of a document: what a program wants of it.
pub fn main_table(document: &Document) -> Result<Vec<u8>, DocumentError> {
    let largest = render_csv(document)?.into_iter().rev().max_by_key(|file| file.text.len());
    Ok(largest.map(|file| file.text.into_bytes()).unwrap_or_default())
}
