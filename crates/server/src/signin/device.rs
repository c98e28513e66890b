//! Known devices: a signed cookie that says from which browser an account was signed in before.
//!
//! It opens nothing; it only spares its owner the limits that are meant for strangers. It is bound to the account's password
//! and so ends with it. The key lies in the data folder.

use std::io::Write as _;
use std::path::Path;

use attestry_store::Account;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::fault::Fault;

/// How long a device is known.
pub const KNOWN: SignedDuration = SignedDuration::from_hours(24 * 180);

/// Signs and reads the cookies.
pub struct Devices {
    key: [u8; 32],
}

impl std::fmt::Debug for Devices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Devices").finish_non_exhaustive()
    }
}

/// The key in the data folder, made when it is not there.
fn key(data: &Path) -> Result<[u8; 32], Fault> {
    let path = data.join("device.key");
    if let Ok(bytes) = std::fs::read(&path)
        && let Ok(key) = <[u8; 32]>::try_from(bytes)
    {
        return Ok(key);
    }
    let key = super::secret::bytes::<32>()?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Where nothing can be kept, devices are known until the server ends.
    if let Err(error) = options.open(&path).and_then(|mut file| file.write_all(&key)) {
        tracing::warn!(%error, "the key for known devices is not kept");
    }
    Ok(key)
}

impl Devices {
    /// With the key of the data folder.
    pub fn new(data: &Path) -> Result<Self, Fault> {
        Ok(Self { key: key(data)? })
    }

    fn mac(&self, account: &Account, body: &[u8]) -> Hmac<Sha256> {
        // Filled up with zeros to the block, as the construction says of a shorter key.
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(&self.key);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(body);
        mac.update(account.password.as_deref().unwrap_or_default().as_bytes());
        mac
    }

    /// The cookie of a device from which an account signs in now.
    pub fn cookie(&self, account: &Account, now: Timestamp) -> Result<String, Fault> {
        let mut body = Vec::with_capacity(64);
        body.extend_from_slice(&super::secret::bytes::<16>()?);
        body.extend_from_slice(&account.id.0.to_be_bytes());
        body.extend_from_slice(&now.as_millisecond().to_be_bytes());
        let sum = self.mac(account, &body).finalize().into_bytes();
        body.extend_from_slice(&sum);
        Ok(BASE64URL_NOPAD.encode(&body))
    }

    /// The device that a cookie names, when that account has signed in from it.
    pub fn known(&self, cookie: Option<&str>, account: Option<&Account>, now: Timestamp) -> Option<[u8; 16]> {
        let (account, bytes) = (account?, BASE64URL_NOPAD.decode(cookie?.as_bytes()).ok()?);
        let (body, sum) = bytes.split_at_checked(32)?;
        self.mac(account, body).verify_slice(sum).ok()?;
        let device = <[u8; 16]>::try_from(&body[..16]).ok()?;
        let whose = i64::from_be_bytes(body[16..24].try_into().ok()?);
        let since = Timestamp::from_millisecond(i64::from_be_bytes(body[24..32].try_into().ok()?)).ok()?;
        (whose == account.id.0 && since + KNOWN > now).then_some(device)
    }
}

#[cfg(test)]
mod tests {
    use attestry_store::AccountId;

    use super::*;

    #[test]
    fn a_device_is_known_to_its_account_until_the_password_changes_or_half_a_year_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-06-30T20:00:00Z".parse().unwrap();
        let account = |id, password: &str| Account {
            id: AccountId(id),
            login: "anna".to_owned(),
            password: Some(password.to_owned()),
            totp: None,
            active: true,
            created_at: now,
        };
        let anna = account(1, "$first");
        let cookie = Devices::new(folder.path()).unwrap().cookie(&anna, now).unwrap();
        let devices = Devices::new(folder.path()).unwrap();
        assert!(devices.known(Some(&cookie), Some(&anna), now).is_some(), "the key is kept in the folder");
        let later = now + KNOWN;
        for (what, known) in [
            ("another account", devices.known(Some(&cookie), Some(&account(2, "$first")), now)),
            ("another password", devices.known(Some(&cookie), Some(&account(1, "$second")), now)),
            ("half a year later", devices.known(Some(&cookie), Some(&anna), later)),
            ("no account", devices.known(Some(&cookie), None, now)),
            ("no cookie", devices.known(None, Some(&anna), now)),
            ("a cut cookie", devices.known(Some(&cookie[..40]), Some(&anna), now)),
        ] {
            assert!(known.is_none(), "{what}");
        }
    }
}
