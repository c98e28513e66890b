//! The portal of employees and the first run.
