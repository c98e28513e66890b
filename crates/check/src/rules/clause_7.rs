//! Clause 7: resources, competence, awareness, communication and documented information.

use super::prelude::*;

rules! {
    /// Requests for means are decided in time.
    ///
    /// A request still open when its period has begun was refused by silence.
    C7_1_01 = "C7.1-01", Observation, step 1, clause "7.1";
    reads ["resource_allocation.state", "resource_allocation.period_from"];
    says "The request {ref} was not decided before its period began.";
    fix "Ask top management for a decision.";
    fails "requested, period_from 2026-01-01";
    holds "granted";
    |cx| cx.all::<ResourceAllocation>().judge(|r| r.state == ResourceAllocationState::Requested && cx.past(r.period_from));

    /// Every role says what its holder must be able to do.
    ///
    /// Competence can be judged only against something.
    C7_2_A_01 = "C7.2-a-01", Minor, step 8, clause "7.2 a";
    reads ["isms_role.state", "competence_requirement.state", "competence_requirement.role"];
    says "No competence is required for role {ref}.";
    fix "Define what its holder must be able to do.";
    fails "ROLE-0003 without CRQ";
    holds "CRQ-0003 role=ROLE-0003";
    |cx| {
        let asked: Set<_> = cx.live::<CompetenceRequirement>().filter_map(|c| c.role).collect();
        cx.st::<IsmsRole>(&[IsmsRoleState::Active]).judge(|r| !asked.contains(&r.reference()))
    };

    /// The competence of every holder was judged.
    ///
    /// For each requirement of the role there is a record about the person, met or not.
    C7_2_B_01 = "C7.2-b-01", Minor, step 8, clause "7.2 b";
    reads ["role_assignment.state", "competence_requirement.state", "competence_requirement.role",
        "role_assignment.role", "competence_record.person", "role_assignment.person", "competence_record.requirement",
        "competence_record.state"];
    says "Assignment {ref}: the competence of the holder was not judged.";
    fix "Record the judgement for each requirement of the role.";
    fails "holder without CMP";
    holds "CMP-0002 met=true";
    |cx| {
        let records = cx.st::<CompetenceRecord>(&[CompetenceRecordState::Active]);
        let judged: Set<_> = records.map(|c| (c.person, c.requirement)).collect();
        let mut asked: Groups<'_, IsmsRole, CompetenceRequirement> = Groups::default();
        for requirement in cx.live::<CompetenceRequirement>() {
            if let Some(role) = requirement.role {
                asked.entry(role).or_default().push(requirement);
            }
        }
        cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).judge(|a| {
            let of_role = a.role.and_then(|role| asked.get(&role)).into_iter().flatten();
            of_role.into_iter().any(|q| !judged.contains(&(a.person, Some(q.reference()))))
        })
    };

    /// Every gap in competence has an action in time.
    ///
    /// Training, mentoring or hiring: something must close it by a date.
    C7_2_C_01 = "C7.2-c-01", Minor, step 8, clause "7.2 c";
    reads ["competence_record.state", "competence_record.met", "competence_record.gap_action",
        "competence_record.gap_due"];
    says "Competence gap {ref} has no action in time.";
    fix "Plan training, coaching or hiring with a date.";
    fails "met=false gap_action=\"\"";
    holds "gap_action=\"auditor course\", gap_due 2026-09-30";
    |cx| cx.st::<CompetenceRecord>(&[CompetenceRecordState::Active]).judge(|c| {
        !yes(c.met) && (blank(&c.gap_action) || c.gap_due.is_none_or(|day| day < cx.today))
    });

    /// Competence is proven.
    ///
    /// A certificate, a record of training or of experience: the standard wants documented information.
    C7_2_D_01 = "C7.2-d-01", Minor, step 8, clause "7.2 d";
    reads ["competence_record.state", "competence_record.met", "competence_record.evidence"];
    says "Competence {ref} is claimed without proof.";
    fix "Attach the certificate or record.";
    fails "met=true evidence=[]";
    holds "evidence=[EV-0050]";
    |cx| cx.st::<CompetenceRecord>(&[CompetenceRecordState::Active]).judge(|c| yes(c.met) && c.evidence.is_empty());

    /// Proofs of competence are valid.
    ///
    /// Certificates run out; the judgement rests on nothing then.
    C7_2_D_02 = "C7.2-d-02", Minor, step 8, clause "7.2 d";
    reads ["competence_record.state", "competence_record.valid_until"];
    says "Competence {ref} has run out on {valid_until}.";
    fix "Renew it.";
    fails "valid_until 2026-05-01";
    holds "valid_until 2027-05-01";
    |cx| cx.st::<CompetenceRecord>(&[CompetenceRecordState::Active]).judge(|c| cx.past(c.valid_until));

    /// There is an awareness programme in force.
    ///
    /// Awareness does not happen by sending a file once.
    C7_3_01 = "C7.3-01", Major, step 8, clause "7.3";
    reads ["awareness_programme.state"];
    says "There is no awareness programme in force.";
    fix "Plan and approve a programme.";
    fails "AWP-0001 draft";
    holds "AWP-0001 running";
    |cx| {
        use AwarenessProgrammeState::{Approved, Evaluated, Running};
        flag(cx.st::<AwarenessProgramme>(&[Approved, Running, Evaluated]).next().is_none())
    };

    /// Everybody learns the policy.
    ///
    /// People must know that it exists and what it says; an obligatory course for all teaches it.
    C7_3_A_01 = "C7.3-a-01", Minor, step 8, clause "7.3 a";
    reads ["course.state", "course.mandatory", "course.audience_all", "course.topics"];
    says "No obligatory course for everybody teaches the policy.";
    fix "Add the topic policy.";
    fails "topics=[phishing]";
    holds "topics=[policy,phishing]";
    |cx| flag(!teaches(cx, CourseTopics::Policy));

    /// Everybody learns what they can do themselves.
    ///
    /// The standard names the own contribution to the system and the good it does.
    C7_3_B_01 = "C7.3-b-01", Minor, step 8, clause "7.3 b";
    reads ["course.state", "course.mandatory", "course.audience_all", "course.topics"];
    says "No obligatory course for everybody explains the own contribution.";
    fix "Add the topic contribution.";
    fails "topic missing";
    holds "topic present";
    |cx| flag(!teaches(cx, CourseTopics::Contribution));

    /// Everybody learns what follows from breaking the rules.
    ///
    /// For patients and customers, for the organization and for oneself.
    C7_3_C_01 = "C7.3-c-01", Minor, step 8, clause "7.3 c";
    reads ["course.state", "course.mandatory", "course.audience_all", "course.topics"];
    says "No obligatory course for everybody explains the consequences of not following the rules.";
    fix "Add the topic consequences.";
    fails "topic missing";
    holds "topic present";
    |cx| flag(!teaches(cx, CourseTopics::Consequences));

    /// Everybody in scope has passed the obligatory courses.
    ///
    /// New people have the time that the course gives them after joining.
    C7_3_02 = "C7.3-02", Minor, step 8, clause "7.3";
    reads ["course.mandatory", "course.audience_all", "course.state", "course.on_joining_days", "person.joined_on",
        "person.state", "person.employment", "person.org_unit", "org_unit.in_scope", "training_completion.passed",
        "training_completion.valid_until", "training_completion.assignment", "training_assignment.person",
        "training_assignment.course"];
    says "{ref} has no valid completion of an obligatory course.";
    fix "Assign the course and see that it is completed.";
    fails "PER-0020 completion expired";
    holds "PER-0020 completed 2026-02-03, valid one year";
    |cx| cx.people().judge(|p| {
        cx.courses().any(|c| {
            let joining = c.on_joining_days.filter(|days| *days > 0);
            !cx.trained(p, c) && joining.is_none_or(|days| cx.beyond(p.joined_on, days))
        })
    });

    /// Running programmes reach their coverage.
    ///
    /// The aim was set by the organization itself.
    C7_3_03 = "C7.3-03", Minor, step 8, clause "7.3";
    reads ["awareness_programme.state", "awareness_programme.target_coverage", "course.mandatory",
        "course.audience_all", "training_completion.passed", "training_completion.valid_until",
        "training_assignment.person", "training_assignment.course", "person.org_unit", "org_unit.in_scope",
        "person.state"];
    says "Programme {ref} misses its coverage target.";
    fix "Follow up the missing people.";
    fails "80 % of 95 %";
    holds "96 %";
    |cx| cx.st::<AwarenessProgramme>(&[AwarenessProgrammeState::Running]).judge(|w| w.target_coverage.is_some_and(|aim| cx.coverage() < aim.0));

    /// No training is overdue.
    ///
    /// Each names a person to remind.
    C7_3_04 = "C7.3-04", Observation, step 8, clause "7.3";
    reads ["training_assignment.state", "training_assignment.due"];
    says "Training {ref} is overdue since {due}.";
    fix "Remind the person and the manager.";
    fails "due 2026-05-31 open";
    holds "completed";
    |cx| cx.all::<TrainingAssignment>().judge(|a| {
        matches!(a.state, TrainingAssignmentState::Assigned | TrainingAssignmentState::Started) && cx.past(a.due)
    });

    /// Failed tests are repeated.
    ///
    /// Somebody who did not understand needs another try, assigned after the failure.
    C7_3_05 = "C7.3-05", Minor, step 8, clause "7.3";
    reads ["training_completion.state", "training_completion.passed", "training_assignment.person",
        "training_completion.assignment", "training_assignment.course", "training_assignment.assigned_on",
        "training_completion.completed_on"];
    says "{ref}: the test was failed and no repetition was assigned.";
    fix "Assign the course again.";
    fails "passed=false, no later TAS";
    holds "TAS-0040 reason=remedial";
    |cx| {
        let mut assigned: Map<_, Option<Date>> = Map::default();
        for a in cx.all::<TrainingAssignment>() {
            let last = assigned.entry((a.person, a.course)).or_default();
            *last = (*last).max(a.assigned_on);
        }
        cx.st::<TrainingCompletion>(&[TrainingCompletionState::Recorded]).judge(|t| {
            let of = cx.get(t.assignment).map(|a| (a.person, a.course));
            let last = of.and_then(|of| assigned.get(&of).copied().flatten());
            !yes(t.passed) && (last.is_none() || before(last, t.completed_on))
        })
    };

    /// There is a communication plan.
    ///
    /// What is told, when, to whom and how is decided before it is needed.
    C7_4_01 = "C7.4-01", Minor, step 8, clause "7.4 a, 7.4 b, 7.4 c, 7.4 d";
    reads ["communication_item.state"];
    says "There is no communication plan.";
    fix "Decide on what, when, with whom and how to communicate.";
    fails "communication_item empty";
    holds "COM-0001 active";
    |cx| flag(cx.st::<CommunicationItem>(&[CommunicationItemState::Active]).next().is_none());

    /// The plan covers inside and outside.
    ///
    /// Staff on one side, authorities, partners and customers on the other.
    C7_4_02 = "C7.4-02", Minor, step 8, clause "7.4";
    reads ["communication_item.state", "communication_item.direction"];
    says "The communication plan has nothing on {item} communication.";
    fix "Add items.";
    fails "only internal";
    holds "both";
    |cx| {
        let plan = || cx.st::<CommunicationItem>(&[CommunicationItemState::Active]);
        Found::given(plan().next().is_some(), || {
            judge_words(["internal", "external"], |d| !plan().any(|c| c.direction.is_some_and(|direction| direction.name() == d)))
        })
    };

    /// No communication is overdue.
    ///
    /// What was planned to be told by a day was not.
    C7_4_03 = "C7.4-03", Observation, step 8, clause "7.4";
    reads ["communication_item.state", "communication_item.next_due"];
    says "Communication {ref} is overdue since {next_due}.";
    fix "Do it and record the proof.";
    fails "next_due 2026-05-01";
    holds "next_due 2026-09-01";
    |cx| cx.st::<CommunicationItem>(&[CommunicationItemState::Active]).judge(|c| cx.past(c.next_due));

    /// The documents that the standard demands are in force.
    ///
    /// Policy, scope, risk method, Statement of Applicability and treatment plan, each as a controlled document.
    C7_5_1_01 = "C7.5.1-01", Major, step 9, clause "7.5.1 a";
    reads ["document.doc_type", "document.state"];
    says "Required document of type {item} is not available.";
    fix "Generate and approve it.";
    fails "no soa document";
    holds "DOC-0004 soa effective";
    |cx| {
        use DocumentType::{InformationSecurityPolicy, Methodology, ScopeStatement, Soa, TreatmentPlan};
        let demanded = [InformationSecurityPolicy, ScopeStatement, Methodology, Soa, TreatmentPlan];
        judge_words(demanded.map(Choice::name), |name| !DocumentType::named(name).is_some_and(|doc_type| cx.in_force(doc_type)))
    };

    /// Controls that need a document have one.
    ///
    /// Some controls cannot work without written rules; which ones is a value of the organization.
    C7_5_1_B_01 = "C7.5.1-b-01", Minor, step 7, clause "7.5.1 b";
    reads ["applicability.documents", "applicability.applicable", "applicability.implementation",
        "applicability.annex_id", "document.state", "document.annex_refs", "soa.state", "applicability.soa"];
    says "Control {annex_id} ({ref}) normally needs a policy, plan or procedure, but none is in force.";
    fix "Write and approve the document and link it.";
    fails "A.5.15 implemented, no document with annex_refs A.5.15";
    holds "DOC-0008 annex_refs=[A.5.15]";
    |cx| {
        let named: Set<&str> = cx.documents_in_force().flat_map(|d| d.body.annex_refs.iter().map(String::as_str)).collect();
        let said = cx.applicable().filter(|x| x.implementation == Some(ApplicabilityImplementation::Implemented));
        let usual = said.filter(|x| x.annex_id.as_ref().is_some_and(|id| cx.config.annex_docs.contains(id)));
        usual.judge(|x| {
            !cx.each(&x.documents).any(|d| d.state == DocumentState::Effective)
                && !x.annex_id.as_deref().is_some_and(|id| named.contains(id))
        })
    };

    /// Every document has a number of its own.
    ///
    /// A document must be told from all others, on paper too.
    C7_5_2_A_01 = "C7.5.2-a-01", Minor, step 9, clause "7.5.2 a";
    reads ["document.state", "document.number"];
    says "Document {ref} has no number of its own.";
    fix "Give each document one number.";
    fails "two documents ISMS-POL-01";
    holds "unique numbers";
    |cx| {
        let mut numbers: Map<&str, usize> = Map::default();
        cx.live::<Document>().for_each(|d| *numbers.entry(d.body.number.said()).or_default() += 1);
        cx.live::<Document>().judge(|d| blank(&d.body.number) || numbers[d.body.number.said()] > 1)
    };

    /// Every document has a language and a medium.
    ///
    /// Format is part of creating a document as the standard sees it.
    C7_5_2_B_01 = "C7.5.2-b-01", Minor, step 9, clause "7.5.2 b";
    reads ["document.state", "document.medium", "document.language"];
    says "Document {ref} has no language or medium.";
    fix "Set both.";
    fails "language=\"\"";
    holds "language=en-US, medium=electronic";
    |cx| cx.live::<Document>().judge(|d| d.medium.is_none() || blank(&d.language));

    /// Versions in force are approved.
    ///
    /// Suitable and adequate, somebody said by signing.
    C7_5_2_C_01 = "C7.5.2-c-01", Minor, step 9, clause "7.5.2 c";
    reads ["document_version.state", "document_version.approval", "approval.state", "approval.decision"];
    says "Version {ref} is in force without approval.";
    fix "Have it approved.";
    fails "approval=null";
    holds "approval=APR-0011";
    |cx| cx.st::<DocumentVersion>(&[DocumentVersionState::Effective]).judge(|v| cx.signed(v.approval).is_none());

    /// Authors neither review nor approve their own text.
    ///
    /// A second pair of eyes finds what the first overlooks.
    C7_5_2_C_02 = "C7.5.2-c-02", Observation, step 9, clause "7.5.2 c";
    reads ["document_version.state", "document_version.author", "document_version.reviewer",
        "document_version.approved_by"];
    says "Version {ref} was reviewed or approved by its author.";
    fix "Use a second person.";
    fails "author=approved_by=PER-0002";
    holds "author PER-0002, approved_by PER-0001";
    |cx| cx.st::<DocumentVersion>(&[DocumentVersionState::Effective]).judge(|v| v.author.is_some() && (v.author == v.reviewer || v.author == v.approved_by));

    /// What is in force is what was signed.
    ///
    /// The checksum under the signature must be that of the content.
    C7_5_2_C_03 = "C7.5.2-c-03", Major, step 9, clause "7.5.2 c";
    reads ["document_version.state", "document_version.approval", "approval.subject_hash",
        "document_version.content_hash", "approval.state", "approval.decision"];
    says "The content of version {ref} differs from what was signed.";
    fix "Restore the signed content or have the new content approved.";
    fails "hashes differ";
    holds "hashes equal";
    |cx| cx.st::<DocumentVersion>(&[DocumentVersionState::Approved, DocumentVersionState::Effective]).judge(|v| {
        cx.signed(v.approval).is_some_and(|a| a.subject_hash != v.content_hash)
    });

    /// Documents in force have a version to read.
    ///
    /// Available where it is needed means that there is a text.
    C7_5_3_A_01 = "C7.5.3-a-01", Minor, step 9, clause "7.5.3 a";
    reads ["document.state", "document.current_version", "document_version.state"];
    says "Document {ref} has no effective version to read.";
    fix "Make a version effective.";
    fails "current_version draft";
    holds "current_version effective";
    |cx| cx.st::<Document>(&[DocumentState::Effective]).judge(|d| cx.get(d.current_version).is_none_or(|v| v.state != DocumentVersionState::Effective));

    /// Every document is classified.
    ///
    /// How it is protected follows from its classification.
    C7_5_3_B_01 = "C7.5.3-b-01", Minor, step 9, clause "7.5.3 b";
    reads ["document.state", "document.classification"];
    says "Document {ref} has no classification, so its protection is undefined.";
    fix "Choose a level.";
    fails "classification=null";
    holds "classification=CLS-0002";
    |cx| cx.live::<Document>().judge(|d| d.classification.is_none());

    /// Every document has an audience.
    ///
    /// Distribution and access are controlled when it is said for whom it is.
    C7_5_3_C_01 = "C7.5.3-c-01", Minor, step 9, clause "7.5.3 c";
    reads ["document.state", "document.audience_all", "document.audience_units"];
    says "Document {ref} has no audience.";
    fix "Say who gets it.";
    fails "audience_all=false, audience_units=[]";
    holds "audience_units=[OU-0004]";
    |cx| cx.live::<Document>().judge(|d| !yes(d.audience_all) && d.audience_units.is_empty());

    /// The content of versions is stored and sealed.
    ///
    /// A version without its text or without a checksum cannot be shown unchanged.
    C7_5_3_D_01 = "C7.5.3-d-01", Minor, step 9, clause "7.5.3 d";
    reads ["document_version.state", "document_version.content_ref", "document_version.content_hash"];
    says "The content of version {ref} is not stored or has no checksum.";
    fix "Store the content.";
    fails "content_hash=\"\"";
    holds "both present";
    |cx| cx.st::<DocumentVersion>(&[DocumentVersionState::Effective]).judge(|v| blank(&v.content_ref) || blank(&v.content_hash));

    /// A document has one version in force.
    ///
    /// Control of changes means that the older one has ended.
    C7_5_3_E_01 = "C7.5.3-e-01", Minor, step 9, clause "7.5.3 e";
    reads ["document.state", "document_version.document", "document_version.state"];
    says "Document {ref} has more than one effective version.";
    fix "Supersede the old one.";
    fails "versions 1.0 and 1.1 effective";
    holds "1.1 only";
    |cx| {
        let mut versions: Map<_, usize> = Map::default();
        for version in cx.st::<DocumentVersion>(&[DocumentVersionState::Effective]) {
            *versions.entry(version.document).or_default() += 1;
        }
        cx.live::<Document>().judge(|d| versions.get(&Some(d.reference())).is_some_and(|count| *count > 1))
    };

    /// Documents are reviewed in time.
    ///
    /// The policy has a rule of its own.
    C7_5_3_E_02 = "C7.5.3-e-02", Minor, step 9, clause "7.5.3 e";
    reads ["document.state", "document.next_review", "document.doc_type"];
    says "The review of document {ref} is overdue since {next_review}.";
    fix "Review it.";
    fails "next_review 2026-03-01";
    holds "next_review 2027-03-01";
    |cx| cx.live::<Document>().judge(|d| cx.past(d.next_review) && d.doc_type != Some(DocumentType::InformationSecurityPolicy));

    /// Documents are kept as long as duties demand.
    ///
    /// The longest duty in the legal register is the measure.
    C7_5_3_F_01 = "C7.5.3-f-01", Minor, step 9, clause "7.5.3 f";
    reads ["document.state", "document.external_origin", "document.retention", "obligation.record_retention"];
    says "The retention of {ref} is shorter than an obligation demands.";
    fix "Lengthen the retention.";
    fails "retention P3Y, OBL-0001 demands P6Y";
    holds "retention P6Y";
    |cx| {
        let demanded = cx.max_retention();
        cx.live::<Document>().judge(|d| !yes(d.external_origin) && dur(d.retention) < demanded)
    };

    /// Documents from outside are controlled.
    ///
    /// Standards, manuals and contracts that the ISMS needs are part of its documents.
    C7_5_3_X_01 = "C7.5.3-x-01", Observation, step 9, clause "7.5.3 ext";
    reads ["document.state", "document.external_origin"];
    says "No document of external origin is under control.";
    fix "Register standards, laws and manuals from outside that the ISMS uses.";
    fails "none";
    holds "DOC-0030 external_origin=true";
    |cx| Found::given(cx.live::<Document>().next().is_some(), || flag(!cx.live::<Document>().has(|d| yes(d.external_origin))));

    /// Approvals refer to revisions that exist.
    ///
    /// A signature under a later state than there is was not given under this record.
    X_03 = "X-03", Major, step 6, clause "7.5.2 c";
    reads ["approval.state", "approval.subject", "approval.subject_revision"];
    says "Approval {ref} refers to a revision that does not exist.";
    fix "Investigate; the record store is inconsistent.";
    fails "subject_revision=4, record revision=3";
    holds "subject_revision <= revision";
    |cx| cx.st::<Approval>(&[ApprovalState::Signed]).judge(|a| {
        let revision = a.subject.and_then(|subject| cx.revision(subject));
        above(a.subject_revision, revision.map(i64::from))
    });

    /// Evidence that counts is not stale.
    ///
    /// What proved something last year may prove nothing today.
    X_01 = "X-01", Minor, step 9, clause "7.5.3";
    reads ["evidence.state", "evidence.valid_until"];
    says "Evidence {ref} is stale since {valid_until} but still counts as accepted.";
    fix "Collect fresh evidence.";
    fails "valid_until 2026-05-31";
    holds "valid_until 2027-01-31";
    |cx| cx.all::<Evidence>().judge(|e| e.state == EvidenceState::Accepted && cx.past(e.valid_until));

    /// A second person looked at accepted evidence.
    ///
    /// Who collects wants it to be good; somebody else decides that it is.
    X_02 = "X-02", Minor, step 9, clause "7.5.3";
    reads ["evidence.state", "evidence.reviewed_by", "evidence.collected_by"];
    says "Evidence {ref} was not reviewed by a second person.";
    fix "Have it reviewed.";
    fails "reviewed_by=collected_by";
    holds "different";
    |cx| cx.all::<Evidence>().judge(|e| e.state == EvidenceState::Accepted && (e.reviewed_by.is_none() || e.reviewed_by == e.collected_by));
}
