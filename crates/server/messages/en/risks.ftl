# Risk matrix.
matrix-title = Risk matrix
matrix-sub = Everything above and right of the heavy line is over the limit of { $limit }. Choose a moment to see the risks move.
matrix-moment = Moment
matrix-before = Before treatment
matrix-now = Now
rated-heading = How serious
rated-when = When
rated-level = Level
rated-likelihood = Likelihood
rated-impact = Impact
matrix-plan = With the plan
matrix-list = List
matrix-filter = Which risks are shown
matrix-by-owner = Owner
matrix-by-unit = Unit
matrix-by-asset = Asset
matrix-by-category = Kind of asset
matrix-all = all
matrix-compare = Compare with
matrix-apply = Show
matrix-clear = Show all risks now
matrix-count = { $count ->
    [one] 1 risk is counted.
   *[other] { $count } risks are counted.
}
matrix-misfits = { $count ->
    [one] 1 of them has no levels on this matrix yet.
   *[other] { $count } of them have no levels on this matrix yet.
}
matrix-caption-risks = Risks by likelihood (rows) and impact (columns)
matrix-impact = Impact
matrix-cell = { $count ->
    [one] 1 risk with likelihood { $likelihood } and impact { $impact }
   *[other] { $count } risks with likelihood { $likelihood } and impact { $impact }
}
matrix-limit = limit
matrix-limit-since = limit, set { $date }
matrix-above-label = Risks above the limit
matrix-above = Above the limit
matrix-above-counts = { $now } now, { $plan } with the plan
matrix-above-none = No risk shown here lies above the limit.
matrix-none = not rated
matrix-move = { $now } now, { $then } planned
matrix-stay = { $now } now, no change planned
matrix-since = Changed since { $date }
matrix-since-counts = { $changed } changed, { $same } the same, { $above } above the limit then
matrix-since-none = No risk has moved since then.
matrix-risk = Risk
matrix-then = Then
matrix-what = What happened
matrix-new = new
matrix-gone = no longer counted
matrix-up = higher
matrix-down = lower
matrix-aside = other levels, same value
matrix-data = The same as a table
matrix-data-caption = Every risk with its value before treatment, now and with the plan

