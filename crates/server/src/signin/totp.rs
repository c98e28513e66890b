//! Time-based one-time codes, and the recovery codes for the day when the telephone is gone.

use attestry_store::Account;
use jiff::Timestamp;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};

use super::secret::recovery_hash;
use crate::app::App;
use crate::fault::Fault;
use crate::html::Html;

fn totp(secret: &str, login: &str) -> Result<Totp, Fault> {
    let broken = |what: &str| Fault::Broken(format!("one-time codes: {what}"));
    let secret = Secret::try_from_base32(secret).map_err(|_| broken("the secret is not Base32"))?;
    // A colon would end the name inside the address that the QR code holds.
    let name = login.replace(':', " ");
    let builder = Builder::new().with_secret(secret).with_issuer(Some("Attestry")).with_account_name(name);
    builder.build().map_err(|error| broken(&error.to_string()))
}

/// The seconds of a moment.
fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or_default()
}

/// The step of the code, if it is one of now.
pub fn step(secret: &str, code: &str, now: Timestamp) -> Result<Option<u64>, Fault> {
    let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    Ok(totp(secret, "")?.check(&code, seconds(now)))
}

/// The code of a moment.
pub fn code(secret: &str, now: Timestamp) -> Result<String, Fault> {
    Ok(totp(secret, "")?.generate(seconds(now)).to_string())
}

/// The QR code that an authenticator scans.
pub fn picture(secret: &str, login: &str) -> Result<Html, Fault> {
    let address = totp(secret, login)?.to_url().map_err(|error| Fault::Broken(error.to_string()))?;
    let code = qrcode::QrCode::new(address.as_bytes()).map_err(|error| Fault::Broken(error.to_string()))?;
    let drawn = code.render::<svg::Color<'_>>().quiet_zone(true).min_dimensions(200, 200).build();
    // Without the XML declaration it stands in a page; a picture of dark on light in both colour schemes.
    let svg = drawn.find("<svg").map_or("", |at| &drawn[at..]);
    Ok(Html(svg.replacen("<svg", r#"<svg class="qr" role="img" aria-labelledby="qr-name""#, 1)))
}

/// Which second proof a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A code of the moment.
    Code,
    /// A recovery code, which is now used up.
    Recovery,
}

/// Uses up a code of an account: one of the moment, or a recovery code. No code is good twice.
pub fn prove(app: &App, account: &Account, typed: &str) -> Result<Option<Proof>, Fault> {
    let accounts = app.store.accounts();
    let Some(secret) = &account.totp else { return Ok(None) };
    if typed.len() > 100 {
        return Ok(None);
    }
    if let Some(step) = step(secret, typed, app.now())? {
        return Ok(accounts.use_totp_step(account.id, step)?.then_some(Proof::Code));
    }
    Ok(accounts.use_recovery_code(account.id, &recovery_hash(typed))?.then_some(Proof::Recovery))
}
