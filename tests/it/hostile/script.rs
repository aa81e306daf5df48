//! F11: whatever stands in whatever field, no page, snippet, mail or export runs it; and no item is
//! lost over it.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::IntoResponse as _;
use chrono::TimeDelta;
use regwire::daemon::Shift;
use regwire::daemon::jobs::{deliver, digest, index};
use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::subscription::EmailAddress;
use regwire::domain::subscription::Origin;
use regwire::render::update_line;
use regwire::web;
use scraper::Html;
use tower::ServiceExt as _;

use super::{Place, ordinary, serve, source};

/// Ways in, as they are known from the last twenty years of feed readers, mail programs and
/// sanitisers; `1` stands for whatever they would run.
const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//e.org/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script>",
    "<script\n>alert(1)</script\n>",
    "<script>//<!--\nalert(1)</script>",
    "<script x=\">\">alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x\"onerror=\"alert(1)\">",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x:x onerror\n=alert(1)>",
    "<img src=`x`onerror=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<image src=x onerror=alert(1)>",
    "<input onfocus=alert(1) autofocus>",
    "<select onfocus=alert(1) autofocus>",
    "<textarea onfocus=alert(1) autofocus>x</textarea>",
    "<keygen onfocus=alert(1) autofocus>",
    "<video><source onerror=alert(1)></video>",
    "<video poster=javascript:alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<body onload=alert(1)>x",
    "<body background=\"javascript:alert(1)\">x",
    "<html onmouseover=alert(1)>x",
    "<marquee onstart=alert(1)>x</marquee>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<p onclick=alert(1) onMouseOver=alert(1)>x</p>",
    "<p ONCLICK='alert(1)'>x</p>",
    "<b/onclick=alert(1)>x</b>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=JaVaScRiPt:alert(1)>x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"java&#10;script:alert(1)\">x</a>",
    "<a href=\"java&Tab;script&colon;alert(1)\">x</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href=\"&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)\">x</a>",
    "<a href=\"&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"livescript:x\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">x</a>",
    "<a href=\"blob:https://e.org/1\">x</a>",
    "<a href=\"file:///etc/passwd\">x</a>",
    "<a href=\"//e.org\" target=_blank rel=opener ping=//e.org>x</a>",
    "<a href=\"http://u:p@e.org/\">x</a>",
    "<a xlink:href=\"javascript:alert(1)\">x</a>",
    "<a id=location name=parent href=/x>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<form id=f></form><button form=f formaction=javascript:alert(1)>x</button>",
    "<isindex action=javascript:alert(1) type=image>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object>",
    "<object type=\"text/x-scriptlet\" data=\"//e.org/x\"></object>",
    "<embed src=javascript:alert(1)>",
    "<embed src=//e.org/x.swf allowscriptaccess=always>",
    "<applet code=x></applet>",
    "<base href=\"javascript:alert(1)//\">x",
    "<base href=//e.org/>x",
    "<link rel=stylesheet href=//e.org/x.css>",
    "<link rel=import href=//e.org/x>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<meta http-equiv=Set-Cookie content=x=1>",
    "<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<style>@import '//e.org/x.css';</style>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<style>*{x:expression(alert(1))}</style>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<p style=\"width:expression(alert(1))\">x</p>",
    "<p style='behavior:url(#default#time2)' onbegin=alert(1)>x</p>",
    "<p style=\"-moz-binding:url(//e.org/x)\">x</p>",
    "<p style=\"position:fixed;inset:0\">x</p>",
    "<xss style=\"xss:expr/*X*/ession(alert(1))\">x</xss>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text y=20>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><set attributeName=onmouseover to=alert(1)>",
    "<svg><use href=\"data:image/svg+xml,<svg/onload=alert(1)>\">",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><foreignObject><iframe onload=alert(1)></foreignObject></svg>",
    "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<math><annotation-xml encoding=\"text/html\"><img src=x onerror=alert(1)></annotation-xml></math>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<table background=javascript:alert(1)><tr><td>x</table>",
    "<table><td background=javascript:alert(1)>x</table>",
    "<xmp><p title=\"</xmp><script>alert(1)</script>\"></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<listing>&lt;img src=1 onerror=alert(1)&gt;</listing>",
    "<xml><i><b>&lt;img src=1 onerror=alert(1)&gt;</b></i></xml>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>x",
    "<?php echo 1 ?>x",
    "<% alert(1) %>x",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<!' <a href=\"/x\">x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\u{ff1c}script\u{ff1e}alert(1)\u{ff1c}/script\u{ff1e}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "{{7*7}}{% raw %}{{ config }}{% endraw %}",
    "${alert(1)} #{alert(1)} <%= 1 %>",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "x\r\nBcc: everybody@e.org\r\n\r\n<script>alert(1)</script>",
    "x\u{0}\u{8}\u{1b}[31mred\u{7f}\u{9b}31m",
    "safe\u{202e}live\u{2066}x\u{2069}",
    "<a href=\"https://e.org/\" onclick=alert(1) style=x class=y id=z>x</a>",
    "<p title='<img src=x onerror=alert(1)>'>x</p>",
    "<abbr title=\"--><script>alert(1)</script>\">x</abbr>",
    "<q cite=\"javascript:alert(1)\">x</q>",
    "<del cite=javascript:alert(1)>x</del>",
    "<ol start=1 type=\"x\" onclick=alert(1)><li value=1>x</ol>",
    "<td colspan=\"1\" rowspan=9999999999 onclick=alert(1)>x",
    "<portal src=//e.org></portal>",
    "<dialog open onclose=alert(1)>x</dialog>",
    "<bgsound src=javascript:alert(1)>",
    "<layer src=//e.org/x.js></layer>",
    "<ilayer src=x></ilayer>",
    "<blink onclick=alert(1)>x</blink>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "<a-\u{e9} onclick=alert(1)>x</a-\u{e9}>",
];

