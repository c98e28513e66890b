//! What a workshop is while it runs: one risk on the screen, and who said what about it.
//!
//! Votes live in the memory of the server and nowhere else. What counts afterwards is what was agreed, how far the voices lay
//! apart and why: that is written into the risk. Single voices are opinions on the way there, given freely because nobody finds
//! them again; a restart costs one round of voting. Bounded: one workshop for each organisation, a number of voices and of
//! risks, and an end after hours without a word.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use attestry_model::Ref;
use attestry_model::records::{Person, Risk, RiskAssessment};
use tokio::sync::watch;

use crate::app::held;

/// Most workshops at a time, over all organisations.
const MOST_WORKSHOPS: usize = 200;
/// Most voices about one risk.
const MOST_VOTES: usize = 200;
/// Most risks of one workshop.
pub const MOST_RISKS: usize = 500;
/// How long a workshop stays without a word.
const IDLE: Duration = Duration::from_hours(4);
/// Levels that lie as far apart as this have to be talked about.
pub const APART: u8 = 2;

/// A voice about one risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// Level of likelihood.
    pub likelihood: u8,
    /// Level of impact.
    pub impact: u8,
}

/// A workshop.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// Who leads it.
    pub moderator: Ref<Person>,
    /// The run it belongs to.
    pub run: Option<Ref<RiskAssessment>>,
    /// The risk on the screen.
    pub risk: Ref<Risk>,
    /// Risks still to come.
    pub queue: VecDeque<Ref<Risk>>,
    /// How many were decided.
    pub decided: usize,
    /// The round of voting: rises with each new risk and each new vote about the same.
    pub round: u32,
    /// Whether the voices are shown; from then on none is added.
    pub shown: bool,
    /// The voices.
    pub votes: BTreeMap<Ref<Person>, Vote>,
    touched: Instant,
}

/// Where voices about one side lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// The lowest.
    pub low: u8,
    /// The highest.
    pub high: u8,
    /// The middle one; between two, the higher.
    pub middle: u8,
}

impl Spread {
    /// Of levels; none without any.
    pub fn of(levels: impl Iterator<Item = u8>) -> Option<Self> {
        let mut levels: Vec<u8> = levels.collect();
        levels.sort_unstable();
        Some(Self { low: *levels.first()?, high: *levels.last()?, middle: levels[levels.len() / 2] })
    }

    /// Whether it has to be talked about.
    pub fn is_wide(self) -> bool {
        self.high - self.low >= APART
    }
}

impl Workshop {
    /// Where the voices about likelihood and about impact lie.
    pub fn spreads(&self) -> Option<(Spread, Spread)> {
        let likelihood = Spread::of(self.votes.values().map(|it| it.likelihood))?;
        Some((likelihood, Spread::of(self.votes.values().map(|it| it.impact))?))
    }

    /// What a screen must be drawn anew for.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.risk.any(), self.round, u8::from(self.shown))
    }
}

/// Why something cannot be done with a workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// None is running.
    None,
    /// One is running.
    Running,
    /// Too many are, or too many voices.
    Full,
    /// The screen has moved on: another risk, another round, or the voices are shown.
    Moved,
}

/// The workshops of all organisations.
#[derive(Debug)]
pub struct Kept {
    running: Mutex<HashMap<String, Workshop>>,
    changed: watch::Sender<u64>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { running: Mutex::default(), changed: watch::Sender::new(0) }
    }
}

impl Kept {
    /// The workshop of an organisation as it stands.
    pub fn of(&self, organisation: &str) -> Option<Workshop> {
        let kept = held(self.running.lock());
        kept.get(organisation).filter(|it| it.touched.elapsed() < IDLE).cloned()
    }

    /// Begins one. The first of the risks comes onto the screen.
    pub fn begin(
        &self,
        organisation: &str,
        moderator: Ref<Person>,
        run: Option<Ref<RiskAssessment>>,
        risks: Vec<Ref<Risk>>,
    ) -> Result<(), No> {
        let mut queue: VecDeque<Ref<Risk>> = risks.into_iter().take(MOST_RISKS).collect();
        let mut kept = held(self.running.lock());
        kept.retain(|_, it| it.touched.elapsed() < IDLE);
        if kept.contains_key(organisation) {
            return Err(No::Running);
        }
        if kept.len() >= MOST_WORKSHOPS {
            return Err(No::Full);
        }
        let risk = queue.pop_front().ok_or(No::None)?;
        let workshop = Workshop {
            moderator,
            run,
            risk,
            queue,
            decided: 0,
            round: 1,
            shown: false,
            votes: BTreeMap::new(),
            touched: Instant::now(),
        };
        kept.insert(organisation.to_owned(), workshop);
        self.tell();
        Ok(())
    }

    /// Does something with the workshop that stands at `key`.
    fn with(&self, organisation: &str, key: &str, act: impl FnOnce(&mut Workshop) -> Result<(), No>) -> Result<(), No> {
        let mut kept = held(self.running.lock());
        let workshop = kept.get_mut(organisation).filter(|it| it.touched.elapsed() < IDLE).ok_or(No::None)?;
        if workshop.key() != key {
            return Err(No::Moved);
        }
        act(workshop)?;
        workshop.touched = Instant::now();
        self.tell();
        Ok(())
    }

