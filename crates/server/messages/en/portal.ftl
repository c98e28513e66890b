# The portal of employees: words that a twelve-year-old understands.
portal-title = My work
portal-home = My work
portal-hello = Hello { $name }
portal-lead = { $count ->
    [0] Nothing to do. Thank you.
    [one] One small thing, about { $minutes } minutes.
   *[other] { $count } small things, about { $minutes } minutes together.
}
portal-tasks = Your tasks
portal-done = Done this year
portal-did-read = { $what }, read
portal-did-take = Course: { $what }
portal-look-up = Look it up
portal-rules = Rules that concern me
portal-rules-count = Rules that concern me ({ $count })
portal-no-rules = No rule is addressed to you yet.
portal-reports = What I have reported
portal-as-employee = You see this the way an employee does.
portal-go-back = Back

readers-read = Who has read it
readers-taken = Who has taken it
readers-of = { $done } of { $all }
readers-no-unit = In no unit
readers-open = { $count ->
    [one] See who has not yet
   *[other] See the { $count } who have not yet
}

read-version = version { $version }, since { $day }
read-changed = What changed: { $what }
read-file-only = The text is a file. Open it below.
read-elsewhere = The text lies at { $place }. Ask the ISMS manager for a copy if you cannot open it.
read-download = Open the file
read-confirm = I have read and understood it
read-on = You confirmed it on { $day }.
read-to-confirm = Please read and confirm
read-to-know = Good to know
read-not-in-force = This version is not in force.
read-not-for-you = This document is not addressed to you.
done-read = Thank you. It is noted that you have read it.

course-facts = { $minutes ->
    [0] To be taken by { $day }.
   *[other] About { $minutes } minutes, to be taken by { $day }.
}
course-topics = What it is about
course-taken = I have taken the course
course-tick = Tick the box when you have taken the course.
course-send = Send
course-quiz = { $count ->
    [one] 1 question
   *[other] { $count } questions
}
course-mark = { $percent } % have to be right.
course-left = { $count ->
    [one] You have 1 try left.
   *[other] You have { $count } tries left.
}
course-several = (several answers)
course-unanswered = { $count ->
    [one] One question has no answer yet.
   *[other] { $count } questions have no answer yet.
}
course-failed = { $right } of { $all } were right, which is not enough. { $left ->
    [0] You have no try left. Talk to whoever looks after training.
    [one] You have one try left.
   *[other] You have { $left } tries left.
}
course-no-tries = You have no try left. Talk to whoever looks after training.
course-finished = You have finished this course.
done-course = Well done. The course is finished.

report-title = Something looks wrong?
report-lead = Lost badge, strange e-mail, a stranger in the corridor, a letter to the wrong person. Tell us now, details can follow. Nobody is blamed for reporting.
report-what = What happened?
report-place = Where, or who knows more?
report-photos = Photos or files
report-photos-help = At most five, together 20 MB. Photos can hold your name and place.
report-optional = (if you like)
report-going-on = It is still going on
report-anonymous = Do not keep my name
report-anonymous-help = Then nobody can find out from our records who told us, and nobody can ask you back.
report-send = Report it
report-with-files = Add photos or say where
report-bar = Something looks wrong? Report it
report-urgent = Urgent? { $phone }
report-empty = Write a few words about what happened.
report-long = That is too long. Tell us the most important part; details can follow.
report-files = Send { $count } files at most.
report-too-many = { $minutes ->
    [one] You have sent several reports just now. What you wrote is still here: send it again in a minute, or call
   *[other] You have sent several reports just now. What you wrote is still here: send it again in { $minutes } minutes, or call
}
report-place-said = Where, or who knows more: { $place }
report-going-on-said = It is still going on.
report-chip-1 = Strange message
report-chip-2 = Lost device or badge
report-chip-3 = Wrong recipient
report-chip-4 = Unknown person
thanks-title = Thank you
thanks-sentence = Your report { $report } is with the security team.
thanks-next = You can close this page. If something new happens, report it again and name this number.
