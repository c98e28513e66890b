# Several records at once.
making-busy = Others are writing at this moment. Nothing was written; send it again.

# The starter library.
library-title = Examples to start from
library-sub = What others have met, in plain words. Tick what could happen here, then adapt it; nothing is taken over unseen.
library-shelves = Shelves of the library
library-scenarios = Risks
library-threats = Threats
library-vulnerabilities = Weaknesses
library-assets = Assets
library-find = Find in the library
library-by-scenarios = Typical for
library-by-threats = Cause
library-by-vulnerabilities = Where
library-by-assets = Kind
library-any = all
library-new = only what is not taken yet
library-clear = Show all
library-count = { $count } of { $all }
library-none = Nothing in the library fits. Try fewer words, or write it yourself.
library-taken = taken
library-go = Adapt what is ticked
library-most = At most { $count } at once.
library-adapt = Adapt the examples
library-adapt-sub = Change what is different here. Levels are where a talk begins, not a result; nothing counts before somebody has judged it.
library-left-out = { $count } more were ticked than the { $most } that are adapted at once. Come back for them afterwards.
library-wrong = Nothing was written yet.
library-unknown = There is no such entry in the library.
library-no-shelf = is no shelf of the library
library-denied = You may not make records of this kind.
library-no-person = is nobody who is known here; choose from the list
library-no-asset = is no asset, or more than one is called so
library-again = taken before; it would stand twice
library-name = Title
library-owner = Owner
library-likelihood = Likelihood to begin with
library-impact = Impact to begin with
library-which = Assets that it is about
library-another = Another asset
library-make = { $title } (will be made)
library-write = { $count ->
    [one] Make this record
   *[other] Make these { $count } records
}
library-atomic = All of them are written, or none.
done-picked = Records made from examples: { $record }. They wait to be judged.

# Threat and weakness.
rate-from-asset = From the asset: threat and weakness
rate-from-asset-help = How often does the threat act, and how easily is the weakness used? The middle of the two suggests the likelihood; halves count up.
rate-threat = The threat acts
rate-ease = The weakness is used
rate-ease-low = well protected
rate-ease-high = with no effort
rate-suggests = Suggested likelihood:
rate-from-dimensions = From the dimensions: law, people, operations, reputation
rate-dimensions-max = The worst dimension suggests the impact.
rate-dimensions-weighted_sum = The weighted mean of the dimensions suggests the impact, halves up. Each that has a weight needs a level.
rate-dimensions-sum = The money of all dimensions, each by the middle of its level, suggests the impact.
rate-suggests-impact = Suggested impact:
rate-no-level = is no level

# Fast entry.
assess-moment = Moment
assess-current = Now
assess-inherent = Before treatment
assess-residual = With the plan
assess-run = Risks of
assess-every = the whole register
assess-mine = only mine
assess-level = Level
assess-by-asset = threat and weakness
assess-new = A new risk
assess-next = The next ones
assess-keys = Enter: the row below. Shift and Enter: the row above. Ctrl and Enter: save.

# The workshop.
workshop-title = Risk workshop
workshop-sub = One risk on the screen, everybody votes on their own device, and what was agreed goes into the register.
workshop-which = Which risks are looked at
workshop-all = { $count ->
    [one] the 1 risk that you may rate
   *[other] all { $count } risks that you may rate
}
workshop-mine = { $count ->
    [one] the 1 risk that you own
   *[other] the { $count } risks that you own
}
workshop-of-run = Only those of an assessment
workshop-run = { $run } ({ $count })
workshop-begin = Begin the workshop
workshop-none = No workshop is running. When somebody begins one, you vote on this page.
workshop-how = How it goes
workshop-how-1 = Everybody opens this page on their own device and votes on likelihood and impact, unseen by the others.
workshop-how-2 = Who leads shows the votes. Where they lie two levels or more apart, both ends say why.
workshop-how-3 = Who leads takes over what was agreed, with what was said. If it lies below what the controls suggest, the reason is kept too.
workshop-how-4 = Single votes are forgotten when the next risk comes up; the risk keeps how far they lay apart.
workshop-to-come = { $count ->
    [0] The last one.
    [one] 1 more to come.
   *[other] { $count } more to come.
}
workshop-led = Led by { $name }.
workshop-screen = To the screen
workshop-vote-here = Vote
workshop-look = Look again
workshop-voted = have voted
workshop-own = Your vote: { $vote }.
workshop-own-change = You can change it until the votes are shown.
workshop-vote = Vote
workshop-no-votes = Nobody has voted on this risk.
workshop-level = Level
workshop-voices = Votes
workshop-who = Who
workshop-one = all say { $level }
workshop-spread = { $low } to { $high }, the middle { $middle }
workshop-agreed = What was agreed
workshop-discussion = What was said about the difference
workshop-discussion-needed = needed: the votes lie two levels or more apart
workshop-needs-discussion = The votes lie two levels or more apart: write down what was said about it.
workshop-take = Take it over and go on
workshop-again = Vote again
workshop-skip = Leave it and go on
workshop-end = End the workshop
workshop-show = Show the votes
workshop-invite = The others vote under Risks, Workshop, on their own device.
workshop-full = There is no room for one more.
workshop-denied = You may not decide about any risk, so you cannot lead a workshop.
workshop-no-voice = Auditors look on; their votes do not count.
workshop-not-leading = Only who leads the workshop does that.
workshop-no-risks = has no risk in it that you may rate
workshop-no-act = is nothing that can be done here
done-voted = Your vote is in.
done-workshop-moved = The workshop has moved on. This is where it stands.
done-workshop = The workshop has ended. Risks decided: { $record }.

