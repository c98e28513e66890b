//! The place a call works on: the opened store, the organisation, who acts, the clock.

use std::time::Duration;

use attestry_model::change::Via;
use attestry_model::decide::Refusal;
use attestry_model::records::Person;
use attestry_model::{Command, Isms, Principal};
use attestry_store::{Access, AsOf, Clock, Organisation, Receipt, Store, StoreError};
use jiff::Timestamp;

use crate::cli::Global;
use crate::config::Config;
use crate::failure::Failure;
use crate::input;

/// An opened place.
pub struct Site {
    /// The options of the call.
    pub global: Global,
    /// The settings in force.
    pub config: Config,
    /// The store.
    pub store: Store,
}

/// The file of the built-in database.
const DATABASE: &str = "attestry.db";

/// The clock of a call.
pub fn clock(global: &Global) -> Result<Clock, Failure> {
    match global.now.as_deref() {
        None => Ok(Clock::Real),
        Some(text) => {
            let time = text.trim().parse::<Timestamp>().map_err(|_| {
                Failure::input(format!("--now “{text}” is not a moment; write it as 2026-06-30T20:00:00Z"))
            })?;
            Ok(Clock::Fixed(time))
        }
    }
}

/// The configuration of the store for a call.
pub fn store_config(global: &Global, config: &Config, writing: bool) -> Result<attestry_store::Config, Failure> {
    Ok(attestry_store::Config {
        data: config.data.clone(),
        database: config.database.clone(),
        host: config.host.clone(),
        clock: clock(global)?,
        access: if writing { Access::Write } else { Access::Read },
        file_limit: config.file_limit,
    })
}

/// How often a call tries to get its turn while another one writes, and how long it waits in between.
const TURNS: (u32, Duration) = (60, Duration::from_millis(50));

/// Opens the store. One call writes at a time; another one of a moment is waited for, a long one is named.
pub fn open_store(settings: &attestry_store::Config) -> Result<Store, StoreError> {
    let (tries, pause) = TURNS;
    for _ in 1..tries {
        match Store::open(settings) {
            Err(StoreError::Locked { .. }) => std::thread::sleep(pause),
            opened => return opened,
        }
    }
    Store::open(settings)
}

impl Site {
    /// Opens the place for reading, or for writing as well.
    pub fn open(global: Global, writing: bool) -> Result<Self, Failure> {
        let config = Config::read(&global)?;
        if config.database.is_none() && !config.data.join(DATABASE).exists() {
            return Err(Failure::Surroundings(format!(
                "there is nothing in {} yet: attestry init --organisation NAME creates an organisation, attestry demo \
                 loads the demonstration",
                config.data.display()
            )));
        }
        let store = open_store(&store_config(&global, &config, writing)?)?;
        Ok(Self { global, config, store })
    }

    /// The organisation of the call.
    pub fn organisation(&self) -> Result<Organisation, Failure> {
        Ok(self.store.organisation(self.global.organisation.as_deref())?)
    }

    /// The time of the call: the fixed one or the machine's.
    pub fn now(&self) -> Result<Timestamp, Failure> {
        Ok(match clock(&self.global)? {
            Clock::Fixed(time) => time,
            Clock::Real => Timestamp::now(),
        })
    }

    /// Who acts: a named person, or the operator of the machine.
    pub fn principal(&self, isms: &Isms) -> Result<Principal, Failure> {
        let Some(text) = self.global.person.as_deref() else { return Ok(Principal::operator()) };
        let reference = input::reference(text)?;
        let person = reference.of::<Person>();
        let person = person.ok_or_else(|| Failure::input(format!("--as {text} is not a person")))?;
        Principal::of(isms, person, Via::Cli)
            .ok_or_else(|| Failure::input(format!("--as {text}: there is no such person, or they are not active")))
    }

    /// Decides and writes a command. A setting of the rules that the rules could not work with is refused.
    pub fn submit(&self, organisation: &Organisation, command: Command) -> Result<Receipt, Failure> {
        if let Command::Set { name, fields, .. } = &command {
            attestry_check::accepts(name, fields, &organisation.isms()).map_err(Refusal::from)?;
        }
        if attestry_check::is_silent_approval(&command) {
            let (isms, now) = (organisation.isms(), self.now()?);
            let today = crate::commands::check::today(&isms, now);
            let before = attestry_check::Report::of(&isms, now, today);
            attestry_check::accepts_approval(&isms, &command, &before, now, today).map_err(Refusal::from)?;
        }
        let principal = self.principal(&organisation.isms())?;
        Ok(organisation.submit(&principal, command)?)
    }

    /// The ISMS now, or as it stood.
    pub fn at(organisation: &Organisation, as_of: Option<&str>) -> Result<(Isms, Option<AsOf>), Failure> {
        match as_of {
            None => Ok((organisation.isms(), None)),
            Some(text) => {
                let past = organisation.as_of(input::when(text)?)?;
                Ok((past.isms.clone(), Some(past)))
            }
        }
    }
}
