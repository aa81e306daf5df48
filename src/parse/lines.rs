//! Lines made elements: where `<br>` alone stands between items, each stretch becomes a `<line>`
//! that selectors can name.

use markup5ever::{LocalName, QualName, ns};
use scraper::node::Element;
use scraper::{Html, Node, Selector};

use super::NodeId;

/// Puts each line of the matching elements into a `<line>`.
pub(super) fn wrap(page: &mut Html, css: &Selector) {
    let runs: Vec<Vec<NodeId>> = page
        .select(css)
        .flat_map(|element| {
            let mut runs = vec![Vec::new()];
            for child in element.children() {
                let ends = matches!(child.value(), Node::Element(element)
                    if matches!(element.name(), "br" | "hr" | "line"));
                if ends {
                    runs.push(Vec::new());
                } else if let Some(run) = runs.last_mut() {
                    run.push(child.id());
                }
            }
            runs
        })
        .filter(|run| !run.is_empty())
        .collect();
    for run in runs {
        let name = QualName::new(None, ns!(html), LocalName::from("line"));
        let line = Node::Element(Element::new(name, Vec::new()));
        let Some(first) = run.first() else { continue };
        let Some(mut first) = page.tree.get_mut(*first) else {
            continue;
        };
        let line = first.insert_before(line).id();
        if let Some(mut line) = page.tree.get_mut(line) {
            for child in run {
                line.append_id(child);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::select::css_selector;

    #[test]
    fn each_line_is_an_element() {
        let mut page = Html::parse_document(
            "<p>2019<br>May 8 <a href=x>Agenda</a> – <a href=y>Minutes</a><br><br>June 1<hr></p><p><br></p>",
        );
        let css = |text| css_selector("x", text).unwrap();
        wrap(&mut page, &css("p"));
        let lines: Vec<String> = page
            .select(&css("p > line"))
            .map(|line| line.text().collect())
            .collect();
        assert_eq!(lines, ["2019", "May 8 Agenda – Minutes", "June 1"]);
        assert_eq!(page.select(&css("line > a + a")).count(), 1);
        // Twice is once.
        wrap(&mut page, &css("p, line"));
        assert_eq!(page.select(&css("p > line")).count(), 3);
    }
}