/// What may stand in a text that we have made safe.
const ALLOWED: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "dl",
    "dt",
    "em",
    "figcaption",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];

/// What no page or mail of ours has.
const FORBIDDEN: &[&str] = &[
    "script",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "base",
    "svg",
    "math",
    "img",
    "image",
    "video",
    "audio",
    "source",
    "template",
    "noscript",
    "marquee",
    "portal",
    "xmp",
    "plaintext",
    "textarea",
    "keygen",
    "isindex",
    "bgsound",
    "layer",
    "dialog",
];

fn faults_of_attributes(element: &scraper::node::Element, inline_style: bool) -> Vec<String> {
    let mut out = Vec::new();
    for (name, value) in element.attrs() {
        let name = name.to_ascii_lowercase();
        let squeezed: String = value
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .flat_map(char::to_lowercase)
            .collect();
        let address = matches!(
            name.as_str(),
            "href" | "src" | "action" | "formaction" | "xlink:href"
        );
        let bad = name.starts_with("on")
            || name == "srcdoc"
            || (name == "style" && !inline_style)
            || (address
                && [
                    "javascript:",
                    "vbscript:",
                    "livescript:",
                    "data:",
                    "file:",
                    "blob:",
                ]
                .iter()
                .any(|scheme| squeezed.starts_with(scheme)));
        if bad {
            out.push(format!("<{} {name}={value:?}>", element.name()));
        }
    }
    out
}

/// What a plot is made of.
const SHAPES: &[&str] = &["a", "circle", "g", "line", "path", "rect", "text", "title"];

/// What is dangerous in a whole page or mail.
fn dangers(html: &str, inline_style: bool) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut out = Vec::new();
    for node in page.tree.nodes() {
        let Some(element) = node.value().as_element() else {
            continue;
        };
        // The site draws plots of its own, of shapes and words and nothing else.
        let plot = element.name() == "svg"
            && element
                .attr("class")
                .is_some_and(|class| class.split(' ').any(|one| one == "plot"))
            && node
                .descendants()
                .filter_map(|inner| inner.value().as_element())
                .all(|inner| inner == element || SHAPES.contains(&inner.name()));
        if FORBIDDEN.contains(&element.name()) && !plot {
            out.push(format!("<{}>", element.name()));
        }
        if element.name() == "meta"
            && element
                .attr("http-equiv")
                .is_some_and(|v| v.eq_ignore_ascii_case("refresh"))
        {
            out.push("<meta refresh>".to_owned());
        }
        out.extend(faults_of_attributes(element, inline_style));
    }
    out
}

