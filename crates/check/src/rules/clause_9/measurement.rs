//! Clause 9.1: monitoring, measurement, analysis and evaluation.

use crate::rules::prelude::*;

rules! {
    /// Something is measured.
    ///
    /// Without a metric in use nobody can say whether the ISMS works.
    C9_1_01 = "C9.1-01", Major, step 9, clause "9.1";
    reads ["metric.state"];
    says "Nothing is measured: there is no active metric.";
    fix "Define metrics for controls, processes and objectives.";
    fails "metric empty";
    holds "MTR-0001 active";
    |cx| flag(cx.st::<Metric>(&[MetricState::Active]).next().is_none());

    /// Controls and processes are measured.
    ///
    /// The standard asks to determine what is monitored; both belong to it.
    C9_1_A_01 = "C9.1-a-01", Minor, step 9, clause "9.1 a";
    reads ["metric.state", "metric.measures"];
    says "No metric looks at a {item}.";
    fix "Measure processes as well as controls.";
    fails "only awareness metrics";
    holds "one metric per kind";
    |cx| {
        let metrics = || cx.st::<Metric>(&[MetricState::Active]);
        Found::given(metrics().next().is_some(), || {
            judge_words(["control", "process"], |k| !metrics().any(|m| m.measures.is_some_and(|measures| measures.name() == k)))
        })
    };

    /// Values follow from their parts.
    ///
    /// A percentage is a hundred times the numerator over the denominator, to a tenth.
    C9_1_B_01 = "C9.1-b-01", Minor, step 9, clause "9.1 b";
    reads ["measurement.state", "measurement.numerator", "measurement.denominator", "measurement.metric",
        "metric.unit", "measurement.value"];
    says "The value of {ref} does not follow from numerator and denominator.";
    fix "Recalculate.";
    fails "18/24 stored as 80.0";
    holds "18/24 stored as 75.0";
    |cx| measurements(cx).judge(|x| {
        let percent = cx.get(x.metric).is_some_and(|m| m.unit.as_deref() == Some("%"));
        let part = |n: Decimal, d: Decimal| (n * Decimal::ONE_HUNDRED).checked_div(d);
        percent && matches!((x.value, x.numerator, x.denominator), (Some(value), Some(n), Some(d))
            if part(n, d).is_some_and(|share| (value - share).abs() > Decimal::new(1, 1)))
    });

    /// Measurements are made when planned.
    ///
    /// A missing value is not a good one. New metrics have the time of one rhythm.
    C9_1_C_01 = "C9.1-c-01", Minor, step 9, clause "9.1 c";
    reads ["metric.state", "metric.valid_from", "metric.frequency", "metric.grace_days", "measurement.period_end",
        "measurement.metric", "measurement.state"];
    says "Metric {ref}: a measurement is overdue.";
    fix "Collect the value of the last period.";
    fails "monthly, last period_end 2026-03-31, today 2026-06-30";
    holds "last period_end 2026-05-31";
    |cx| cx.st::<Metric>(&[MetricState::Active]).judge(|m| match cx.series(m.reference()).last() {
        Some(last) => cx.beyond(last.period_end, rhythm(m)),
        None => cx.beyond(m.valid_from, rhythm(m)),
    });

    /// Every metric has somebody who collects and somebody who judges.
    ///
    /// Who measures and who evaluates is part of the plan, and both must still be there.
    C9_1_D_01 = "C9.1-d-01", Minor, step 9, clause "9.1 d, 9.1 f";
    reads ["metric.state", "metric.collector", "person.state", "metric.analyst"];
    says "Metric {ref}: collector or analyst is missing or has left.";
    fix "Name an active person.";
    fails "collector left";
    holds "both active";
    |cx| cx.st::<Metric>(&[MetricState::Active]).judge(|m| !cx.active(m.collector) || !cx.active(m.analyst));

    /// Measurements are evaluated in time.
    ///
    /// A number nobody looks at is no monitoring.
    C9_1_E_01 = "C9.1-e-01", Minor, step 9, clause "9.1 e";
    reads ["measurement.state", "measurement.measured_on"];
    says "Measurement {ref} was not evaluated within {cfg.evaluate_days} days.";
    fix "Evaluate it.";
    fails "recorded 2026-04-02";
    holds "evaluated";
    |cx| measurements(cx).judge(|x| x.state == MeasurementState::Recorded && cx.beyond(x.measured_on, cx.config.evaluate_days));

    /// Metrics are analysed in their rhythm.
    ///
    /// Security performance and effectiveness are evaluated, not just collected.
    C9_1_G_01 = "C9.1-g-01", Minor, step 9, clause "9.1 eval";
    reads ["metric.state", "measurement.evaluated_on", "metric.analysis_frequency", "measurement.metric",
        "measurement.period_end", "measurement.state"];
    says "Metric {ref} was not analysed within its rhythm.";
    fix "Analyse the values and record the judgement.";
    fails "analysis_frequency P3M, last evaluated_on eight months ago";
    holds "evaluated last month";
    |cx| cx.st::<Metric>(&[MetricState::Active]).judge(|m| {
        let series = cx.series(m.reference());
        let limit = dur(m.analysis_frequency) + cx.config.evaluate_days;
        !series.is_empty() && !series.iter().any(|x| cx.within(x.evaluated_on, limit))
    });

    /// Red values have a comment and a consequence.
    ///
    /// Otherwise measuring is decoration.
    C9_1_02 = "C9.1-02", Minor, step 9, clause "9.1";
    reads ["measurement.state", "measurement.rating", "measurement.follow_up", "measurement.comment"];
    says "Measurement {ref} is red without comment and follow-up.";
    fix "Explain and link a task, nonconformity or improvement.";
    fails "rating=red follow_up=null";
    holds "follow_up=NC-0003";
    |cx| measurements(cx).judge(|x| x.rating == Some(MeasurementRating::Red) && (x.follow_up.is_none() || blank(&x.comment)));

    /// Three red values in a row are a nonconformity.
    ///
    /// A lasting failure needs a cause and a correction.
    C9_1_03 = "C9.1-03", Minor, step 9, clause "9.1";
    reads ["metric.state", "measurement.rating", "nonconformity.source_record", "measurement.metric",
        "measurement.period_end", "measurement.state"];
    says "Metric {ref} was red three times in a row and no nonconformity was raised.";
    fix "Raise a nonconformity.";
    fails "red in April, May, June";
    holds "NC-0006 source_record=MTR-0004";
    |cx| {
        let raised: Set<_> = cx.all::<Nonconformity>().filter_map(|n| n.source_record).collect();
        cx.st::<Metric>(&[MetricState::Active]).judge(|m| {
            let series = cx.series(m.reference());
            series.len() >= 3
                && series[series.len() - 3..].iter().all(|x| x.rating == Some(MeasurementRating::Red))
                && !raised.contains(&m.reference().any())
                && !series.iter().any(|x| raised.contains(&x.reference().any()))
        })
    };

    /// Ratings follow from the thresholds.
    ///
    /// Green, amber and red were decided before the value was known.
    C9_1_04 = "C9.1-04", Minor, step 9, clause "9.1";
    reads ["measurement.state", "measurement.rating", "measurement.metric", "measurement.value", "metric.target",
        "metric.amber", "metric.direction"];
    says "The rating of {ref} contradicts the thresholds of its metric.";
    fix "Rate by the thresholds.";
    fails "value 80, target 95, amber 90, rating green";
    holds "rating red";
    |cx| measurements(cx).judge(|x| {
        let rated = || cx.get(x.metric).zip(x.value).and_then(|(m, value)| rate(m, value));
        x.state == MeasurementState::Evaluated && x.rating.is_some() && x.rating != rated()
    });

    /// Every implemented control has a criterion of effectiveness.
    ///
    /// How would one notice that it does not work?
    C9_1_05 = "C9.1-05", Minor, step 7, clause "9.1";
    reads ["control.state", "effectiveness_criterion.control", "effectiveness_criterion.state"];
    says "Control {ref} has no criterion for its effectiveness.";
    fix "Define one (article step 7).";
    fails "C-0005 without EC";
    holds "EC-0005 control=C-0005";
    |cx| cx.st::<Control>(&[ControlState::Implemented]).judge(|c| !cx.judged().contains(&c.reference()));

    /// Controls are tested in time.
    ///
    /// The next test is planned and not past.
    C9_1_06 = "C9.1-06", Minor, step 9, clause "9.1";
    reads ["control.state", "control.next_test_due"];
    says "The test of control {ref} is overdue or not planned.";
    fix "Test the control.";
    fails "next_test_due 2026-04-30";
    holds "next_test_due 2026-11-30";
    |cx| cx.st::<Control>(&[ControlState::Implemented]).judge(|c| c.next_test_due.is_none_or(|day| day < cx.today));

    /// A control that failed does not count as implemented.
    ///
    /// Unless a later test found it effective again.
    C9_1_07 = "C9.1-07", Major, step 9, clause "9.1";
    reads ["control_test.state", "control_test.result", "control_test.control", "control.state",
        "control_test.tested_on"];
    says "Test {ref}: the control failed, but still counts as implemented.";
    fix "Set the control to ineffective, raise a nonconformity, reassess the risks.";
    fails "not_effective, C-0019 implemented";
    holds "C-0019 ineffective";
    |cx| tests(cx).judge(|t| {
        failed(t)
            && cx.get(t.control).is_some_and(|c| c.state == ControlState::Implemented)
            && !cx.tests_of(t.control).iter().any(|u| before(t.tested_on, u.tested_on) && u.result == Some(ControlTestResult::Effective))
    });

    /// Failed tests lead to a nonconformity.
    ///
    /// So that cause and correction are followed up.
    C9_1_08 = "C9.1-08", Minor, step 9, clause "9.1";
    reads ["control_test.state", "control_test.result", "control_test.nonconformity"];
    says "Failed test {ref} has no nonconformity.";
    fix "Raise one.";
    fails "nonconformity=null";
    holds "nonconformity=NC-0004";
    |cx| tests(cx).judge(|t| failed(t) && t.nonconformity.is_none());

    /// Tests are made by somebody else than the operator.
    ///
    /// Who runs a control every day does not see its faults and has no wish to find them.
    C9_1_09 = "C9.1-09", Minor, step 9, clause "9.1";
    reads ["control_test.state", "control_test.tester", "control_test.control", "control.operator"];
    says "Test {ref} was made by the operator of the control.";
    fix "Let somebody else test.";
    fails "tester=operator";
    holds "tester differs";
    |cx| tests(cx).judge(|t| t.tester.is_some() && cx.get(t.control).is_some_and(|c| c.operator == t.tester));

    /// Tests are proven.
    ///
    /// What was looked at and what it showed is kept, so that the result can be followed.
    C9_1_10 = "C9.1-10", Minor, step 9, clause "9.1";
    reads ["control_test.state", "control_test.evidence"];
    says "Test {ref} has no evidence.";
    fix "Attach the sample and the result.";
    fails "evidence=[]";
    holds "evidence=[EV-0061]";
    |cx| tests(cx).judge(|t| t.evidence.is_empty());
}