# Statement of Applicability.
soa-title = Statement of Applicability
soa-sub = { $count } controls: which ones are used, why, and how far they really are.
soa-sub-edit = Click any value to change it.
soa-from-2013 = From the 2013 edition
soa-not-saved = The row is not saved yet
soa-version = Version { $version }
soa-unsigned = Nobody has signed this version yet.
soa-covers = The signature by { $name } of { $date } covers the rows as they stand.
soa-no-longer-covers = The signature by { $name } of { $date } does not cover the rows as they stand now.
soa-still = Version { $version } stays in force until this one is approved.
soa-missing = { $count ->
    [one] 1 control of Annex A has no row in this version.
   *[other] { $count } controls of Annex A have no row in this version.
}
soa-none = There is no Statement of Applicability yet.
soa-begin = Begin a new version
done-soa-begun = { $record } is begun as a draft.
soa-may-not-begin = Only the ISMS manager begins a version of the statement.
soa-open-already = A version is being worked on already; bring it into force first.
soa-version-title = Statement of Applicability { $version }
soa-version-reason = Begun as the next version, with the rows of the version before
soa-draft = { $count ->
    [one] Draft { $version } holds 1 change that is not in force yet.
   *[other] Draft { $version } holds { $count } changes that are not in force yet.
}
soa-lapses = This version is in force. Owner, state and day can be changed at any time; when what is used, why, or the text changes, its signature lapses. Begin a new version for that.
soa-own-add = Add an own control
soa-own-help = For a necessary control that is not in Annex A, with a number of your own, such as OC-01.
soa-saved = is saved
soa-not-reached = The server could not be reached, or did not take it. Nothing is lost: try again.
soa-keys-move = move
soa-keys-change = change
soa-keys-leave = leave
soa-compare-day = or with a day
soa-why-none = No reason yet
soa-why-bare = nothing stands behind it
soa-why-follows = follows from it, not stated
soa-by-none = plan a day
soa-change-used = change whether { $control } is used
soa-change-reasons = change the reasons of { $control }
soa-change-claim = change what is stated of { $control }
soa-change-day = change the day of { $control }
soa-change-responsible = change who answers for { $control }
soa-nobody = nobody
soa-no-person = names nobody: pick somebody from the list, or write a number such as PER-0001
soa-change-how = change the text of { $control }
soa-filter = Which controls are shown
soa-find = Find in the controls
soa-attribute = Attribute
soa-attribute-all = all
soa-by-theme = Theme
soa-by-type = When it acts
soa-by-property = What it keeps
soa-by-concept = Cybersecurity function
soa-by-capability = Field of work
soa-by-domain = Domain
soa-attr-organizational = Organizational
soa-attr-people = People
soa-attr-physical = Physical
soa-attr-technological = Technological
soa-attr-preventive = Preventive
soa-attr-detective = Detective
soa-attr-corrective = Corrective
soa-attr-confidentiality = Confidentiality
soa-attr-integrity = Integrity
soa-attr-availability = Availability
soa-attr-identify = Identify
soa-attr-protect = Protect
soa-attr-detect = Detect
soa-attr-respond = Respond
soa-attr-recover = Recover
soa-attr-governance = Governance
soa-attr-asset-management = Assets
soa-attr-information-protection = Protection of information
soa-attr-human-resource-security = People and their work
soa-attr-physical-security = Premises and equipment
soa-attr-system-and-network-security = Systems and networks
soa-attr-application-security = Applications
soa-attr-secure-configuration = Configuration
soa-attr-identity-and-access-management = Identity and access
soa-attr-threat-and-vulnerability-management = Threats and weaknesses
soa-attr-continuity = Continuity
soa-attr-supplier-relationships-security = Suppliers
soa-attr-legal-and-compliance = Law and compliance
soa-attr-information-security-event-management = Events and incidents
soa-attr-information-security-assurance = Assurance
soa-attr-governance-and-ecosystem = Governance and relations
soa-attr-protection = Protection
soa-attr-defence = Defence
soa-attr-resilience = Resilience
soa-state = State
soa-state-all = all
soa-state-changed = changed
soa-shown = Version
soa-compare = Compare with
soa-compare-none = no other version
soa-compared = Changes against { $version } are marked.
soa-caption = Controls with decision, reason, state and evidence
soa-theme-5 = Organizational controls
soa-theme-6 = People controls
soa-theme-7 = Physical controls
soa-theme-8 = Technological controls
soa-own = Own controls
soa-theme-count = { $fine } of { $all } in place and tested
soa-control = Control
soa-used = Used
soa-why = Why
soa-how = How, or why not
soa-owner = Owner
soa-evidence = Evidence
soa-controls = Realised by
soa-used-yes = Yes
soa-used-no = No
soa-used-open = Undecided
soa-used-unsaid = not said
soa-why-risk = Risk
soa-why-legal = Law
soa-why-contractual = Contract
soa-why-business = Good practice
soa-why-interested-party = Interested party
soa-is-in-place = In place
soa-is-partly = Partly
soa-is-planned = Planned
soa-is-failing = Fails its test
soa-is-no-test = No test defined
soa-is-never-tested = Never tested
soa-is-test-overdue = Test overdue
soa-is-overdue = Overdue
soa-is-not-in-place = Not in place
soa-is-excluded = Left out
soa-is-undecided = Undecided
soa-claim = Stated as
soa-claim-none = nothing stated
soa-claim-implemented = Implemented
soa-claim-partial = Partly implemented
soa-claim-planned = Planned
soa-claim-not = Not implemented
soa-but = stated: { $claim }
soa-by = by { $date }
soa-no-proof = no evidence
soa-none-needed = none
soa-fresh = fresh
soa-stale = { $count } out of date
soa-pieces = pieces,
soa-no-text = Nothing written yet
soa-planned = Planned for
soa-justification = How it is done, or why it is left out
soa-save = Save the row
soa-leave = Leave as it was
soa-nothing = No control is in this state.
soa-change-new = new in this version
soa-change-gone = no longer there
soa-change-included = now used
soa-change-excluded = now left out
soa-change-undecided = no longer decided
soa-change-state = { $before } → { $now }
soa-change-why = other reasons
soa-change-text = other text
soa-change-controls = realised otherwise
soa-change-owner = other owner
soa-change-date = other date
soa-copy-head = Compare with another organisation’s copy
soa-copy-help = A CSV file or spreadsheet with a column of control numbers, of the 2022 or the 2013 edition, and one that says whether each is used. It is read for this page only and kept nowhere.
soa-copy-file = File, at most 4 MB
soa-copy-go = Compare
soa-copy-title = Compared with { $name }
soa-copy-counts = { $differ ->
    [one] 1 control differs
   *[other] { $differ } controls differ
}, { $same } are decided alike.
soa-copy-2013 = The copy uses numbers of the 2013 edition; they are read as the controls that followed.
soa-copy-unread = { $count ->
    [one] 1 row names no control.
   *[other] { $count } rows name no control.
}
soa-copy-ours = Used here
soa-copy-theirs = Used there
soa-copy-text = What the copy says
soa-copy-none = is missing: choose a CSV file or a spreadsheet
soa-copy-empty = names no control of Annex A
soa-2013-title = From the 2013 edition
soa-2013-sub = Where each of the 114 controls of ISO/IEC 27001:2013 went, and what is decided about its successor here.
soa-2013-same = unchanged
soa-2013-renamed = renamed
soa-2013-merged = merged with others
soa-2013-split = split
soa-2013-new = New in 2022

