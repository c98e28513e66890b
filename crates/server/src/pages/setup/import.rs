//! Bringing registers in: upload, see what becomes of them, then write all of it at once or nothing.

use askama::Template;
use attestry_exchange::{Report, SourceFile};
use attestry_model::{Command, Kind};
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;
use crate::pages::records::effect::{self, Effect};
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::signin::Fields;

/// The largest upload.
pub const BODY: usize = 25 << 20;
/// Most files of one upload.
const MOST_FILES: usize = 100;
/// Most lines of each list of the report on the page.
const MOST_LINES: usize = 200;

/// What becomes of a file.
struct Register {
    file: String,
    rows: usize,
    kinds: String,
}

/// The page.
#[derive(Template)]
#[template(path = "setup/import.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    /// The uploaded files that wait to be written.
    pending: Option<String>,
    created: usize,
    changed: usize,
    registers: Vec<Register>,
    /// Cells without a place of their own, files that were not read, what somebody should look at.
    remarks: Vec<(String, String)>,
    remarks_left: usize,
    /// Which findings it would solve and cause.
    effect: Option<Effect>,
    problems: Vec<String>,
}

impl Page {
    fn new(cx: Cx) -> Self {
        let frame = Frame::bare(cx.say("setup-title")).then(cx.say("import-title"), Some("/setup".to_owned()));
        Self {
            frame,
            shell: Shell::of(&cx),
            cx,
            pending: None,
            created: 0,
            changed: 0,
            registers: Vec::new(),
            remarks: Vec::new(),
            remarks_left: 0,
            effect: None,
            problems: Vec::new(),
        }
    }

    fn answer(mut self) -> Result<Response, Fault> {
        self.frame.problems = !self.problems.is_empty();
        let bad = self.frame.problems;
        let shown = page(&self)?;
        Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
    }

    fn wrong(cx: Cx, problems: Vec<String>) -> Result<Response, Fault> {
        Self { problems, ..Self::new(cx) }.answer()
    }

    fn report(&mut self, report: &Report) {
        let place = |file: &str, line: Option<u64>| match line {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        };
        for counts in report.kinds.values() {
            self.created += counts.created;
            self.changed += counts.matched + counts.updated;
        }
        let kinds = |register: &attestry_exchange::Register| {
            let each = register.kinds.iter().filter(|(_, counts)| counts.total() > 0).map(|(name, counts)| {
                let kind = Kind::ALL.iter().find(|kind| kind.to_string() == **name);
                let label = kind.map_or_else(|| (*name).to_owned(), |kind| labels::plural(self.cx.words, *kind));
                format!("{label} {}", counts.total())
            });
            each.collect::<Vec<_>>().join(", ")
        };
        let all =
            report.registers.iter().map(|one| Register { file: one.file.clone(), rows: one.rows, kinds: kinds(one) });
        self.registers = all.collect();
        let unread = report.unread.iter().map(|one| (place(&one.file, one.line), one.reason.clone()));
        let warned = report.warnings.iter().map(|one| (place(&one.file, one.line), one.message.clone()));
        let unplaced = report.unplaced.iter().map(|one| {
            let value: String = one.value.chars().take(80).collect();
            (place(&one.file, Some(one.line)), format!("{} “{value}”: {}", one.column, one.reason))
        });
        let all: Vec<_> = unread.chain(warned).chain(unplaced).collect();
        self.remarks_left = all.len().saturating_sub(MOST_LINES);
        self.remarks = all.into_iter().take(MOST_LINES).collect();
    }
}

/// `GET /setup/import`
pub async fn ask(cx: Cx) -> Result<Response, Fault> {
    Page::new(cx).answer()
}

/// The files of an upload.
async fn files(mut upload: Multipart) -> Result<Vec<SourceFile>, Fault> {
    let mut files: Vec<SourceFile> = Vec::new();
    let broken = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge(format!("more than {} MB at once", BODY >> 20)),
        _ => Fault::Malformed(error.body_text()),
    };
    while let Some(field) = upload.next_field().await.map_err(broken)? {
        let Some(name) = field.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else { continue };
        if files.len() >= MOST_FILES {
            return Err(Fault::TooLarge(format!("more than {MOST_FILES} files at once")));
        }
        let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect();
        let bytes = field.bytes().await.map_err(broken)?.to_vec();
        files.push(SourceFile { name, bytes });
    }
    Ok(files)
}

/// `POST /setup/import`: shows what would be written.
pub async fn show(cx: Cx, upload: Multipart) -> Result<Response, Fault> {
    let files = files(upload).await?;
    if files.is_empty() {
        let said = cx.say("import-none").into_owned();
        return Page::wrong(cx, vec![said]);
    }
    let shown = cx.apart(move |cx| {
        let plan = match attestry_exchange::import(&files, &cx.current, None, cx.now) {
            Ok(plan) => plan,
            Err(error) => return Page::wrong(cx.clone(), vec![error.to_string()]),
        };
        let mut page = Page::new(cx.clone());
        page.report(&plan.report);
        if plan.records.is_empty() {
            page.problems.push(cx.say("import-nothing").into_owned());
            return page.answer();
        }
        let command = Command::Import { records: plan.records, reason: None };
        match cx.organisation.preview(&cx.principal, command).map_err(Fault::from) {
            Ok(change) => {
                let next = cx.current.apply(&change).map_err(Fault::Invalid)?;
                let mut found = effect::of_value(cx, &next, &change, None);
                // What comes in is listed by file already.
                found.along.clear();
                page.effect = Some(found);
                page.pending = Some(cx.app.signin.uploads.put((cx.account, cx.slug.clone(), files))?);
            }
            Err(Fault::Invalid(problems)) => {
                page.problems = problems.0.iter().take(MOST_LINES).map(ToString::to_string).collect();
            }
            Err(other) => return Err(other),
        }
        page.answer()
    });
    shown.await
}

/// `POST /setup/import/write`: all of it, as one command.
pub async fn write(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let waiting = cx.app.signin.uploads.take(form.get("pending"));
    // An upload is good for who made it, where they made it.
    let Some((.., files)) = waiting.filter(|(account, slug, _)| *account == cx.account && *slug == cx.slug) else {
        let said = cx.say("import-again").into_owned();
        return Page::wrong(cx, vec![said]);
    };
    let names: Vec<String> = files.iter().take(5).map(|file| file.name.clone()).collect();
    let plan = cx.apart(move |cx| {
        let plan = attestry_exchange::import(&files, &cx.organisation.isms(), None, cx.now);
        plan.map_err(|error| Fault::Conflict(error.to_string()))
    });
    let plan = plan.await?;
    let count = plan.records.len();
    let reason = Some(format!("Import of {}", names.join(", ")));
    match cx.submit(Command::Import { records: plan.records, reason }).await {
        Ok(_) => Ok(to(&format!("/setup?done=imported {count}").replace(' ', "%20"))),
        Err(Fault::Invalid(problems)) => {
            let problems = problems.0.iter().take(MOST_LINES).map(ToString::to_string).collect();
            Page::wrong(cx, problems)
        }
        Err(other) => Err(other),
    }
}
