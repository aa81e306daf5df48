//! Table cells by column, as a reader sees them: cells that span rows or columns are counted.

use std::collections::HashMap;

use scraper::ElementRef;

use super::NodeId;

/// The most columns of a table that are counted.
const MAX_COLUMNS: usize = 200;

/// Cells that reach down into the rows that follow, each with how many rows are left.
type Hanging<'a> = Vec<Option<(ElementRef<'a>, usize)>>;

/// Which column is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Counted from 0.
    Number(usize),
    /// The text of its heading, folded.
    Headed(String),
}

impl Column {
    /// Reads a number from 1, or a heading.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the column has neither number nor heading".into()),
            text if text.bytes().all(|b| b.is_ascii_digit()) => match text.parse::<usize>() {
                Ok(number @ 1..=MAX_COLUMNS) => Ok(Self::Number(number - 1)),
                _ => Err(format!(
                    "columns are counted from 1 to {MAX_COLUMNS}, not {text}"
                )),
            },
            heading => Ok(Self::Headed(folded(heading))),
        }
    }
}

/// A table with every cell in all the rows and columns that it covers.
pub(super) struct Grid<'a> {
    rows: HashMap<NodeId, Vec<Option<ElementRef<'a>>>>,
    /// The headings of each column, folded.
    headings: Vec<Vec<String>>,
}

impl<'a> Grid<'a> {
    pub(super) fn new(table: ElementRef<'a>) -> Self {
        let mut grid = Self {
            rows: HashMap::new(),
            headings: Vec::new(),
        };
        let mut hanging = Hanging::new();
        let mut group = None;
        let mut has_headings = false;
        // A title above the table is one cell, however wide.
        let mut has_columns = false;
        for row in rows_of(table) {
            let parent = row.parent().map(|parent| parent.id());
            if parent != group {
                group = parent;
                hanging.clear();
            }
            let mut line: Vec<Option<ElementRef<'a>>> = Vec::new();
            let mut heads = 0_usize;
            let mut cells = 0_usize;
            for cell in row.child_elements() {
                let name = cell.value().name();
                if !matches!(name, "td" | "th") {
                    continue;
                }
                heads += usize::from(name == "th");
                cells += 1;
                take_hanging(&mut hanging, &mut line);
                let span =
                    |name: &str| cell.attr(name).and_then(|n| n.trim().parse::<usize>().ok());
                let width = span("colspan").unwrap_or(1).clamp(1, MAX_COLUMNS);
                // A span of 0 rows reaches to the end of its group.
                let height = match span("rowspan") {
                    Some(0) => usize::MAX,
                    height => height.unwrap_or(1),
                };
                for _ in 0..width {
                    if line.len() >= MAX_COLUMNS {
                        break;
                    }
                    if hanging.len() <= line.len() {
                        hanging.resize(line.len() + 1, None);
                    }
                    if let Some(place) = hanging.get_mut(line.len()) {
                        *place = (height > 1).then_some((cell, height - 1));
                    }
                    line.push(Some(cell));
                }
            }
            take_hanging(&mut hanging, &mut line);
            let in_head = row
                .parent()
                .and_then(ElementRef::wrap)
                .is_some_and(|parent| parent.value().name() == "thead");
            let opens = cells > 1 && !has_columns;
            has_columns |= opens;
            if in_head || (heads > 1 && heads * 2 > line.len()) || opens {
                // Headings in the first row of plain cells give way to real ones.
                if (in_head || heads > 0) && !has_headings {
                    grid.headings.clear();
                    has_headings = true;
                }
                grid.note_headings(&line);
            }
            grid.rows.insert(row.id(), line);
        }
        grid
    }

