# Home: readiness, work, calendar, steps, clauses, findings, controls at work.
print = Print
of = { $count } of { $all }
more = and { $count } more
chart-numbers = Show the numbers

ready-summary = Summary
week-title = { $count ->
    [one] This week: one thing
    [2] This week: two things
   *[other] This week: three things
}
week-approve = Approve “{ $title }”
week-approve-why = Nothing of it counts before those have agreed whose consent it needs, and yours is one of them.
week-offer = Offer “{ $title }”
week-offer-why = You wrote it; nobody else sees it as something to decide until you offer it.
week-confirm = { $count ->
    [one] Confirm or change what was assumed: one record
   *[other] Confirm or change what was assumed: { $count } records
}
week-confirm-why = The set-up guide filled in what is usual. Somebody who knows your organisation should have looked at it.
week-look = Look
ready-pass = { $holds } of { $all }
ready-pass-rest = checks pass.
ready-gaps = { $gaps ->
    [0] No gap
    [one] 1 gap
   *[other] { $gaps } gaps
}
ready-audit = { $gaps ->
    [0] is left before the audit on { $day },
    [one] is left before the audit on { $day },
   *[other] are left before the audit on { $day },
}
ready-no-audit = { $gaps ->
    [0] is left.
    [one] is left.
   *[other] are left.
}
ready-days = { $days ->
    [0] today
    [one] tomorrow
   *[other] { $days } days from now
}
ready-unknown = { $count ->
    [0] Every check can be judged.
    [one] 1 check cannot be judged yet: too little is recorded.
   *[other] { $count } checks cannot be judged yet: too little is recorded.
} { $waived ->
    [0] {""}
    [one] 1 is waived.
   *[other] { $waived } are waived.
}
ready-where = Where the gaps are
ready-square = one square is one check
ready-by-step = See it by step
ready-waiting = Waiting for you
ready-latest = Latest changes
ready-all-changes = All
ready-fix = Fix next
ready-fix-order = gravest first, then the quickest effect
ready-all = All { $count }
ready-no-gap = No gap is open. Look at what cannot be judged yet.
ready-weeks = Next six weeks
gaps-word = { $count ->
    [one] gap
   *[other] gaps
}

trend-begins = The line of open gaps begins with the second day of records.
trend-went = Open gaps went from { $then } on { $day } to { $now } today.
trend-before = At this pace none is left on { $day }, { $days ->
    [0] the day of the audit.
    [one] 1 day before the audit.
   *[other] { $days } days before the audit.
}
trend-after = At this pace none is left on { $day }, { $days ->
    [one] 1 day after the audit.
   *[other] { $days } days after the audit.
}
trend-pace = At this pace none is left on { $day }.
trend-audit = Audit { $day }
trend-today = { $count } today
trend-expected = { $day }, expected
trend-caption = Open gaps by day
trend-on = On
trend-gaps = Open gaps

risk-today = Risk today
risk-matrix = Open the matrix
risk-caption = Number of risks by level
risk-level = Level
risk-before = Before
risk-now = Now
risk-plan = Plan
risk-above = { $count } of { $all } are above the limit; with the plan, { $plan ->
    [0] none.
   *[other] { $plan }.
}

deed-create = wrote
deed-update = changed
deed-transition = moved on
deed-void = voided
deed-sign = signed
deed-import = brought in
deed-follow = followed up
deed-hold = held

severity-major = Major
severity-minor = Minor
severity-observation = Could be better
verdict-holds = Holds
verdict-violated = Gap
verdict-not-enough-evidence = Not enough recorded
verdict-waived = Waived
verdict-all = Gaps and waived ones

clause-4 = Context and scope
clause-5 = Leadership and policy
clause-6 = Risk and planning
clause-7 = People and documents
clause-8 = Operation
clause-9 = Measuring, audit, review
clause-10 = Improvement
clause-a = Annex A controls

