# Lists of every kind.
list-number = No.
list-export = Export
list-export-xlsx = Spreadsheet (xlsx)
list-export-csv = CSV
list-export-json = JSON
list-export-help = Files follow the filter, the columns, the order and the date, and carry a fingerprint.
list-print = Print this page
list-new = New
list-views = Views
list-view-all = All
list-view-mine = Mine
list-view-attention = Needs attention
list-view-keep = Keep this view
list-view-name = Name of the view
list-view-share = For everybody in the organisation
list-view-forget = Forget “{ $name }”
list-view-bad-name = needs a short name without a slash
list-view-too-many = can be kept at most { $most } times for one kind; forget one first
list-filter = Filter
list-find = Find in this list
list-find-go = Find
list-chip-words = Words: { $words }
list-chip-void = Void records shown
list-chip-is = { $field }: { $value }
list-chip-not = { $field } is not { $value }
list-chip-has = { $field } contains “{ $value }”
list-chip-from = { $field } from { $value }
list-chip-to = { $field } up to { $value }
list-chip-none = { $field }: nothing yet
list-chip-some = { $field }: anything
list-chip-remove = Remove the filter: { $what }
list-empty-value = nothing yet
list-no-values = No record says anything here yet.
list-more-values = { $count ->
    [one] One more value is rarer.
   *[other] { $count } more values are rarer.
}
list-from = From
list-to = Up to
list-has = { $field } contains
list-apply = Apply
list-more-filters = Filter
list-count = { $count ->
    [one] 1 of { $all }
   *[other] { $count } of { $all }
}
list-columns = Columns
list-columns-help = Columns of this view
list-columns-apply = Show these
list-columns-usual = The usual ones
list-selection = Selection
list-select = Select { $record }
list-select-page = Select all on this page
list-gaps = { $count ->
    [one] 1 gap
   *[other] { $count } gaps
}
list-caption-up = { $what } by { $field }, ascending
list-caption-down = { $what } by { $field }, descending
list-judge-all = { $what }.
list-judge-fine = None needs attention.
list-judge-gaps = { $gaps ->
    [one] One has an open gap.
   *[other] { $gaps } have open gaps.
}
list-judge-overdue = { $overdue ->
    [one] One is overdue.
   *[other] { $overdue } are overdue.
}
list-judge-both = { $gaps ->
    [one] One has an open gap
   *[other] { $gaps } have open gaps
}, { $overdue ->
    [one] one is overdue.
   *[other] { $overdue } are overdue.
}
list-judge-limit = { $above ->
    [0] None is above the limit of { $limit }.
    [one] One is above the limit of { $limit }.
   *[other] { $above } are above the limit of { $limit }.
}
list-all-matching = All { $count } that match
list-all-too-many = All { $count } that match are too many; at most { $most } at once
list-bulk = With the selected records
list-bulk-with = selected:
list-bulk-clear = Clear
list-pages = Pages
list-range = { $from } to { $to } of { $all }
list-back = Back
list-on = Next
list-per-page = Rows on this page
list-void-too = { $count ->
    [one] Show the void one too
   *[other] Show { $count } void ones too
}
list-empty = No { $what } yet
list-empty-why = An auditor asks for it because of { $clauses }.
list-empty-example = For example
list-more-acts = More
list-empty-create = Write the first one
list-empty-import = Bring them in from a file
list-empty-clear = Show everything
list-empty-filter = Nothing fits
list-empty-filter-text = None of the { $count } { $what } fits everything that is chosen above. Take something away.
list-empty-without = { $count ->
    [one] 1 fits without this: { $filter }
   *[other] { $count } fit without this: { $filter }
}
list-empty-mine = Nothing here is yours
list-empty-mine-text = You are not named in any of the { $count } { $what }.
list-empty-attention = Nothing needs attention
list-empty-attention-text = None of the { $count } { $what } has an open gap or a day that has passed.
list-too-many = asks for too much at once; take some of it away
list-bad-text = is too long
list-bad-sort = has no order to sort by
list-bad-columns = names too many columns
list-bad-length = is 50, 100 or 200
list-bad-view = is no view that is built in
list-bad-cursor = is no place in this list; begin at its first page
list-private = to filter or sort by this field
list-no-field = is not a field of this list