    fn note_headings(&mut self, line: &[Option<ElementRef<'a>>]) {
        if self.headings.len() < line.len() {
            self.headings.resize(line.len(), Vec::new());
        }
        for (headings, cell) in self.headings.iter_mut().zip(line) {
            if let Some(cell) = cell {
                let text: String = cell.text().flat_map(|text| [text, " "]).collect();
                headings.push(folded(&text));
            }
        }
    }

    /// The headings as they are looked for, side by side.
    pub(super) fn headings(&self) -> String {
        let columns = self.headings.iter().filter_map(|of_one| of_one.last());
        let named = columns.filter(|heading| !heading.is_empty()).take(12);
        let named: Vec<String> = named
            .map(|heading| format!("`{}`", heading.chars().take(40).collect::<String>()))
            .collect();
        named.join(", ")
    }

    /// The cell of a row in a column.
    pub(super) fn cell(&self, row: ElementRef<'_>, column: &Column) -> Option<ElementRef<'a>> {
        let line = self.rows.get(&row.id())?;
        let number = match column {
            Column::Number(number) => *number,
            Column::Headed(wanted) => {
                let place = |fits: &dyn Fn(&String) -> bool| {
                    self.headings
                        .iter()
                        .position(|headings| headings.iter().any(fits))
                };
                place(&|heading| heading == wanted)
                    .or_else(|| place(&|heading| heading.starts_with(wanted.as_str())))?
            }
        };
        line.get(number).copied().flatten()
    }
}

/// Puts the cells that hang down from rows above into their places.
fn take_hanging<'a>(
    hanging: &mut [Option<(ElementRef<'a>, usize)>],
    line: &mut Vec<Option<ElementRef<'a>>>,
) {
    while let Some(Some((cell, left))) = hanging.get(line.len()).copied() {
        if let Some(place) = hanging.get_mut(line.len()) {
            *place = (left > 1).then_some((cell, left - 1));
        }
        line.push(Some(cell));
    }
}

/// The rows of a table, without those of tables within it.
fn rows_of(table: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    table.child_elements().flat_map(|child| {
        let name = child.value().name();
        let own = (name == "tr").then_some(child);
        let grouped = matches!(name, "thead" | "tbody" | "tfoot").then(|| child.child_elements());
        own.into_iter().chain(
            grouped
                .into_iter()
                .flatten()
                .filter(|row| row.value().name() == "tr"),
        )
    })
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    fn table(text: &str) -> Html {
        Html::parse_document(text)
    }

    fn cells(html: &Html, column: &str) -> Vec<Option<String>> {
        let css = |text| Selector::parse(text).unwrap();
        let table = html.select(&css("table")).next().unwrap();
        let grid = Grid::new(table);
        let column = Column::new(column).unwrap();
        html.select(&css("tr.x"))
            .map(|row| {
                grid.cell(row, &column)
                    .map(|cell| cell.text().collect::<String>())
            })
            .collect()
    }

    #[test]
    fn spans_are_counted() {
        let html = table(
            "<table><tr><td>Rules of 2026<tr><th>Date<th colspan=2>Name and <br>number<th>File \
             <tr class=x><td rowspan=3>1 May<td>A<td>1<td>a.pdf<tr class=x><td colspan=2>B<td>b.pdf\
             <tr class=x><td>C<td rowspan=0>3<td>c.pdf</table>",
        );
        let some = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned())).to_vec();
        assert_eq!(cells(&html, "date"), some(["1 May", "1 May", "1 May"]));
        assert_eq!(cells(&html, "Name and number"), some(["A", "B", "C"]));
        assert_eq!(cells(&html, "4"), some(["a.pdf", "b.pdf", "c.pdf"]));
        assert_eq!(cells(&html, "Fil"), some(["a.pdf", "b.pdf", "c.pdf"]));
        assert_eq!(cells(&html, "9"), [None, None, None]);
        assert_eq!(cells(&html, "none"), [None, None, None]);
    }

    #[test]
    fn huge_spans_cost_nothing() {
        let html = table("<table><tr class=x><td colspan=99999999 rowspan=99999999>A<td>B</table>");
        assert_eq!(cells(&html, "200"), [Some("A".to_owned())]);
        assert!(Column::new("0").is_err() && Column::new("").is_err());
    }
}