section-4-1 = Where we stand
section-4-2 = Who expects what
section-4-3 = What the system covers
section-4-4 = The system itself
section-5-1 = What top management does
section-5-2 = Policy
section-5-3 = Roles and authority
section-6-1 = Risks and chances
section-6-1-1 = Risks and chances of the system
section-6-1-2 = How risks are assessed
section-6-1-3 = How risks are treated
section-6-2 = Objectives
section-6-3 = Changes are planned
section-7-1 = Resources
section-7-2 = Skills
section-7-3 = Everybody knows what to do
section-7-4 = Who tells whom
section-7-5 = Documents and kept records
section-7-5-1 = Which documents there are
section-7-5-2 = How documents are made
section-7-5-3 = How documents are kept
section-8-1 = Daily operation
section-8-2 = Risk assessment is done
section-8-3 = Risk treatment is done
section-9-1 = Measuring
section-9-2 = Internal audit
section-9-2-1 = Internal audits take place
section-9-2-2 = Audit programme
section-9-3 = Management review
section-9-3-1 = Reviews take place
section-9-3-2 = What goes into a review
section-9-3-3 = What comes out of a review
section-10-1 = It keeps getting better
section-10-2 = When something went wrong

clauses-title = Clauses and controls
clauses-sub = What the standard wants in plain words, with its checks, its gaps and the records that prove it.
clause-operation = How it works here
clause-documented = Must be documented: { $what }
clause-expected = Auditors expect: { $what }
clause-checks = Checks
clause-no-checks = No check looks at this by itself; people judge it.
clause-records = Records that serve it
clause-proofs = Evidence that names it
clause-typical = What usually proves it
standing = { $all ->
    [0] no check
   *[other] { $holds } of { $all } hold{ $gaps ->
        [0] {""}
        [one] , 1 gap
       *[other] , { $gaps } gaps
    }{ $unknown ->
        [0] {""}
       *[other] , { $unknown } not enough recorded
    }
}

findings-sentence = { $open ->
    [0] No finding is open.
    [one] 1 finding is open.
   *[other] { $open } findings are open.
} { $unknown ->
    [0] {""}
    [one] 1 check cannot be judged.
   *[other] { $unknown } checks cannot be judged.
} { $waived ->
    [0] {""}
    [one] 1 finding is waived.
   *[other] { $waived } findings are waived.
}
findings-filter = Narrow the list
findings-by-severity = How grave
findings-by-clause = Clause
findings-by-step = Step
findings-by-owner = Owner
findings-by-verdict = Verdict
findings-any = all
findings-show = Show
findings-clear = Clear
findings-nobody = nobody
findings-count = { $count ->
    [0] No finding
    [one] 1 finding
   *[other] { $count } findings
}
contradiction = Contradiction
contradictions-count = { $count ->
    [0] No contradiction between registers
    [one] 1 contradiction between registers
   *[other] { $count } contradictions between registers
}
contradictions-help = Two registers say what cannot both be true. They are no findings and count nowhere; an auditor asks about them first.
ready-contradictions = { $count ->
    [one] 1 contradiction between registers
   *[other] { $count } contradictions between registers
}
findings-none = Nothing breaks this.
findings-more = { $count } more are not shown; narrow the list.
unknown-help = nobody can say, and it never counts as a pass
unknown-which = Show { $count ->
    [one] the check
   *[other] the { $count } checks
 }
risk-no-method = Levels need a method: how likely and how bad are measured, and which level is too much.

fix-create = Add { $what }
fix-drafts = Look at { $count } { $what }
fix-field = Fill in { $field }
fix-change = Change { $field }
fix-open = Open { $record }

rule-fix = What to do
rule-fails = Breaks it
rule-holds = Keeps it
rule-violated = { $count ->
    [one] Broken by 1 item
   *[other] Broken by { $count } items
}
rule-rests = What the verdict rests on
rule-rests-nothing = No record that you may see.
rule-rests-more = More records than these were read.
rule-record = Record
rule-field = Field
rule-value = Value

