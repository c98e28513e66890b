//! Proofs: what somebody outside needs to check a version of a record, and the check done here.

use attestry_ledger::{Hash, Leaf, Proof, VerifyingKey, commitment, leaf_hash};
use attestry_model::{AnyRecord, AnyRef, permit};
use attestry_store::{EntryProof, Organisation, Version};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::{at, history};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::page;

/// Most versions that are proved at once, in a small ledger and in a large one: each proof walks the whole tree.
const MOST: usize = 20;
const MOST_IN_LARGE: usize = 3;
const LARGE: u64 = 50_000;

/// What a verification found.
#[derive(Debug)]
pub struct Verdict {
    /// Whether everything fits.
    pub ok: bool,
    /// How many versions the chain has.
    pub versions: usize,
    /// How many of them were proved to be in the signed tree.
    pub proved: usize,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// What does not fit.
    pub faults: Vec<String>,
}

/// `POST /{kind}/{reference}/verify`: the record's chain and the newest checkpoint, checked from the bytes.
pub async fn verify(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let reference = at(&slug, &name)?;
    cx.record(reference)?;
    let verdict = cx.apart(move |cx| check(&cx.organisation, reference)).await?;
    let shown = history::page_with(&cx, reference, Some(verdict)).await?;
    page(&shown)
}

fn check(organisation: &Organisation, reference: AnyRef) -> Result<Verdict, Fault> {
    let versions = organisation.history(reference)?;
    let epochs = organisation.epochs()?;
    let mut verdict = Verdict { ok: false, versions: versions.len(), proved: 0, size: 0, faults: Vec::new() };
    for (at, version) in versions.iter().enumerate() {
        if version.version != at as u64 + 1 {
            verdict.faults.push(format!("version {} stands where {} should", version.version, at + 1));
        }
    }
    let most = if organisation.info().size > LARGE { MOST_IN_LARGE } else { MOST };
    for (at, version) in versions.iter().enumerate().rev().take(most) {
        let before = at.checked_sub(1).map(|before| versions[before].leaf_hash);
        let epoch = epochs.iter().rev().find(|epoch| epoch.first_seq <= version.seq);
        let origin = epoch.map(|epoch| epoch.origin.clone()).unwrap_or_default();
        // A proof that cannot even be made says that something was changed; it is the finding, not a failure to look.
        match organisation.proof(version.seq).map_err(|error| error.to_string()) {
            Ok(proof) => match prove(&proof, version, before, &origin) {
                Ok(size) => {
                    verdict.proved += 1;
                    verdict.size = verdict.size.max(size);
                }
                Err(fault) => verdict.faults.push(format!("version {}: {fault}", version.version)),
            },
            Err(fault) => verdict.faults.push(format!("version {}: {fault}", version.version)),
        }
    }
    verdict.ok = verdict.faults.is_empty() && verdict.proved > 0;
    Ok(verdict)
}

/// Checks one version: its leaf is the one of the chain, names the version before, commits to the values shown, and is in
/// the signed tree. Gives the size of that tree.
fn prove(found: &EntryProof, version: &Version, before: Option<Hash>, origin: &str) -> Result<u64, String> {
    if leaf_hash(&found.leaf) != version.leaf_hash {
        return Err("the stored fingerprint is not that of its bytes".to_owned());
    }
    let leaf = Leaf::decode(&found.leaf).map_err(|error| error.to_string())?;
    if leaf.prev != before {
        return Err("it does not follow from the version before".to_owned());
    }
    let disclosed: Map<String, Value> = serde_json::from_str(&found.disclosure).map_err(|error| error.to_string())?;
    for (name, committed) in &leaf.fields {
        let Some(shown) = disclosed.get(name) else { continue };
        let salt = shown.get("salt").and_then(Value::as_str).and_then(|salt| Hash::from_hex(salt).ok());
        let salt = salt.ok_or_else(|| format!("the salt of {name} cannot be read"))?;
        let value = shown.get("value").unwrap_or(&Value::Null);
        if commitment(salt.as_bytes(), value).ok().as_ref() != Some(committed) {
            return Err(format!("the value of {name} is not the one that was committed to"));
        }
    }
    let key: VerifyingKey = found.vkey.parse().map_err(|_| "the public key cannot be read".to_owned())?;
    let proof = Proof::parse(&found.proof).map_err(|error| error.to_string())?;
    let checkpoint = proof.verify(&found.leaf, origin, &[key]).map_err(|error| error.to_string())?;
    Ok(checkpoint.size)
}

/// `GET /{kind}/{reference}/proof/{version}`: proof, leaf, values with their salts and public key, in one file. Values of
/// fields that the person does not see are left out; the proof holds without them.
pub async fn download(cx: Cx, Path((slug, name, version)): Path<(String, String, String)>) -> Result<Response, Fault> {
    let reference = at(&slug, &name)?;
    cx.record(reference)?;
    let number: u64 = version.parse().map_err(|_| Fault::Absent)?;
    let until = cx.moment.as_ref().map_or(u64::MAX, |moment| moment.past.seq);
    let (version, proof) = cx
        .apart(move |cx| {
            let versions = cx.organisation.history(reference)?;
            let found = versions.into_iter().find(|one| one.version == number && one.seq <= until);
            let version = found.ok_or(Fault::Absent)?;
            let proof = cx.organisation.proof(version.seq)?;
            Ok((version, proof))
        })
        .await?;
    let record = cx.record(reference)?;
    if !history::is_shown(&cx, record, &version) {
        return Err(Fault::Absent);
    }
    let body = json!({
        "record": reference.to_string(),
        "version": number,
        "entry": version.seq,
        "leaf_hash": version.leaf_hash.to_hex(),
        "leaf_base64": data_encoding::BASE64.encode(&proof.leaf),
        "disclosure": disclosed(&cx, record, &version.fields, &proof.disclosure)?,
        "tlog_proof": proof.proof,
        "vkey": proof.vkey,
    });
    let text = serde_json::to_string_pretty(&body).map_err(|error| Fault::Broken(error.to_string()))?;
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = format!("{reference}-version-{number}-proof.json");
    headers.insert(header::CONTENT_DISPOSITION, crate::transfer::disposition(&name, true));
    Ok(answer)
}

fn disclosed(cx: &Cx, record: &dyn AnyRecord, then: &Map<String, Value>, text: &str) -> Result<Value, Fault> {
    let mut values: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| Fault::Broken(error.to_string()))?;
    let own = record.def().fields.iter();
    for def in own.filter(|def| !permit::sees_field_then(&cx.isms, &cx.principal, record, then, def)) {
        values.remove(def.name);
    }
    Ok(Value::Object(values))
}