# Many at once.
bulk-owner = Change a person
bulk-date = Set a date
bulk-field = Change a field
bulk-step = Take a step
bulk-void = Void
bulk-owner-heading = Change a person in { $records }
bulk-date-heading = Set a date in { $records }
bulk-field-heading = Change a field in { $records }
bulk-step-heading = Take a step with { $records }
bulk-void-heading = Void { $records }
bulk-then = You see what it changes before anything is written.
bulk-which-field = Which field
bulk-who = Who
bulk-choose = Choose a person
bulk-day = Day; empty takes it away
bulk-choice = New value
bulk-choice-none = Leave as it is
bulk-tags = Add tags, with commas between them
bulk-optional = if you like
bulk-which-step = Which step
bulk-why = Why
bulk-preview = Show the effect
bulk-cancel = Cancel
bulk-records = The records
bulk-and-more = and { $count } more
bulk-no-steps = None of these records can take a step by your hand. Steps that need a signature are taken on the record’s own page.
bulk-sets = { $what } in { $records }
bulk-adds-tags = adds { $tags }
bulk-steps = To “{ $to }”: { $records }
bulk-voids = Void { $records }
bulk-do = Change { $records }
bulk-effect = { $fits ->
    [0] Nothing would change.
    [one] One record would change.
   *[other] { $fits } records would change.
} { $failed ->
    [0] { "" }
    [one] One refuses.
   *[other] { $failed } refuse.
} { $solved ->
    [0] It closes no gap
    [one] It closes 1 gap
   *[other] It closes { $solved } gaps
} { $caused ->
    [0] and opens none.
    [one] and opens 1.
   *[other] and opens { $caused }.
}
bulk-result = { $failed ->
    [0] None was left out.
    [one] One refused.
   *[other] { $failed } refused.
}
bulk-refused = These refuse, and why
bulk-caused = Gaps that it opens
bulk-solved = Gaps that it closes
bulk-done = Changed: { $records }
bulk-undone = Taken back: { $records }
bulk-undo-reason = taking a bulk edit back
bulk-back = Back to the list
bulk-none = names no record; select some first
bulk-no-version = says not which version was seen
bulk-other-kind = names records of another kind
bulk-too-many = names more than { $most } records
bulk-no-act = says not what to do
bulk-no-field = Choose a field of this list.
bulk-no-value = Choose a value.
bulk-no-step = Choose a step.
bulk-no-reason = Say why: it stays in the history.
bulk-stale = Somebody else changed it meanwhile.
bulk-denied = You do not have the right to this.
bulk-absent = There is nothing here that you may change.
bulk-failed = It could not be written.
done-view-kept = The view is kept.
done-view-forgotten = The view is forgotten.

# Files.
export-bad-format = is csv, xlsx or json
export-too-large = A file has at most { $most } rows: filter the list first.
export-about = { $what } of { $organisation } as of { $date }: { $count } rows from { $address }, at { $size } entries of the log.
export-print = SHA-256 of all lines above: { $print }

# Search.
search-heading = Search
search-hint = Type a name, a number like R-0014, or what you want to do.
search-count = { $count ->
    [0] No record fits.
    [one] One record fits.
   *[other] { $count } records fit; the best { $shown } are shown.
}
search-go = Find
search-records = Records
search-ways = Go to
search-deeds = Do
search-retired = no longer counts
search-over = { $record }, no longer counts
search-nothing = Nothing found
search-nothing-text = Try another word for it, or look through all kinds of records.
goto-portal = My portal
goto-portal-words = home tasks reading training courses documents
goto-account-words = password passkey sign-in language profile
goto-clauses = Clauses of the standard
goto-clause = Clause
goto-annex = Annex A
goto-new = New { $what }
goto-new-words = create add write
goto-asof-words = past history date time as of
goto-reports = Make a report
goto-reports-words = pdf document print export
goto-report-event = Report an incident
goto-report-event-words = event breach phishing lost something happened

# Everything, A to Z.
everything-heading = Everything
everything-sentence = { $count ->
    [one] One kind of record.
   *[other] { $count } kinds of record. The search field knows them all, by name, number or the everyday word for them.
}
everything-find = Find a kind of record, for example “contract”
everything-or = or press
everything-new = New: { $what }
everything-step = step { $step }
everything-also = also: { $words }

# Keys.
keys-sentence = Single keys work outside fields. They can be switched off in your account.
keys-anywhere = Anywhere
keys-go = Go to
keys-list = In a list
keys-record = On a record
keys-palette = Search, jump, do
keys-date = Look at another date
keys-new = New record here
keys-sheet = This sheet
keys-find = Find in this list
keys-next = Next row
keys-before = Previous row
keys-select = Select the row
keys-open = Open the row
keys-edit = Edit
keys-go-h = Home
keys-go-s = 12 steps
keys-go-r = Risks
keys-go-m = Risk matrix
keys-go-c = Controls
keys-go-d = Documents
keys-go-v = Management reviews
keys-go-a = Everything
keys-go-p = Treatment plan

# Activity.
activity-sentence = What was done last, by whom and why. Everything here stands in the log and cannot be changed.
activity-person = Person
activity-kind = Kind of record
activity-anybody = Anybody
activity-anything = Anything
activity-nothing = Nothing to tell
activity-on = Look further back
activity-bad = is nothing that can be asked for
activity-ledger = the log
activity-create = created { $record }
activity-update = changed { $record }
activity-transition = took { $record } to “{ $state }”
activity-void = voided { $record }
activity-sign = signed { $record }
activity-import = brought in { $record }
activity-follow = brought { $record } up to date, because something else changed
activity-hold = changed the legal hold of { $record }
activity-set = changed the setting { $record }
activity-erase = erased values in { $record }
activity-epoch = began a new part of { $record }
activity-verify = verified { $record }

