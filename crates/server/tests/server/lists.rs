//! Lists, search and the index.