waive = Waive
waivers = Waivers
waivers-help = A waiver hides nothing: the finding stays in every list, with your name, your reason and its last day. An auditor from outside is not bound by it.
waived-by = Waived by { $name } until { $day }: { $reason }
waived-until = Was waived by { $name } until { $day }: { $reason }
waive-all = the whole check
waive-what = What is waived
waive-why = Why
waive-until = Until
waive-send = Waive it
waive-name = You answer for it with your name.
waive-back = Take the waiver back
waive-no-item = This does not break the check (any more).
waive-no-reason = Write a reason of at least twenty letters.
waive-no-day = Enter the last day, such as 2026-12-31.
waive-past-day = The last day lies in the past.
waive-far-day = A waiver lasts three years at most.
done-waived = The finding is waived and stays visible.
done-unwaived = The waiver is taken back.

work-sentence = { $count ->
    [0] Nothing waits for you.
    [one] One thing waits for you, about { $minutes } minutes.
   *[other] { $count } things wait for you, about { $minutes } minutes together.
} { $late ->
    [0] {""}
    [one] One is overdue.
   *[other] { $late } are overdue.
}
work-nothing = What is yours to do appears here with its day and its minutes: documents to read, courses, reviews, approvals, and tasks that somebody gives you.
work-overdue = Overdue
work-week = Within a week
work-later = Later
work-undated = Without a date
work-done-lately = Done lately
work-due = { $day } ({ $far })
work-detail = { $due } · { $why }
work-minutes = { $minutes } min
work-done = Done
work-again = Take back
done-task-done = { $record } is done.
done-task-again = { $record } is open again.
work-true = Still true
done-still-true = { $record } was looked at today and is still true.

hand-on = Pass on, ask back
hand-on-how = What should happen?
hand-on-pass = Pass it on: somebody else does it from now on
hand-on-ask = Ask back: it stays with me, and { $name } answers first
hand-on-not-mine = It is not mine: { $name } decides whose it is
hand-on-person = Who does it from now on?
hand-on-person-help = A name or a number. Only when you pass it on.
hand-on-meant = Which of them?
hand-on-text = Why, or what do you want to know?
hand-on-text-help = One sentence. It stays with the record, and whom it concerns reads it.
hand-on-send = Send
hand-on-none = Nobody else can answer for this yet. The ISMS manager can name somebody.
hand-on-sentence = Say it in a sentence: it stays with the record.
hand-on-long = Say it in at most { $most } characters.
hand-on-which = Choose what should happen.
hand-on-whom = Name somebody who does it from now on.
hand-on-nobody = Nobody who works here is meant by this. Choose one of the list, or type more of the name.
hand-on-self = That is you. Name somebody else.
hand-on-task-ask = { $name } asks about “{ $what }”
hand-on-task-not-mine = { $name } says that “{ $what }” is somebody else’s
done-handed-on = { $record } is passed on.
done-asked-back = Your question about { $record } is asked. You find the answer on its page.
work-why-assignee = given to you
work-why-signer = your signature is asked for
work-why-person = it is addressed to you
work-why-audience = it is addressed to you
work-why-responsible = you are responsible
work-why-owner = you own it
work-why-risk-owner = you own the risk
work-why-manager = you lead it
work-why-verifier = you check the effect
work-why-tester = you test it
work-why-reviewer = you review it
work-why-lead-auditor = you lead the audit
work-why-presented-by = you present it
work-why-requested-by = you asked for it
work-why-accepted-by = you accepted it
work-why-approver = you may approve it
work-why-consent = it needs your consent
work-why-done = done
work-do-do = { $what }
work-do-sign = Sign: { $what }
work-do-sign-again = Changed since you signed it: { $what }
work-do-accept-again = Decide again whether to accept: { $what }
work-do-read = Read: { $what }
work-do-take = Take the course: { $what }
work-do-carry-out = Carry out: { $what }
work-do-answer = Answer: { $what }
work-do-handle = Handle: { $what }
work-do-verify = Did it work? { $what }
work-do-review = Review: { $what }
work-do-have-tested = Have it tested: { $what }
work-do-test = Test: { $what }
work-do-assess = Assess: { $what }
work-do-evaluate = Evaluate: { $what }
work-do-audit = Audit: { $what }
work-do-prepare = Prepare: { $what }
work-do-exercise = Exercise: { $what }
work-do-fix = Fix: { $what }
work-do-renew = Renew or end: { $what }
work-do-approve = Approve: { $what }
work-go-do = Open
work-go-sign = See and sign
work-go-sign-again = See and sign
work-go-accept-again = See and decide
work-go-read = Read
work-go-take = Start
work-go-carry-out = Open
work-go-answer = Answer
work-go-handle = Open
work-go-verify = Check
work-go-review = Review
work-go-have-tested = Open
work-go-test = Open
work-go-assess = Assess
work-go-evaluate = Evaluate
work-go-audit = Open
work-go-prepare = Prepare
work-go-exercise = Open
work-go-fix = Open
work-go-renew = Open
work-go-approve = See and decide

