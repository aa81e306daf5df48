//! The API against its own description: every operation is driven, nothing fails, and nothing is
//! answered that the description does not say.

use std::collections::BTreeSet;

use axum::Router;
use regwire::domain::api_token::{ApiToken, Scope};
use regwire::domain::calendar::CalendarFilter;
use regwire::web::{Guard, description};
use serde_json::Value;

use super::{Answer, ask, filled, open, router};

/// A source of numbers that is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// What is wrong with a value, by a schema of the description.
fn misfit(api: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.strip_prefix('#').unwrap();
        let found = api.pointer(pointer);
        return match found {
            Some(schema) => misfit(api, schema, value, at),
            None => Some(format!("{at}: {name} is nowhere")),
        };
    }
    for many in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[many].as_array() {
            let fits = choices
                .iter()
                .any(|one| misfit(api, one, value, at).is_none());
            return (!fits).then(|| format!("{at}: {value} fits none of {many}"));
        }
    }
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    let fits = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        _ => true,
    };
    if !fits {
        return Some(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(map) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            if !map.contains_key(name) {
                return Some(format!("{at}.{name} is missing"));
            }
        }
        for (name, value) in map {
            let of = match schema["properties"].get(name) {
                Some(of) => of,
                None if schema["additionalProperties"].is_object() => {
                    &schema["additionalProperties"]
                }
                None if schema["properties"].is_object() => {
                    return Some(format!("{at}.{name} is not described"));
                }
                None => continue,
            };
            if let Some(fault) = misfit(api, of, value, &format!("{at}.{name}")) {
                return Some(fault);
            }
        }
    }
    if let Some(list) = value.as_array() {
        for (place, value) in list.iter().enumerate() {
            if let Some(fault) = misfit(api, &schema["items"], value, &format!("{at}[{place}]")) {
                return Some(fault);
            }
        }
    }
    None
}

/// Whether an answer is one of those that an operation has.
fn judge(api: &Value, operation: &Value, path: &str, answer: &Answer) {
    assert!(
        answer.status < 500,
        "{path}: {} {}",
        answer.status,
        answer.body
    );
    let told = &operation["responses"][answer.status.to_string()];
    assert!(
        told.is_object(),
        "{path}: {} is not described\n{}",
        answer.status,
        answer.body
    );
    if answer.status == 304 {
        assert_eq!(answer.body, "");
        return;
    }
    let kind = answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap()
        .trim()
        .to_owned();
    let form = &told["content"][&kind];
    assert!(
        form.is_object(),
        "{path}: {} as {kind} is not described: {told}",
        answer.status
    );
    if kind.ends_with("json") {
        let value: Value = serde_json::from_str(&answer.body).unwrap();
        if let Some(fault) = misfit(api, &form["schema"], &value, "") {
            panic!("{path}: {fault}");
        }
    }
}

/// Values that a parameter may be asked with: sound, odd and hostile.
fn value(dice: &mut Dice, name: &str, ids: &[String]) -> String {
    let odd = [
        "",
        "0",
        "-1",
        "99999999999999999999",
        "\u{0}",
        "é=&?#/",
        "' OR 1=1 --",
        "../../etc",
        "NaN",
        "a".repeat(3000).leak(),
    ];
    let sound: Vec<String> = match name {
        "q" => [
            "impact",
            "kind:consultation OR \"risk registers\"",
            "((\"",
            "guid* -x",
            "open:yes after:2026-02",
            "colour:red",
            "*",
            "AND",
            "ISO 42001",
        ]
        .map(str::to_owned)
        .to_vec(),
        "limit" => ["1", "7", "100", "101"].map(str::to_owned).to_vec(),
        "order" => ["best", "newest", "up"].map(str::to_owned).to_vec(),
        "after" => ["0", "3", "gdpr", "2026-11-20.x", "80.1.1"]
            .map(str::to_owned)
            .to_vec(),
        "from" | "until" => ["2026-01-01", "2027-12-31", "soon"]
            .map(str::to_owned)
            .to_vec(),
        "event" => ["comments_close", "easter"].map(str::to_owned).to_vec(),
        "id" => ids.to_vec(),
        "slug" => ["iso-iec-42001", "nowhere"].map(str::to_owned).to_vec(),
        "number" => ["1", "77"].map(str::to_owned).to_vec(),
        _ => ["eu", "gdpr", "iso-iec-42001"].map(str::to_owned).to_vec(),
    };
    if dice.roll(4) == 0 {
        odd[dice.roll(odd.len())].to_owned()
    } else {
        sound[dice.roll(sound.len())].clone()
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_it_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 60).await;
    let token = format!("rgw_{}", "k".repeat(40));
    let known = |scopes| ApiToken::new("auditor".to_owned(), &token, scopes, None).unwrap();
    let opened = router(
        &house,
        Guard::new("https://updates.example.org").with_tokens(vec![known(vec![Scope::Evidence])]),
    );
    let idle = router(
        &house,
        Guard::new("https://updates.example.org").with_tokens(vec![known(Vec::new())]),
    );
    let api: Value =
        serde_json::from_str(&ask(&opened, "/api/v1/openapi.json", &[]).await.body).unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    // OpenAPI wants of every answer what it means (4.8.17, Response Object).
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (status, answer) in operations["get"]["responses"].as_object().unwrap() {
            assert!(
                answer["description"]
                    .as_str()
                    .is_some_and(|told| !told.is_empty()),
                "{path}: {status}"
            );
        }
    }
    let stored = house.store.latest(false, None, 5).await.unwrap();
    let ids: Vec<String> = stored
        .iter()
        .map(|(_, update)| update.id.to_string())
        .chain(["gdpr", "bench", "nowhere", "iso"].map(str::to_owned))
        .collect();
    let bearer = format!("Bearer {token}");
    let mut dice = Dice(7);
    let mut operations = BTreeSet::new();
    let mut statuses = BTreeSet::new();
    for (template, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert_eq!(method, "get", "{template}");
            assert!(operations.insert(operation["operationId"].as_str().unwrap().to_owned()));
            for round in 0..60 {
                let mut path = template.clone();
                let mut query = Vec::new();
                for one in operation["parameters"].as_array().into_iter().flatten() {
                    let name = one["name"].as_str().unwrap();
                    if one["in"] == "path" {
                        let mut part = encoded(&value(&mut dice, name, &ids));
                        if part.is_empty() {
                            part = "x".to_owned();
                        }
                        path = path.replace(&format!("{{{name}}}"), &part);
                    } else if round > 0 && dice.roll(2) == 0 {
                        query.push(format!("{name}={}", encoded(&value(&mut dice, name, &ids))));
                    }
                }
                if dice.roll(12) == 0 {
                    query.push("strange=1".to_owned());
                }
                if !query.is_empty() {
                    path = format!("{path}?{}", query.join("&"));
                }
                let (router, headers): (&Router, Vec<(&str, &str)>) = match dice.roll(5) {
                    0 => (&idle, vec![("authorization", bearer.as_str())]),
                    1 => (&opened, Vec::new()),
                    2 => (&opened, vec![("if-none-match", "*")]),
                    _ => (&opened, vec![("authorization", bearer.as_str())]),
                };
                let answer = ask(router, &path, &headers).await;
                statuses.insert(answer.status);
                judge(&api, operation, &path, &answer);
            }
        }
    }
    assert!(operations.len() >= 17, "{operations:?}");
    for status in [200, 304, 400, 401, 403, 404] {
        assert!(
            statuses.contains(&status),
            "{status} was never answered: {statuses:?}"
        );
    }
}

