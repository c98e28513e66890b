//! The context of one request: who asks, in which organisation, now or at which moment of the past, in which language.
//!
//! Invariants: the organisation comes from the session or the token and from nowhere else; looking a record up is checking
//! the right to it; in the past nothing can be written.

use std::borrow::Cow;
use std::sync::Arc;

use attestry_check::Report;
use attestry_model::consent::Proof;
use attestry_model::kind::{KindDef, Role};
use attestry_model::permit::{Wish, may_create, permit};
use attestry_model::records::{Kind, Person};
use attestry_model::stored::AnyRecord;
use attestry_model::{AnyRef, Command, Isms, Principal, Ref, Stored};
use attestry_store::{AccountId, Organisation, Receipt, Session};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;

use crate::app::{App, Past};
use crate::fault::Fault;
use crate::words::{Argument, Words};

/// How a person wants pages to look: from a cookie, so that nothing flashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// `light`, `dark` or empty for the system's.
    pub theme: String,
    /// `roomy` or empty for compact.
    pub density: String,
    /// Whether single-key shortcuts are off.
    pub no_keys: bool,
}

/// How the person signed in.
#[derive(Debug, Clone)]
pub enum Entrance {
    /// A session in a browser.
    Session {
        /// The hash of its cookie.
        hash: [u8; 32],
        /// The session.
        session: Session,
    },
    /// A token of a program.
    Token {
        /// The token's number.
        id: i64,
        /// What it may be used for.
        scopes: Vec<String>,
    },
}

/// A moment of the past that the request looks at.
#[derive(Debug, Clone)]
pub struct Moment {
    /// As it stands in the address.
    pub written: String,
    /// The value.
    pub past: Arc<Past>,
}

/// The context of one request.
#[derive(Debug, Clone)]
pub struct Cx(Arc<Inner>);