calendar-month = { $month } { $year }
calendar-sentence = { $count ->
    [0] Nothing is planned this month.
    [one] One day of this month holds something.
   *[other] { $count } things are planned this month.
}
calendar-before = Earlier
calendar-after = Later
calendar-this = This month
calendar-file = For your calendar
calendar-days = Day by day
calendar-nothing = Nothing is planned.
calendar-stage1 = Stage 1 of the certification
calendar-stage2 = Stage 2 of the certification
calendar-expires = Ends
calendar-waiver = Waiver ends
calendar-audit = Internal audit
calendar-management-review = Management review
calendar-exercise = Exercise
calendar-review = Review
calendar-test = Test
calendar-carry-out = Planned work
calendar-verify = Effect check
calendar-due = Due
calendar-assess = Supplier check
calendar-contract-end = Contract ends
calendar-target = Certification aimed at
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
month-full-1 = January
month-full-2 = February
month-full-3 = March
month-full-4 = April
month-full-5 = May
month-full-6 = June
month-full-7 = July
month-full-8 = August
month-full-9 = September
month-full-10 = October
month-full-11 = November
month-full-12 = December

steps-title = The twelve steps
steps-sentence = From a mandate to a system that improves itself: { $done } of twelve steps are complete, { $work } are moving, { $gap } have a grave gap.
steps-done = complete
phase-plan = Plan: steps 1 to 6
phase-do = Do: steps 7 and 8
phase-check = Check: steps 9 to 11
phase-improve = Improve: step 12
phase-word-plan = Plan
phase-word-do = Do
phase-word-check = Check
phase-word-improve = Improve
step-number = Step { $step }
step-nothing = No gap is open here.
step-before = Before
step-after = Next
step-next = What to do next
step-records = Records that prove it
step-asks = What an auditor will ask
step-1 = Management support
step-1-want-1 = Top management decides to have the system, says why, and signs it.
step-1-want-2 = It gives money, people and time, and names who runs it.
step-1-want-3 = Everybody hears of it.
step-1-ask-1 = Why do you have this system, and who wanted it?
step-1-ask-2 = What means did you give, and were they enough?
step-1-ask-3 = Show me the signed mandate.
step-2 = Context and objectives
step-2-want-1 = Know what in and around the organisation touches security, climate change included.
step-2-want-2 = Know who expects what, and which laws and contracts bind you.
step-2-want-3 = Set objectives that can be measured, with who does what by when.
step-2-ask-1 = How did this issue lead to a risk or an objective?
step-2-ask-2 = Which laws apply to you, and how do you know that you keep them?
step-2-ask-3 = Which objective is missed, and what did you do then?
step-3 = Scope
step-3-want-1 = Say in writing which units, places and processes the system covers.
step-3-want-2 = Say what is left out, and why that is fair.
step-3-want-3 = Name the borders: what others do for you and you for them.
step-3-ask-1 = Does this sentence fit your business, people and sites?
step-3-ask-2 = What crosses the border, and who looks after it there?
step-3-ask-3 = Why is this part left out?
step-4 = Security policy
step-4-want-1 = A short policy that fits your purpose and is approved by top management.
step-4-want-2 = It promises to keep the rules and to get better.
step-4-want-3 = People have it, and everybody knows who answers for what.
step-4-ask-1 = Who approved this policy, and when?
step-4-ask-2 = How do you know that people have read it?
step-4-ask-3 = Who reports to top management how well the system works?
step-5 = Risk assessment
step-5-want-1 = A written method with scales and a limit, so that two people come to the same result.
step-5-want-2 = Find the risks, name their owners, rate how likely and how bad.
step-5-want-3 = Do it again when planned and when something changes.
step-5-ask-1 = Rate this risk with me, with your own method.
step-5-ask-2 = Are all important assets covered?
step-5-ask-3 = Does the owner know this risk and agree with it?
step-6 = Risk treatment
step-6-want-1 = Decide for each risk what is done about it, and choose controls.
step-6-want-2 = Compare with Annex A and give a reason for each control, used or excluded.
step-6-want-3 = Make a plan, and let each owner approve it and accept what is left.
step-6-ask-1 = Why is this control excluded?
step-6-ask-2 = Who accepted what is left of this risk, and when?
step-6-ask-3 = Show me the way from this risk to its control and back.
step-7 = Carry out the plan
step-7-want-1 = Do what the plan says, in time, with the means it needs.
step-7-want-2 = Keep proof that it was done as planned.
step-7-want-3 = Keep hold of what others do for you.
step-7-ask-1 = Show me this control on the screen of the system.
step-7-ask-2 = Which actions are late, and who knows it?
step-7-ask-3 = How do you know that your supplier does its part?
step-8 = Awareness and training
step-8-want-1 = Know which skills are needed, and close the gaps.
step-8-want-2 = Everybody knows the policy, their own part, and what follows when rules are broken.
step-8-want-3 = Say who tells what to whom, and when.
step-8-ask-1 = What would you report, and where?
step-8-ask-2 = Did contractors and managers take the course too?
step-8-ask-3 = How do you know that the training worked?
step-9 = Operate and measure
step-9-want-1 = Run the processes under control; plan changes and look after the unplanned ones.
step-9-want-2 = Measure what tells you whether security works, and judge the results.
step-9-want-3 = Keep documents and records in order.
step-9-ask-1 = Who looks at this figure, and what was done when it was red?
step-9-ask-2 = When was the last restore tested?
step-9-ask-3 = Show me one change from request to review.
step-10 = Internal audit
step-10-want-1 = A programme that covers the whole system over time.
step-10-want-2 = Auditors who do not audit their own work.
step-10-want-3 = Results go to management, and findings are followed up.
step-10-ask-1 = Which clauses and controls were audited, and which not yet?
step-10-ask-2 = How is this auditor independent?
step-10-ask-3 = What became of this finding?
step-11 = Management review
step-11-want-1 = Top management looks at the system at planned times.
step-11-want-2 = It sees results, risks, audits, incidents, objectives and what people say.
step-11-want-3 = It decides what gets better and what changes, and that is kept.
step-11-ask-1 = What did you decide in the last review, and is it done?
step-11-ask-2 = Which are your three largest risks?
step-11-ask-3 = How do you know that the system works?
step-12 = Corrective actions
step-12-want-1 = When something goes wrong: put it right, and deal with what followed.
step-12-want-2 = Find the cause, and see whether it is elsewhere too.
step-12-want-3 = Act, check that it worked, keep the proof.
step-12-ask-1 = Why did this happen? And why that?
step-12-ask-2 = How do you know that the action worked?
step-12-ask-3 = Could the same happen elsewhere?

