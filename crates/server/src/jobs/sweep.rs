//! Sessions, invitations and idempotency keys that have run out are taken away.

use crate::app::App;
use crate::fault::Fault;

/// Takes them away.
pub fn run(app: &App) -> Result<(), Fault> {
    app.store.accounts().sweep(app.now())?;
    Ok(())
}
