//! Cells out of what somebody pasted: from a spreadsheet, with tabs between cells, or a file with commas or semicolons and
//! quoted cells (RFC 4180).

/// Rows of cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The rows that hold anything, each with the line on which it begins, from 1.
    pub rows: Vec<(usize, Vec<String>)>,
    /// The line on which a quoted cell begins that never ends.
    pub unclosed: Option<usize>,
}

impl Sheet {
    /// Reads a text. What stands between cells is told by the first line: tabs, else semicolons, else commas.
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let between = delimiter(text);
        let mut sheet = Self::default();
        let (mut line, mut begun) = (1, 1);
        let (mut row, mut cell, mut quoted_at) = (Vec::new(), String::new(), None);
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            if quoted_at.is_some() {
                match sign {
                    '"' if signs.peek() == Some(&'"') => {
                        cell.push('"');
                        signs.next();
                    }
                    '"' => quoted_at = None,
                    _ => {
                        line += usize::from(sign == '\n');
                        cell.push(sign);
                    }
                }
                continue;
            }
            match sign {
                '"' if cell.trim().is_empty() => {
                    cell.clear();
                    quoted_at = Some(line);
                }
                '\r' if signs.peek() == Some(&'\n') => {}
                '\n' | '\r' => {
                    row.push(std::mem::take(&mut cell));
                    sheet.push(begun, std::mem::take(&mut row));
                    line += 1;
                    begun = line;
                }
                sign if sign == between => row.push(std::mem::take(&mut cell)),
                sign => cell.push(sign),
            }
        }
        row.push(cell);
        sheet.push(begun, row);
        sheet.unclosed = quoted_at;
        sheet
    }

    fn push(&mut self, line: usize, row: Vec<String>) {
        let row: Vec<String> = row.into_iter().map(|it| it.trim().to_owned()).collect();
        if row.iter().any(|it| !it.is_empty()) {
            self.rows.push((line, row));
        }
    }

    /// The length of the longest row.
    pub fn columns(&self) -> usize {
        self.rows.iter().map(|it| it.1.len()).max().unwrap_or_default()
    }
}

fn delimiter(text: &str) -> char {
    let first = text.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
    ['\t', ';'].into_iter().find(|it| first.contains(*it)).unwrap_or(',')
}

/// A heading without what does not tell headings apart: `Depends on` and `depends_on` are the same.
pub fn plain(heading: &str) -> String {
    heading.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        Sheet::read(text).rows.into_iter().map(|it| it.1).collect()
    }

    #[test]
    fn cells_come_from_tabs_semicolons_or_commas() {
        for text in ["a\tb, c\r\n1\t2\r\n", "a;b, c\n1;2", "\u{feff}a,\"b, c\"\n1,2\n\n"] {
            assert_eq!(rows(text), [["a", "b, c"], ["1", "2"]], "{text:?}");
        }
    }

    #[test]
    fn quoted_cells_hold_quotes_and_lines_and_rows_know_where_they_began() {
        let sheet = Sheet::read("t,n\n\"say \"\"x\"\"\",\"two\nlines\"\nlast,one");
        assert_eq!(sheet.rows[1], (2, vec!["say \"x\"".to_owned(), "two\nlines".to_owned()]));
        assert_eq!(sheet.rows[2].0, 4);
        assert_eq!((sheet.unclosed, sheet.columns()), (None, 2));
        assert_eq!(Sheet::read("a,\"b\nc").unclosed, Some(1));
        assert_eq!(rows("5\" disk\tx"), [["5\" disk", "x"]], "a quote within a cell is a sign like others");
        assert!(rows(" \n\t\n").is_empty());
    }

    #[test]
    fn whatever_is_pasted_becomes_rows_that_hold_something() {
        const SIGNS: [char; 7] = ['"', '\t', ';', ',', '\n', '\r', 'ä'];
        for number in 0..SIGNS.len().pow(6) {
            let text: String = (0..6).map(|at| SIGNS[number / SIGNS.len().pow(at) % SIGNS.len()]).collect();
            let sheet = Sheet::read(&text);
            for (line, row) in &sheet.rows {
                assert!(row.iter().any(|it| !it.is_empty()) && row.iter().all(|it| it.trim() == it), "{text:?}");
                assert!((1..=7).contains(line), "{text:?}");
            }
            let lines: Vec<usize> = sheet.rows.iter().map(|it| it.0).collect();
            assert!(lines.is_sorted(), "{text:?}");
            assert!(sheet.unclosed.is_none() || text.contains('"'), "{text:?}");
        }
    }

    #[test]
    fn headings_are_told_by_their_letters() {
        assert_eq!(plain(" Depends-on "), plain("depends_on"));
    }
}