stage-title = Ready for stage { $stage }?
stage-yes = Ready
stage-no = Not ready yet
stage-ready = Nothing that we can check stands in the way of stage { $stage }.
stage-not-ready = { $count ->
    [0] What stage 1 lacks stands in the way of stage { $stage }.
    [one] One thing stands in the way of stage { $stage }.
   *[other] { $count } things stand in the way of stage { $stage }.
}
stage-day = The auditors come on { $day }.
stage-early = { $count ->
    [one] 1 thing is missing already for stage 1.
   *[other] { $count } things are missing already for stage 1.
}
stage-missing = What is missing
stage-waived = Waived by you
stage-waived-help = an auditor from outside is not bound by that
stage-asks = What an auditor will ask
stage-asks-order = in about this order
stage-samples = What is sampled
stage-samples-help = sizes by the rule of the square root, as a start
stage-population = Population
stage-there = There are
stage-drawn = Sample
stage-proof = What is asked for each
stage-trails = Threads that are pulled
stage-trails-help = from a beginning to the proof on the screen, and back
stage-2-trail-issue = From an issue to its risk, the treatment, the row of the statement, the control, the proof, the test and the review.
stage-2-trail-incident = From an incident to its cause, the corrective action, the risk rated again and the training.
stage-2-trail-leaver = From the list of those who left to the day their access ended and what they gave back.
stage-2-trail-change = From a change to what was thought of before, who approved it, how it was tested and the way back.
stage-2-trail-backup = From a backup to the last restore, in the hours that were promised.
stage-2-trail-supplier = From a supplier to its risk, the clauses of the contract, the last check and what followed.
stage-2-trail-law = From a law to its single duties, the controls that meet them and the proof.
stage-2-trail-policy = From a sentence of a policy to two times that it was done.
stage-2-trail-objective = From an objective to its measure, the values and what was done when it was missed.
stage-2-trail-finding = From a finding of an internal audit to its cause, the action and its effect.
stage-2-trail-asset = From a thing on a desk to the inventory, its owner, its label and how it is kept safe.
stage-2-trail-person = From somebody in the corridor: what do you report, where is the policy, which label is this?
stage-top = What top management is asked
stage-2-top-1 = Why do you have this system?
stage-2-top-2 = Which are the three largest risks?
stage-2-top-3 = What did the last review decide?
stage-2-top-4 = Which means did you give?
stage-2-top-5 = How do you know that it works?
stage-2-top-6 = Which objectives are missed, and what then?
stage-1-ask-scope = What does the system cover?
stage-1-look-scope = Fits business, sites and people; borders named; exclusions sensible; a sentence that can stand on the certificate.
stage-1-ask-context = What touches you, and who expects what?
stage-1-look-context = Dated and specific, not copied; a decision about climate change; leads to risks or objectives.
stage-1-ask-policy = Your security policy
stage-1-look-policy = Its promises, who approved it, who has read it.
stage-1-ask-roles = Who answers for what?
stage-1-look-roles = Who makes sure that the standard is kept, and who reports to top management.
stage-1-ask-objectives = Your objectives
stage-1-look-objectives = Measurable, planned, followed.
stage-1-ask-method = How do you assess risks?
stage-1-look-method = Scales, limit, the same result twice.
stage-1-ask-assessment = The results
stage-1-look-assessment = The date, whether all assets are covered, owners.
stage-1-ask-soa = Statement of Applicability
stage-1-look-soa = 93 controls decided, reasons given, status true, agrees with the risks.
stage-1-ask-plan = Treatment plan and consent
stage-1-look-plan = Signed by the owners after the assessment; realistic.
stage-1-ask-law = Your legal register
stage-1-look-law = You know your laws, privacy among them.
stage-1-ask-documents = Your documents
stage-1-look-documents = A list with versions and approvals.
stage-1-ask-audit = Internal audit
stage-1-look-audit = A programme that covers all, one audit before stage 2, auditors who are independent.
stage-1-ask-review = Management review
stage-1-look-review = What went in, what was decided.
stage-1-ask-corrective = When something goes wrong
stage-1-look-corrective = Causes found, effects checked.
stage-1-ask-awareness = Skills and awareness
stage-1-look-awareness = A plan, and how many it has reached.
stage-1-ask-measures = What you measure
stage-1-look-measures = Which figures, and since when.
stage-1-ask-sites = Sites and suppliers
stage-1-look-sites = To plan stage 2: places, shifts, remote work, important suppliers.
stage-2-ask-people = Screening, signed terms, training and access of those who joined; access and things returned of those who left.
stage-2-ask-access = Approval, role, last review, privileged accounts.
stage-2-ask-changes = Risk looked at, approved, tested, urgent ones too.
stage-2-ask-weaknesses = Closed in time, or accepted with a signature.
stage-2-ask-restore = Done as planned, with its result: a restore above all.
stage-2-ask-incidents = Time to decide and contain, timeline, notices, lessons.
stage-2-ask-events = How soon somebody decided what it was.
stage-2-ask-suppliers = Contract, agreement on personal data, last check.
stage-2-ask-training = Taken, passed, when; managers and contractors too.
stage-2-ask-policies = Approved, in the right version, read, applied.
stage-2-ask-assets = Owner, label, place; from the floor to the list and back.
stage-2-ask-risks = Rated again, owner asked, treatment seen.
stage-2-ask-controls = Proof that it works; all exclusions.
stage-2-ask-tests = What was tested, how, with which result.
stage-2-ask-nonconformities = Cause found, effect checked.
stage-2-ask-places = Way in, visitors, server room, desks, power and cooling.
stage-2-ask-exceptions = Approved, with an end, and with something in its place.

