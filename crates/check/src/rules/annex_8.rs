//! A.8: technology.

use super::prelude::*;

rules! {
    /// Vulnerabilities are fixed in time.
    ///
    /// The deadline follows from the severity; attackers know it too.
    A8_8_01 = "A8.8-01", Minor, step 9, clause "A.8.8";
    reads ["vulnerability.state", "vulnerability.fix_due"];
    says "Vulnerability {ref} is open past its deadline {fix_due}.";
    fix "Fix it, contain it, or have the risk owner accept it.";
    fails "fix_due 2026-06-01 open";
    holds "closed";
    |cx| cx.all::<Vulnerability>().judge(|v| v.state == VulnerabilityState::Open && cx.past(v.fix_due));

    /// Critical vulnerabilities have a deadline.
    ///
    /// From nine of ten on, somebody has to say until when.
    A8_8_02 = "A8.8-02", Minor, step 9, clause "A.8.8";
    reads ["vulnerability.state", "vulnerability.vuln_type", "vulnerability.severity", "vulnerability.fix_due"];
    says "Critical technical vulnerability {ref} has no deadline.";
    fix "Set the deadline of the policy.";
    fails "severity 9.8 fix_due=null";
    holds "fix_due set";
    |cx| cx.live::<Vulnerability>().judge(|v| {
        v.vuln_type == Some(VulnerabilityType::Technical) && v.severity >= Some(Decimal::from(9)) && v.fix_due.is_none()
    });

    /// Restoring was tested within a year.
    ///
    /// A backup that was never restored is none. Asked where some asset must be highly available.
    A8_13_01 = "A8.13-01", Minor, step 9, clause "A.8.13";
    reads ["asset.state", "asset.a_value", "bc_exercise.exercise_type", "bc_exercise.state",
        "bc_exercise.performed_on"];
    says "No restore test within {cfg.exercise_days} days.";
    fix "Restore from backup and record the result.";
    fails "none";
    holds "BCX-0002 2026-03-10";
    |cx| {
        let available = cx.st::<Asset>(&[AssetState::Active]).any(|a| a.a_value >= Some(Level(4)));
        let restored = |x: &Stored<BcExercise>| x.exercise_type == Some(BcExerciseExerciseType::RestoreTest)
            && x.state == BcExerciseState::Done && cx.within(x.performed_on, cx.config.exercise_days);
        Found::given(cx.st::<Asset>(&[AssetState::Active]).next().is_some(), || flag(available && !cx.all::<BcExercise>().has(restored)))
    };
}
