//! Restoring a backup into an empty place: verified before it goes live, and honest about what is lost. The ledger goes
//! on in a new epoch, whose first entry names the last checkpoint that survives and the newest one known.

use std::fs::{self, File};
use std::path::Path;

use attestry_ledger::{Checkpoint, Frontier};
use attestry_model::{Action, Actor, Change, Entry, Isms, Subject, Via};
use serde_json::{Map, Value, json};

use crate::accounts::end_all;
use crate::backend::{Db, Place, Transaction};
use crate::backup::{BackupFiles, DROP_FILE_TABLES, beside, copy_tables, folder_of, remove_database};
use crate::config::{Access, Clock, Config};
use crate::error::StoreError;
use crate::files::{Files as _, Folder, sync_folder};
use crate::group::Group;
use crate::head::{Epoch, Head, Tails, epochs};
use crate::key::Seed;
use crate::load::time;
use crate::mark::{HighWater, MarkFile, path as mark_path, read as read_mark};
use crate::organisation::verifying_keys;
use crate::schema;
use crate::store::{Store, failed, lock, make_folder, origin};
use crate::verify::{Against, Level, Progress, verify};

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The organisations by slug.
    pub organisations: Vec<RestoredOrganisation>,
    /// How many evidence files there are.
    pub files: u64,
}

/// One organisation that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredOrganisation {
    /// Its slug.
    pub slug: String,
    /// How many entries survived.
    pub entries: u64,
    /// The epoch in which its ledger goes on.
    pub epoch: u64,
    /// What is lost: `none known`, `entries 17 to 20` or `unknown`.
    pub lost: String,
}

impl Store {
    /// Restores a backup into the place that `config` names: a folder without a database, or an empty PostgreSQL schema.
    /// A high-water mark that is still in the folder says which entries are lost. Accounts are as they were at the moment
    /// of the backup; sessions, tokens and invitations are all ended.
    ///
    /// # Errors
    /// When the place is not empty, or when the backup is damaged, newer, contradicts the high-water mark or does not
    /// verify. Nothing is then restored.
    pub fn restore(backup: &Path, config: &Config, progress: Progress<'_>) -> Result<Restored, StoreError> {
        let place = Place::of(&config.data, config.database.as_deref())?;
        if !backup.is_file() {
            return Err(StoreError::Backup(format!("{}: there is no such file", backup.display())));
        }
        make_folder(&config.data)?;
        let _lock = lock(&config.data)?;
        let mut source = open_backup(backup)?;
        check_empty(&place)?;
        let files = BackupFiles(backup.to_owned());
        let slugs = source.within(Transaction::Read, |source| {
            let slugs = slugs(source)?;
            for slug in &slugs {
                check(source, slug, &files, &backup.display().to_string(), progress)?;
            }
            Ok(slugs)
        })?;
        let folder = Folder::new(config.data.join("files"));
        let all = source.all("SELECT sha256 FROM backup_file", &[], |row| row.text(0).map(str::to_owned))?;
        for sha256 in &all {
            let fact = folder.put(sha256, files.open(sha256)?.as_mut(), u64::MAX)?;
            if fact.sha256 != *sha256 {
                return Err(StoreError::Backup(format!("{}: file {sha256} was changed", backup.display())));
            }
        }
        let seed = Seed::read_or_make(&config.data)?;
        let work = Restoring { config, seed: &seed, folder: &folder, slugs: &slugs };
        let (organisations, notes) = match &place {
            Place::File(path) => work.to_file(&mut source, path, progress)?,
            Place::Server(_) => work.to_server(&mut source, &place, progress)?,
        };
        for (one, note) in organisations.iter().zip(&notes) {
            MarkFile::new(&config.data, &one.slug).write(note)?;
        }
        Ok(Restored { organisations, files: all.len() as u64 })
    }
}