theme-organizational = Organisation
theme-people = People
theme-physical = Places and things
theme-technological = Technology
attribute-type = When it acts
attribute-property = What it keeps
attribute-concept = What it does
attribute-capability = Field of work
attribute-domain = Domain
operation-title = Controls at work
operation-sentence = { $works } of { $used } controls that are used work and were tested in time. { $bad ->
    [0] {""}
    [one] 1 was tested and does not work.
   *[other] { $bad } were tested and do not work.
} { $untested ->
    [0] {""}
    [one] 1 was not tested as it should be.
   *[other] { $untested } were not tested as they should be.
}
operation-themes = How far they are covered
operation-attributes = By the five attributes
operation-of = { $works } of { $used } work
operation-works = works
operation-not-effective = tested, does not work
operation-overdue = test overdue
operation-never-tested = never tested
operation-no-test = no test defined
operation-partly = partly in place
operation-planned = planned
operation-not-in-place = not in place
operation-excluded = excluded
operation-undecided = not decided
operation-used = used
operation-theme = Theme
operation-standing = How it stands
operation-control = Control
operation-owner = Owner
operation-tested = Last test
operation-evidence = Evidence
operation-gaps = Gaps
operation-maturity = Maturity
operation-maturity-is = Maturity { $level } of 5
operation-here = here
maturity-1 = All that realises it is in place.
maturity-2 = Somebody answers for it, it is said how it works, and valid evidence shows it.
maturity-3 = It is said how to tell whether it works.
maturity-4 = The last test found it effective, and the next is not overdue.
maturity-5 = Two tests in a row, on different days, found it effective.
maturity-help = The level follows from what is recorded; the weakest of the controls that realise it counts.
operation-none = No control fits.
operation-checks = clause and checks
operation-no-reason = No reason is written down yet.
operation-own = How it is done here
operation-no-own = No control of ours realises it.
operation-criteria = When it counts as working
operation-no-evidence = No evidence yet.
operation-usually = Usually answered for by: { $who }

