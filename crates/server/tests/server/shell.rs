//! What stands around every page.

use attestry_model::kind::Role;

use crate::client::Site;

#[test]
fn a_list_shows_its_records_inside_the_shell_with_strict_headers() {
    let site = Site::clinic();
    let answer = site.role(Role::IsmsManager).get("/risks");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    assert!(text.contains("<h1>Risks</h1>") && text.contains("R-0001") && text.contains("aria-current=\"page\""));
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[test]
fn who_is_not_signed_in_is_led_to_sign_in_and_back() {
    let site = Site::clinic();
    let answer = site.stranger().get("/risks");
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in?next=%2Frisks"));
}
