//! Documents made from the records, now or as of any day.

use askama::Template;
use attestry_report::documents::{self, DOCUMENTS, Edition, Frame as DocumentFrame, Medium};
use attestry_report::{render_html, render_pdf, render_xlsx};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::cx::Cx;
use crate::documents::Order;
use crate::fault::Fault;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};

/// The formats, by the ending of their files.
const FORMATS: [(&str, &str); 4] = [
    ("pdf", "application/pdf"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("html", "text/html; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
];

/// The page.
#[derive(Template)]
#[template(path = "reports.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    documents: Vec<Line>,
}

struct Line {
    title: String,
    clause: String,
    missing: Option<String>,
    links: Vec<(String, String)>,
}

fn frame_of(cx: &Cx, definition: &documents::Definition, medium: Medium) -> Result<DocumentFrame, Fault> {
    let external = parameter(&cx.query, "edition").as_deref() == Some("external");
    let order = Order {
        organisation: &cx.organisation,
        isms: &cx.isms,
        past: cx.moment.as_ref().map(|moment| moment.past.seq),
        made: cx.now,
        judged_at: cx.moment.as_ref().map_or(cx.now, |moment| moment.past.at),
        edition: if external { Edition::External } else { Edition::Internal },
        medium,
    };
    let version = parameter(&cx.query, "version").filter(|it| !it.is_empty());
    let version = version.map(|it| it.parse().map_err(|_| Fault::Absent)).transpose()?;
    if let Some(version) = version {
        cx.record(version)?;
    }
    Ok(DocumentFrame { version, ..crate::documents::frame(definition, order)? })
}

/// A document speaks of whole registers: it is for those who may see them whole.
fn may_read(cx: &Cx) -> bool {
    use attestry_model::Kind::{Applicability, Asset, Methodology, Risk, RiskAcceptance, Soa, Treatment};
    let whole =
        |kind: attestry_model::Kind| cx.sees_all(kind.def()) || cx.isms.records(kind).all(|record| cx.sees(record));
    [Applicability, Asset, Methodology, Risk, RiskAcceptance, Soa, Treatment].into_iter().all(whole)
}

/// `GET /reports`
pub async fn list(cx: Cx) -> Result<Response, Fault> {
    let allowed = may_read(&cx);
    let documents = cx
        .apart(move |cx| {
            let frame = DocumentFrame { outline: true, ..DocumentFrame::new(cx.now) };
            let line = |it: &documents::Definition| Line {
                title: it.title.to_owned(),
                clause: it.clause.to_owned(),
                missing: (it.build)(&cx.isms, &frame).err(),
                links: FORMATS
                    .iter()
                    .map(|(ending, _)| (ending.to_uppercase(), cx.href(&format!("/reports/{}.{ending}", it.name))))
                    .collect(),
            };
            Ok(DOCUMENTS.iter().filter(|_| allowed).map(line).collect())
        })
        .await?;
    page(&Page { documents, frame: Frame::of_tab(&cx, "/reports"), shell: Shell::of(&cx), cx })
}

/// `GET /reports/{name}.{format}`
pub async fn download(cx: Cx, Path(file): Path<String>) -> Result<Response, Fault> {
    let (name, ending) = file.rsplit_once('.').ok_or(Fault::Absent)?;
    let definition = documents::find(name).ok_or(Fault::Absent)?;
    let (ending, media) = FORMATS.iter().find(|(one, _)| *one == ending).ok_or(Fault::Absent)?;
    if !may_read(&cx) {
        return Err(Fault::Absent);
    }
    let medium = if matches!(*ending, "xlsx" | "csv") { Medium::Sheet } else { Medium::Page };
    let bytes = cx
        .apart(move |cx| {
            let document = (definition.build)(&cx.isms, &frame_of(cx, definition, medium)?).map_err(Fault::Conflict)?;
            let broken =
                |error: &dyn std::fmt::Display| Fault::Broken(format!("a document could not be made: {error}"));
            match *ending {
                "pdf" => render_pdf(&document, &(cx.app.renderer)()).map_err(|error| broken(&error)),
                "xlsx" => render_xlsx(&document).map_err(|error| broken(&error)),
                "html" => render_html(&document).map(String::into_bytes).map_err(|error| broken(&error)),
                _ => crate::documents::main_table(&document).map_err(|error| broken(&error)),
            }
        })
        .await?;
    let disposition = format!("attachment; filename=\"{}-{}.{ending}\"", definition.name, cx.today);
    let mut answer = bytes.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let value = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    Ok(answer)
}
