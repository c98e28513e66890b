//! Named places where a test may stop the program or make it fail. Without the feature `failpoints` they are nothing.

/// Marks a place. With a message, the place can fail with it as well.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        ::fail::fail_point!($name);
    };
    ($name:literal, $fault:expr) => {
        #[cfg(feature = "failpoints")]
        ::fail::fail_point!($name, $fault);
    };
}

pub(crate) use failpoint;

/// The places, in the order in which one write passes them.
pub const SITES: [&str; 12] = [
    "file-before-write",
    "file-before-rename",
    "file-after-rename",
    "before-begin",
    "after-begin",
    "after-events",
    "after-records",
    "before-commit",
    "after-commit",
    "before-highwater",
    "after-highwater",
    "before-ack",
];
