//! The ISMS over HTTP: pages for people, an API for programs, sign-in, background work.