# Documents.
reports-title = Reports
reports-sub = Every document is made from the records, as of now or of the date chosen above. None is typed by hand.
reports-none = Documents speak of whole registers; your roles do not include reading those.
reports-document = Document
reports-clause = Clause
reports-get = Get it as

# Loss outlook.
loss-title = Loss outlook
loss-sub = What the risks with ranges may cost in a year: simulated years, the same for everybody who asks with the same seed.
loss-run = Simulation
loss-years = Simulated years
loss-seed = Seed
loss-common = Common cause
loss-common-range = is a number from 0 to 2, such as 0.5
loss-common-help = 0: risks come independently; 0.5: good and bad years for all, by about half
loss-again = Simulate
loss-keep = Keep this result
loss-keep-help = For all to see, with its years and its seed; activity tells who kept it.
loss-may-not-keep = To keep a result for all is for the ISMS manager.
loss-kept = Kept on { $date } by { $name }: { $mean } on average and { $bad } in one year of 20, of { $risks } risks, from { $years } simulated years with seed { $seed }.
done-outlook = The result is kept
loss-working = Simulating
loss-waits = Another simulation is going on. This one begins when that has ended.
loss-done = { $share } % of the years are done.
loss-left = { $seconds ->
    [one] About 1 second is left.
   *[other] About { $seconds } seconds are left.
}
loss-goes-on = You may leave this page: the simulation goes on, and its result is here when you come back.
loss-look = Look again
loss-stop = Stop
loss-stopped = You stopped the simulation. Ask for fewer years, or start it again with the same ones.
loss-too-long = The simulation took too long and was ended. Ask for fewer years.
loss-more-left-out = { $count ->
    [one] And 1 more.
   *[other] And { $count } more.
}
loss-normal = A normal year
loss-bad = A bad year, 1 in 10
loss-very-bad = A very bad year, 1 in 50
loss-bad-plan = Bad year with the plan
loss-average = on average, ± { $error }
loss-or-more = or more
loss-for = or more, for { $cost } a year
loss-chart = Loss exceedance curve. One year in ten costs more than { $now } now and more than { $plan } with the plan.
loss-chart-proposal = Loss exceedance curve. One year in ten costs more than { $now } as it is and more than { $plan } if the proposal is approved.
loss-spot-proposal = { $amount } if approved
loss-spot-now = 1 in 10 years: { $amount }
loss-spot-plan = { $amount } with the plan
loss-key-before = before any control
loss-key-now = now
loss-key-plan = with the plan
loss-key-tolerated = tolerated
loss-key-exact = calculated exactly
loss-computed = { $years } simulated years, seed { $seed }.
loss-exact = In closed form the mean is { $mean } with a standard deviation of { $sd }.
loss-numbers = The curve in numbers
loss-exceeded = Exceeded in
loss-one-in = one year in { $years }
loss-worth = What the plan is worth
loss-benefit = Less loss per year
loss-cost = Cost per year
loss-net = Gain per year
loss-rosi = Return
loss-worth-help = Costs that arise once are spread over five years. Mean losses are compared; the curve shows what happens to bad years.
loss-free = costs nothing
loss-in-place = What the controls in place are worth
loss-if-failing = A year if it failed
loss-failing-worth = Worth per year
loss-part = Part of all
loss-in-place-help = On average, and if one control alone failed while all others went on: today's frequency and loss, each divided by what the control lets through, at most as high as before any control. The worth is what such a year costs more than today. The part is a control's fair share of what all of them take away together, over all orders in which they could have been built.
loss-before-unknown = There is no curve before any control: nothing says which levels there would be without controls in this currency, or so many events would come that simulating them takes too long.
loss-before-from = { $count ->
    [0] Before any control: the bands of the levels that each risk has without controls.
    [one] Before any control: the bands of the levels that each risk has without controls. One risk has none, or its scale is in another currency: it counts as it is now.
   *[other] Before any control: the bands of the levels that each risk has without controls. { $count } risks have none, or their scale is in another currency: they count as they are now.
}
loss-controls = What each planned control is worth
loss-alone = Alone
loss-marginal = Lost if left out
loss-fair = Fair share
loss-controls-help = Controls overlap, so what each saves alone adds up to too much. The fair share is the mean over all orders in which they could be built; the shares add up to what all save together. Controls that are not in place yet count as they were designed.
loss-controls-many = Only the first 1,000 are weighed.
loss-risks = Which risks it comes from
loss-mean = Mean per year
loss-95 = 1 in 20 years
loss-share = Share of the mean
loss-risks-help = Years in which one risk strikes hard are seldom those of another: the bad years of the risks do not add up.
loss-none = No risk has ranges yet. Open a risk and answer two questions: how often, and how much.
loss-without = { $count ->
    [one] 1 risk has no ranges and is not in the sum.
   *[other] { $count } risks have no ranges and are not in the sum.
}
loss-left-out = Left out of the sum
loss-currency = Its amounts are in another currency than those of the risks before it.
loss-too-many = More risks than one simulation takes.
loss-tolerance = What is tolerated
loss-tolerance-help = The most that a year may cost, seldom enough. The dashed line of the curve is drawn from it.
loss-tolerance-save = Save what is tolerated
done-tolerance = What is tolerated is saved.