#[test]
fn the_description_is_sound() {
    let api = serde_json::to_value(description()).unwrap();
    let text = api.to_string();
    // Every reference leads somewhere; every parameter of a path is described, and nothing else is.
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(api.pointer(pointer).is_some(), "{pointer}");
    }
    for (path, item) in api["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let named: BTreeSet<String> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "path")
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect();
            let braced: BTreeSet<String> = path
                .split('{')
                .skip(1)
                .map(|part| part.split('}').next().unwrap().to_owned())
                .collect();
            assert_eq!(named, braced, "{path}");
            assert!(
                !operation["summary"].as_str().unwrap_or("").is_empty(),
                "{path}"
            );
        }
    }
    assert_eq!(api["info"]["title"], "Regwire API");
    assert!(api["info"]["contact"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_lists_are_followed_to_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    let house = filled(folder.path(), 60).await;
    let router = open(&house);
    let get = async |path: String| -> Value {
        let answer = ask(&router, &path, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let mut after = 0;
    let mut positions = Vec::new();
    loop {
        let page = get(format!("/api/v1/changes?after={after}&limit=25")).await;
        let items = page["items"].as_array().unwrap();
        positions.extend(items.iter().map(|item| item["position"].as_i64().unwrap()));
        after = page["next"].as_i64().unwrap();
        if items.is_empty() {
            assert_eq!(page["head"], after);
            break;
        }
    }
    assert_eq!(
        positions,
        (1..=60).collect::<Vec<i64>>(),
        "no line is missing"
    );

    // What stands on frameworks' pages is in it as well, and no update tells it.
    let pages = CalendarFilter::default()
        .milestones(&house.library, "2026-01-01".parse().unwrap())
        .len();
    assert!(pages > 50, "{pages}");
    for (path, count) in [
        ("/api/v1/updates?q=risk&limit=7", 56),
        ("/api/v1/updates?q=kind:guidance&limit=7", 30),
        (
            "/api/v1/frameworks?limit=50",
            house.library.frameworks.len(),
        ),
        ("/api/v1/bodies?limit=100", house.library.bodies.len()),
        ("/api/v1/key-dates?from=2026-01-01&limit=4", 15 + pages),
    ] {
        let mut seen = BTreeSet::new();
        let mut next = String::new();
        loop {
            let page = get(format!("{path}{next}")).await;
            for item in page["items"].as_array().unwrap() {
                let id = item.get("id").or(item.get("uid")).unwrap().to_string();
                assert!(seen.insert(id), "{path}: twice");
            }
            match page["next"].as_str() {
                Some(after) => next = format!("&after={}", encoded(after)),
                None => break,
            }
        }
        assert_eq!(seen.len(), count, "{path}");
    }
    let facets = get("/api/v1/facets?q=framework:gdpr".to_owned()).await;
    assert_eq!(facets["facets"]["kind"][0]["count"], 10);
    let page = ask(&router, "/api", &[]).await;
    assert!(page.body.contains("changes") && page.status == 200);
}
