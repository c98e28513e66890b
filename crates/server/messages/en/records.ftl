# The page of a record.
record-state = State
record-edit = Edit
record-edit-field = Edit { $field }
record-more = More actions
record-before = The one before in this list
record-after = The next one in this list
record-place = Place in the list
record-position = { $at } of { $all }
record-changed = changed by { $name }, { $when }
record-held = Legal hold
record-new-version = Write a new version
record-duplicate = Duplicate
record-history = History
record-compare = Two versions
record-export = Download as JSON
record-print = Print
record-void = This record is void.
record-over = This record no longer counts. It stays here as part of the history.
record-texts = In words
record-no-texts = Nothing is written here yet.
record-approvals = Signatures
record-covers = covers it as it stands
record-covers-not = no longer covers it
record-files = Files
record-no-files = No file is attached.
record-comments = Comments
record-no-comments = Nobody has said anything yet.
record-about = About this record
record-facts = Facts
record-version = Version
record-findings = What is wrong with it
record-no-findings = No check finds anything wrong.
record-waived = waived
record-fix = Put it right
record-linked = Linked
linked-by = by “{ $field }”
linked-records = { $count ->
    [one] 1 record
   *[other] { $count } records
}
linked-more = { $count ->
    [one] 1 more
   *[other] { $count } more
}
linked-all = All { $count } as a list
linked-beyond = { $count ->
    [one] 1 more is not named here.
   *[other] { $count } more are not named here.
}
record-tasks = Tasks
record-no-tasks = No task is about it.
record-add-task = Add a task
record-all-versions = { $count ->
    [one] The only version
   *[other] All { $count } versions, compare any two
}
absent-then = This record did not exist yet. It was written on { $when }.
absent-first = See its first version

# Forms.
form-new = New { $kind }
form-edit = Edit: { $title }
form-copy = { $title } (copy)
form-save = Save
form-cancel = Cancel
form-effect = Before you save: what would change?
form-more = More
form-entry-problem = entry { $number } { $message }
form-optional = optional
rows-pages = Rows of the table
rows-shown = Rows
rows-long = This table is long: it is changed some rows at a time.
rows-change = Change its rows
rows-next = Save and go on
form-needed-later = needed before it comes into force
form-not-said = not said
form-preview = Preview
form-markdown = **bold**, *italic*, - lists and references such as R-0001 work.
form-currency = Currency of { $field }
form-unit = Unit of { $field }
form-unit-d = days
form-unit-w = weeks
form-unit-m = months
form-unit-y = years
form-unit-iso = written out, such as P1Y6M
form-find = Find
form-found = These may be “{ $text }”
form-found-none = Nothing is called “{ $text }”
form-create = New { $what } “{ $title }”
form-remove-script = Remove %
form-names-nothing = names nothing that exists: “{ $text }”. Write its reference or its title, or use Find
form-names-several = “{ $text }” may mean several. Choose one below
form-row = { $field }, { $number }
form-add = Add to { $field }
form-drop = Remove { $field }, { $number }
form-cell = Likelihood { $row }, impact { $column }
form-reason = Why do you change it?
form-problems = { $count ->
    [one] One thing stops this from being saved
   *[other] { $count } things stop this from being saved
}
form-problem = { $field } { $message }
form-merged = Somebody else saved meanwhile. Taken over from them: { $fields }.
form-collide = You and somebody else changed the same
form-collide-sentence = Only what really collides is asked. The rest has been merged, and what you typed stands below.
form-field = Field
form-theirs = Theirs
form-mine = Yours
form-raced = Somebody saved in this very moment. Save again: what you both changed is then compared.
form-restored = What you typed earlier is back.
form-discard = Discard it
form-may-not-create = You may not write new records of this kind.
form-may-not-change = You may not change this record.
form-nothing-to-change = As this record stands, nothing in it can be changed. Write a new version instead.

# What a change would do.
effect-heading = What this would change
effect-none = No check changes.
effect-solved = { $count ->
    [one] It solves 1 finding
   *[other] It solves { $count } findings
}
effect-caused = { $count ->
    [one] It causes 1 finding
   *[other] It causes { $count } findings
}
effect-more = { $count ->
    [one] and 1 more
   *[other] and { $count } more
}
effect-along = These records change along

# Steps of the workflow.
step-to = Mark as { $state }
step-heading = { $step }: { $title }
step-lead = { $record } goes from { $from } to { $to }.
step-asks-for = This step asks for
step-signs = With this you sign the record exactly as it stands. A later change of substance makes the signature lapse.
step-not-now = Not now
step-may-not = You may not take this step.
step-not-from-here = The record is { $state }; this step does not lead on from there.
step-approved = Approve
step-in-review = Send for approval
step-signed = Sign
step-accepted = Accept
step-granted = Grant
step-closed = Close
step-done = Mark as done
step-cancelled = Cancel it
step-rejected = Reject
step-declined = Decline
step-withdrawn = Withdraw
step-retired = Retire
step-revoked = Revoke

