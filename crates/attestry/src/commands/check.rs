//! `check`: the conformance rules over the ISMS, now or as it stood, for people and for pipelines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use attestry_check::{Finding, Report, Severity, Verdict, rules};
use attestry_model::Isms;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::{Check, FailOn, Global};
use crate::failure::Failure;
use crate::output::{harmless, json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global, args: &Check) -> Result<ExitCode, Failure> {
    if let Some(id) = args.explain.as_deref() {
        return explain(id);
    }
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, past) = Site::at(&organisation, args.as_of.as_deref())?;
    let now = match &past {
        Some(past) if site.global.now.is_none() => past.at,
        _ => site.now()?,
    };
    let report = Report::of(&isms, now, today(&isms, now));
    let clause = args.clause.as_deref();
    let of_clause = |finding: &Finding<'_>| clause.is_none_or(|clause| is_of(finding.rule, clause));
    let concerned = |finding: &Finding<'_>| of_clause(finding) && (args.all || finding.waiver.is_none());
    let findings: Vec<Finding<'_>> = report.findings().filter(concerned).collect();
    if args.sarif {
        // SARIF has a place for what is waived: it is listed as suppressed, with the reason.
        let listed: Vec<Finding<'_>> = report.findings().filter(of_clause).collect();
        print_json(&sarif(&isms, &report, &listed))?;
    } else if args.junit {
        say(junit(&isms, &report, clause));
    } else if site.global.json {
        print_json(&as_json(&isms, &report, args))?;
    } else {
        print(&isms, &report, &findings);
        let contradictions: Vec<Finding<'_>> = report.contradicting().filter(concerned).collect();
        print_contradictions(&isms, &report, &contradictions);
    }
    let worst = findings.iter().filter(|finding| finding.waiver.is_none()).map(|finding| finding.rule.severity).max();
    let limit = match args.fail_on {
        FailOn::Major => Severity::Major,
        FailOn::Minor => Severity::Minor,
        FailOn::Observation => Severity::Observation,
        FailOn::Never => return Ok(ExitCode::SUCCESS),
    };
    Ok(if worst.is_some_and(|worst| worst >= limit) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The day of a moment where the organisation is; in UTC where it has not said.
pub fn today(isms: &Isms, now: Timestamp) -> Date {
    let zone = isms.organization().and_then(|organisation| organisation.timezone.clone());
    let zone = zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC);
    zone.to_datetime(now).date()
}

/// Whether a rule belongs to a clause or a control, or to one beneath it.
fn is_of(rule: &attestry_check::Rule, clause: &str) -> bool {
    let clause = clause.trim();
    rule.clauses().any(|one| one == clause || one.strip_prefix(clause).is_some_and(|rest| rest.starts_with(['.', ' '])))
}

/// The contract of `check --json`: violated findings, or with `--all` every verdict, and the summary.
fn as_json(isms: &Isms, report: &Report, args: &Check) -> Value {
    let mut value = report.json(isms, args.all);
    for list in ["findings", "contradictions"] {
        let Some(Value::Array(findings)) = value.get_mut(list) else { continue };
        let rule = |finding: &Value| finding["rule"].as_str().and_then(rules::named);
        findings.retain(|finding| {
            let clause = args.clause.as_deref();
            let waived = finding.get("waiver").is_some();
            clause.is_none_or(|clause| rule(finding).is_some_and(|rule| is_of(rule, clause))) && (args.all || !waived)
        });
    }
    value
}