# Everyday words for kinds and pages: search finds a thing by them in every language.
synonym-organization = company, firm, us
synonym-org-unit = department, team, division
synonym-site = location, office, building, address
synonym-person = people, staff, employee, user, colleague
synonym-isms-role = responsibility, function, CISO
synonym-role-assignment = who is responsible, RACI
synonym-mandate = commitment, charter, management
synonym-resource-allocation = budget, money, capacity
synonym-context-issue = internal issues, external issues, SWOT, PESTLE
synonym-interested-party = stakeholder, customer, regulator
synonym-requirement = need, expectation
synonym-obligation = law, legal, regulation, contract duty, GDPR, compliance
synonym-objective = goal, target, OKR
synonym-scope = boundary, what is covered
synonym-document = policy, procedure, guideline, template
synonym-document-version = revision, release, draft
synonym-acknowledgement = read and understood, attestation, sign-off
synonym-approval = signature, sign-off, consent
synonym-communication-item = announcement, communication plan
synonym-change = planned change, change request
synonym-contact = authority, special interest group
synonym-business-process = workflow, service
synonym-classification-level = confidentiality label, sensitivity, TLP
synonym-asset = inventory, device, system, data, laptop, server, application
synonym-methodology = risk method, risk appetite, acceptance criteria, scales
synonym-threat = danger, attacker, hazard
synonym-vulnerability = weakness, CVE
synonym-risk-assessment = risk analysis, workshop
synonym-risk = danger, scenario, risk register
synonym-treatment = mitigation, response
synonym-control = measure, safeguard, countermeasure
synonym-soa = SoA, statement of applicability, annex a
synonym-applicability = SoA row, annex a row
synonym-treatment-plan = RTP, risk treatment plan
synonym-treatment-action = to-do, mitigation, action plan
synonym-risk-acceptance = residual risk, sign-off
synonym-exception = waiver, deviation, dispensation
synonym-isms-process = process
synonym-process-execution = run, cycle
synonym-evidence = proof, attachment, screenshot, file
synonym-effectiveness-criterion = control objective, target
synonym-control-test = check, effectiveness test
synonym-metric = KPI, indicator, measure
synonym-measurement = KPI value, reading
synonym-access-review = recertification, entitlement, permissions
synonym-supplier = vendor, provider, third party, processor, contractor
synonym-supplier-assessment = vendor review, due diligence, questionnaire
synonym-event = alert, report
synonym-incident = breach, security event, outage
synonym-notification-duty = reporting duty, authority notice, 72 hours
synonym-bc-plan = continuity, disaster recovery, BCP, DRP
synonym-bc-exercise = drill, recovery test, restore test
synonym-task = to-do, assignment
synonym-competence-requirement = skills needed
synonym-competence-record = skill, certificate, qualification
synonym-awareness-programme = campaign, security awareness
synonym-course = training, e-learning, lesson
synonym-quiz = test, questions
synonym-training-assignment = training, enrolment
synonym-training-completion = certificate, training record
synonym-audit-programme = audit plan, annual audit
synonym-audit = internal audit
synonym-audit-check = audit question, checklist
synonym-finding = audit finding, observation
synonym-nonconformity = NC, deviation, nonconformance
synonym-root-cause-analysis = RCA, five whys, cause
synonym-corrective-action = CAPA, fix, remediation
synonym-effectiveness-verification = did it work, follow-up
synonym-management-review = board meeting, review minutes
synonym-review-input = agenda
synonym-decision = resolution, minutes
synonym-improvement = idea, suggestion, could be better
synonym-certification = certificate, certification audit, stage 1, stage 2
synonym-comment = note, discussion
synonym-tab-soa = SoA, annex a, applicability, statement
synonym-tab-matrix = heat map, 5x5
synonym-tab-loss = money, simulation, FAIR, exceedance, ALE
synonym-tab-readiness = start, dashboard, status
synonym-tab-work = to-do, my tasks, inbox
synonym-tab-calendar = schedule, dates, deadlines
synonym-tab-activity = log, audit trail, history, feed
synonym-tab-reports = PDF, documents, export
synonym-tab-findings = gaps, problems, open points, conformance
synonym-tab-ring = steps, PDCA, cycle
synonym-tab-operation = maturity, control status
synonym-tab-dependencies = graph, asset tree
synonym-page-settings = preferences, configuration, administration
synonym-page-account = profile, password, passkey
synonym-page-help-keys = keyboard, shortcuts
synonym-page-clauses = standard, ISO 27001, requirements
synonym-page-everything = index, all kinds, sitemap
