# Pages of faults: a heading, and a sentence that says what to do.
fault-home = Go to the start
fault-search = Search
fault-back = Back to the page before
fault-again = Try again
fault-helpers = Who can help: { $names }.
fault-wait = { $count ->
    [one] Try again in 1 second.
   *[other] Try again in { $count } seconds.
}
fault-revision = The record is now at version { $count }.
fault-request = Request { $request }
fault-absent = There is nothing here
fault-absent-sentence = The address may be mistyped, or it leads to something that you may not see. The ISMS manager of your organisation can tell.
fault-denied = You do not have the right to this
fault-denied-sentence = Ask the ISMS manager of your organisation, who can give it to you.
fault-sign-in = Sign in to go on
fault-sign-in-sentence = Your session has ended.
fault-step-up = Confirm that it is you
fault-step-up-sentence = Signing needs a fresh sign-in.
fault-forged = This request did not come from one of our pages
fault-forged-sentence = Nothing was changed. Open the page again and repeat what you wanted to do.
fault-invalid = Something in what you sent is not right yet
fault-invalid-sentence = Go back, correct it and send it again. Nothing was changed.
fault-malformed = What was sent cannot be read
fault-malformed-sentence = Nothing was changed.
fault-stale = Somebody else saved first
fault-stale-sentence = Open the record again to see what has changed, then repeat your change.
fault-unconditional = Say which version you are changing
fault-unconditional-sentence = Nothing was changed.
fault-precondition = The record has moved on
fault-precondition-sentence = Open the record again to see what has changed.
fault-too-many = Too many tries
fault-too-many-sentence = Wait a moment and try again.
fault-too-large = That is too large
fault-too-large-sentence = Nothing was taken in.
fault-conflict = This contradicts something else
fault-conflict-sentence = Nothing was changed.
fault-read-only = Nothing can be written now
fault-read-only-sentence = Reading goes on as usual. Ask whoever runs the server.
fault-past = The past cannot be changed
fault-past-sentence = Go back to now and make the change there.
fault-broken = Something went wrong on our side
fault-broken-sentence = Nothing was changed. Try again; if it happens again, tell whoever runs the server the number below.
fault-method = This address does not take that
fault-method-sentence = Nothing was changed.
fault-media = What was sent has another type than is taken in
fault-media-sentence = Nothing was changed.