/// See [`Cx`], which gives access to it.
pub struct Inner {
    /// The server.
    pub app: App,
    /// The organisation.
    pub organisation: Organisation,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub organisation_name: String,
    /// The account.
    pub account: AccountId,
    /// How the person signed in.
    pub entrance: Entrance,
    /// Who asks, with their roles of today.
    pub principal: Principal,
    /// The person.
    pub person: Ref<Person>,
    /// The time.
    pub now: Timestamp,
    /// The zone of the organisation.
    pub zone: TimeZone,
    /// The day: today, or that of the moment looked at.
    pub today: Date,
    /// The value that is shown: the newest, or that of the moment.
    pub isms: Isms,
    /// The newest value.
    pub current: Isms,
    /// The moment of the past, if one is looked at.
    pub moment: Option<Moment>,
    /// The language.
    pub words: &'static Words,
    /// How pages look.
    pub look: Look,
    /// The request's name in logs.
    pub request: String,
    /// The path without the query.
    pub path: String,
    /// The query as it came.
    pub query: String,
    /// Whether the person looks at the portal that employees see.
    pub portal: bool,
    /// Whether the answer may be compressed.
    pub takes_gzip: bool,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx")
            .field("slug", &self.slug)
            .field("person", &self.person)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl std::ops::Deref for Cx {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRequestParts<App> for Cx {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Fault> {
        // The gate of the route has made it; a route without a gate that asks for it is a fault of the program.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Fault::Broken("a route without a gate".to_owned()))
    }
}

impl Cx {
    /// For [`crate::gate`].
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Whether the past is shown.
    pub fn is_past(&self) -> bool {
        self.moment.is_some()
    }

    /// A text.
    pub fn say(&self, key: impl AsRef<str>) -> Cow<'static, str> {
        self.words.say(key.as_ref())
    }

    /// A text with one parameter.
    pub fn say1<'a>(&self, key: &str, name: &str, value: impl Into<Argument<'a>>) -> Cow<'static, str> {
        self.words.with(key, &[(name, value.into())])
    }

    /// A text with parameters.
    pub fn with(&self, key: &str, parameters: &[(&str, Argument<'_>)]) -> Cow<'static, str> {
        self.words.with(key, parameters)
    }

    /// The address of a page, staying in the moment of the past that is looked at.
    pub fn href(&self, path: &str) -> String {
        match &self.moment {
            None => path.to_owned(),
            Some(moment) => {
                let (base, anchor) = path.split_once('#').map_or((path, None), |(base, anchor)| (base, Some(anchor)));
                let sign = if base.contains('?') { '&' } else { '?' };
                let mut href = format!("{base}{sign}asof={}", crate::html::encode(&moment.written));
                if let Some(anchor) = anchor {
                    href.push('#');
                    href.push_str(anchor);
                }
                href
            }
        }
    }

    /// The address of a record's page.
    pub fn record_href(&self, reference: AnyRef) -> String {
        self.href(&crate::places::record_path(reference))
    }

    /// A record that the person may see. One that is not there and one that they may not see are told alike.
    pub fn record(&self, reference: AnyRef) -> Result<&dyn AnyRecord, Fault> {
        self.isms.record(reference).filter(|record| self.sees(*record)).ok_or(Fault::Absent)
    }

    /// A record by its type, as [`Cx::record`].
    pub fn get<K: attestry_model::kind::Record>(&self, reference: Ref<K>) -> Result<&Stored<K>, Fault> {
        self.isms.get(reference).filter(|record| self.sees(*record)).ok_or(Fault::Absent)
    }

    /// Whether the person may see a record. Who it belongs to is read from the value that is shown, who they are from today's.
    pub fn sees(&self, record: &dyn AnyRecord) -> bool {
        permit(&self.isms, &self.principal, Wish::Read, record)
    }

    /// Whether the person may do something with a record now. Nothing can be done in the past.
    pub fn may(&self, wish: Wish, record: &dyn AnyRecord) -> bool {
        let reading = wish == Wish::Read;
        (reading || (!self.is_past() && self.can_write())) && permit(&self.isms, &self.principal, wish, record)
    }

    /// Whether the entrance lets the person write at all: a token may be for reading only.
    pub fn can_write(&self) -> bool {
        match &self.entrance {
            Entrance::Session { .. } => true,
            Entrance::Token { scopes, .. } => scopes.iter().any(|scope| scope == "write"),
        }
    }

    /// Whether the person may create records of a kind now.
    pub fn may_create(&self, kind: Kind) -> bool {
        !self.is_past() && self.can_write() && may_create(&self.principal, kind.def())
    }

    /// Whether the person may see every record of the kind, so that lists need not ask for each.
    pub fn sees_all(&self, def: &KindDef) -> bool {
        self.principal.has(Role::IsmsManager)
            || def.rights.read.iter().any(|who| match who {
                attestry_model::kind::Who::Role(Role::ExternalAuditor) => false,
                attestry_model::kind::Who::Role(role) => self.principal.has(*role),
                attestry_model::kind::Who::All => true,
                attestry_model::kind::Who::Isms => self.principal.is_isms(),
                _ => false,
            })
    }

    /// The records of a kind that the person may see, in the order of their numbers.
    pub fn records(&self, kind: Kind) -> impl Iterator<Item = &dyn AnyRecord> {
        let all = self.sees_all(kind.def());
        self.isms.records(kind).filter(move |record| all || self.sees(*record))
    }

    /// Whether the person may sort and filter by a field: by one that they may not see in others' records they may not.
    pub fn may_ask(&self, field: &attestry_model::field::FieldDef) -> bool {
        if field.guarded {
            return self.principal.has(Role::IsmsManager) && !self.principal.has(Role::ExternalAuditor);
        }
        !field.private
            || self.principal.has(Role::SystemAdmin)
            || (self.principal.is_isms() && !self.principal.has(Role::ExternalAuditor))
    }

    /// The conformance report over the value that is shown.
    pub fn report(&self) -> Arc<Report> {
        match &self.moment {
            None => self.app.report(&self.slug, &self.current, self.now, self.today),
            Some(moment) => moment.past.report(moment.past.at, self.today),
        }
    }

    /// Whether the person belongs to those who work in the ISMS, rather than only in the portal.
    pub fn is_isms(&self) -> bool {
        self.principal.is_isms() || self.principal.has(Role::SystemAdmin) || self.principal.has(Role::ExternalAuditor)
    }

    /// Whether the person looks after accounts and settings.
    pub fn is_steward(&self) -> bool {
        self.principal.has(Role::IsmsManager) || self.principal.has(Role::SystemAdmin)
    }

    /// Decides and writes a command, and answers once it is durable.
    pub async fn submit(&self, command: Command) -> Result<Receipt, Fault> {
        self.submit_as(&self.principal, command).await
    }

    /// The same with a proof of its own: a signature over what the command approves.
    pub async fn submit_signed(&self, command: Command, proof: Proof) -> Result<Receipt, Fault> {
        self.submit_as(&Principal { proof: Some(proof), ..self.principal.clone() }, command).await
    }

    async fn submit_as(&self, principal: &Principal, command: Command) -> Result<Receipt, Fault> {
        if self.is_past() {
            return Err(Fault::Past);
        }
        if !self.can_write() {
            return Err(Fault::Denied("this token is for reading only".to_owned()));
        }
        if attestry_check::is_silent_approval(&command) {
            let asked = command.clone();
            self.apart(move |cx| {
                let isms = cx.organisation.isms();
                let before = cx.app.report(&cx.slug, &isms, cx.now, cx.today);
                attestry_check::accepts_approval(&isms, &asked, &before, cx.now, cx.today).map_err(Fault::Invalid)
            })
            .await?;
        }
        let (sender, receiver) = oneshot::channel();
        self.organisation.submit_with(principal, command, move |answer| {
            // Who asked may have gone; what was written stays written.
            let _ = sender.send(answer);
        });
        let answer = receiver.await.map_err(|_| Fault::ReadOnly("the server is ending".to_owned()))?;
        Ok(answer?)
    }

    /// Runs work that waits for the disk or the database, or that takes long, beside the requests.
    pub async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let cx = self.clone();
        tokio::task::spawn_blocking(move || work(&cx)).await.map_err(|error| Fault::Broken(error.to_string()))?
    }

    /// The person's name; their reference where the name was erased.
    pub fn name_of(&self, person: Ref<Person>) -> String {
        // The name of a colleague is no secret inside an organisation, whatever else of their record is.
        let record = self.current.get(person).map(|record| record.title().to_owned());
        record.filter(|name| !name.is_empty()).unwrap_or_else(|| person.any().to_string())
    }

    /// A preference of the person in this organisation.
    pub fn preference(&self, name: &str) -> Option<String> {
        self.app.store.accounts().preference(self.account, &self.slug, name).ok().flatten()
    }
}

/// The day of a moment where the organisation is; in UTC where it has not said.
pub fn zone_of(isms: &Isms) -> TimeZone {
    let name = isms.organization().and_then(|organisation| organisation.timezone.clone());
    name.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC)
}
