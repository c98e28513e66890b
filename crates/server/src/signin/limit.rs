//! How often one may try to sign in: by account, by address, and for a known device by itself.
//!
//! Somebody who guesses at an account uses up its tries for strangers; its owner comes from a device that is known and has
//! tries of its own, and so is never locked out.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use attestry_store::AccountId;
use governor::Quota;
use governor::clock::Clock as _;

use crate::fault::Fault;
use crate::ticks::{Limiter, Ticks, limiter};

/// Most keys kept before those that have recovered are dropped, and before nobody new is let in.
const MOST_KEYS: usize = 50_000;

/// The limits.
#[derive(Debug)]
pub struct Limits {
    accounts: Limiter<[u8; 32]>,
    codes: Limiter<i64>,
    devices: Limiter<[u8; 16]>,
    addresses: Limiter<IpAddr>,
    reporters: Limiter<AccountId>,
    reporting_addresses: Limiter<IpAddr>,
    organisations: Limiter<String>,
}

/// A number of tries at once, and one more each time `every` has gone by.
fn quota(at_once: u32, every: Duration) -> Quota {
    let at_once = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(every).unwrap_or(Quota::per_minute(NonZeroU32::MIN)).allow_burst(at_once)
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<(), Fault> {
    if limiter.len() >= MOST_KEYS {
        limiter.retain_recent();
        if limiter.len() >= MOST_KEYS {
            return Err(Fault::TooMany(60));
        }
    }
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(limiter.clock().now());
        Fault::TooMany(wait.as_secs() + 1)
    })
}

/// The part of an address that one household or firm has: all of IPv4, the first half of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        address @ IpAddr::V4(_) => address,
    }
}

impl Limits {
    /// Nobody has tried yet; by this time tries come back.
    pub fn new(ticks: &Ticks) -> Self {
        Self {
            accounts: limiter(quota(10, Duration::from_secs(30)), ticks),
            codes: limiter(quota(5, Duration::from_mins(2)), ticks),
            devices: limiter(quota(10, Duration::from_secs(20)), ticks),
            addresses: limiter(quota(40, Duration::from_secs(2)), ticks),
            reporters: limiter(quota(3, Duration::from_mins(10)), ticks),
            reporting_addresses: limiter(quota(10, Duration::from_mins(1)), ticks),
            organisations: limiter(quota(30, Duration::from_secs(20)), ticks),
        }
    }

    /// One try at a login: by a device that its account knows, or by a stranger from an address.
    pub fn sign_in(&self, login: &str, device: Option<[u8; 16]>, address: IpAddr) -> Result<(), Fault> {
        if let Some(device) = device {
            return check(&self.devices, &device);
        }
        self.address(address)?;
        let key = login.trim().chars().flat_map(char::to_lowercase).collect::<String>();
        check(&self.accounts, &crate::gate::hash_of(&key))
    }

    /// One report that something looks wrong, with a name or without: each person has a few of their own, which nobody else
    /// can use up; whoever sends more has those of their address and of the whole organisation.
    pub fn report(&self, account: AccountId, address: IpAddr, organisation: &str) -> Result<(), Fault> {
        if check(&self.reporters, &account).is_ok() {
            return Ok(());
        }
        check(&self.reporting_addresses, &network(address))?;
        check(&self.organisations, &organisation.to_owned())
    }

    /// One request of a stranger: a link, or the beginning of a sign-in with a passkey.
    pub fn address(&self, address: IpAddr) -> Result<(), Fault> {
        check(&self.addresses, &network(address))
    }

    /// One try at a code of an account, by a known device or by a stranger; also one at the password of somebody who is
    /// signed in.
    pub fn code(&self, account: i64, device: Option<[u8; 16]>) -> Result<(), Fault> {
        match device {
            Some(device) => check(&self.devices, &device),
            None => check(&self.codes, &account),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits by a time that stands still.
    fn standing() -> (Limits, Ticks) {
        let ticks = Ticks::standing();
        (Limits::new(&ticks), ticks)
    }

    #[test]
    fn a_storm_of_guesses_uses_up_the_tries_of_strangers_and_not_those_of_a_known_device() {
        let (limits, ticks) = standing();
        let guesses = (0..100_u8).filter(|from| {
            let address = IpAddr::from([192, 0, 2, *from]);
            limits.sign_in("Anna@Clinic.example", None, address).is_ok()
        });
        assert_eq!(guesses.count(), 10);
        let address = IpAddr::from([198, 51, 100, 1]);
        assert!(matches!(limits.sign_in(" anna@clinic.example", None, address), Err(Fault::TooMany(1..=31))));
        assert!(limits.sign_in("anna@clinic.example", Some([1; 16]), address).is_ok());
        assert!(limits.sign_in("bela@clinic.example", None, address).is_ok());
        ticks.advance(Duration::from_secs(30));
        assert!(limits.sign_in("anna@clinic.example", None, address).is_ok(), "one try has come back");
        assert!(limits.sign_in("anna@clinic.example", None, address).is_err());
    }

    #[test]
    fn one_address_has_forty_tries_over_all_accounts_and_an_ipv6_network_is_one_address() {
        let (limits, ticks) = standing();
        let tries = (0..100_u16).filter(|number| {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, *number]);
            limits.sign_in(&format!("person{number}"), None, address).is_ok()
        });
        assert_eq!(tries.count(), 40);
        assert!(limits.address(IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1])).is_ok());
        let same = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, 1]);
        assert!(limits.address(same).is_err());
        ticks.advance(Duration::from_secs(2));
        assert!(limits.address(same).is_ok() && limits.address(same).is_err());
    }

    #[test]
    fn a_flood_of_reports_ends_by_address_and_by_organisation_and_takes_nobody_elses_own() {
        let (limits, ticks) = standing();
        let here = IpAddr::from([192, 0, 2, 1]);
        let sent = |account, address, times| {
            (0..times).filter(|_| limits.report(AccountId(account), address, "clinic").is_ok()).count()
        };
        assert_eq!(sent(1, here, 100), 3 + 10, "three of their own and ten of the address");
        let flood: usize =
            (2..102).map(|from| sent(from, IpAddr::from([198, 51, 100, from.to_le_bytes()[0]]), 10)).sum();
        assert_eq!(flood, 100 * 3 + 30 - 10, "three of each person, and what was left of the organisation's thirty");
        assert_eq!(sent(200, here, 1), 1, "somebody else at the same address");
        assert!(limits.report(AccountId(1), here, "other").is_err(), "the address is the same");
        assert!(limits.report(AccountId(1), IpAddr::from([203, 0, 113, 1]), "other").is_ok());
        ticks.advance(Duration::from_mins(10));
        assert_eq!(sent(300, here, 100), 3 + 10, "ten minutes later all of them are there again");
    }
}
