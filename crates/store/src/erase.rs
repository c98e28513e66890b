//! Erasure: values go, with their salts, from every version of a record; commitments, and with them all proofs, stay.

use std::collections::BTreeMap;

use attestry_ledger::Leaf;
use attestry_model::kind::Role;
use attestry_model::{Action, AnyRef, Change, Entry, Isms, Principal, Refusal, Subject};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::{StoreError, refusal};
use crate::group::Group;
use crate::load::ERASED;
use crate::seal::{FILES, REASON, Unsealed, append_member, leaf_name, plain_name};

/// What is to be erased, and on whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The record.
    pub record: AnyRef,
    /// Its fields; `@reason` for the reasons given for its changes, `@files` for the names of its files.
    pub fields: Vec<String>,
    /// The legal basis, such as Art. 17(1)(a) GDPR.
    pub legal_basis: String,
    /// Who asked for it. Kept in the ledger: better a reference or a role than a name.
    pub asked_by: String,
    /// Who approved it.
    pub approved_by: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
}

/// Which values leave which disclosures.
pub(crate) struct Cuts(Vec<Cut>);

struct Cut {
    seq: u64,
    body: String,
    salts: Vec<u8>,
}

/// Fields without which a record cannot be read.
const NEEDED: [&str; 3] = ["state", "created_at", "created_by"];