overview-title = Information security on one page
overview-day = as of { $day }
overview-lead = { $gaps ->
    [0] No gap is open.
    [one] One gap is open.
   *[other] { $gaps } gaps are open.
}
overview-lead-audit = { $gaps ->
    [0] No gap is open
    [one] One gap is open
   *[other] { $gaps } gaps are open
}; the auditors come on { $day }, in { $days ->
    [one] 1 day
   *[other] { $days } days
}.
overview-incidents-fine = No grave incident in six months
overview-incidents-watch = One grave incident in six months
overview-incidents-gap = { $count } grave incidents in six months
overview-incidents-text = { $all ->
    [0] Nothing was reported.
    [one] 1 incident was reported, { $open } still open.
   *[other] { $all } incidents were reported, { $open } still open.
}
overview-risks-fine = No risk is above your limit
overview-risks-watch = { $count ->
    [one] 1 risk is above your limit
   *[other] { $count } risks are above your limit
}
overview-risks-gap = { $count ->
    [one] 1 risk is above your limit
   *[other] { $count } risks are above your limit
}
overview-risks-text = { $above ->
    [0] All risks are within what you accept.
   *[other] With the plans, { $after ->
        [0] none stays above it.
        [one] 1 stays above it.
       *[other] { $after } stay above it.
    }
}
overview-audit-fine = No grave gap in the system
overview-audit-watch = { $count ->
    [one] 1 grave gap in the system
   *[other] { $count } grave gaps in the system
}
overview-audit-gap = { $count } grave gaps in the system
overview-audit-text = { $minor ->
    [0] No smaller gap.
    [one] 1 smaller gap.
   *[other] { $minor } smaller gaps.
} { $late ->
    [0] No corrective action is late.
    [one] 1 corrective action is late.
   *[other] { $late } corrective actions are late.
}
overview-people-fine = People know what to do
overview-people-watch = { $count ->
    [one] 1 reading or course is late
   *[other] { $count } readings or courses are late
}
overview-people-gap = { $count } readings or courses are late
overview-people-text = { $read } of { $asked } readings are confirmed, { $trained } of { $assigned } courses are taken.
overview-roles-fine = Every role has a deputy
overview-roles-watch = { $count ->
    [one] 1 role hangs on one person
   *[other] { $count } roles hang on one person
}
overview-roles-gap = { $count } roles hang on one person
overview-roles-text = { $all } roles are held, { $alone } without a deputy.
overview-money-fine = We spend what you approved
overview-money-watch = No means are granted for now
overview-money-gap = { $count ->
    [one] 1 budget is exceeded
   *[other] { $count } budgets are exceeded
}
overview-money-text = { $spent } of { $given } are spent. { $decisions ->
    [0] All your decisions are carried out.
    [one] 1 of your decisions is still being carried out.
   *[other] { $decisions } of your decisions are still being carried out.
}
overview-decisions = Decisions we ask for
overview-no-decisions = None today.
overview-objective = Objective
overview-trend = Trend
overview-target = Target
overview-now = Now
overview-state = State
overview-met = met
overview-missed = missed
overview-not-yet = not yet
overview-no-value = no value
overview-no-objectives = No objective is in force.

# Where somebody starts.
start-here = Start here
start-label = The page you start with
start-by-role = The one that my roles need most
start-overview = On one page
start-unknown = Choose one of the pages you can open
done-start-here = You start with this page from now on
done-start-by-role = Your roles decide again where you start

# A sample that anybody can draw again.
sample-draw = Draw a sample
sample-title = Sample: { $what }
sample-sentence = { $size } of { $all } { $what }, drawn by chance
sample-finding = Record what you found
sample-record = Record
sample-repeat = Anybody can draw it again
sample-repeat-text = The population is that of entry { $entry } of the ledger, the seed is { $seed }. Put the references in the order of the SHA-256 of the seed, a blank and the reference; the first ones are the sample. The address of this page says all of it.
sample-population = The whole population
sample-size = Size
sample-again = Draw another one
sample-evidence = { $sentence } (entry { $entry }, seed { $seed }): { $refs }
sample-bad-seed = is one to 64 letters and digits
sample-bad-size = is a whole number from 1 to { $most }
