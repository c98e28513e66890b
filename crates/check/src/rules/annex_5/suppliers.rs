//! A.5.19 to A.5.23: suppliers and cloud services.

use crate::rules::prelude::*;

rules! {
    /// Important suppliers were assessed.
    ///
    /// Before relying on somebody one looks at them.
    A5_19_01 = "A5.19-01", Minor, step 9, clause "A.5.19";
    reads ["supplier.state", "supplier_assessment.supplier", "supplier.criticality"];
    says "Important supplier {ref} was never assessed.";
    fix "Assess it.";
    fails "no SAS";
    holds "SAS-0001";
    |cx| {
        let assessed: Set<_> = cx.all::<SupplierAssessment>().filter_map(|s| s.supplier).collect();
        suppliers(cx).judge(|s| important(s.criticality) && !assessed.contains(&s.reference()))
    };

    /// Contracts with access to sensitive data have security clauses.
    ///
    /// What is not agreed cannot be demanded.
    A5_20_01 = "A5.20-01", Major, step 9, clause "A.5.20";
    reads ["supplier.state", "supplier.data_access", "supplier.security_clauses"];
    says "Supplier {ref} reaches sensitive data without security clauses in the contract.";
    fix "Agree security clauses.";
    fails "security_clauses=false";
    holds "security_clauses=true";
    |cx| suppliers(cx).judge(|s| {
        matches!(s.data_access, Some(SupplierDataAccess::Confidential | SupplierDataAccess::Regulated)) && !yes(s.security_clauses)
    });

    /// Access to regulated data has the agreement that law demands.
    ///
    /// A business associate agreement or a data processing agreement, signed.
    A5_20_02 = "A5.20-02", Major, step 9, clause "A.5.20";
    reads ["supplier.state", "supplier.data_access", "supplier.privacy_agreement"];
    says "Supplier {ref} reaches regulated personal data without the agreement the law demands (BAA or DPA).";
    fix "Sign the agreement.";
    fails "privacy_agreement=missing";
    holds "signed";
    |cx| suppliers(cx).judge(|s| {
        s.data_access == Some(SupplierDataAccess::Regulated) && s.privacy_agreement != Some(SupplierPrivacyAgreement::Signed)
    });

    /// Sub-suppliers of critical cloud suppliers are known.
    ///
    /// The chain is as strong as a link nobody has heard of.
    A5_21_01 = "A5.21-01", Observation, step 9, clause "A.5.21";
    reads ["supplier.state", "supplier.criticality", "supplier.cloud", "supplier.sub_suppliers"];
    says "The sub-suppliers of critical cloud supplier {ref} are unknown.";
    fix "Ask for the list.";
    fails "sub_suppliers=[]";
    holds "[hosting company]";
    |cx| suppliers(cx).judge(|s| s.criticality == Some(Criticality::Critical) && yes(s.cloud) && s.sub_suppliers.is_empty());

    /// The next assessment of important suppliers is planned.
    ///
    /// Suppliers change owners, staff and systems; the date of the next look is set and not past.
    A5_22_01 = "A5.22-01", Minor, step 9, clause "A.5.22";
    reads ["supplier.state", "supplier.criticality", "supplier.next_assessment"];
    says "The assessment of supplier {ref} is overdue or not planned.";
    fix "Assess it.";
    fails "next_assessment 2026-04-30";
    holds "next_assessment 2026-11-30";
    |cx| suppliers(cx).judge(|s| important(s.criticality) && s.next_assessment.is_none_or(|day| day < cx.today));

    /// Gaps of suppliers are followed up.
    ///
    /// An assessment that found something and led to nothing was for the file.
    A5_22_02 = "A5.22-02", Minor, step 9, clause "A.5.22";
    reads ["supplier_assessment.result", "supplier_assessment.follow_up"];
    says "Assessment {ref} found gaps, but nothing follows.";
    fix "Agree measures with the supplier.";
    fails "conditional, follow_up=[]";
    holds "follow_up=[TSK-0004]";
    |cx| cx.all::<SupplierAssessment>().judge(|s| s.result != Some(SupplierAssessmentResult::Satisfactory) && s.follow_up.is_empty());

    /// The split of duties with cloud services is recorded.
    ///
    /// Both sides thinking the other does it is how data get public.
    A5_23_01 = "A5.23-01", Minor, step 9, clause "A.5.23";
    reads ["supplier.state", "supplier.cloud", "supplier.shared_responsibility"];
    says "Cloud service {ref}: the split of security duties is not recorded.";
    fix "Record it.";
    fails "empty";
    holds "filled";
    |cx| suppliers(cx).judge(|s| yes(s.cloud) && blank(&s.shared_responsibility));

    /// Important cloud services have an exit plan.
    ///
    /// Services end, prices rise, providers fail.
    A5_23_02 = "A5.23-02", Minor, step 9, clause "A.5.23";
    reads ["supplier.state", "supplier.cloud", "supplier.criticality", "supplier.exit_plan"];
    says "Cloud service {ref} has no exit plan.";
    fix "Plan the exit.";
    fails "exit_plan=\"\"";
    holds "filled";
    |cx| suppliers(cx).judge(|s| yes(s.cloud) && important(s.criticality) && blank(&s.exit_plan));
}