# Dependencies.
depend-whole = The whole
depend-offers = Several assets fit:
depend-help-whole = Each box is a kind of asset in a layer: to the left what nothing else depends on, to the right what carries the rest. A box leads to its assets.
depend-no-kind = Kind not said
depend-group = { $count ->
    [one] 1 asset, layer { $layer }
   *[other] { $count } assets, layer { $layer }
}
depend-caption-around = { $asset } and what lies around it
depend-caption-group = { $kind }, layer { $layer }
depend-caption-most = Where most depends on it
depend-from = Inherited from
depend-table = Needs, where they come from, class and owner
depend-through = { $count ->
    [one] by way of 1 other
   *[other] by way of { $count } others
}
depend-unseen = an asset that you may not see
depend-cumulated = one more, because { $count } need it (cumulation)
depend-distributed = one less, because another can stand in (distribution)
depend-class = Class
depend-labelled = marked
depend-owner = Owner
depend-look = what lies around

# Paste from a spreadsheet.
paste-title = Paste from a spreadsheet
paste-heading = Paste { $what }
paste-sub = Copy the cells of a spreadsheet, or the text of a CSV file, and put them here. You see what becomes of each row before anything is written.
paste-text = Rows, with the names of the columns in the first one
paste-preview = Show what becomes of it
paste-again = Look at it again
paste-write = { $count ->
    [one] Write this row
   *[other] Write all { $count } rows
}
paste-denied = You may not make { $what }.
paste-nothing = There are no rows in it.
paste-unclosed = A quoted cell begins on line { $line } and never ends.
paste-too-many = At most { $rows } rows and { $columns } columns at once. Larger registers come in as files, by the import.
paste-counts = { $all } rows: { $new } new, { $changed } that change what is there.
paste-problems = { $count ->
    [one] 1 thing is wrong; nothing is written until it is put right.
   *[other] { $count } things are wrong; nothing is written until they are put right.
}
paste-fine = Nothing is wrong with them.
paste-unnamed = The first row holds no names of columns that are known here: choose what each column is.
paste-shown = What becomes of each row
paste-line = Line
paste-map = What column { $column } is
paste-leave = leave out
paste-new = new
paste-changes = changes { $record }
paste-several = is not clear: { $records }
paste-unknown = “{ $text }” is nothing that is known here
paste-choice = is none of: { $known }
paste-twice = stands on line { $line } too
paste-no-record = is no record that you can see; leave it empty for a new one
paste-no-title = No column holds the title.
paste-circle = names rows that name this one again
paste-columns = Columns that are understood
paste-columns-help = Names and labels both work, in any order; a star marks what is needed in the end. Several values in a cell are parted by semicolons. People are found by name or e-mail address, other records by number or title, rows of the same paste by title. A column without a field goes into the notes.
list-paste = Paste from a spreadsheet
done-pasted = Rows written: { $record }.

