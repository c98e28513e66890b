//! Passkeys: challenges kept in memory until they are answered, once; keys kept in the store.

use attestry_ledger::assertion;
use attestry_model::records::approval::ApprovalAssertion;
use attestry_store::{Account, AccountId, verify_assertion};
use serde_json::Value;
use webauthn_rs::prelude::{
    COSEKey, COSEKeyType, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use super::pending::Pending;
use crate::app::App;
use crate::fault::Fault;

/// A challenge that waits for its answer.
#[derive(Debug)]
enum Challenge {
    /// A new key of an account; the name under which the browser knows us is part of it.
    Register(AccountId, String, Box<PasskeyRegistration>),
    /// A proof of whoever has a key that the device remembers by itself.
    Enter(String, Box<DiscoverableAuthentication>),
    /// A proof of the account that is signed in, by any of its keys.
    Prove(AccountId, String, Box<PasskeyAuthentication>),
    /// A signature of the account over a statement.
    Sign(AccountId, String, String, Box<PasskeyAuthentication>),
}

/// The challenges.
#[derive(Debug)]
pub struct Passkeys(Pending<Challenge>);

impl Default for Passkeys {
    fn default() -> Self {
        Self(Pending::for_minutes(5))
    }
}

/// What the browser is asked: the secret of the challenge and the options of its own interface.
#[derive(Debug, serde::Serialize)]
pub struct Asked {
    id: String,
    options: Value,
}

fn webauthn(origin: &str) -> Result<Webauthn, Fault> {
    let unable = || Fault::Conflict("passkeys need an address with a name, such as localhost or a domain".to_owned());
    let url = Url::parse(origin).map_err(|_| unable())?;
    let name = url.domain().ok_or_else(unable)?.to_owned();
    let builder = WebauthnBuilder::new(&name, &url).map_err(|_| unable())?;
    builder.rp_name("Attestry").build().map_err(|error| Fault::Broken(error.to_string()))
}

/// Whether passkeys are possible at the address under which the browser reached us.
pub fn possible(origin: &str) -> bool {
    webauthn(origin).is_ok()
}

/// The origin as browsers write it.
pub fn written_origin(origin: &str) -> Result<String, Fault> {
    let url = Url::parse(origin).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(url.origin().ascii_serialization())
}

/// The public key of a passkey as DER `SubjectPublicKeyInfo` in base64url.
fn public_key(key: &COSEKey) -> Result<String, Fault> {
    let info = match &key.key {
        COSEKeyType::EC_EC2(key) => assertion::elliptic_key(&key.x, &key.y),
        COSEKeyType::EC_OKP(key) => assertion::edwards_key(&key.x),
        COSEKeyType::RSA(key) => Some(assertion::rsa_key(&key.n, &key.e)),
    };
    let info = info.ok_or_else(|| Fault::Conflict("this passkey is of a sort that signs nothing here".to_owned()))?;
    Ok(assertion::encode(&info))
}

/// What people compare a kept passkey by; none when it cannot be read.
pub fn fingerprint(json: &str) -> Option<String> {
    assertion::fingerprint(&public_key(read(json).ok()?.get_public_key()).ok()?)
}

/// The handle of an account inside authenticators: the same for the account's life, and saying nothing of it.
fn handle(account: AccountId) -> Uuid {
    let sum = crate::gate::hash_of(&format!("attestry account {}", account.0));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sum[..16]);
    Uuid::from_bytes(bytes)
}

fn options(answer: impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| Fault::Broken(error.to_string()))
}

/// A key as it is kept.
fn read(json: &str) -> Result<Passkey, Fault> {
    serde_json::from_str(json).map_err(|error| Fault::Broken(format!("a passkey cannot be read: {error}")))
}

/// The keys of an account, which has one at least.
fn keys(app: &App, account: AccountId) -> Result<Vec<Passkey>, Fault> {
    let kept = app.store.accounts().passkeys(account)?;
    if kept.is_empty() {
        return Err(Fault::Conflict("this account has no passkey".to_owned()));
    }
    kept.iter().map(|one| read(&one.json)).collect()
}

fn written(key: &Passkey) -> Result<String, Fault> {
    serde_json::to_string(key).map_err(|error| Fault::Broken(error.to_string()))
}

fn wrong(error: &webauthn_rs::prelude::WebauthnError) -> Fault {
    tracing::info!(%error, "a passkey was refused");
    Fault::Denied("the passkey was not accepted".to_owned())
}

