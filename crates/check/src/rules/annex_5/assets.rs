//! A.5.1 to A.5.18: governance, assets, classification and access.

use crate::rules::prelude::*;

rules! {
    /// Who must acknowledge a document was asked.
    ///
    /// A document that demands acknowledgement in its record and asks nobody binds nobody.
    X_12 = "X-12", Minor, step 4, clause "A.5.1";
    reads ["document.state", "document.ack_required", "document.doc_type", "document.current_version",
        "acknowledgement.document_version"];
    says "Document {ref} demands acknowledgement, but nobody was asked.";
    fix "Create the requests.";
    fails "no ACK for the current version";
    holds "ACKs exist";
    |cx| {
        let asked: Set<_> = cx.all::<Acknowledgement>().filter_map(|a| a.document_version).collect();
        cx.st::<Document>(&[DocumentState::Effective]).judge(|d| {
            yes(d.ack_required)
                && d.doc_type != Some(DocumentType::InformationSecurityPolicy)
                && d.current_version.is_some_and(|v| !asked.contains(&v))
        })
    };

    /// Nobody holds two roles that exclude each other.
    ///
    /// Who orders does not approve, who acts does not check.
    A5_3_01 = "A5.3-01", Minor, step 4, clause "A.5.3";
    reads ["role_assignment.state", "role_assignment.person", "role_assignment.role", "isms_role.incompatible_with"];
    says "{ref}: the holder also fills an incompatible role.";
    fix "Separate the roles or record a compensating control by an exception.";
    fails "ISMS manager is also internal auditor";
    holds "different persons";
    |cx| {
        let mut held: Map<_, Vec<_>> = Map::default();
        for a in cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]) {
            held.entry(a.person).or_default().push((a.number, a.role));
        }
        cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).judge(|a| {
            let others = held.get(&a.person).into_iter().flatten().filter(|(number, _)| *number != a.number);
            cx.get(a.role).is_some_and(|role| {
                others.into_iter().any(|(_, other)| other.is_some_and(|other| role.incompatible_with.contains(&other)))
            })
        })
    };

    /// Contact with authorities is known and checked.
    ///
    /// In an incident nobody has time to look for the right number.
    A5_5_01 = "A5.5-01", Minor, step 9, clause "A.5.5";
    reads ["contact.state", "contact.contact_type", "contact.verified_on"];
    says "There is no authority contact checked within a year.";
    fix "Record and check the contacts of authorities.";
    fails "verified_on 2024-12-01";
    holds "verified_on 2026-01-15";
    |cx| flag(!contacts(cx).has(|c| c.contact_type == Some(ContactType::Authority) && cx.within(c.verified_on, 365)));

    /// There is contact with a special interest group.
    ///
    /// Others see attacks earlier; a group passes on what it knows.
    A5_6_01 = "A5.6-01", Observation, step 9, clause "A.5.6";
    reads ["contact.state", "contact.contact_type"];
    says "No special interest group is recorded.";
    fix "Join and record a sector or professional group.";
    fails "none";
    holds "CON-0005";
    |cx| flag(!contacts(cx).has(|c| c.contact_type == Some(ContactType::SpecialInterestGroup)));

    /// Threats are updated from intelligence.
    ///
    /// At least one threat was looked at lately with what is known outside.
    A5_7_01 = "A5.7-01", Minor, step 9, clause "A.5.7";
    reads ["threat.state", "threat.reviewed_on", "threat.intelligence"];
    says "No threat was updated from intelligence within {cfg.threat_days} days.";
    fix "Review threats with current information.";
    fails "reviewed_on 2025-05-01";
    holds "reviewed_on 2026-05-15";
    |cx| Found::given(cx.live::<Threat>().next().is_some(), || {
        flag(!cx.live::<Threat>().has(|t| cx.within(t.reviewed_on, cx.config.threat_days) && !blank(&t.intelligence)))
    });

    /// Every asset has an owner who is there.
    ///
    /// Somebody must decide who may use it and how it is protected.
    A5_9_01 = "A5.9-01", Minor, step 5, clause "A.5.9";
    reads ["asset.state", "asset.owner", "person.state"];
    says "Asset {ref} has no active owner.";
    fix "Name an owner.";
    fails "owner left";
    holds "owner active";
    |cx| cx.st::<Asset>(&[AssetState::Active]).judge(|a| !cx.active(a.owner));

    /// Assets are reviewed in time.
    ///
    /// An inventory is right on the day it was checked.
    A5_9_02 = "A5.9-02", Minor, step 5, clause "A.5.9";
    reads ["asset.state", "asset.next_review"];
    says "The review of asset {ref} is overdue since {next_review}.";
    fix "Let the owner confirm it.";
    fails "next_review 2026-05-01";
    holds "next_review 2027-04-30";
    |cx| cx.st::<Asset>(&[AssetState::Active]).judge(|a| cx.past(a.next_review));

    /// There is an inventory.
    ///
    /// What is not known cannot be protected.
    A5_9_03 = "A5.9-03", Minor, step 5, clause "A.5.9";
    reads ["asset.state"];
    says "The asset inventory is empty.";
    fix "Record information and carriers.";
    fails "asset empty";
    holds "40 assets";
    |cx| flag(cx.st::<Asset>(&[AssetState::Active]).next().is_none());

    /// No asset depends on itself.
    ///
    /// A circle in the dependencies makes every value inherited along them meaningless.
    X_05 = "X-05", Major, step 5, clause "A.5.9";
    reads ["asset.depends_on"];
    says "Asset {ref} depends on itself through a chain.";
    fix "Break the cycle.";
    fails "A -> B -> A";
    holds "no cycle";
    |cx| cx.all::<Asset>().judge(|a| cx.cyclic().contains(&a.reference()));

    /// People who left own nothing any more.
    ///
    /// Assets and controls are handed over when somebody goes.
    A5_11_01 = "A5.11-01", Minor, step 8, clause "A.5.11";
    reads ["person.state", "asset.owner", "asset.state", "control.owner", "control.state"];
    says "{ref} has left but still owns assets or controls.";
    fix "Hand over the ownership.";
    fails "left, owns AST-0004";
    holds "nothing owned";
    |cx| {
        let assets = cx.st::<Asset>(&[AssetState::Active]).filter_map(|a| a.owner);
        let controls = cx.st::<Control>(&[ControlState::Implemented, ControlState::InProgress]).filter_map(|c| c.owner);
        let owners: Set<_> = assets.chain(controls).collect();
        cx.all::<Person>().judge(|p| p.state == PersonState::Left && owners.contains(&p.reference()))
    };

    /// Information, media and paper are classified.
    ///
    /// The level tells everybody how to handle it.
    A5_12_01 = "A5.12-01", Minor, step 5, clause "A.5.12";
    reads ["asset.state", "asset.asset_class", "asset.category", "asset.classification"];
    says "Asset {ref} is not classified.";
    fix "Choose a level.";
    fails "classification=null";
    holds "classification=CLS-0004";
    |cx| cx.st::<Asset>(&[AssetState::Active]).judge(|a| {
        let carries = a.asset_class == Some(AssetClass::Primary) || matches!(a.category, Some(AssetCategory::Media | AssetCategory::Paper));
        carries && a.classification.is_none()
    });

    /// Supporting assets inherit the value of what needs them.
    ///
    /// A server is worth what runs on it.
    A5_12_02 = "A5.12-02", Minor, step 5, clause "A.5.12";
    reads ["asset.state", "asset.inherits_values", "asset.depends_on", "asset.c_value", "asset.i_value",
        "asset.a_value"];
    says "Supporting asset {ref} is valued below information that depends on it.";
    fix "Raise the values or switch inheritance off with a reason (e.g. encrypted, redundant).";
    fails "AST-0001 c=5 depends on AST-0020 c=3 inherits=true";
    holds "AST-0020 c=5";
    |cx| {
        let mut needed: Map<_, (Option<Level>, Option<Level>, Option<Level>)> = Map::default();
        for b in cx.st::<Asset>(&[AssetState::Active]) {
            for on in &b.depends_on {
                let (c, i, a) = needed.entry(*on).or_default();
                (*c, *i, *a) = ((*c).max(b.c_value), (*i).max(b.i_value), (*a).max(b.a_value));
            }
        }
        cx.st::<Asset>(&[AssetState::Active]).judge(|a| {
            yes(a.inherits_values) && needed.get(&a.reference()).is_some_and(|(c, i, v)| *c > a.c_value || *i > a.i_value || *v > a.a_value)
        })
    };

    /// Health data are in the highest level.
    ///
    /// Their disclosure harms people for good.
    A5_12_03 = "A5.12-03", Minor, step 5, clause "A.5.12";
    reads ["asset.state", "asset.asset_class", "asset.classification", "asset.contains_phi",
        "classification_level.rank", "classification_level.state"];
    says "Asset {ref} contains health data but is not in the highest level.";
    fix "Raise the classification or document why not.";
    fails "contains_phi=true, level Internal";
    holds "level Restricted";
    |cx| cx.st::<Asset>(&[AssetState::Active]).judge(|a| {
        let rank = cx.get(a.classification).and_then(|level| level.rank);
        a.asset_class == Some(AssetClass::Primary) && yes(a.contains_phi) && above(cx.top_rank(), rank)
    });

    /// The highest value has a reason.
    ///
    /// Otherwise everything is the highest.
    A5_12_04 = "A5.12-04", Minor, step 5, clause "A.5.12";
    reads ["asset.state", "asset.c_value", "asset.i_value", "asset.a_value", "asset.valuation_reason",
        "methodology.impact_scale"];
    says "Asset {ref} has the highest value without a reason.";
    fix "Explain the valuation.";
    fails "valuation_reason=\"\"";
    holds "\"whole patient history; loss endangers treatment\"";
    |cx| cx.st::<Asset>(&[AssetState::Active]).judge(|a| cx.most_valuable(a) && blank(&a.valuation_reason));

    /// Assets of the highest level are labelled.
    ///
    /// People handle a thing by what they see on it.
    A5_13_01 = "A5.13-01", Observation, step 5, clause "A.5.13";
    reads ["asset.state", "asset.classification", "classification_level.rank", "classification_level.state",
        "asset.labelled"];
    says "Asset {ref} of the highest level is not labelled.";
    fix "Apply the label.";
    fails "labelled=false";
    holds "labelled=true";
    |cx| cx.st::<Asset>(&[AssetState::Active]).judge(|a| {
        let rank = cx.get(a.classification).and_then(|level| level.rank);
        rank.is_some() && rank == cx.top_rank() && !yes(a.labelled)
    });

    /// Access reviews took place as planned.
    ///
    /// Rights that nobody looks at only grow.
    A5_18_01 = "A5.18-01", Minor, step 9, clause "A.5.18";
    reads ["access_review.state", "access_review.planned_for"];
    says "Access review {ref} was not done as planned.";
    fix "Do it.";
    fails "planned_for 2026-05-31";
    holds "done";
    |cx| cx.all::<AccessReview>().judge(|r| {
        r.state == AccessReviewState::Missed || r.state == AccessReviewState::Planned && cx.past(r.planned_for)
    });

    /// Access to confidential systems was reviewed within a year.
    ///
    /// For software and cloud services whose confidentiality is valued four or more.
    A5_18_02 = "A5.18-02", Minor, step 9, clause "A.5.18";
    reads ["asset.state", "asset.in_scope", "asset.category", "asset.c_value", "access_review.system",
        "access_review.state", "access_review.performed_on"];
    says "Access rights on {ref} were not reviewed within {cfg.access_review_days} days.";
    fix "Plan and do a review.";
    fails "c_value=5, last review 14 months ago";
    holds "last review 3 months ago";
    |cx| {
        let done = cx.st::<AccessReview>(&[AccessReviewState::Done]).filter(|r| cx.within(r.performed_on, cx.config.access_review_days));
        let reviewed: Set<_> = done.filter_map(|r| r.system).collect();
        cx.st::<Asset>(&[AssetState::Active]).judge(|a| {
            yes(a.in_scope)
                && matches!(a.category, Some(AssetCategory::Software | AssetCategory::CloudService))
                && a.c_value >= Some(Level(4))
                && !reviewed.contains(&a.reference())
        })
    };
}
