//! Contradictions between registers that no single requirement names: reported beside the findings, never among them.
//!
//! What the rules of the clauses find already is not said twice: an owner who left a risk, an asset, a control or an
//! action (C6.1.2-c2-02, A5.9-01, A5.11-01, X-10, C6.1.3-e-06), a document past its review (C7.5.3-e-02, C5.2-06), regulated
//! data without an agreement (A5.20-02), a residual that differs from the approved decision, a value off the matrix
//! (C6.1.2-b-04, X-15), evidence that ran out, an important supplier whose assessment is late (A5.22-01), an exception
//! that nobody else signed (A5.36-02), a duty that is not met and that nobody works on (A5.31-05), a plan that promises less
//! than its processes need (A5.30-02), an auditor of an audit who owns what is audited (C9.2.2-b-01). Drafts count here:
//! registers contradict each other before anybody signs them.

use crate::rule::Rule;

pub mod registers;
pub mod risks;
pub mod traces;

/// The files of this part, in order.
pub(super) const FILES: &[&[&Rule]] = &[risks::RULES, registers::RULES, traces::RULES];
