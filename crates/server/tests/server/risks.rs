//! Risk pages.
