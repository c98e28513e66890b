# The method of rating risks.
process-edit-method = Scales and matrix
method-title = Scales and matrix
method-heading = How risks are rated
method-name = Risk methodology { $version }
method-reading = You can look at the method here; to write one is for the ISMS manager.
method-new-version = This version is not changed. Saving writes a new version as a draft, which goes into force when it is approved; risks keep the version they were rated by until they are rated again.
method-may-not = To write the method is for the ISMS manager.
method-raced = Somebody else has saved this method meanwhile. What you typed is still here; saving again takes it.
method-version = Version
method-likelihood = Likelihood
method-likelihood-help = 3 to 10 levels. Each begins where the one before it ends, so there is no gap and no overlap.
method-impact = Impact
method-impact-help = 3 to 10 levels, in { $currency } and in words. Each begins where the one before it ends.
method-impact-level = Impact { $level }
method-level = Level
method-word = Word for it
method-means = What it means
method-often-from = The lowest level begins at, times a year
method-often-to = Up to, times a year
method-money-from = The lowest level begins at
method-money-to = Up to
method-legal = In law
method-customer = For patients or customers
method-operations = For operations
method-reputation = For the reputation
method-drop = Take away level
method-drop-band = Take away band
method-add-level = A level more
method-add-band = A band more
method-aggregation = How the dimensions of an impact become one level
method-weights = What each dimension weighs
method-weights-help = In percent; the four add up to 100, and 0 counts nothing. The weighted mean is rounded to the nearest level, halves up.
method-weights-sum = The weights add up to { $sum } %, not to 100 %.
method-no-percent = must be a number from 0 to 100
method-no-weight = must be filled in when impacts are put together by weights; 0 counts nothing
method-alone = The highest impact in one dimension and the lowest in all others comes to:
method-matrix = Matrix
method-shape = How a value is made
method-shape-product = Likelihood times impact
method-shape-sum = Likelihood plus impact
method-shape-free = Each value by itself
method-matrix-help = A value never falls when likelihood or impact rises, and no cell is empty.
method-bands = Bands
method-bands-help = What a value means and who may accept it. Each band begins after the one before it; the first begins at the lowest value of the matrix.
method-band-name = Name
method-band-to = Up to the value
method-band-action = What has to be done
method-band-days = Treated within, in days
method-band-authority = Who may accept it
method-acceptance = Highest value that the owner may accept
method-absolute = Highest value that anybody may accept
method-formula = What is left after treatment
method-formula-help = Whether people judge what is left, or a formula proposes it from the controls.
method-rest = The texts of the method (criteria, triggers, owners, process) are fields of its record:
method-save-new = Save as a new version
method-no-number = must be a number
method-no-version = must be filled in, such as 2.0
method-cell = likelihood { $likelihood }, impact { $impact }
method-hole = No value at { $cell }.
method-falls = The value falls from { $high } at { $from } to { $low } at { $to }.
method-preview = What it would change
method-preview-caption = The matrix with its bands, the line of the limit, and how many risks would lie in each cell; likelihood upwards, impact to the right
method-sound = Complete, and no value falls.
method-flaws = { $count ->
    [one] 1 thing is wrong.
   *[other] { $count } things are wrong.
}
method-risks-here = { $count ->
    [one] 1 risk
   *[other] { $count } risks
}
method-risks = The risks there are
method-above = Of { $count } risks, { $now } lie above the limit now and { $then } would. Levels are carried over by the middle of their bands.
method-unrated = { $count ->
    [one] 1 risk has no level that could be carried over.
   *[other] { $count } risks have no level that could be carried over.
}
method-rise = { $count ->
    [one] 1 risk would come above the limit
   *[other] { $count } risks would come above the limit
}
method-fall = { $count ->
    [one] 1 risk would come under the limit
   *[other] { $count } risks would come under the limit
}
method-aside = { $count ->
    [one] 1 risk would change its value and stay on its side
   *[other] { $count } risks would change their value and stay on their side
}
method-keeps = No risk is changed by saving. Each keeps the version it was rated by until somebody rates it again.
