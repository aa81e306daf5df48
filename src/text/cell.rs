//! Cells of tables that spreadsheets open.

/// Text that no spreadsheet takes for a formula (contract: W13).
pub fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_text() {
        for (given, shown) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-1+1", "'-1+1"),
            ("\tx", "'\tx"),
            ("ISO 9001", "ISO 9001"),
            ("", ""),
        ] {
            assert_eq!(guarded(given.to_owned()), shown);
        }
    }
}
