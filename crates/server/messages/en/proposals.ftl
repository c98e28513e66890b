# Proposals.
proposal-why = Why
proposal-why-none = Nobody has said yet why. Write it before you offer the proposal: those who approve it ask this first.
proposal-count = { $count ->
    [one] 1 change. It takes effect when the last consent is given.
   *[other] { $count } changes. They take effect together when the last consent is given, or not at all.
}
proposal-reverses = Takes back
proposal-effect = What would change
proposal-becomes = becomes
proposal-checks = Effect on the checks
proposal-opens = New gap:
proposal-closes = Closes:
proposal-changes = Changes
proposal-rows = { $shown } of { $all }
proposal-before = Changes before these
proposal-after = More changes
proposal-empty = Nothing is drafted yet. Open a record, change what you would change, and choose “Add to proposal” instead of saving.
proposal-hidden = { $count ->
    [one] 1 change is about something that you may not see.
   *[other] { $count } changes are about something that you may not see.
}
proposal-tag-changed = changed
proposal-tag-new = new
proposal-tag-step = moves on
proposal-tag-void = becomes void
proposal-changes-in = Changes in { $record }
proposal-fields = { $count ->
    [one] One field
   *[other] { $count } fields
 }
proposal-drop = Take out
proposal-discussion = Discussion
proposal-approvals = Approvals
proposal-needs-none = Whose consent it needs is worked out once it can be made.
proposal-needs-help = Who must agree follows from what changes: who approves such records, the owner for a risk, the ISMS manager for the Statement of Applicability, top management above the limit.
proposal-waits = { $all ->
    [one] waiting for 1 consent
   *[other] waiting for { $open } of { $all } consents
}
proposal-nobody = Nobody is entitled who may see all of it
proposal-you = { $name }, you
proposal-or = or
proposal-or-more = { $names } or { $count } more
proposal-about-more = { $names } and { $count } more
proposal-signed = { $ground }; signed { $when }
proposal-ground-approver = approves such records: { $records }
proposal-ground-owner = owns the risk: { $records }
proposal-ground-statement = keeps the Statement of Applicability: { $records }
proposal-ground-limit = top management, because it lies above the limit: { $records }
proposal-ground-right = may make this change, which its author may not: { $records }
proposal-ground-anybody = nothing in it belongs to others
proposal-safe = Safe to apply
safe-unchanged = Nobody changed these values since the draft was made
safe-changed = { $count ->
    [one] 1 value was changed by somebody else since the draft was made
   *[other] { $count } values were changed by somebody else since the draft was made
}
safe-possible = Every change can be made as things are
safe-impossible = Not every change can be made as things are
safe-undo = Can be taken back as one step for { $days } days
safe-hidden = { $count ->
    [one] You do not see 1 change, so the consent is for others to give
   *[other] You do not see { $count } changes, so the consent is for others to give
}
proposal-refused-heading = It cannot be approved as it stands
proposal-refused = Change { $number }: { $message }
proposal-refused-field = Change { $number }, { $field }: { $message }
proposal-refused-hidden = A change that you may not see cannot be made.
proposal-clash = Changed meanwhile
proposal-clash-sentence = Somebody else changed these values after they were drafted. Choose what they shall be; everything else stays as drafted.
proposal-was = When drafted
proposal-now = Now
proposal-drafted = Drafted
proposal-settle = Use these values
proposal-decision = Your decision
proposal-reason = Your reason
proposal-reason-hint = Say why (needed to send it back, and where new gaps open)
proposal-offer = Offer for approval
proposal-approve = Approve and put in force
proposal-sign = Approve
proposal-save-and-approve = Save and approve
proposal-return = Return
proposal-decline = Decline
proposal-withdraw = Withdraw
proposal-reverse = Undo as one step
proposal-reverse-says = What this proposal did can be taken back: that is a proposal of its own, which you look at first.
proposal-reverse-title = Take back: { $title }
proposal-reverse-why = Takes back what { $record } did.
proposal-reverse-left = { $count ->
    [one] 1 of its changes cannot be taken back: what was voided stays void, and some steps lead only forward.
   *[other] { $count } of its changes cannot be taken back: what was voided stays void, and some steps lead only forward.
}
proposal-too-late = After { $days } days a proposal is not taken back as one step any more; change the records themselves.
proposal-nothing-back = Nothing of it can be taken back.
done-proposal-offered = { $record } is offered for approval
done-proposal-signed = { $record } has your signature and waits for that of others
done-proposal-in-force = { $record } is approved. Its changes are in force
done-proposal-returned = { $record } is returned to its author
done-proposal-declined = { $record } is declined
done-proposal-withdrawn = { $record } is withdrawn
done-proposal-settled = { $record } has the values that you chose
done-proposal-dropped = The change is taken out of { $record }
done-proposal-reversed = { $record } is drafted. Look at it, then approve it
done-proposal-added = The change is added to { $record }
strip-checks = Checks
strip-checks-says = { $closed ->
    [0] no gap closes
    [one] 1 gap closes
   *[other] { $closed } gaps close
}, { $opened ->
    [0] no new gap opens
    [one] 1 new gap opens
   *[other] { $opened } new gaps open
}
strip-level-above = stays above the limit
strip-level-inside = inside the limit
strip-level-none = no limit is set
strip-above = Risks above the limit
strip-above-says = { $count } risks change
strip-mean = A normal year costs
strip-mean-planned = A normal year with the plan
strip-loss = A bad year, 1 in 10
strip-loss-planned = A bad year with the plan
strip-loss-says = all risks with ranges, { $years } simulated years
strip-cost = Cost a year
strip-cost-says = and { $once } once
add-to-proposal = Add to proposal
add-to-proposal-says = Nothing changes yet: those whose consent it needs look at it first.
add-nothing = Nothing is changed here, so there is nothing to add.
add-to = Which proposal
add-to-new = A new proposal
add-purpose = What is it for?
add-purpose-help = Only for a new proposal. Name the purpose, not the record: “Move the image archive to a managed host”.
marked-proposal = Would be changed by
marked-in = changed in { $record }
shell-proposals = { $count ->
    [one] 1 proposal
   *[other] { $count } proposals
}
proposal-loss = What a year may cost
proposal-loss-planned = What a year may cost with the plan
proposal-loss-before = as it is
proposal-loss-after = if this is approved
proposal-loss-waits = What a year may cost is still being worked out.
