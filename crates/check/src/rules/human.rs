//! What no rule can judge.

/// A requirement that only a person can judge. It is shown with what is known, and never green by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HumanJudgement {
    /// The requirement, as the catalogue of clauses names it.
    pub clause: &'static str,
    /// What a person has to find out, and what to look at.
    pub question: &'static str,
}

/// The requirements that stay with people.
pub const HUMAN_JUDGEMENT: &[HumanJudgement] = &[
    HumanJudgement {
        clause: "5.1 e",
        question: "Does top management reach what it intends with the ISMS? Compare the objectives and their results with \
            what the top says in an interview.",
    },
    HumanJudgement {
        clause: "5.1 f",
        question: "Does top management direct and support the people who make the ISMS work? Ask role holders about means, \
            time and backing.",
    },
    HumanJudgement {
        clause: "5.1 h",
        question: "Does top management help other managers to lead in their own areas? Ask heads of units what is expected \
            of them in security.",
    },
    HumanJudgement {
        clause: "7.3 a",
        question: "Do people know the policy? Results of tests tell some of it; interviews on the floor tell more.",
    },
    HumanJudgement { clause: "7.3 b", question: "Do people know what they can do themselves, and why it helps?" },
    HumanJudgement { clause: "7.3 c", question: "Do people know what follows when the rules are not kept?" },
    HumanJudgement {
        clause: "9.2.1 b",
        question: "Is the ISMS effective and kept up, beyond what its records say? The conclusion of the audit is a \
            person's.",
    },
    HumanJudgement {
        clause: "10.1",
        question: "Does the ISMS get better? Compare trends of measurements, findings and incidents over more than one \
            year.",
    },
];
