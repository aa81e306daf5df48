//! The world's sources as their publishers would serve them: RSS, Atom, RDF, JSON Feed, listings.

use serde_json::json;

use super::world::{Face, Format, Outlet, Shape, rfc_822};
use crate::domain::source::Select;
use crate::text::date::Stamp;

/// The selectors that read a listing of that shape, as an operator would write them.
pub(super) fn selectors(shape: Shape) -> Select {
    let select = |item: &str, title: &str, date: &str, summary: &str| Select {
        item: Some(item.to_owned()),
        link: Some(format!("{title}@href").into()),
        title: Some(title.into()),
        date: Some(date.into()),
        summary: Some(summary.into()),
        ..Select::default()
    };
    match shape {
        Shape::Cards => select("article.news", "h3 a", "time", "p.lead"),
        Shape::Table => select(
            "table.notices tbody tr",
            "td.title a",
            "td.date",
            "td.about",
        ),
        Shape::List => select("ul.updates > li", "a", "span.date", "span.about"),
    }
}

/// The page that lists: its media type and its text.
pub(super) fn front(outlet: &Outlet, base: &str, faces: &[Face]) -> (&'static str, String) {
    match outlet.format {
        Format::Rss => (
            "application/rss+xml; charset=utf-8",
            rss(outlet, base, faces),
        ),
        Format::Atom => (
            "application/atom+xml; charset=utf-8",
            atom(outlet, base, faces),
        ),
        Format::Rdf => (
            "application/rdf+xml; charset=utf-8",
            rdf(outlet, base, faces),
        ),
        Format::Json => ("application/feed+json", json_feed(outlet, base, faces)),
        Format::Listing => ("text/html; charset=utf-8", listing(outlet, base, faces)),
        Format::Page => (
            "text/html; charset=utf-8",
            faces
                .first()
                .map(|face| page(outlet, face))
                .unwrap_or_default(),
        ),
        Format::Catalogue => ("application/x-ndjson", catalogue(faces)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn rss(outlet: &Outlet, base: &str, faces: &[Face]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>{}</title><link>{base}/</link><description>{}</description><language>{}</language>\n",
        escaped(&outlet.name),
        escaped(&outlet.name),
        outlet.language
    );
    for face in faces {
        out.push_str(&format!(
            "<item><title>{}</title><link>{base}/updates/{}</link><guid isPermaLink=\"false\">{}:{}</guid>",
            escaped(&face.title), face.key, outlet.id, face.key
        ));
        if let Some(stamp) = face.published {
            out.push_str(&format!("<pubDate>{}</pubDate>", rfc_822(stamp)));
        }
        out.push_str(&format!(
            "<description>{}</description>",
            escaped(&face.summary)
        ));
        if !face.body.is_empty() {
            out.push_str(&format!(
                "<content:encoded><![CDATA[{}]]></content:encoded>",
                face.body.replace("]]>", "")
            ));
        }
        for category in &face.categories {
            out.push_str(&format!("<category>{}</category>", escaped(category)));
        }
        out.push_str("</item>\n");
    }
    out.push_str("</channel></rss>\n");
    out
}

fn atom(outlet: &Outlet, base: &str, faces: &[Face]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\"><title>{}</title><id>{base}/</id><link href=\"{base}/\"/>\n",
        outlet.language,
        escaped(&outlet.name)
    );
    for face in faces {
        out.push_str(&format!(
            "<entry><title>{}</title><id>tag:{},2026:{}</id><link rel=\"alternate\" href=\"{base}/updates/{}\"/>",
            escaped(&face.title), outlet.host, face.key, face.key
        ));
        if let Some(stamp) = face.published {
            out.push_str(&format!(
                "<published>{0}</published><updated>{0}</updated>",
                rfc_3339(stamp)
            ));
        }
        out.push_str(&format!("<summary>{}</summary>", escaped(&face.summary)));
        if !face.body.is_empty() {
            out.push_str(&format!(
                "<content type=\"html\">{}</content>",
                escaped(&face.body)
            ));
        }
        for category in &face.categories {
            out.push_str(&format!("<category term=\"{}\"/>", escaped(category)));
        }
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

fn rdf(outlet: &Outlet, base: &str, faces: &[Face]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"{base}/\"><title>{}</title><link>{base}/</link><description>{}</description></channel>\n",
        escaped(&outlet.name),
        escaped(&outlet.name)
    );
    for face in faces {
        out.push_str(&format!(
            "<item rdf:about=\"{base}/updates/{0}\"><title>{1}</title><link>{base}/updates/{0}</link><description>{2}</description><dc:language>{3}</dc:language>",
            face.key, escaped(&face.title), escaped(&face.summary), outlet.language
        ));
        if let Some(stamp) = face.published {
            out.push_str(&format!("<dc:date>{stamp}</dc:date>"));
        }
        for category in &face.categories {
            out.push_str(&format!("<dc:subject>{}</dc:subject>", escaped(category)));
        }
        out.push_str("</item>\n");
    }
    out.push_str("</rdf:RDF>\n");
    out
}

fn json_feed(outlet: &Outlet, base: &str, faces: &[Face]) -> String {
    let items: Vec<serde_json::Value> = faces
        .iter()
        .map(|face| {
            let mut item = json!({
                "id": format!("{}:{}", outlet.id, face.key),
                "url": format!("{base}/updates/{}", face.key),
                "title": face.title,
                "summary": face.summary,
                "tags": face.categories,
            });
            if let Some(stamp) = face.published {
                item["date_published"] = json!(rfc_3339(stamp));
            }
            if !face.body.is_empty() {
                item["content_html"] = json!(face.body);
            }
            item
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": format!("{base}/"),
        "language": outlet.language,
        "items": items,
    })
    .to_string()
}

fn rfc_3339(stamp: Stamp) -> String {
    stamp
        .instant()
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn listing(outlet: &Outlet, base: &str, faces: &[Face]) -> String {
    let date = |face: &Face| {
        face.published.map_or_else(String::new, |stamp| {
            // A pattern that cannot be written would be a fault of the world's file.
            stamp.day().format(&outlet.date_format).to_string()
        })
    };
    let rows: String = faces
        .iter()
        .map(|face| {
            let (title, about, date) = (escaped(&face.title), escaped(&face.summary), date(face));
            let href = format!("/updates/{}", face.key);
            match outlet.shape {
                Shape::Cards => format!("<article class=\"news\"><h3><a href=\"{href}\">{title}</a></h3><time>{date}</time><p class=\"lead\">{about}</p></article>\n"),
                Shape::Table => format!("<tr><td class=\"date\">{date}</td><td class=\"title\"><a href=\"{href}\">{title}</a></td><td class=\"about\">{about}</td></tr>\n"),
                Shape::List => format!("<li><span class=\"date\">{date}</span> <a href=\"{href}\">{title}</a> <span class=\"about\">{about}</span></li>\n"),
            }
        })
        .collect();
    let rows = match outlet.shape {
        Shape::Cards => rows,
        Shape::Table => format!(
            "<table class=\"notices\"><thead><tr><th>Date</th><th>Notice</th><th>About</th></tr></thead><tbody>\n{rows}</tbody></table>"
        ),
        Shape::List => format!("<ul class=\"updates\">\n{rows}</ul>"),
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head><body><nav><a href=\"{base}/\">Home</a></nav><main><h1>{}</h1>\n{rows}</main></body></html>\n",
        outlet.language,
        escaped(&outlet.name),
        escaped(&outlet.name)
    )
}

/// A line a standard, as ISO Open Data writes them.
fn catalogue(faces: &[Face]) -> String {
    let mut out = String::new();
    let standards = faces
        .iter()
        .filter_map(|face| face.row.as_ref().zip(Some(face)));
    for (row, face) in standards {
        let line = json!({
            "id": face.key.parse::<u64>().unwrap_or_default(),
            "deliverableType": "IS",
            "supplementType": null,
            "reference": row.reference,
            "title": { "en": face.title },
            "publicationDate": face.published.map(|stamp| stamp.day().to_string()),
            "edition": 1,
            "icsCode": [],
            "ownerCommittee": row.committee,
            "currentStage": row.stage,
            "replaces": null,
            "replacedBy": null,
            "languages": ["en"],
            "pages": null,
            "scope": null,
        });
        out.push_str(&line.to_string());
        out.push('\n');
    }
    out
}

/// An item's own page.
pub(super) fn page(outlet: &Outlet, face: &Face) -> String {
    let body = if face.body.is_empty() {
        format!("<p>{}</p>", escaped(&face.summary))
    } else {
        face.body.clone()
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head><body><main><p>{} (sample)</p><h1>{}</h1>{body}</main></body></html>\n",
        outlet.language,
        escaped(&face.title),
        escaped(&outlet.name),
        escaped(&face.title)
    )
}
