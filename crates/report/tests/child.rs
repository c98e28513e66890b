//! The rendering child process. This test is its own child: called with `child` it renders, otherwise it checks.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use attestry_report::{Limits, RenderError, Renderer, child_main, render_pdf};

#[path = "samples/hostile.rs"]
mod hostile;
mod samples;
#[path = "samples/typefaces.rs"]
mod typefaces;

fn renderer(mode: &str, limits: Limits) -> Renderer {
    Renderer::child(std::env::current_exe().expect("this program"), [mode], limits)
}

fn a_child_gives_the_same_bytes_as_this_process() {
    let document = samples::soa();
    let by_child = render_pdf(&document, &renderer("child", Limits::default())).expect("a PDF");
    assert!(by_child == render_pdf(&document, &Renderer::in_process()).expect("a PDF"));
}

fn a_child_reads_the_folder_of_typefaces_itself() {
    let Some(folder) = typefaces::typefaces("for-the-child") else { return };
    let document = attestry_report::Document { title: "ⵣⵉⵖⵜ".into(), ..samples::soa() };
    let by_child = render_pdf(&document, &renderer("child", Limits::default()).with_fonts(&folder)).expect("a PDF");
    let here = Renderer::in_process().with_fonts(&folder);
    assert!(by_child == render_pdf(&document, &here).expect("a PDF"));
    let nowhere = renderer("child", Limits::default()).with_fonts("/nowhere/at/all");
    let error = render_pdf(&document, &nowhere).expect_err("no folder").to_string();
    assert!(error.contains("/nowhere/at/all"), "{error}");
}

fn a_child_that_takes_too_long_is_stopped() {
    let limits = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let started = Instant::now();
    let error = render_pdf(&samples::soa(), &renderer("sleep", limits)).expect_err("too long");
    assert!(matches!(error, RenderError::TimeLimit(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(5), "the parent does not wait for the child");
}

fn a_child_without_memory_says_so() {
    let limits = Limits { memory: 420 << 20, ..Limits::default() };
    let error = render_pdf(&hostile::hostile(3 << 20), &renderer("child", limits)).expect_err("no memory");
    assert!(matches!(error, RenderError::MemoryLimit(_)), "{error}");
}

fn a_file_that_is_too_large_is_refused() {
    let limits = Limits { output: 10_000, ..Limits::default() };
    let error = render_pdf(&samples::soa(), &renderer("child", limits)).expect_err("too large");
    assert!(matches!(error, RenderError::TooLarge(10_000)), "{error}");
}

fn a_child_that_crashes_is_reported_with_what_it_said() {
    let error = render_pdf(&samples::soa(), &renderer("crash", Limits::default())).expect_err("a crash");
    assert!(matches!(&error, RenderError::Crash { said, .. } if said.contains("on purpose")), "{error}");
}

fn a_program_that_is_not_there_is_an_error() {
    let renderer = Renderer::child("/nowhere/at/all", ["child"], Limits::default());
    let error = render_pdf(&samples::soa(), &renderer).expect_err("no program");
    assert!(matches!(error, RenderError::Process(_)), "{error}");
}

fn a_child_refuses_what_is_no_document() {
    let mut output = Vec::new();
    let order = b"{\"memory\":4294967296,\"seconds\":60}\n{\"title\":1}";
    // This lowers the limits of the test itself, so it must stay the last check.
    let code = child_main(&order[..], &mut output);
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(65)));
    assert!(output.is_empty());
}

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("child") => return child_main(std::io::stdin().lock(), std::io::stdout().lock()),
        Some("sleep") => {
            std::thread::sleep(Duration::from_secs(30));
            return ExitCode::SUCCESS;
        }
        Some("crash") => panic!("on purpose"),
        // The harness of `cargo nextest` asks for the list of tests.
        Some("--list") => return ExitCode::SUCCESS,
        _ => {}
    }
    let checks: [(&str, fn()); 8] = [
        ("a child gives the same bytes as this process", a_child_gives_the_same_bytes_as_this_process),
        ("a child reads the folder of typefaces itself", a_child_reads_the_folder_of_typefaces_itself),
        ("a child that takes too long is stopped", a_child_that_takes_too_long_is_stopped),
        ("a child without memory says so", a_child_without_memory_says_so),
        ("a file that is too large is refused", a_file_that_is_too_large_is_refused),
        ("a child that crashes is reported with what it said", a_child_that_crashes_is_reported_with_what_it_said),
        ("a program that is not there is an error", a_program_that_is_not_there_is_an_error),
        ("a child refuses what is no document", a_child_refuses_what_is_no_document),
    ];
    for (name, check) in checks {
        check();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}
