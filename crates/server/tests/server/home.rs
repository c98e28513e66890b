//! Home, the steps, clauses, findings.
