//! Reads the project's own CSV tables: every column by its name, every fault with its line.

use std::fmt;
use std::str::FromStr;

/// Where and how one of the project's own tables is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TableFault {
    table: &'static str,
    line: u64,
    what: String,
}

impl TableFault {
    /// A fault in a file that is no table of rows.
    pub(crate) fn new(table: &'static str, line: u64, what: impl Into<String>) -> Self {
        Self { table, line, what: what.into() }
    }
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}", self.table, self.line, self.what)
    }
}

/// One row of a table, with the names of its columns.
pub(crate) struct Row<'a> {
    table: &'static str,
    line: u64,
    header: &'a csv::StringRecord,
    cells: csv::StringRecord,
}

impl Row<'_> {
    /// A fault in this row.
    pub(crate) fn fault(&self, what: impl Into<String>) -> TableFault {
        TableFault { table: self.table, line: self.line, what: what.into() }
    }

    /// The cell as it stands, which may be empty.
    pub(crate) fn optional(&self, column: &str) -> Result<&str, TableFault> {
        self.header
            .iter()
            .position(|name| name == column)
            .and_then(|at| self.cells.get(at))
            .ok_or_else(|| self.fault(format!("there is no column {column}")))
    }

    /// The cell, which must not be empty.
    pub(crate) fn text(&self, column: &str) -> Result<String, TableFault> {
        match self.optional(column)? {
            "" => Err(self.fault(format!("{column} is empty"))),
            text => Ok(text.to_owned()),
        }
    }

    /// The cell read as one word of a closed list, or as a number.
    pub(crate) fn one<T: FromStr>(&self, column: &str) -> Result<T, TableFault> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.fault(format!("{column} cannot be {text:?}")))
    }

    /// The cell read as words of a closed list, separated by `;`.
    pub(crate) fn many<T: FromStr>(&self, column: &str) -> Result<Vec<T>, TableFault> {
        self.text(column)?
            .split(';')
            .map(|word| word.parse().map_err(|_| self.fault(format!("{column} cannot be {word:?}"))))
            .collect()
    }

    /// The cell read as `yes` or `no`.
    pub(crate) fn truth(&self, column: &str) -> Result<bool, TableFault> {
        match self.optional(column)? {
            "yes" => Ok(true),
            "no" => Ok(false),
            other => Err(self.fault(format!("{column} is yes or no, not {other:?}"))),
        }
    }
}

/// Reads a whole table, or tells the first fault in it.
pub(crate) fn read<T>(
    table: &'static str,
    text: &str,
    mut make: impl FnMut(&Row<'_>) -> Result<T, TableFault>,
) -> Result<Vec<T>, TableFault> {
    let broken = |error: csv::Error| TableFault {
        table,
        line: error.position().map_or(0, csv::Position::line),
        what: error.to_string(),
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(broken)?.clone();
    let mut rows = Vec::new();
    for cells in reader.into_records() {
        let cells = cells.map_err(broken)?;
        let line = cells.position().map_or(0, csv::Position::line);
        rows.push(make(&Row { table, line, header: &header, cells })?);
    }
    Ok(rows)
}

/// Hands over a table that ships inside the program; a fault in it is a fault of the program itself.
pub(crate) fn shipped<T>(rows: Result<T, TableFault>) -> T {
    rows.unwrap_or_else(|fault| panic!("a table that ships with the program is broken: {fault}"))
}

/// Declares a closed list of words: the enum, its list in the standard's order, and both ways between word and variant.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// All of them, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as files, programs and people's filters write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|it| it.as_str().eq_ignore_ascii_case(word)).ok_or($crate::UnknownWord)
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    fn first_fault(text: &str) -> String {
        let rows = read("t.csv", text, |row| Ok((row.text("id")?, row.truth("new")?, row.many::<u8>("n")?)));
        rows.unwrap_err().to_string()
    }

    #[test]
    fn a_fault_in_a_table_names_the_table_the_line_and_the_column() {
        for (text, fault) in [
            ("id,new,n\nA,yes,1\n,no,2\n", "t.csv, line 3: id is empty"),
            ("id,new,n\nA,maybe,1\n", "t.csv, line 2: new is yes or no, not \"maybe\""),
            ("id,new,n\nA,yes,1;x\n", "t.csv, line 2: n cannot be \"x\""),
            ("id,new\nA,yes\n", "t.csv, line 2: there is no column n"),
        ] {
            assert_eq!(first_fault(text), fault);
        }
        assert!(first_fault("id,new,n\nA,yes\n").starts_with("t.csv, line 2: "));
    }
}
