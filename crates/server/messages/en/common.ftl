# Dates, numbers and money.
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
date-short = { $day } { $month }
date-full = { $day } { $month } { $year }
due-today = today
due-in = { $days ->
    [one] in 1 day
   *[other] in { $days } days
}
due-over = { $days ->
    [one] overdue 1 day
   *[other] overdue { $days } days
}
period-years = { $count ->
    [one] 1 year
   *[other] { $count } years
}
period-months = { $count ->
    [one] 1 month
   *[other] { $count } months
}
period-weeks = { $count ->
    [one] 1 week
   *[other] { $count } weeks
}
period-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
number-thousands = ,
number-point = .
money = { $amount } { $currency }

# Words that stand alone.
yes = Yes
no = No
empty = nothing yet
state-void = Void
operator = the operator
system = the program