    /// A voice; a later one of the same person replaces it.
    pub fn vote(&self, organisation: &str, key: &str, person: Ref<Person>, vote: Vote) -> Result<(), No> {
        self.with(organisation, key, |workshop| {
            if workshop.shown {
                return Err(No::Moved);
            }
            if workshop.votes.len() >= MOST_VOTES && !workshop.votes.contains_key(&person) {
                return Err(No::Full);
            }
            workshop.votes.insert(person, vote);
            Ok(())
        })
    }

    /// Shows the voices.
    pub fn show(&self, organisation: &str, key: &str) -> Result<(), No> {
        self.with(organisation, key, |workshop| {
            workshop.shown = true;
            Ok(())
        })
    }

    /// A new round about the same risk.
    pub fn again(&self, organisation: &str, key: &str) -> Result<(), No> {
        self.with(organisation, key, |workshop| {
            workshop.shown = false;
            workshop.round += 1;
            workshop.votes.clear();
            Ok(())
        })
    }

    /// Goes on to the next risk; with the last one the workshop ends. How many were decided when it ended.
    pub fn next(&self, organisation: &str, key: &str, decided: bool) -> Result<Option<usize>, No> {
        let mut ended = None;
        self.with(organisation, key, |workshop| {
            workshop.decided += usize::from(decided);
            workshop.shown = false;
            workshop.round += 1;
            workshop.votes.clear();
            match workshop.queue.pop_front() {
                Some(risk) => workshop.risk = risk,
                None => ended = Some(workshop.decided),
            }
            Ok(())
        })?;
        if ended.is_some() {
            self.end(organisation);
        }
        Ok(ended)
    }

    /// Ends it; how many were decided.
    pub fn end(&self, organisation: &str) -> Option<usize> {
        let ended = held(self.running.lock()).remove(organisation).map(|it| it.decided);
        self.tell();
        ended
    }

    /// Tells that something changed, in whatever organisation.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn tell(&self) {
        self.changed.send_modify(|it| *it += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote(likelihood: u8, impact: u8) -> Vote {
        Vote { likelihood, impact }
    }

    #[test]
    fn a_workshop_goes_from_risk_to_risk_and_each_organisation_has_its_own() {
        let kept = Kept::default();
        kept.begin("a", Ref::new(1), None, vec![Ref::new(5), Ref::new(6)]).unwrap();
        assert_eq!(kept.begin("a", Ref::new(2), None, vec![Ref::new(7)]), Err(No::Running));
        kept.begin("b", Ref::new(2), None, vec![Ref::new(7)]).unwrap();
        let first = kept.of("a").unwrap().key();
        kept.vote("a", &first, Ref::new(1), vote(2, 3)).unwrap();
        kept.vote("a", &first, Ref::new(2), vote(4, 3)).unwrap();
        kept.vote("a", &first, Ref::new(1), vote(1, 3)).unwrap();
        assert!(kept.of("b").unwrap().votes.is_empty());
        let (likelihood, impact) = kept.of("a").unwrap().spreads().unwrap();
        assert_eq!(likelihood, Spread { low: 1, high: 4, middle: 4 });
        assert!(likelihood.is_wide() && !impact.is_wide());
        kept.show("a", &first).unwrap();
        let shown = kept.of("a").unwrap().key();
        assert_eq!(kept.vote("a", &first, Ref::new(3), vote(1, 1)), Err(No::Moved), "from another round");
        assert_eq!(kept.vote("a", &shown, Ref::new(3), vote(1, 1)), Err(No::Moved), "no voice after they are shown");
        assert_eq!(kept.next("a", &shown, true), Ok(None));
        assert_eq!(kept.next("a", &shown, true), Err(No::Moved), "a second press of the same button");
        let second = kept.of("a").unwrap();
        assert_eq!((second.risk, second.votes.len(), second.decided), (Ref::new(6), 0, 1));
        assert_eq!(kept.next("a", &second.key(), false), Ok(Some(1)));
        assert!(kept.of("a").is_none() && kept.of("b").is_some());
    }

    #[test]
    fn voices_and_risks_are_bounded() {
        let kept = Kept::default();
        let many = (1..=u32::try_from(MOST_RISKS).unwrap() + 9).map(Ref::new).collect();
        kept.begin("a", Ref::new(1), None, many).unwrap();
        assert_eq!(kept.of("a").unwrap().queue.len(), MOST_RISKS - 1);
        let key = kept.of("a").unwrap().key();
        for person in 1..=u32::try_from(MOST_VOTES).unwrap() {
            kept.vote("a", &key, Ref::new(person), vote(1, 1)).unwrap();
        }
        assert_eq!(kept.vote("a", &key, Ref::new(9_999), vote(1, 1)), Err(No::Full));
        kept.vote("a", &key, Ref::new(1), vote(2, 2)).unwrap();
        assert_eq!(kept.begin("c", Ref::new(1), None, Vec::new()), Err(No::None));
    }
}