/// What may not stand in a text made safe.
fn impurities(html: &str) -> Vec<String> {
    let fragment = Html::parse_fragment(html);
    let mut out = Vec::new();
    for node in fragment.tree.values() {
        if node.is_comment() {
            out.push("a comment".to_owned());
        }
        let Some(element) = node.as_element() else {
            continue;
        };
        // What the reader of fragments stands them in.
        if matches!(element.name(), "html" | "body") {
            continue;
        }
        if !ALLOWED.contains(&element.name()) {
            out.push(format!("<{}>", element.name()));
        }
        for (name, value) in element.attrs() {
            let known = matches!(name, "href" | "rel" | "colspan" | "rowspan");
            let scheme = name != "href"
                || ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|s| value.starts_with(s));
            if !known || !scheme {
                out.push(format!("<{} {name}={value:?}>", element.name()));
            }
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| matches!(c, '\n' | '\r' | '\t') || !c.is_control())
        .collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn in_rss(number: usize, vector: &str) -> String {
    let vector = escaped(vector);
    format!(
        "<item><guid isPermaLink=\"false\">r{number}</guid><title>kept r{number} {vector}</title><link>javascript:alert(1)//{vector}</link><link>https://e.org/r/{number}?{vector}</link><author>kept {vector}</author><dc:creator>{vector}</dc:creator><category>{vector}</category><enclosure url=\"javascript:alert(1)\" type=\"{vector}\"/><enclosure url=\"https://e.org/f?{vector}\" type=\"{vector}\"/><pubDate>Fri, 06 Nov 2026 10:00:00 GMT</pubDate><description>{vector} kept</description><content:encoded>{vector} kept</content:encoded></item>"
    )
}

fn in_atom(number: usize, vector: &str) -> String {
    let vector = escaped(vector);
    format!(
        "<entry><id>javascript:alert(1)//a{number}</id><title type=\"html\">kept a{number} {vector}</title><link href=\"https://e.org/a/{number}\"/><author><name>{vector}</name><uri>javascript:alert(1)</uri></author><category term=\"{vector}\" label=\"{vector}\"/><updated>2026-11-06T10:00:00Z</updated><summary type=\"text\">{vector} kept</summary><content type=\"html\">{vector} kept</content></entry>"
    )
}

fn in_json(number: usize, vector: &str) -> serde_json::Value {
    serde_json::json!({
        "id": format!("j{number} {vector}"), "title": format!("kept j{number} {vector}"), "url": format!("https://e.org/j/{number}"),
        "external_url": format!("javascript:alert(1)//{vector}"), "content_html": format!("{vector} kept"), "summary": format!("{vector} kept"),
        "tags": [vector], "authors": [{"name": vector, "url": "javascript:alert(1)"}], "date_published": "2026-11-06T10:00:00Z",
        "attachments": [{"url": "javascript:alert(1)", "mime_type": vector}],
    })
}

/// Four sources whose every field holds a way in.
async fn world() -> Place {
    let each = |make: fn(usize, &str) -> String| -> String {
        VECTORS
            .iter()
            .enumerate()
            .map(|(n, vector)| make(n, vector))
            .collect()
    };
    let rss = format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{0}</title><link>javascript:alert(1)</link><description>{0}</description><copyright>{0}</copyright>{1}</channel></rss>",
        escaped("<img src=x onerror=alert(1)>"),
        each(in_rss)
    );
    let atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"javascript:alert(1)\"><title type=\"html\">{}</title>{}</feed>",
        escaped(VECTORS[0]),
        each(in_atom)
    );
    let items: Vec<_> = VECTORS
        .iter()
        .enumerate()
        .map(|(n, vector)| in_json(n, vector))
        .collect();
    let json = serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": VECTORS[0], "home_page_url": "javascript:alert(1)", "items": items}).to_string();
    let rows: String = VECTORS
        .iter()
        .enumerate()
        .map(|(n, vector)| {
            format!(
                "<li><a href=\"/l/{n}\" title=\"{0}\">kept l{n} {0}</a><p>{0}</p></li>",
                escaped(vector)
            )
        })
        .collect();
    let list = format!(
        "<!DOCTYPE html><html><head><title>News</title></head><body><ul>{rows}</ul></body></html>"
    );
    let at = serve(Router::new().fallback(move |request: axum::extract::Request| {
        let (kind, body) = match request.uri().path() {
            "/rss" => ("application/rss+xml", rss.clone()),
            "/atom" => ("application/atom+xml", atom.clone()),
            "/json" => ("application/feed+json", json.clone()),
            "/list" => ("text/html", list.clone()),
            "/bad" => ("text/html; charset=<script>alert(1)</script>", "<html><head><title><script>alert(1)</script></title></head><body onload=alert(1)>".to_owned()),
            _ => ("", String::new()),
        };
        async move {
            if kind.is_empty() {
                return StatusCode::NOT_FOUND.into_response();
            }
            ([(header::CONTENT_TYPE, kind)], body).into_response()
        }
    }))
    .await;
    let select = "select = { item = \"li\", title = \"a\", link = \"a@href\", summary = \"p\" }";
    let sources = source("rss", "feed", &format!("http://{at}/rss"), "")
        + &source("atom", "feed", &format!("http://{at}/atom"), "")
        + &source("json", "feed", &format!("http://{at}/json"), "")
        + &source("list", "listing", &format!("http://{at}/list"), select)
        + &source("bad", "feed", &format!("http://{at}/bad"), "");
    ordinary(&sources).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_in_any_field_runs_anywhere_and_nothing_is_lost() {
    let place = world().await;
    let house = &place.house;
    house
        .store
        .subscribe(
            &EmailAddress::new("ada@example.org").unwrap(),
            &DigestName::new("weekly").unwrap(),
            &Criteria::All,
            Origin::Operator,
            house.clock.now(),
        )
        .await
        .unwrap();
    let visits = place.collect().await;
    println!(
        "{} ways in, {} items",
        VECTORS.len(),
        visits.iter().map(|v| v.new).sum::<u32>()
    );
    index::follow(house).await.unwrap();
    let count = u32::try_from(VECTORS.len()).unwrap();
    for visit in visits.iter().filter(|visit| visit.source.as_str() != "bad") {
        assert_eq!((visit.entries, visit.new), (count, count), "{visit:?}");
    }

    let mut found = Vec::new();
    let updates = house.store.export_updates(None, 10_000).await.unwrap();
    assert_eq!(updates.len(), 4 * VECTORS.len());
    let texts = |line: &serde_json::Value| -> Vec<String> {
        let mut out = Vec::new();
        let mut todo = vec![line.clone()];
        while let Some(value) = todo.pop() {
            match value {
                serde_json::Value::String(text) => out.push(text),
                serde_json::Value::Array(list) => todo.extend(list),
                serde_json::Value::Object(map) => todo.extend(map.into_iter().map(|(_, v)| v)),
                _ => {}
            }
        }
        out
    };
    for (_, update) in &updates {
        let line = update_line(update, house.source(&update.source));
        let content = line["content"].as_str().unwrap();
        for impurity in impurities(content) {
            found.push(format!(
                "{} {}: {impurity} in {content}",
                update.source, update.key
            ));
        }
        for text in texts(&line) {
            if text.chars().any(|c| c.is_control() && c != '\n') {
                found.push(format!(
                    "{}: a control character in {text:?}",
                    update.source
                ));
            }
        }
        let address = line["url"].as_str().unwrap_or("https://");
        assert!(
            address.starts_with("https://") || address.starts_with("http://"),
            "{address}"
        );
        for file in line["enclosures"].as_array().unwrap() {
            assert!(file["url"].as_str().unwrap().starts_with("http"), "{file}");
        }
        assert!(
            update.content.title.contains("kept"),
            "{}",
            update.content.title
        );
        assert!(
            content.is_empty() || content.contains("kept") || update.source.as_str() == "list",
            "{} {}: {content}",
            update.source,
            update.key
        );
    }

    // Every page that shows any of it.
    let site = web::router(web::Site {
        store: house.store.clone(),
        index: house.index.clone(),
        renderer: std::sync::Arc::clone(&house.renderer),
        library: std::sync::Arc::clone(&house.library),
        sources: std::sync::Arc::clone(&house.sources),
        digests: house.config.digests.clone(),
        clock: house.clock.clone(),
    });
    let mut pages: Vec<String> = [
        "/",
        "/sources",
        "/digests",
        "/search?q=kept",
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/search?q=alert&page=2",
        "/nowhere/%3Cscript%3E",
    ]
    .map(str::to_owned)
    .into();
    pages.extend((1..=8).map(|page| format!("/search?q=kept&page={page}")));
    pages.extend(
        updates
            .iter()
            .map(|(_, update)| format!("/updates/{}", update.id)),
    );
    let mut looked = 0;
    for path in &pages {
        let request = Request::get(path.as_str()).body(Body::empty()).unwrap();
        let response = site.clone().oneshot(request).await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        let body = axum::body::to_bytes(response.into_body(), 4 << 20)
            .await
            .unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        found.extend(
            dangers(&html, false)
                .into_iter()
                .map(|danger| format!("{path}: {danger}")),
        );
        looked += 1;
    }

    // The mail and the page of the issue.
    house.clock.move_to(house.clock.now() + TimeDelta::days(3));
    let shift = Shift::begin(house).await.unwrap().unwrap();
    let post = house.post().unwrap();
    let issues = digest::close_due(house, shift.lease()).await.unwrap();
    assert!(!issues.is_empty());
    let sent = deliver::deliver_due(house, shift.lease(), &post)
        .await
        .unwrap()
        .sent;
    assert_eq!(sent, 1);
    shift.end().await.unwrap();
    let mail = std::fs::read_dir(house.spool())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|kind| kind == "eml"))
        .unwrap();
    let mail = std::fs::read(mail).unwrap();
    let read = mail_parser::MessageParser::default().parse(&mail).unwrap();
    let html = read.body_html(0).unwrap();
    found.extend(
        dangers(&html, true)
            .into_iter()
            .map(|danger| format!("mail: {danger}")),
    );
    let headers: Vec<&str> = read.headers().iter().map(|header| header.name()).collect();
    assert!(
        !headers.iter().any(|name| name.eq_ignore_ascii_case("bcc")),
        "{headers:?}"
    );
    let request = Request::get("/digests/1").body(Body::empty()).unwrap();
    let response = site.clone().oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 8 << 20)
        .await
        .unwrap();
    let html = String::from_utf8(body.to_vec()).unwrap();
    found.extend(
        dangers(&html, false)
            .into_iter()
            .map(|danger| format!("/digests/1: {danger}")),
    );

    println!(
        "{looked} pages, a mail and an issue looked at; {} dangers",
        found.len()
    );
    assert!(
        found.is_empty(),
        "{} dangers, such as {:#?}",
        found.len(),
        &found[..found.len().min(20)]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_for_a_spreadsheet_holds_no_formula_and_the_terminal_no_command() {
    let place = world().await;
    place.collect().await;
    let data = place.house.config.data.clone();
    let csv = crate::command_line::run(
        crate::command_line::regwire(&data).args(["export", "updates", "--csv"]),
    );
    let mut rows = csv::ReaderBuilder::new().from_reader(csv.stdout.as_slice());
    let mut cells = 0;
    for row in rows.records() {
        for cell in &row.unwrap() {
            cells += 1;
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell:?}"
            );
            assert!(!cell.contains(['\u{1b}', '\u{9b}', '\0']), "{cell:?}");
        }
    }
    assert!(cells > 1_000);
    for arguments in [
        vec!["export", "updates", "--jsonl"],
        vec!["sources"],
        vec!["sources", "--json"],
    ] {
        let out = crate::command_line::run(crate::command_line::regwire(&data).args(&arguments));
        let text = String::from_utf8(out.stdout).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\0']), "{arguments:?}");
    }
}