impl Passkeys {
    /// Begins the registration of a key.
    pub fn begin_registration(&self, app: &App, origin: &str, account: &Account) -> Result<Asked, Fault> {
        let known = app.store.accounts().passkeys(account.id)?;
        let known = known.into_iter().map(|one| one.credential).collect();
        let begun = webauthn(origin)?.start_passkey_registration(
            handle(account.id),
            &account.login,
            &account.login,
            Some(known),
        );
        let (answer, state) = begun.map_err(|error| wrong(&error))?;
        let mut options = options(answer)?;
        // A key that the device remembers by itself can sign in without the login being typed.
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = "preferred".into();
        }
        let id = self.0.put(Challenge::Register(account.id, origin.to_owned(), Box::new(state)))?;
        Ok(Asked { id, options })
    }

    /// Ends the registration of a key.
    pub fn end_registration(
        &self,
        app: &App,
        account: AccountId,
        id: &str,
        name: &str,
        answer: &RegisterPublicKeyCredential,
    ) -> Result<(), Fault> {
        let Some(Challenge::Register(of, origin, state)) = self.0.take(id) else { return Err(gone()) };
        if of != account {
            return Err(gone());
        }
        let key = webauthn(&origin)?.finish_passkey_registration(answer, &state).map_err(|error| wrong(&error))?;
        app.store.accounts().add_passkey(account, key.cred_id(), name, &written(&key)?, app.now())?;
        Ok(())
    }

    /// Asks whoever is there to prove who they are, by a key that names its account.
    pub fn begin_entry(&self, origin: &str) -> Result<Asked, Fault> {
        let begun = webauthn(origin)?.start_discoverable_authentication();
        let (mut answer, state) = begun.map_err(|error| wrong(&error))?;
        // A button is pressed for it, so the browser shall ask at once rather than offer it in a field.
        answer.mediation = None;
        let id = self.0.put(Challenge::Enter(origin.to_owned(), Box::new(state)))?;
        Ok(Asked { id, options: options(answer)? })
    }

    /// Asks an account for a proof. Its keys are named, so one that its device does not remember by itself serves as well.
    pub fn begin_proof(&self, app: &App, origin: &str, account: AccountId) -> Result<Asked, Fault> {
        let begun = webauthn(origin)?.start_passkey_authentication(&keys(app, account)?);
        let (answer, state) = begun.map_err(|error| wrong(&error))?;
        let id = self.0.put(Challenge::Prove(account, origin.to_owned(), Box::new(state)))?;
        Ok(Asked { id, options: options(answer)? })
    }

    /// The account that has proved who it is. A counter that went back is refused.
    pub fn end_proof(
        &self,
        app: &App,
        expected: Option<AccountId>,
        id: &str,
        answer: &PublicKeyCredential,
    ) -> Result<Account, Fault> {
        let challenge = self.0.take(id).ok_or_else(gone)?;
        let accounts = app.store.accounts();
        let refused = || Fault::Denied("the passkey was not accepted".to_owned());
        let credential = answer.get_credential_id();
        let owner = accounts.passkey_owner(credential)?.ok_or_else(refused)?;
        let kept = accounts.passkeys(owner)?;
        let kept = kept.iter().find(|one| one.credential == credential).ok_or_else(refused)?;
        let mut key = read(&kept.json)?;
        let result = match (challenge, expected) {
            (Challenge::Enter(origin, state), None) => {
                webauthn(&origin)?.finish_discoverable_authentication_v2(answer, *state, DiscoverableKey::from(&key))
            }
            (Challenge::Prove(of, origin, state), Some(account)) if of == account => {
                if owner != account {
                    return Err(refused());
                }
                webauthn(&origin)?.finish_passkey_authentication(answer, &state)
            }
            _ => return Err(gone()),
        };
        let result = result.map_err(|error| wrong(&error))?;
        let named = answer.get_user_unique_id();
        if named.is_some_and(|named| named != handle(owner).as_bytes()) {
            return Err(refused());
        }
        key.update_credential(&result);
        accounts.update_passkey(credential, &written(&key)?, app.now())?;
        accounts.get(owner)?.filter(|account| account.active).ok_or_else(refused)
    }

    /// Asks an account for a signature over a statement: its hash takes the place of a random challenge.
    pub fn begin_signature(
        &self,
        app: &App,
        origin: &str,
        account: AccountId,
        statement: String,
    ) -> Result<Asked, Fault> {
        let begun = webauthn(origin)?.start_passkey_authentication(&keys(app, account)?);
        let (answer, state) = begun.map_err(|error| wrong(&error))?;
        let (mut options, mut state) = (options(answer)?, options(&state)?);
        let challenge = assertion::encode(assertion::challenge(&statement).as_bytes());
        for (whole, path) in [(&mut options, "/publicKey/challenge"), (&mut state, "/ast/challenge")] {
            let place = whole.pointer_mut(path).filter(|it| it.is_string());
            *place.ok_or_else(|| Fault::Broken("a challenge has another form".to_owned()))? = challenge.clone().into();
        }
        let state = serde_json::from_value(state).map_err(|error| Fault::Broken(error.to_string()))?;
        let id = self.0.put(Challenge::Sign(account, origin.to_owned(), statement, Box::new(state)))?;
        Ok(Asked { id, options })
    }

    /// What an account has signed, in the form in which anybody can check it.
    pub fn end_signature(
        &self,
        app: &App,
        account: AccountId,
        id: &str,
        answer: &PublicKeyCredential,
    ) -> Result<ApprovalAssertion, Fault> {
        let Some(Challenge::Sign(of, origin, statement, state)) = self.0.take(id) else { return Err(gone()) };
        if of != account {
            return Err(gone());
        }
        let refused = || Fault::Denied("the passkey was not accepted".to_owned());
        let accounts = app.store.accounts();
        let credential = answer.get_credential_id();
        let kept = accounts.passkeys(account)?;
        let kept = kept.iter().find(|one| one.credential == credential).ok_or_else(refused)?;
        let mut key = read(&kept.json)?;
        let result = webauthn(&origin)?.finish_passkey_authentication(answer, &state);
        let result = result.map_err(|error| wrong(&error))?;
        key.update_credential(&result);
        accounts.update_passkey(credential, &written(&key)?, app.now())?;
        let said = &answer.response;
        let signed = ApprovalAssertion {
            statement: Some(statement.as_str().into()),
            credential: Some(assertion::encode(credential)),
            public_key: Some(public_key(key.get_public_key())?),
            authenticator_data: Some(assertion::encode(&said.authenticator_data)),
            client_data: Some(assertion::encode(&said.client_data_json)),
            signature: Some(assertion::encode(&said.signature)),
        };
        // Nothing is kept as a signature that others could not verify.
        verify_assertion(&signed).map_err(|error| Fault::Denied(format!("the signature was not accepted: {error}")))?;
        Ok(signed)
    }
}

fn gone() -> Fault {
    Fault::Conflict("this took too long, or was answered already: try again".to_owned())
}
