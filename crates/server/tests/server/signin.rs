//! Sign-in, sessions, invitations, tokens.
