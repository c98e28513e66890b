# Signing in and out.
language-name = English
signin-title = Sign in
signin-motto = Everything an auditor will ask, answered every day.
signin-motto-small = Information security management by ISO/IEC 27001
signin-lead = Use the fingerprint, face or PIN of this device, or your password.
signin-passkey = Sign in with a passkey
signin-passkey-failed = That did not work. Try again, or use your password.
signin-or = or
signin-login = Login or work e-mail
signin-password = Password
signin-go = Sign in
signin-failed = This login and password do not go together, or the account cannot be used. Try again, or ask the ISMS manager of your organisation.
signin-again = This took too long or was tried too often. Start again.
signin-too-many = { $seconds ->
    [one] Too many tries. Wait a second and try again.
   *[other] Too many tries. Wait { $seconds } seconds and try again.
}
signin-trouble = I have a new device, or it does not work
signin-trouble-help = Use your password, or a recovery code in place of the code, then set the new device up under “My account”. If you have lost everything, ask the ISMS manager of your organisation, who can make you a new link.
signin-life = You are signed out after 12 hours, and after 2 hours without use.
signin-done-out = You are signed out.
signin-done-changed = Your password was changed. Sign in with the new one.
signin-done-again = Sign in here, then go back to the page with what you typed and send it.

again-title = Your session has ended
again-lead = What you typed is not saved yet, and it is not lost: it waits on this page. Sign in again, then send it.
again-passkey = Sign in with a passkey and send it
again-tab = Sign in in another tab
again-then = When you are signed in, come back to this page.
again-send = Send it now
again-typed = What you typed
signin-code-title = Enter your code
signin-code-lead = Your password was right. Now the code from your authenticator app.
signin-code = Code
signin-code-help = Six digits. A recovery code does as well; each works once.
signin-code-wrong = This code is not right, or was used already. Wait for the next one.
signin-back = Back to the start of signing in

stepup-title = Confirm that it is you
stepup-lead = Before something that counts we ask again. You are signed in as { $login }.
stepup-passkey = Confirm with a passkey
stepup-go = Confirm
stepup-back = Back without confirming
stepup-wrong = That was not right. Try again.

choose-title = Choose an organisation
choose-none = Your account belongs to no organisation at the moment. Ask whoever invited you.

password-new = New password
password-help = At least 12 characters. Several words together are easy to remember and hard to guess.
password-short = A password has at least 12 characters
password-long = A password has at most 200 characters
password-login = A password must not be the login
password-breached = This password is known from a breach elsewhere. Choose another one

# The first start.
first-title = Welcome to Attestry
first-lead = You are the first here. Tell us the organisation and who you are; everything else comes after.
first-organisation = Your organisation
first-which = Organisation
first-name = Your name
first-login = Your work e-mail, with which you sign in
first-go = Start
first-need-organisation = Say the organisation’s name, in 200 characters at most
first-need-name = Say your name, in 200 characters at most
first-need-login = An e-mail address such as name@example.org
first-closed = Open the link of the first start
first-closed-sentence = Nobody has an account here yet. Whoever started the program was told a link that works once, within a day; starting the program again makes a new one.

# Invitations.
invited-title = You are invited
invited-lead = { $name }, this link makes you a member of { $organisation }. Choose how you will sign in.
invited-own = Join as { $login }
invited-go = Make my account
invited-gone = This invitation is no longer good
invited-gone-sentence = It was used, has been withdrawn, or is older than a week. Ask for a new one.