fn open_backup(path: &Path) -> Result<Db, StoreError> {
    let mut db = Db::connect(&Place::File(path.to_owned()), Access::Read)?;
    let found = schema::check(&mut db)?;
    if found == 0 || !db.has_table("backup_file")? {
        return Err(StoreError::Backup(format!("{}: is not an Attestry backup", path.display())));
    }
    let faults = db.integrity()?;
    match faults.into_iter().next() {
        None => Ok(db),
        Some(cause) => Err(StoreError::Damaged { place: path.display().to_string(), cause }),
    }
}

fn check_empty(place: &Place) -> Result<(), StoreError> {
    let occupied = match place {
        Place::File(path) => path.exists(),
        Place::Server(_) => {
            let mut db = Db::connect(place, Access::Write)?;
            let mut occupied = false;
            for table in ["organisation", "account"] {
                let sql = format!("SELECT count(*) FROM {table}");
                occupied |= db.has_table(table)? && db.one(&sql, &[], |row| row.int(0))?.unwrap_or_default() > 0;
            }
            occupied
        }
    };
    if occupied {
        return Err(StoreError::Backup(format!("{}: is not empty; restore only into an empty place", place.name())));
    }
    Ok(())
}

fn slugs(db: &mut Db) -> Result<Vec<String>, StoreError> {
    db.all("SELECT slug FROM organisation ORDER BY slug", &[], |row| row.text(0).map(str::to_owned))
}

/// Verifies one organisation at level 3; any problem is an error.
fn check(
    db: &mut Db,
    slug: &str,
    files: &dyn crate::files::Files,
    place: &str,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let against = Against { slug, data: None, files, isms: None, anchors: &[] };
    let verification = verify(db, &against, Level::Files, progress)?;
    let Some(first) = verification.problems.first() else { return Ok(()) };
    let more = match verification.problems.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Err(StoreError::Backup(format!("{place}: organisation {slug} does not verify: {first}{more}")))
}

type Done = (Vec<RestoredOrganisation>, Vec<String>);

struct Restoring<'a> {
    config: &'a Config,
    seed: &'a Seed,
    folder: &'a Folder,
    slugs: &'a [String],
}