impl Erasure {
    /// Decides what is written and what is cut out of which entries.
    pub(crate) fn decide(
        &self,
        group: &mut Group<'_>,
        isms: &Isms,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<(Change, Cuts), Unsealed> {
        let target = self.record;
        let fields = self.check(isms, principal).map_err(Unsealed::Refused)?;
        let id = group.head.id;
        let record = target.to_string();
        let sql = "SELECT d.seq, d.body, d.salts FROM event e
                   JOIN disclosure d ON d.organisation = e.organisation AND d.seq = e.seq
                   WHERE e.organisation = $1 AND e.kind = $2 AND e.record = $3 ORDER BY e.seq";
        let params = [id.into(), target.kind.words().name.into(), (&record).into()];
        let rows = group
            .db()
            .all(sql, &params, |row| Ok((row.number(0)?, row.text(1)?.to_owned(), row.blob(2)?.to_vec())))
            .map_err(Unsealed::Failed)?;
        let mut values: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut cuts = Vec::new();
        for (seq, body, salts) in rows {
            let (cut, gone) = cut(seq, &body, &salts, &fields).map_err(Unsealed::Failed)?;
            if gone.is_empty() {
                continue;
            }
            cuts.push(cut);
            for name in gone {
                values.entry(name).or_default().push(seq);
            }
        }
        if cuts.is_empty() {
            return Err(Unsealed::Refused(refusal("fields", format!("{target} holds no value in any of them"))));
        }
        let mut entries = Vec::new();
        if let Some(entry) = self.cleared(isms, &fields) {
            entries.push(entry);
        }
        entries.push(self.entry(values));
        let change =
            Change { at: now, actor: principal.actor, via: principal.via, request: principal.request.clone(), entries };
        Ok((change, Cuts(cuts)))
    }

    fn check(&self, isms: &Isms, principal: &Principal) -> Result<Vec<String>, Refusal> {
        if !(principal.has(Role::IsmsManager) || principal.has(Role::SystemAdmin)) {
            return Err(Refusal::Denied("to erase values".to_owned()));
        }
        let record = isms.record(self.record).ok_or_else(|| Refusal::Absent(self.record.to_string()))?;
        if record.head().legal_hold == Some(true) {
            return Err(refusal("", format!("{} is under a legal hold", self.record)));
        }
        let mut problems = attestry_model::decide::Problems::default();
        for (field, text) in
            [("legal_basis", &self.legal_basis), ("asked_by", &self.asked_by), ("approved_by", &self.approved_by)]
        {
            problems.need(text.trim().is_empty(), field, "to erase values");
        }
        problems.need(self.fields.is_empty(), "fields", "to erase values");
        for field in &self.fields {
            let own = [REASON, FILES].contains(&field.as_str());
            if NEEDED.contains(&field.as_str()) {
                problems.add(field.clone(), "cannot be erased: the record could not be read without it");
            } else if !own && record.def().field(field).is_none() {
                problems.add(field.clone(), format!("is not a field of {}", record.def().words.plural.to_lowercase()));
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let own = |field: &String| [REASON, FILES].contains(&field.as_str());
        Ok(self
            .fields
            .iter()
            .map(|field| if own(field) { field.clone() } else { leaf_name(field).into_owned() })
            .collect())
    }

    /// The record's next version, without the values; none when it holds none of them now.
    fn cleared(&self, isms: &Isms, fields: &[String]) -> Option<Entry> {
        let record = isms.record(self.record)?;
        let mut next = record.fields();
        let mut changed = false;
        for field in fields.iter().filter_map(|name| plain_name(name)) {
            changed |= next.remove(&field).is_some();
            if field == "title" {
                next.insert(field, Value::from(ERASED));
            }
        }
        changed.then(|| Entry {
            subject: Subject::Record(self.record),
            action: Action::Erase,
            version: record.revision() + 1,
            fields: next,
            reason: None,
            approval: None,
            files: Vec::new(),
        })
    }

    /// The ledger's own entry: what went, from where, on whose word.
    fn entry(&self, values: BTreeMap<String, Vec<u64>>) -> Entry {
        let values: Map<String, Value> = values.into_iter().map(|(name, seqs)| (name, Value::from(seqs))).collect();
        let fields = [
            ("record", Value::from(self.record.to_string())),
            ("values", Value::Object(values)),
            ("legal_basis", Value::from(self.legal_basis.trim())),
            ("asked_by", Value::from(self.asked_by.trim())),
            ("approved_by", Value::from(self.approved_by.trim())),
        ];
        Entry {
            subject: Subject::Ledger,
            action: Action::Erase,
            version: 0,
            fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            reason: self.reason.clone(),
            approval: None,
            files: Vec::new(),
        }
    }
}

/// Takes the named members and their salts out of a disclosure; also says which were there.
fn cut(seq: u64, body: &str, salts: &[u8], fields: &[String]) -> Result<(Cut, Vec<String>), StoreError> {
    let wrong = |cause: String| StoreError::content(format!("entry {seq}"), cause);
    let members: BTreeMap<String, Value> = serde_json::from_str(body).map_err(|error| wrong(error.to_string()))?;
    let (salts, odd) = salts.as_chunks::<32>();
    if salts.len() != members.len() || !odd.is_empty() {
        return Err(wrong("its salts do not go with its values".to_owned()));
    }
    let mut rest = Cut { seq, body: "{".to_owned(), salts: Vec::new() };
    let mut gone = Vec::new();
    for ((name, value), salt) in members.into_iter().zip(salts) {
        if fields.contains(&name) {
            gone.push(name);
            continue;
        }
        let bytes = attestry_ledger::canonical(&value).map_err(|error| wrong(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
        append_member(&mut rest.body, &name, &text);
        rest.salts.extend_from_slice(salt);
    }
    rest.body.push('}');
    Ok((rest, gone))
}

impl Cuts {
    /// Cuts the values out, within the transaction that holds the entries about it.
    pub(crate) fn carry_out(self, group: &mut Group<'_>) -> Result<(), StoreError> {
        let id = group.head.id;
        for Cut { seq, body, salts } in self.0 {
            group.db().execute(
                "UPDATE disclosure SET body = $1, salts = $2 WHERE organisation = $3 AND seq = $4",
                &[(&body).into(), (&salts).into(), id.into(), seq.into()],
            )?;
        }
        Ok(())
    }
}

/// The names that a leaf commits to and a body no longer discloses.
pub(crate) fn missing(leaf: &Leaf, body: &BTreeMap<String, Value>) -> Vec<String> {
    let fields = leaf.fields.keys().filter(|name| !body.contains_key(*name)).cloned();
    let reason = (leaf.reason.is_some() && !body.contains_key(REASON)).then(|| REASON.to_owned());
    fields.chain(reason).collect()
}