# A risk in money.
money-title = In money
money-heading = The risk in money
money-ranges = Two questions
money-often = How often in ten years does it happen?
money-lef-min = At least
money-lef-mode = Most likely
money-lef-max = At most
money-much = In 90 of 100 cases, one event costs between these two amounts ({ $currency }):
money-lm-p5 = Only 5 in 100 cost less than
money-lm-p95 = Only 5 in 100 cost more than
money-help = Make the ranges wide enough that you would bet nine to one on them.
money-history = { $count ->
    [0] No own incident is linked to this risk.
    [one] One own incident is linked to this risk.
   *[other] { $count } own incidents are linked to this risk.
}
money-keep = Keep this result with the risk
money-keep-help = Its history then tells who asked for how many years, with which seed.
done-kept = The result is kept with { $record }
money-save = Save the ranges
money-none = There are no ranges yet, or they cannot be used.
money-no-number = is a number such as 0.5 or 120000
money-missing = is missing: a range needs both ends
money-inverted = must be below the upper end
money-mode-outside = must lie between “at least” and “at most”
money-too-small = must be greater than 0
money-too-large = is more than can be simulated: enter what happens that often as its yearly sum
money-busy = cannot be simulated now, because too much else is: try again in a moment
money-saved = Saved with the risk: { $mean } on average, { $bad } in one year of 20.
money-before = Before any control is derived from the levels without controls, { $likelihood } × { $impact }: { $fewest } to { $most } events a year, { $low } to { $high } each.
money-influence = Which answer matters most
money-input = Answer
money-input-often = How often
money-input-much = How much
money-spread = Share of the spread
money-if-low = Mean if it is low
money-if-high = Mean if it is high

# Dependencies of assets.
depend-title = Dependencies
depend-sub = What an asset needs, everything below it needs as well: confidentiality, integrity and availability are passed on to what supports it.
depend-cycles = Assets depend on themselves, so nothing can be passed on until a link of each circle is removed:
depend-none = There are no assets yet.
depend-around = Around
depend-reach = Reach
depend-steps = { $count ->
    [one] 1 step
   *[other] { $count } steps
}
depend-drawing = { $count ->
    [one] 1 asset. The table below says the same.
   *[other] { $count } assets with the lines from each to what it depends on. The table below says the same.
}
depend-help = To the left stands what depends on it, to the right what it depends on. The numbers are confidentiality, integrity and availability with what is inherited.
depend-left-out = { $count ->
    [one] 1 more asset does not fit.
   *[other] { $count } more assets do not fit.
}
depend-asset = Asset
depend-own = Own needs (C · I · A)
depend-with = With what is inherited
depend-below = Depends on
depend-raised = inherited
depend-bounded = { $shown } of { $all } are shown.

