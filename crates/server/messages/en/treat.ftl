# What is done about a risk.
process-treat = Decide what to do
process-optimise = Cheapest measures
treat-title = Treatment
treat-heading = What will you do about it?
treat-of = Treatment of { $risk }
treat-optimise = Find the cheapest measures
treat-is-draft = is the decision that is being prepared. Saving changes it.
treat-is-proposed = waits for its owner to agree. Saving changes what they are asked to agree to.
treat-reading = You can read this decision here; to prepare one is for the owner of the risk and the ISMS manager.
treat-may-not = To decide what is done about this risk is for its owner and the ISMS manager.
treat-raced = Somebody else has saved this decision meanwhile. What you typed is still here; saving again takes it.
treat-option = What to do
treat-details = Why and how
treat-option-treat = Reduce it
treat-option-transfer = Share it
treat-option-avoid = Avoid it
treat-option-accept = Accept it
treat-means-treat = Controls make it rarer or less harmful.
treat-means-transfer = An insurer or a partner bears a part of the loss.
treat-means-avoid = What brings the risk is stopped or not begun.
treat-means-accept = Nothing is done; whoever may accept it signs for it.
treat-help-rationale = Why this and nothing else, so that somebody can follow it in a year.
treat-help-transfer-to = The insurer or partner who bears a part.
treat-help-avoid-how = What is stopped, or not begun.
treat-controls = Controls
treat-controls-help = What is already relied on is ticked. Tick what is to be added; what is not in place yet needs work further below.
treat-find-control = Find a control
treat-group-chosen = Chosen
treat-group-fitting = May fit: they protect what this risk harms
treat-group-annex = Controls here that realise Annex A
treat-group-own = Own controls
treat-group-framework = Controls of other frameworks
treat-group-bare = In Annex A, but realised by nothing here
treat-no-framework = No control of another framework is here. Controls whose source is another framework, imported or written, appear as a group of their own.
treat-annex = Annex A
treat-lowers = What it lowers
treat-lowers-likelihood = { $share } of 100 events
treat-lowers-impact = { $share } % of the harm
treat-lowers-both = { $share } % of events and of harm
treat-lowers-unknown = nobody has said
treat-acts-likelihood = How often it happens
treat-acts-impact = How bad it is
treat-take = Take it
treat-take-named = Take { $control } as a new control
treat-fits = may fit
treat-new = A control that is not here yet
treat-new-row = New control { $number }
treat-new-named = New: { $title }
treat-drop-new = Take new control { $number } away
treat-left-out = { $count } more are not shown.
treat-levels = What will be left
treat-levels-help = The levels you expect once the work is done. Left open, the method proposes them from the controls.
treat-by-method = as the method proposes
treat-residual = Write the expected level into the risk register as what will be left
treat-actions = Work to be done
treat-currency = Amounts are in { $currency }.
treat-act = Another piece of work
treat-act-row = Work { $number }
treat-drop-act = Take work { $number } away
treat-waiting = Chosen, not in place, and nobody works on it yet:
treat-plan-work = Plan the work
treat-plan-work-for = Plan the work for { $control }
treat-build = { $control }: put it in place
treat-no-control = none
treat-after-none = nothing
treat-plan = Plan that the work belongs to
treat-plan-open = { $plan } ({ $state }): the decision is taken into it
treat-plan-signed = { $plan } ({ $state }): only the work is added
treat-plan-new = A new plan
treat-plan-title = Risk treatment plan { $number }
treat-plan-none = There is no plan yet. The ISMS manager begins one.
treat-needs-plan = is needed: work belongs to a treatment plan
treat-field-title = What it is
treat-field-acts-on = What it lowers
treat-field-design-effectiveness = Of 100 cases, it stops
treat-field-owner = Who answers for it
treat-field-planned-for = In place by
treat-field-cost-once = Cost, once
treat-field-cost-year = Cost per year
treat-field-what = What is to be done
treat-field-control = Control that it builds
treat-field-responsible = Who does it
treat-field-due = Done by
treat-field-start = Begins on
treat-field-resources = People, tools and suppliers it takes
treat-field-effort-days = Own working days
treat-field-priority = How urgent
treat-field-after = Comes after
treat-field-rationale = Why
treat-field-transfer-to = Who bears a part
treat-field-transfer-contract = Policy or contract number
treat-field-avoid-how = What is stopped
treat-field-option = What to do
treat-field-plan = The plan
treat-field-soa = Statement of Applicability
treat-field-residual = Risk register
treat-whatif = What it would change
treat-not-stored = Nothing is stored until you save.
treat-show = Show the effect
treat-propose = Save and ask the owner to agree
treat-choose = Choose an option or controls; what follows from it is shown here.
treat-mend-first = Put this right, and the effect is shown:
treat-sentence = { $solved ->
    [0] No gap closes
    [one] 1 gap closes
   *[other] { $solved } gaps close
}, { $caused ->
    [0] none opens
    [one] 1 opens
   *[other] { $caused } open
}; { $rows ->
    [0] the Statement of Applicability stays as it is.
    [one] 1 row of the Statement of Applicability would change.
   *[other] { $rows } rows of the Statement of Applicability would change.
}
treat-judged = The level is judged by people.
treat-proposed = The level is what the method proposes from the controls.
treat-gone = gone
treat-money = In money
treat-cost-parts = ({ $once } once, { $year } a year)
treat-no-money = The risk has neither ranges nor levels, so nothing can be said in money.
treat-by-middles = Rough: from the middles of the levels, for the risk has no ranges yet.
treat-unknown = These count as nothing, for nobody has said what they lower and how strong they are:
treat-rows = Statement of Applicability
treat-rows-help = These rows would follow. Tick those that are to be changed along with the decision; a signature over the statement then lapses.
treat-row-used = it becomes used
treat-row-decided = it is decided: used
treat-row-because = because of { $risk }
treat-row-realised = also realised by { $controls }
treat-row-reason = risk becomes a reason
treat-row-no-longer = no longer because of { $risk }
treat-row-unreasoned = no reason is left
treat-row-open = { $control } in the statement
mini-label = Likelihood by impact: before treatment { $before }, now { $now }, planned { $planned }
done-asked-owner = { $record } is saved and waits for the owner.

