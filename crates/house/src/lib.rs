//! The house's own rules, as tests; there is no code here to call.
//!
//! `tests/house` reads the manifests and sources of the whole workspace and proves that crates import downwards only, that
//! the pure crates stay pure, that every explicit list agrees with its folder, that dependencies come from crates.io under
//! permitted licences, and that no file grows beyond reading. Each rule is a function over text, and each is shown to bite
//! on a planted fault.
