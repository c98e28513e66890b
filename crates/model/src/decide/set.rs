//! Changing a setting of the organisation.

use serde_json::{Map, Value};

use super::{Problems, Refusal, Work};
use crate::change::{Action, Entry, Subject};
use crate::custom;
use crate::kind::Role;

/// Longest name of a setting, in bytes.
const NAME_LIMIT: usize = 200;

impl Work<'_> {
    pub(super) fn set(
        &mut self,
        name: String,
        fields: Map<String, Value>,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        if !(self.principal.has(Role::IsmsManager)
            || self.principal.has(Role::SystemAdmin)
            || self.principal == &crate::principal::Principal::system())
        {
            return Err(Refusal::Denied("to change settings".to_owned()));
        }
        let mut problems = Problems::default();
        if name.is_empty() || name.len() > NAME_LIMIT || name.chars().any(char::is_control) {
            problems.add("name", format!("must be a short name of at most {NAME_LIMIT} bytes"));
        }
        if let Some(field) = name.strip_prefix(custom::PREFIX) {
            custom::check_definition(&self.isms, field, &fields, &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if self.isms.setting(&name) == Some(&fields) {
            return Ok(());
        }
        let version = self.isms.setting_version(&name) + 1;
        self.write(Entry {
            subject: Subject::Setting(name),
            action: Action::Set,
            version,
            fields,
            reason,
            approval: None,
            files: Vec::new(),
        })
    }
}