# Estimates from a file.
estimates-title = Estimates from a file
estimates-sub = How often, and what it costs, for many risks at once. You see what is read before anything is written.
estimates-text = The text of a CSV file, or cells of a spreadsheet, with the names of the columns in the first row
estimates-shown = What was read
estimates-low = Low per year
estimates-likely = Likely
estimates-high = High per year
estimates-loss-low = Loss, low
estimates-loss-high = Loss, high
estimates-currency = Currency
estimates-distribution = Distribution
estimates-mean = Mean loss per year
estimates-write = { $count ->
    [one] Write this estimate
   *[other] Write all { $count } estimates
}
estimates-denied = You may not change any risk.
estimates-missing = These columns are missing: { $columns }.
estimates-too-many = At most { $count } risks at once.
estimates-no-risk = is no risk that is known here, or more than one is called so
estimates-twice = This risk stands in the file already.
estimates-no-currency = is no currency
estimates-other-currency = differs from the currency that the risk is measured in
estimates-pert = PERT needs a likely value
estimates-uniform = A uniform range has no likely value
estimates-constant = A constant has the same value low and high
estimates-shape = is none of pert, uniform and constant
estimates-columns = risk (number or title), low, likely and high number of events per year, loss_low and loss_high as the range that holds the loss of one event in nine of ten cases, and if wanted currency and distribution: pert (with a likely value), uniform (without) or constant. The loss is lognormal, or constant where both ends are the same.
done-estimated = Estimates saved: { $record }.
money-from-history = From your own history
money-practise = Practise estimating
money-from-file = Many at once, from a file

# Practice.
calibrate-title = Practise estimating
calibrate-sub = Give for each question a range that you are nine tenths sure of. Who does so well is wrong about once in ten.
calibrate-sets = Sets of questions
calibrate-set = Set { $number }
calibrate-question = Question
calibrate-low = At least
calibrate-high = At most
calibrate-truth = True
calibrate-yes = held
calibrate-no = missed
calibrate-two = needs two numbers
calibrate-problems = { $count ->
    [one] 1 question has no range yet.
   *[other] { $count } questions have no range yet.
}
calibrate-score = Score my ranges
calibrate-kept = Nothing of this is kept.
calibrate-held = { $held } of { $all } ranges hold the truth
calibrate-over = Your ranges are too narrow: you were surer than you could be.
calibrate-right = That fits ranges of nine in ten.
calibrate-under = Your ranges are wider than they need to be.
calibrate-widen = Ranges { $factor } times as wide, on the scale of magnitudes, would have held nine in ten.
calibrate-share = { $share } held; with so few questions the true share lies anywhere between { $between }.
calibrate-q-everest = How high is Mount Everest, in metres?
calibrate-q-moon = How far away is the moon on average, in kilometres?
calibrate-q-marathon = How long is a marathon, in kilometres?
calibrate-q-rhine = How long is the Rhine, in kilometres?
calibrate-q-eiffel = How high is the Eiffel Tower with its antennas, in metres?
calibrate-q-gold = At how many degrees Celsius does gold melt?
calibrate-q-printing = Around which year did Gutenberg begin to print with movable type?
calibrate-q-bones = How many bones has a grown person?
calibrate-q-channel = How long is the railway tunnel under the English Channel, in kilometres?
calibrate-q-sound = How many metres does sound travel in a second, in air at 20 degrees Celsius?
calibrate-q-jupiter = How wide is Jupiter at its equator, in kilometres?
calibrate-q-elements = How many chemical elements have a name?
calibrate-q-sahara = How large is the Sahara, in square kilometres?
calibrate-q-mariana = How deep is the deepest place of the sea, in metres?
calibrate-q-magellan = In which year did the first ship come home from sailing around the world?
calibrate-q-piano = How many keys has a piano?
calibrate-q-light = How many minutes does light travel from the sun to the earth?
calibrate-q-amazon = How long is the Amazon, in kilometres?
calibrate-q-greenland = How large is Greenland, in square kilometres?
calibrate-q-penicillin = In which year was penicillin discovered?

# Own history.
frequency-title = How often, from your own history
frequency-ask = How often did it happen here? What was believed before and what was seen are weighed against each other.
frequency-years = Years looked back
frequency-events = Events in these years
frequency-counted = Incidents of this risk in that time:
frequency-go = Work it out
frequency-before = Believed before
frequency-now = To be believed now
frequency-between = Between
frequency-per-year = times a year
frequency-weak = hardly anything was known
frequency-nine = in nine of ten cases, times a year
frequency-unusual = So many events had a chance of { $chance } under what was believed: the risk should be judged again.
frequency-take = Take over as the range
frequency-take-help = { $low } to { $high } times a year, most likely { $likely }
frequency-how = The belief is a Gamma distribution with the mean and spread of the range, or of the band of the likelihood where there is no range; counting events as Poisson makes it one again. Few years change it little, many years change it much.
frequency-no-years = is a number of years above 0, at most 100
frequency-no-events = is a whole number of events