# The cheapest set of controls.
optimise-title = Cheapest measures
optimise-heading = Which measures reach it for the least money?
optimise-wish = What should be left
optimise-by-level = A level on the matrix
optimise-by-money = A loss per year
optimise-now = now { $now }
optimise-value = Highest value that may be left
optimise-residual = Highest loss per year, on average, in { $currency }
optimise-budget = What it may cost
optimise-budget-year = Per year, in { $currency }
optimise-budget-help = What is paid once counts as a fifth of it per year. Leave it empty for no bound.
optimise-result = What to choose
optimise-met = { $count ->
    [one] 1 measure for { $cost } a year leaves { $then }.
   *[other] { $count } measures for { $cost } a year leave { $then }.
}
optimise-nothing-needed = Nothing is needed: { $then } is left as it is.
optimise-not-met = { $count ->
    [0] Not within the budget: nothing that it pays for helps, and { $then } is left.
    [one] Not within the budget. 1 measure for { $cost } a year comes nearest and leaves { $then }.
   *[other] Not within the budget. { $count } measures for { $cost } a year come nearest and leave { $then }.
}
optimise-would-cost = Without a bound it would take { $cost } a year.
optimise-floor = No set reaches it: even all candidates together leave { $then }.
optimise-chosen = Measures that are chosen
optimise-not-chosen = Measures that are not chosen
optimise-spared = { $count ->
    [one] Not chosen: 1 candidate, and why
   *[other] Not chosen: { $count } candidates, and why
}
optimise-measure = Measure
optimise-alone = Alone it would leave
optimise-reason = Why
optimise-why = Without it, { $without } would be left.
optimise-brings-nothing = Beside the others it brings nothing.
optimise-not-needed = Not needed; with it, { $with } would be left.
optimise-too-dear = The budget does not reach for it as well; with it, { $with } would be left.
optimise-proven = Every set of the candidates was weighed: none is cheaper.
optimise-heuristic = With more than 20 candidates the best set is sought step by step: it is good, but not proven to be the cheapest.
optimise-how = Controls act on what the others let through.
optimise-take = Take these over into the decision
optimise-candidates = Candidates
optimise-candidates-help = What is not counted on today. The figures are those of the controls; change them where you know better. Nothing is stored.
optimise-less-often = Less often, in %
optimise-less-harm = Less harm, in %
optimise-cost = Cost per year, in { $currency }
optimise-ideas = Ideas that are no control yet
optimise-ideas-help = A measure of your own, with your estimate. Taken over, it becomes a new control of the decision.
optimise-idea = Idea { $number }
optimise-go = Work it out
optimise-no-share = must be a number from 0 to 100
optimise-no-amount = must be an amount of 0 or more, such as 25000
optimise-no-value = must be a value of the matrix, such as 6
optimise-no-candidates = Tick at least one candidate, or write down an idea.
optimise-not-rated = cannot be a level: rate the risk first
optimise-no-mean = cannot be money: the risk has neither ranges nor levels