fn print(isms: &Isms, report: &Report, findings: &[Finding<'_>]) {
    let rows = findings.iter().map(|finding| {
        vec![
            finding.rule.severity.to_string(),
            finding.rule.id.to_owned(),
            finding.item.to_string(),
            report.message(isms, finding),
            finding.rule.fix.to_owned(),
        ]
    });
    if findings.is_empty() {
        say("No rule is broken.");
    } else {
        say(table(&["candidate", "rule", "record", "what", "what to do"], rows));
    }
    let count = |verdict: Verdict| report.outcomes.iter().filter(|outcome| outcome.verdict == verdict).count();
    say("");
    say(format!(
        "{} rules: {} hold, {} are broken, for {} there is not enough recorded to say.",
        report.outcomes.len(),
        count(Verdict::Holds),
        count(Verdict::Violated),
        count(Verdict::NotEnoughEvidence)
    ));
    let readiness = report.readiness(isms);
    for (stage, ready, missing) in [
        ("Stage 1", readiness.stage_1.ready(), &readiness.stage_1.missing),
        ("Stage 2", readiness.ready_for_stage_2(), &readiness.stage_2.missing),
    ] {
        if ready {
            say(format!("{stage}: ready."));
        } else if missing.is_empty() {
            say(format!("{stage}: not ready, because stage 1 is not."));
        } else {
            say(format!("{stage}: not ready. Missing: {}", harmless(&missing.join("; "))));
        }
    }
    for problem in &report.problems {
        say(format!("Setting of the rules: {}", harmless(problem)));
    }
    say("A finding is a candidate: only a person grades a nonconformity. `attestry check --explain RULE` says why.");
}

/// What registers say against each other, beside the findings and outside their count.
fn print_contradictions(isms: &Isms, report: &Report, found: &[Finding<'_>]) {
    if found.is_empty() {
        return;
    }
    let rows = found.iter().map(|one| {
        vec![one.rule.id.to_owned(), one.item.to_string(), report.message(isms, one), one.rule.fix.to_owned()]
    });
    say("\nContradictions between registers:");
    say(table(&["sort", "record", "what", "what to do"], rows));
}

/// The manual of one rule.
fn explain(id: &str) -> Result<ExitCode, Failure> {
    let rule = rules::named(id).ok_or_else(|| Failure::input(format!("“{id}” is not a rule")))?;
    say(format!("{} · {} · clause {} · step {}", rule.id, rule.severity, rule.clause, rule.step));
    say(rule.title());
    for (label, text) in
        [("", rule.reason()), ("What to do: ", rule.fix), ("Broken: ", rule.fails), ("Kept: ", rule.holds)]
    {
        if !text.is_empty() {
            say("");
            say(format!("{label}{text}"));
        }
    }
    if !rule.fields.is_empty() {
        say("");
        say(format!("Rests on: {}", rule.fields.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}

/// SARIF 2.1.0 (OASIS), for code-scanning tools.
fn sarif(isms: &Isms, report: &Report, findings: &[Finding<'_>]) -> Value {
    let level = |severity: Severity| match severity {
        Severity::Major => "error",
        Severity::Minor => "warning",
        Severity::Observation => "note",
    };
    let mut named: BTreeMap<&str, &attestry_check::Rule> = BTreeMap::new();
    named.extend(findings.iter().map(|finding| (finding.rule.id, finding.rule)));
    let described: Vec<Value> = named
        .values()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.title() },
                "fullDescription": { "text": rule.reason() },
                "help": { "text": rule.fix },
                "defaultConfiguration": { "level": level(rule.severity) },
                "properties": { "clause": rule.clause, "step": rule.step },
            })
        })
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let item = finding.item.to_string();
            let mut result = json!({
                "ruleId": finding.rule.id,
                "level": level(finding.rule.severity),
                "message": { "text": report.message(isms, finding) },
                "locations": [{ "logicalLocations": [{ "name": item, "kind": "record" }] }],
                "partialFingerprints": { "attestry/v1": format!("{}/{item}", finding.rule.id) },
            });
            if let Some(waiver) = finding.waiver {
                result["suppressions"] = json!([{ "kind": "external", "justification": waiver.reason }]);
            }
            result
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "Attestry", "version": env!("CARGO_PKG_VERSION"), "rules": described } },
            "results": results,
        }],
    })
}