# My account.
account-title = My account
account-never = never
account-save = Save
account-remove = Remove
account-rename = Rename
account-made-used = Made { $made }, last used { $used }
account-password = Password
account-password-current = Current password
account-password-change = Change the password
account-password-wrong = This is not your current password
account-passkeys = Passkeys
account-passkeys-help = A passkey is the fingerprint, face or PIN of a device. It cannot be guessed, and nobody can lure it out of you.
account-passkeys-impossible = Passkeys need an address with a name, such as isms.example.org; this page was opened by a number.
account-passkey = Passkey
account-passkey-name = Name of the passkey
account-passkey-hint = for example: work laptop
account-passkey-add = Add a passkey
account-passkey-failed = The passkey was not added. Try again.
account-passkey-script = Adding a passkey needs JavaScript.
account-passkey-name-wrong = A name has 1 to 60 characters
account-passkey-last = This is your only way in. Set a password or add another passkey first.
account-totp = Codes from an authenticator app
account-totp-off = With codes, a stolen password is not enough to sign in.
account-totp-on = { $left ->
    [0] On. You have no recovery code left: make new ones.
    [one] On. You have one recovery code left.
   *[other] On. You have { $left } recovery codes left.
}
account-totp-begin = Set up codes
account-totp-scan = Scan the picture with your authenticator app, then enter the code that it shows.
account-totp-qr = QR code for an authenticator app
account-totp-typed = No camera? Type this instead:
account-totp-code = Code that the app shows
account-totp-confirm = Confirm
account-totp-remove = Switch codes off
account-totp-wrong = This code is not right. Look at the clock of your telephone, and try the next code.
account-totp-again = This took too long. Start again.
account-codes-new = Your recovery codes
account-codes-once = Keep them where you keep important papers. Each works once, in place of a code. We cannot show them again.
account-codes-download = Download as text
account-codes-renew = Make new recovery codes
account-codes-file = Recovery codes for Attestry. Each works once.
account-sessions = Where you are signed in
account-session-own = this one
account-session-seen = { $address }, last used { $seen }
account-session-end = End
account-sessions-end = End all others
account-tokens = Tokens for programs
account-tokens-help = With a token a program does what you may do, in this organisation and until its last day.
account-token-line = May { $scopes }, until { $expires }, last used { $used }
account-token-make = Make a token
account-token-name = Name
account-token-scope = What it may do
account-token-read = Read
account-token-write = Read and write
account-token-expires = Last day, within a year
account-token-revoke = Revoke
account-token-new = Your new token
account-token-once = Copy it now; we cannot show it again.
account-token-name-wrong = A name has 1 to 80 characters
account-token-expires-wrong = A day from today on, within a year
account-looks = Language and keys
account-language = Language
account-language-one = The pages are in English.
account-keys = Single-key shortcuts
account-keys-on = On
account-keys-off = Off: only keys together with Ctrl do something
account-organisations = Organisations
account-organisation-here = you are here
account-organisation-go = Go there

# Settings.
settings-title = Settings
settings-where = The organisation
settings-organisation = What the organisation is
settings-setup = Set up, import
settings-checks = Checks and gaps
settings-fields = Own fields
settings-fields-help = Fields that your organisation adds to a kind of record. One that records use stays.
settings-field-add = Add a field
settings-field-kind = For which kind of record
settings-field-label = What people read
settings-field-name = Name for programs
settings-field-name-help = Small letters, digits and underscores, such as cost_centre
settings-field-type = What it holds
settings-field-type-help = text, longtext, bool, int, decimal, money, date, a choice such as enum(north,south), or ref(asset)
settings-field-meaning = Help for whoever fills it in
settings-field-empty = Say what the field holds
people-title = People and accounts
people-lead = An account lets a person sign in; what they may do stands in their record.
people-new = New person
people-name = Name
people-roles = Roles
people-account = Account
people-actions = What you can do
people-none = no account
people-off = switched off
people-invite = Invite
people-withdraw = Withdraw the invitation
people-switch-off = Switch off
people-switch-on = Switch on
people-leave = End membership
people-above = This person has roles that you cannot open the way to. Somebody with those roles can.
people-above-short = above your roles
people-own = This is your own account. Somebody else can do that.
people-elsewhere = This account is a member of another organisation as well. End its membership here instead.
people-not-active = Only people who are invited or active can have an account.
people-link = Hand this link to { $name }
people-link-help = It works once, within a week, and is shown only now. Whoever has it becomes this person, so send it on a way that you trust.

# What was just done.
done-password = Your password was changed and your other sessions were ended
done-session = That session was ended
done-sessions = All other sessions were ended
done-passkey = The passkey was added
done-passkey-renamed = The passkey has its new name
done-passkey-removed = The passkey was removed
done-totp-removed = Codes are switched off
done-token = The token was revoked
done-withdrawn = The invitation was withdrawn
done-account-on = The account is switched on
done-account-off = The account is switched off
done-left = The membership was ended
done-field-added = The field was added
done-field-removed = The field was removed
account-passkey-print = Key, as signatures name it:

# Signing
sign-passkey = Sign with a passkey
sign-passkey-help = The passkey signs exactly this, and anybody can check it later.
sign-nothing = There is nothing here for you to sign now.
sign-signed = Signed by { $name } on { $date }.
signed-by-password = Confirmed by password.
signed-by-mfa = Confirmed by a second factor or a passkey at sign-in.
signed-by-qualified = Qualified signature.
signed-by-paper = Signed on paper.
signed-by-passkey = Signed with a passkey, key { $key }; the signature holds.
signed-by-passkey-not = Signed with a passkey, key { $key }; the signature does not hold.
signed-by-passkey-erased = Signed with a passkey; the signature itself was erased and can no longer be checked.