# Acts that ask for a reason.
act-may-not = You may not do this with this record.
act-reason = Why?
act-preview = to see what would change
act-refer = These refer to it and go on doing so
act-void = Void it
act-void-heading = Void “{ $title }”?
act-void-lead = A void record no longer counts. It is not deleted: it stays in the history, with your reason, and cannot be brought back.
act-void-keep = Keep it
act-void-already = This record is already void.
act-hold = Place a legal hold
act-hold-heading = Place a legal hold on “{ $title }”?
act-hold-lead = While it is held, the record can be neither voided nor disposed of.
act-hold-keep = Leave it
act-lift = Lift the legal hold
act-lift-heading = Lift the legal hold on “{ $title }”?
act-lift-lead = The record can then be voided or disposed of again.
act-lift-keep = Keep the hold

# History.
history-heading = History of “{ $title }”
history-lead = { $count ->
    [one] One version. Nothing here can be changed afterwards.
   *[other] { $count } versions. Nothing here can be changed afterwards.
}
history-version = Version { $version }
history-create = created it
history-update = changed it
history-transition = took a step
history-void = voided it
history-sign = signed it
history-import = brought it in from files
history-follow = changed it as a consequence
history-hold = changed the legal hold
history-set = changed a setting
history-erase = erased values
history-epoch = began a new epoch
history-verify = verified it
history-nothing = nothing that is shown here
history-hidden = not shown to you
history-fields = { $fields }
history-fields-more = { $count ->
    [one] { $fields } and 1 more
   *[other] { $fields } and { $count } more
}
history-one = { $field } from “{ $old }” to “{ $new }”
history-reason = Reason: { $reason }
history-files = Files: { $names }
history-erased = values erased
history-entry = entry { $seq }
history-fingerprint = Fingerprint
history-asof = as it stood
history-proof = proof
history-what = What differs
history-older = Older versions
history-undo = Undo my last change
history-verify-now = Verify
history-compare = Compare the two chosen
history-from = Compare from version { $version }
history-to = Compare to version { $version }
compare-heading = Version { $from } and version { $to } of “{ $title }”
compare-same = Nothing that is shown here differs.
verify-ok = { $versions ->
    [one] Unbroken: the only version is in the signed log of { $size } entries, with the values shown here.
   *[other] Unbroken: { $versions } versions follow each other; { $proved } of them were proved to be in the signed log of { $size } entries, with the values shown here.
}
verify-broken = This record does not agree with the signed log.
verify-outside = Download a proof below to check a version without this program.
undo-cannot = This can no longer be undone: only your own last change to a record, for 30 days, and only as long as nothing followed from it.
undo-step-cannot = This step can no longer be undone: only your own, for 30 days, and only as long as nothing else has happened to any of its records.
undo-step-reason = Taken back as one step by its author
undo-reason = Version { $version } taken back by its author

# Comments.
comment-write = Write a comment
comment-send = Comment
comment-share = External auditors may see it
comment-shared = shared with auditors
comment-asks = asks { $name }
comment-withdrawn = This comment was withdrawn.
comment-withdraw = Withdraw
comment-kept = A comment stays with the record. It can be withdrawn, not deleted.

# Files.
file-add = Add files
file-help = Up to 20 at once. Each is kept unchanged under its fingerprint.
file-send = Attach
file-progress = How much has been sent
file-failed = The files could not be attached.
file-size = { $number } { $unit }
file-unnamed = File without a name
file-download = Download { $name }
file-keep = Download
file-picture = Content of { $name }
file-pages = Pages of { $name }
file-pages-help = Shown by your browser. Where it shows nothing, download the file.
file-no-preview = This type of file is not shown here. Download it to look at it.
file-none = Choose at least one file that is not empty.
file-too-many = More than { $most } files at once are not taken in.
file-may-not = You may not attach files to this record.
file-not-now = As this record stands, no file can be attached to it.

# What was just done.
done-created = { $record } is created
done-saved = { $record } is saved
done-merged = { $record } is saved, together with what somebody else had changed
done-unchanged = Nothing was changed in { $record }
done-stepped = { $record } has moved on
done-voided = { $record } is void
done-held = { $record } is under a legal hold
done-lifted = The legal hold on { $record } is lifted
done-undone = Your last change to { $record } is undone
done-step-undone = The step is undone. Records set as they were, or voided: { $record }.
done-commented = Your comment on { $record } is posted
done-attached = The file is attached to { $record }
done-attached-several = The files are attached to { $record }