/// `JUnit` XML: a test for each rule, a suite for each clause; what cannot be judged is skipped.
fn junit(isms: &Isms, report: &Report, clause: Option<&str>) -> String {
    let mut suites: BTreeMap<&str, Vec<&attestry_check::Outcome>> = BTreeMap::new();
    for outcome in &report.outcomes {
        if clause.is_none_or(|clause| is_of(outcome.rule, clause)) {
            suites.entry(outcome.rule.section()).or_default().push(outcome);
        }
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"attestry check\">\n");
    for (section, outcomes) in suites {
        // A rule all of whose findings are waived fails nothing, here as in the exit code; it is skipped, with the reason.
        let waived = |one: &attestry_check::Outcome| {
            let mut mine = report.findings().filter(|finding| finding.rule.id == one.rule.id).peekable();
            mine.peek().is_some() && mine.all(|finding| finding.waiver.is_some())
        };
        let fails = |one: &attestry_check::Outcome| one.verdict == Verdict::Violated && !waived(one);
        let broken = outcomes.iter().filter(|one| fails(one)).count();
        let skipped = outcomes.iter().filter(|one| one.verdict != Verdict::Holds && !fails(one)).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{broken}\" skipped=\"{skipped}\">",
            escape(section),
            outcomes.len()
        );
        for outcome in outcomes {
            let rule = outcome.rule;
            let name = format!("{} {}", rule.id, rule.title());
            let _ = write!(xml, "    <testcase classname=\"{}\" name=\"{}\">", escape(rule.clause), escape(&name));
            match outcome.verdict {
                Verdict::Holds => {}
                Verdict::NotEnoughEvidence => xml.push_str("<skipped message=\"not enough recorded to say\"/>"),
                Verdict::Violated if waived(outcome) => {
                    let reasons: Vec<&str> = report
                        .findings()
                        .filter(|finding| finding.rule.id == rule.id)
                        .filter_map(|finding| finding.waiver.map(|waiver| waiver.reason.as_str()))
                        .collect();
                    let _ = write!(xml, "<skipped message=\"waived: {}\"/>", escape(&reasons.join("; ")));
                }
                Verdict::Violated => {
                    let open = |finding: &Finding<'_>| finding.rule.id == rule.id && finding.waiver.is_none();
                    let mine = report.findings().filter(open);
                    let told: Vec<String> = mine.map(|finding| report.message(isms, &finding)).collect();
                    let _ = write!(
                        xml,
                        "<failure type=\"{}\" message=\"{}\">{}</failure>",
                        rule.severity,
                        escape(rule.title()),
                        escape(&told.join("\n"))
                    );
                }
            }
            xml.push_str("</testcase>\n");
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>");
    xml
}

/// Text for XML: markup escaped, characters that XML does not have left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use attestry_check::WAIVER_PREFIX;
    use attestry_model::Kind;
    use attestry_model::stored::Stamp;

    use super::*;

    /// An organisation in which nothing is recorded but one person, who waived one of the rules that it breaks.
    fn waived() -> (Isms, Report) {
        let now: Timestamp = "2026-06-30T20:00:00Z".parse().unwrap();
        let object = |value: Value| value.as_object().cloned().unwrap();
        let mut isms = Isms::default();
        let fields = object(json!({ "title": "Ann", "name": "Ann", "state": "active" }));
        let stamp = Stamp { number: 1, revision: 1, at: now, by: None };
        isms.put(Kind::Person.read(stamp, fields).unwrap().as_ref());
        let waiver = object(json!({
            "reason": "the workshop <in July> writes them down", "approver": "PER-0001", "expires": "2026-07-31",
        }));
        isms.put_setting(format!("{WAIVER_PREFIX}C4.1-01"), 1, waiver);
        let report = Report::of(&isms, now, today(&isms, now));
        assert_eq!(report.problems, [""; 0]);
        (isms, report)
    }

    #[test]
    fn a_waived_rule_is_skipped_in_junit_with_its_reason_and_fails_nothing() {
        let (isms, report) = waived();
        let xml = junit(&isms, &report, Some("4.1"));
        let case = |rule: &str| {
            let from = xml.find(&format!("name=\"{rule} ")).unwrap_or_else(|| panic!("no {rule} in {xml}"));
            xml[from..].split("</testcase>").next().unwrap()
        };
        let skipped = "<skipped message=\"waived: the workshop &lt;in July&gt; writes them down\"/>";
        assert!(case("C4.1-01").ends_with(skipped) && !case("C4.1-01").contains("<failure"), "{}", case("C4.1-01"));
        assert!(case("C4.1-02").contains("<failure type=\"major\""), "{}", case("C4.1-02"));
        let suite = xml.split("<testsuite ").nth(1).unwrap().split('>').next().unwrap();
        let count = |what: &str| xml.matches(what).count();
        let (tests, failures, skips) = (count("<testcase"), count("<failure"), count("<skipped"));
        let counted = format!("tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skips}\"");
        assert!(suite.ends_with(&counted), "{suite} {counted}");
    }

    #[test]
    fn a_waived_finding_is_suppressed_in_sarif_with_its_reason() {
        let (isms, report) = waived();
        let listed: Vec<Finding<'_>> = report.findings().collect();
        let told = sarif(&isms, &report, &listed);
        let results = told["runs"][0]["results"].as_array().unwrap();
        let suppressed: Vec<&Value> = results.iter().filter(|one| one.get("suppressions").is_some()).collect();
        assert_eq!(suppressed.len(), 1);
        assert_eq!(suppressed[0]["ruleId"], "C4.1-01");
        let said = json!([{ "kind": "external", "justification": "the workshop <in July> writes them down" }]);
        assert_eq!(suppressed[0]["suppressions"], said);
        assert!(results.len() > 10);
    }
}