# How serious a risk is.
rate-title = Rating
rate-heading = How serious is it?
rate-likelihood = How likely is it, with the controls that work today?
rate-likelihood-short = Likelihood
rate-likelihood-why = Why this likelihood
rate-impact = How bad would it be?
rate-impact-why = Why this impact
rate-proposed = proposed
rate-why = Why lower than proposed
rate-why-when = asked when the rating is lower than both proposals
rate-needs-why = is needed: the rating is lower than what the controls suggest
rate-save = Save the rating
rate-level = Level
rate-within = Within the limit of { $limit }: the owner may accept it.
rate-above = Above the limit of { $limit }: treat it, or have it accepted by the authority of its band.
rate-forbidden = Above { $limit }: nobody may accept it.
rate-is-within = Within the limit.
rate-is-above = Above the limit.
rate-proposals = Proposed
rate-by-rate = By frequency and money
rate-by-level = By steps
rate-proposals-help = Calculated from the levels without controls and how well these controls work:
rate-assets = The needs of the assets suggest impact { $level }.
assess-title = Rate all risks
assess-sub = One row for each risk, by keyboard: a digit chooses a level, Enter goes down, one button saves all.
assess-none = There is no risk that you may rate.
assess-refused = { $count ->
    [one] 1 risk could not be saved; it says why in its row.
   *[other] { $count } risks could not be saved; each says why in its row.
}
assess-saved = { $count ->
    [one] 1 was saved.
   *[other] { $count } were saved.
}
assess-stale = Somebody else changed it meanwhile. Look at it again.
assess-denied = You may not change it.
assess-left-out = { $count } more risks follow.
assess-save = Save the ratings
done-agreed = What was agreed about { $record } is saved
done-assessed = { $record } ratings are saved.

# The treatment plan.
plan-title = Treatment plan
plan-sub = { $open } open, { $overdue } of them overdue.
plan-empty = Nothing is planned yet
plan-empty-text = A risk above the limit is treated: its page offers what to do, with which controls, by whom and until when. What is decided there stands here as the work that is left.
plan-empty-risks = Decide what to do about a risk
plan-empty-actions = Actions as a list
plan-view = View
plan-list = List
plan-board = Board
plan-timeline = Timeline
plan-timeline-label = Actions from their beginning to their due day; the dashed line is today. The table below says the same.
plan-open = Open actions
plan-overdue = Overdue
plan-cost = Still to be spent, once
plan-spent = Spent so far
plan-burn = Open actions: the solid line is what happened, the dashed one what the due days ask for.
plan-burn-label = Open actions over time, as they were done and as they were due
plan-move = Move to…
plan-move-record = Move { $record } to
plan-which = Which plan
plan-all = all plans
plan-burn-title = Work left
plan-money-title = Money left to be spent
plan-money = Planned costs of work that is not done: the solid line is what happened, the dashed one what the due days ask for.
plan-money-label = Planned costs of work that is not done over time, as it was done and as it was due
plan-numbers = The same in numbers
plan-month = On
plan-left-planned = Left, as planned
plan-left = Left
plan-money-planned = Money left, as planned
plan-money-left = Money left
plan-after = After
plan-crossed = is to begin before this is done, for which it waits:
plan-action = Action
plan-due = Due
plan-done = Done
plan-cost-once = Cost, once
plan-left-out = { $count } more actions are in the list of actions.
done-moved = { $record } is moved.

# Consent.
sign-title = Signature
sign-heading = Sign what stands here
sign-what = What your signature covers
sign-parts = { $count ->
    [one] With 1 record that is part of it.
   *[other] With { $count } records that are part of it.
}
sign-hash = Its fingerprint (SHA-256):
sign-confirm = I have read { $record } and agree to it as it stands here.
sign-confirm-needed = Tick that you have read it and agree.
sign-go = Sign
sign-help = The signature holds for exactly this state. When anything material changes, it lapses and is asked for again.
sign-not = Not signed
sign-cannot = It is not waiting for a signature now.
sign-authority = A risk of this band may be accepted by: { $who }.
done-signed = { $record } is signed.
due-title = Consents that are due
due-sub = What waits for a signature, what lapses soon, and what has changed since it was signed.
due-sign = Read and sign
due-changed = changed since it was signed
due-decisions = Decisions that wait for the owner
due-decisions-none = No decision waits.
due-requested = Acceptances asked for
due-requested-none = None is asked for.
due-expiring = Acceptances that lapse within 60 days
due-expiring-none = None lapses soon.
due-stale = Signatures that no longer cover what stands there
due-stale-none = Every signature covers what stands there.
due-open = Above the limit and not accepted by anybody
due-open-none = Every risk above the limit is accepted by somebody.
sign-owners = The owners of the risks in it
sign-owner-given = Signed.
sign-owner-asked = Asked for a signature, not given yet.
sign-owner-not = Not asked yet.
sign-owner-title = Consent of a risk owner to { $plan }
sign-owner-statement = I agree to { $plan } and to the risks that remain when it is carried out.
sign-ask = Ask the owners to sign
sign-may-not-ask = Only the ISMS manager asks risk owners for their signatures.
done-asked = The owners of the risks in { $record } are asked to sign; they find it under My work.
