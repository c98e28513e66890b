//! The page of a record, its forms, steps, history, comments and files.
