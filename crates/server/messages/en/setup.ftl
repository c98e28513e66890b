# The first run.
setup-title = Set up
setup-lead = From nothing to a useful ISMS. You can do more than one of these, and come back at any time from Settings.
setup-guide = Set-up guide
setup-guide-help = Seven short pages, about 15 minutes. You get assets, risks, roles and policies that fit your kind of organisation, a first Statement of Applicability and a year plan, as one proposal to approve.
setup-guide-go = Start the guide
setup-guide-on = Go on with the guide
setup-import-help = Bring spreadsheets that you have: a risk register, an asset list, a Statement of Applicability. You see what becomes of them before anything is written.
setup-import-go = Import registers
setup-demo = Look at a finished ISMS
setup-demo-help = A clinic shortly before its certification, in an organisation of its own. You can change everything there; nothing of it touches yours.
setup-demo-go = Open the demo clinic
setup-demo-there = The demo clinic is there already. Somebody in it can invite you.
setup-skip = Not now: go to the start
done-imported = { $record } records were brought in

# Import.
import-title = Import registers
import-lead = Files as CSV or XLSX. All of it is written together, or nothing.
import-choose = Files
import-choose-help = Several at once, 25 MB together. The first row of each sheet names the columns.
import-show = Show what becomes of them
import-none = Choose at least one file
import-nothing = Nothing in these files is new, or none of their columns is known
import-again = This upload is no longer here. Choose the files again
import-problems = This is not right yet; nothing was written
import-found = { $created ->
    [one] One new record
   *[other] { $created } new records
} and { $changed ->
    [one] one that changes
   *[other] { $changed } that change
}
import-not-yet = Nothing is written yet.
import-write = Write it
import-drop = Choose other files
import-files = What the files hold
import-file = File
import-rows = Rows
import-records = Records
import-remarks = To look at
import-remarks-left = and { $count } more

# The guide.
guide-time = Set-up guide, about 15 minutes
guide-of = Page { $number } of 7
guide-done = done
guide-optional = optional
guide-back = Back
guide-next = Save and continue
guide-look = Save and look
guide-later = Later
guide-kept = You can stop at any time, answers are kept
guide-choose = Choose one, or press “Later”
guide-too-long = “{ $question }” takes one line of at most 120 characters
guide-first-kind = Say on the first page what kind of organisation you are; then we can propose something here.
guide-will-have = What you will have
guide-will-have-help = Built from your answers so far, as drafts that you can read before they count.
guide-nothing = Nothing yet
guide-proposal = First ISMS
guide-reason = The first { $count } records of our ISMS, made from the answers of the set-up guide. What nobody has looked at yet is assumed, and has the word “to confirm” until somebody does. Approving this is the first signature of top management; nothing is in force before.
guide-top = Who signs for top management?
guide-top-help = The proposal is approved by top management. If that is somebody else, invite them: it waits for them.
guide-top-me = I do: I lead this organisation, or sign for it
guide-top-reason = Said in the set-up guide
guide-overview = Look it through
guide-overview-lead = This is what your answers come to: one proposal, “First ISMS”. You see what it would do before anybody approves it. Nothing of it is in force then either: assets are proposed, risks are identified, policies, the method and the Statement of Applicability are drafts, people are invited and can do nothing yet. Tick what you have looked at and found right; the rest is kept as assumed, to be confirmed later.
guide-change = Change these answers
guide-make = Make the proposal
guide-organisation = Your organisation
guide-organisation-title = What kind of organisation are you?
guide-organisation-lead = It decides what we propose, not what you may do.
guide-organisation-ask = Kind
guide-headcount = How many people work for you?
guide-country = Country, as two letters such as DE
guide-protect = What you must protect
guide-protect-title = What must you protect?
guide-protect-lead = Tick what your organisation has. We draft an asset and the usual risks for each; you correct them later.
guide-protect-ask = Assets
guide-roles = Who is responsible
guide-roles-title = Who is responsible?
guide-roles-lead = Write a name, or leave it empty if you do not know yet: then a task reminds you.
guide-roles-ask = Roles
guide-limit = How much risk is too much
guide-limit-title = How much risk is too much?
guide-limit-lead = Choose what sounds most like you. It becomes the limit of your method, a draft until top management signs it.
guide-limit-ask = The limit
guide-limit-careful = Careful: we take little risk and spend more on safety
guide-limit-balanced = Balanced: we take what is usual in our trade
guide-limit-bold = Bold: we move fast and accept more
guide-limit-help = Up to { $accepted } of 25 an owner may accept; above { $never } nobody may.
guide-risks = First risks
guide-risks-title = How likely, and how bad?
guide-risks-lead = Rate the five that matter most at first sight. The others are rated as is usual, for you to check.
guide-risks-ask = Risks
guide-likelihood = How likely
guide-likelihood-1 = rare
guide-likelihood-2 = unlikely
guide-likelihood-3 = possible
guide-likelihood-4 = likely
guide-likelihood-5 = frequent
guide-impact = How bad
guide-impact-1 = minor
guide-impact-2 = noticeable
guide-impact-3 = serious
guide-impact-4 = severe
guide-impact-5 = critical
guide-rules = Rules and policies
guide-rules-title = Which rules do you need first?
guide-rules-lead = Short policies in plain words. Your answers fill their blanks.
guide-rules-ask = Policies
guide-people = Invite people
guide-people-title = Who takes part?
guide-people-lead = Paste e-mail addresses. Nobody gets mail: you make each person a link when you are ready.
guide-people-ask = Addresses

# What was assumed.
assumed-title = Assumed so far
assumed-lead = The set-up guide filled these in as is usual for such organisations. Tick what is right and confirm it, or change it.
assumed-nothing = Nothing is assumed any more
assumed-change = Change
assumed-confirm = Confirm what is ticked
assumed-confirm-one = Confirm
assumed-none = Tick at least one
assumed-too-many = At most { $count } at once
assumed-left = and { $count } more, which come up once these are confirmed
assumed-reason = Looked at and confirmed
assumed-count = { $count ->
    [one] assumption to confirm
   *[other] assumptions to confirm
}
done-assumed-confirmed = { $record } is confirmed
done-assumed-all = { $record } records are confirmed

# Where the columns of a register go.
import-columns = Columns
import-columns-change = Change
import-placed = { $placed } of { $all } go into fields
import-unknown = Not known yet: say what its rows are
import-chosen = Columns go where you chose, and will again when you import the same register.
import-kept = Where columns go was chosen in an earlier import.
import-kept-forget = Forget these choices
done-columns-forgotten = The next import finds places for columns by itself
columns-title = Where its columns go
columns-lead = Every column was given the field that its heading speaks of. Change what is wrong. What has no field is kept in the notes of its record: nothing is lost.
columns-kind = What is each row of it?
columns-kind-help = This register is not known by its name or its headings. Say what its rows are, then where its columns go.
columns-kind-needed = Choose what the rows are
columns-column = Column
columns-example = The first thing under it
columns-goes = Goes to
columns-notes = Notes of the record
columns-identifier = Its own number, by which a row is known again
columns-field = { $kind }: { $field }
columns-also = also: { $places }
columns-left = and { $count } more columns, which stay as they were found
columns-apply = Read it this way
columns-next = Go on to its columns
columns-back = Back without a change
columns-no-place = Choose a place from the list