impl Restoring<'_> {
    fn to_file(&self, source: &mut Db, path: &Path, progress: Progress<'_>) -> Result<Done, StoreError> {
        let partial = beside(path, ".restoring");
        remove_database(&partial);
        let made = self.fill_file(source, &partial, progress).and_then(|done| {
            let wrong = |error: std::io::Error| StoreError::file(&partial, "write the database", &error);
            File::open(&partial).and_then(|file| file.sync_all()).map_err(wrong)?;
            fs::rename(&partial, path).map_err(wrong)?;
            sync_folder(&folder_of(path))?;
            Ok(done)
        });
        if made.is_err() {
            remove_database(&partial);
        }
        made
    }

    fn fill_file(&self, source: &mut Db, partial: &Path, progress: Progress<'_>) -> Result<Done, StoreError> {
        source.copy_file(partial)?;
        let mut target = Db::connect(&Place::File(partial.to_owned()), Access::Write)?;
        target.batch(DROP_FILE_TABLES)?;
        schema::migrate(&mut target)?;
        let done = target.within(Transaction::Write, |target| self.go_on(target, progress))?;
        target.settle()?;
        Ok(done)
    }

    fn to_server(&self, source: &mut Db, place: &Place, progress: Progress<'_>) -> Result<Done, StoreError> {
        let mut target = Db::connect(place, Access::Write)?;
        target.within(Transaction::Write, |target| {
            schema::create(target)?;
            source.within(Transaction::Read, |source| copy_tables(source, target, progress))?;
            self.go_on(target, progress)
        })
    }

    /// Ends what nobody may be let in by any more, begins the new epochs and verifies the result, all within the transaction at hand.
    fn go_on(&self, db: &mut Db, progress: Progress<'_>) -> Result<Done, StoreError> {
        end_all(db)?;
        let (mut organisations, mut notes) = (Vec::new(), Vec::new());
        for slug in self.slugs {
            let (one, note) = self.begin_epoch(db, slug)?;
            check(db, slug, self.folder, db.name().to_owned().as_str(), progress)?;
            organisations.push(one);
            notes.push(note);
        }
        Ok((organisations, notes))
    }

    fn begin_epoch(&self, db: &mut Db, slug: &str) -> Result<(RestoredOrganisation, String), StoreError> {
        let mut head = Head::read(db, slug, true)?
            .ok_or_else(|| StoreError::Backup(format!("organisation {slug} was not restored")))?;
        let entries = head.size;
        let known = epochs(db, head.id)?;
        let mark = read_mark(&mark_path(&self.config.data, slug), &verifying_keys(&known))?;
        let survivor = Checkpoint::of(head.epoch.origin.clone(), &head.frontier);
        let lost = lost(db, &head, mark.as_ref())?;
        let number = head.epoch.number.max(mark.as_ref().map_or(0, |mark| mark.epoch)) + 1;
        let origin = origin(&self.config.host, slug, number);
        let key = self.seed.named(&origin)?;
        head.epoch = Epoch { number, first_seq: head.size, origin, vkey: key.verifying_key().to_string() };
        head.frontier = Frontier::new();
        head.insert_epoch(db)?;
        let point =
            |point: &Checkpoint| json!({"origin": point.origin, "size": point.size, "root": point.root.to_base64()});
        let mut fields = Map::from_iter([
            ("epoch".to_owned(), Value::from(number)),
            ("origin".to_owned(), Value::from(head.epoch.origin.as_str())),
            ("key".to_owned(), Value::from(head.epoch.vkey.as_str())),
            ("surviving".to_owned(), point(&survivor)),
            ("lost".to_owned(), Value::from(lost.as_str())),
        ]);
        if let Some(mark) = &mark {
            fields.insert("newest_known".to_owned(), point(&mark.checkpoint));
        }
        let entry = Entry {
            subject: Subject::Ledger,
            action: Action::Epoch,
            version: 0,
            fields,
            reason: Some("restored from a backup".to_owned()),
            approval: None,
            files: Vec::new(),
        };
        let newest = time(head.last_at)?;
        // Real time never enters an organisation that runs by a simulated clock.
        let at = match (head.clock.as_str(), self.config.clock) {
            ("simulated", Clock::Real) | ("real", Clock::Fixed(_)) => newest,
            (_, clock) => clock.now().max(newest),
        };
        let entries_of = vec![entry];
        let change = Change { at, actor: Actor::System, via: Via::System, request: None, entries: entries_of };
        let (epoch, tails) = (head.epoch.number, Tails::new());
        let mut group = Group::new(db, head, &tails);
        group.add(&change, &Isms::default(), &Isms::default(), false).map_err(failed)?;
        let (_, _, note) = group.finish(&key)?;
        Ok((RestoredOrganisation { slug: slug.to_owned(), entries, epoch, lost }, note))
    }
}

/// What is lost, by the newest checkpoint known outside.
fn lost(db: &mut Db, head: &Head, mark: Option<&HighWater>) -> Result<String, StoreError> {
    let Some(mark) = mark else { return Ok("unknown".to_owned()) };
    let (size, tree) = (mark.checkpoint.size, head.frontier.size());
    if mark.epoch > head.epoch.number {
        return Ok(format!("unknown, and all {size} entries of epoch {}", mark.epoch));
    }
    if mark.epoch < head.epoch.number {
        return Ok("none known".to_owned());
    }
    if size > tree {
        let (first, last) = (head.size, head.epoch.first_seq + size - 1);
        return Ok(if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") });
    }
    let root = crate::proof::tree_of(db, head.id, &head.epoch, size)?.root(size).ok();
    if root == Some(mark.checkpoint.root) && mark.checkpoint.origin == head.epoch.origin {
        return Ok("none known".to_owned());
    }
    Err(StoreError::Backup(format!(
        "the high-water mark of {} in this folder contradicts the backup: it signed another tree of {size} entries",
        head.slug
    )))
}
