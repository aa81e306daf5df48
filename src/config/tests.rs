use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn read(text: &str) -> Result<Config, Error> {
    Config::read(
        "regwire.toml",
        text,
        PathBuf::from("."),
        PathBuf::from("data"),
        |_| None,
    )
}

#[test]
fn every_key_has_a_default_and_the_example_is_right() {
    let config = read("").unwrap();
    assert_eq!(config.digests.len(), 1);
    assert_eq!(config.store, "sqlite:regwire.db");
    read(EXAMPLE).unwrap();
}

#[test]
fn all_faults_are_told_at_once() {
    let error = read("base_url = \"updates\"\n[web]\nlisten = \"8080\"\n[fetch]\nallow = [\"*\"]\ngapp = \"2s\"\n[mail]\nfrom = \"nobody\"\n[[digest]]\nname = \"Weekly\"\ncron = \"0 8 * *\"\n")
        .unwrap_err()
        .to_string();
    for part in [
        "regwire.toml:1: base_url",
        "regwire.toml:3: web.listen",
        "regwire.toml:5: fetch.allow",
        "did you mean `gap`",
        "mail.from",
        "regwire.toml:10",
        "regwire.toml:11",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn keys_come_from_files_and_the_environment_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.key"), "planted-a\n").unwrap();
    let read = |text: &str| {
        Config::read(
            "regwire.toml",
            text,
            folder.path().to_owned(),
            PathBuf::new(),
            |key| (key == "B_KEY").then(|| "planted-b".to_owned()),
        )
    };
    let config = read("[fetch.keys]\na = { file = \"a.key\" }\nb = { env = \"B_KEY\" }\n").unwrap();
    assert_eq!(
        config.fetch.keys["a"],
        fetch::Secret::new("planted-a").unwrap()
    );
    assert_eq!(config.fetch.keys.len(), 2);
    assert!(!format!("{config:?}").contains("planted"));
    let error = read("[fetch.keys]\na = { file = \"none.key\" }\nb = { env = \"C_KEY\" }\nc = {}\nd = \"plan\\nted\"\n")
        .unwrap_err()
        .to_string();
    for (line, part) in [
        (2, "cannot read"),
        (3, "no C_KEY"),
        (4, "write one of"),
        (5, "no header may hold"),
    ] {
        assert!(
            error.contains(&format!("regwire.toml:{line}: fetch.keys")) && error.contains(part),
            "{part}: {error}"
        );
    }
}

#[test]
fn teams_are_read_with_what_they_track_and_their_addresses_are_never_shown() {
    let config = read("[[team]]\nname = \"AI governance\"\nwhen = \"daily\"\nat = \"7 Europe/Berlin\"\ntrack = [\"ISO/IEC 42001\", \"framework:eu-ai-act\", \"query:\\\"harmonised standard\\\" jurisdiction:eu\", \"deadlines\"]\nemail = [\"a@example.org\"]\nslack = \"https://hooks.example.org/planted\"\nwebhook = { url = \"https://e.org/planted\", secret = \"whsec_planted\" }\n").unwrap();
    let team = &config.teams[0];
    assert_eq!(team.id.as_str(), "ai-governance");
    assert_eq!(team.frequency.to_string(), "daily at 7:00 Europe/Berlin");
    let track: Vec<String> = team.track.iter().map(ToString::to_string).collect();
    assert_eq!(
        track,
        [
            "standard:ISO/IEC 42001",
            "framework:eu-ai-act",
            "query:\"harmonised standard\" jurisdiction:eu",
            "deadlines"
        ]
    );
    assert_eq!(team.ways().len(), 3);
    assert!(!format!("{config:?}").contains("planted"));
    let error = read("[[team]]\nname = \"A\"\nwhen = \"hourly\"\n[[team]]\nname = \"B\"\ntrack = [\"colour:red\"]\nslack = \"nowhere\"\nwebhook = { url = \"https://e.org\" }\n")
        .unwrap_err()
        .to_string();
    for part in [
        "hourly",
        "colour",
        "slack",
        "needs a secret",
        "told somewhere",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn the_environment_wins() {
    let config = Config::read(
        "x",
        "[store]\nurl = \"sqlite:a.db\"\n",
        PathBuf::new(),
        PathBuf::new(),
        |key| (key == "REGWIRE_STORE_URL").then(|| "sqlite:b.db".to_owned()),
    )
    .unwrap();
    assert_eq!(config.store, "sqlite:b.db");
}

/// The example with what is commented out put in.
fn whole_example() -> String {
    let is_setting = |line: &str| {
        (line.starts_with('[') && line.ends_with(']'))
            || line.split_once(" = ").is_some_and(|(key, _)| {
                !key.is_empty()
                    && key
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b"_-".contains(&b))
            })
    };
    EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if is_setting(setting) => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

/// Every key of a file with its table, places in lists left out.
fn keys_of(value: &toml::Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                // Keys of interfaces are named as one likes; what each holds is known.
                let free = path.starts_with("fetch.keys.") && path.matches('.').count() == 2;
                let path = if free {
                    "fetch.keys.a".to_owned()
                } else {
                    path
                };
                out.insert(path.clone());
                keys_of(value, &path, out);
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| keys_of(item, path, out)),
        _ => {}
    }
}

#[test]
fn the_example_has_every_key_and_no_other() {
    let text = whole_example();
    let value: toml::Value = toml::from_str(&text).unwrap();
    let mut shown = BTreeSet::new();
    keys_of(&value, "", &mut shown);
    let mut known: BTreeSet<String> = Config::keys();
    known.extend(["fetch.keys".to_owned(), "fetch.keys.a".to_owned()]);
    let missing: Vec<_> = known.difference(&shown).collect();
    let strange: Vec<_> = shown.difference(&known).collect();
    assert!(missing.is_empty(), "the example lacks {missing:?}");
    assert!(strange.is_empty(), "nobody reads {strange:?}");
    assert!(known.len() >= 50, "{}", known.len());
}

#[test]
fn what_the_example_shows_is_the_default() {
    let shown = |text: &str| {
        let config = read(text).unwrap();
        format!("{config:?} {}", config.store)
    };
    let without: String = EXAMPLE
        .lines()
        .filter(|line| !line.starts_with("contact = ") && !line.starts_with("from = "))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(shown(&without), shown(""));
}

/// A reading with an environment.
fn read_in(text: &str, environment: &[(&str, &str)]) -> Result<Config, Error> {
    let variables: BTreeMap<&str, &str> = environment.iter().copied().collect();
    Config::read(
        "regwire.toml",
        text,
        PathBuf::from("."),
        PathBuf::from("data"),
        |key| variables.get(key).map(|text| (*text).to_owned()),
    )
}

#[test]
fn one_rule_names_the_variable_of_every_single_value() {
    let config = read_in(
        "base_url = \"https://a.example\"\n[web]\nlisten = \"127.0.0.1:1\"\nhosts = [\"a\"]\n",
        &[
            ("REGWIRE_BASE_URL", "https://b.example/"),
            ("REGWIRE_CONTACT", "b@example.org"),
            ("REGWIRE_STORE_URL", "postgres://u:p@h/d"),
            ("REGWIRE_WEB_LISTEN", "127.0.0.1:2"),
            ("REGWIRE_WEB_HOSTS", "b, c"),
            ("REGWIRE_WEB_RATE", "7"),
            ("REGWIRE_WEB_TRUSTED_PROXIES", "10.0.0.0/8"),
            ("REGWIRE_FETCH_ALLOW", "10.0.0.0/8,127.0.0.0/8"),
            ("REGWIRE_FETCH_GAP", "5s"),
            ("REGWIRE_FETCH_PROXY", "http://u:planted@proxy:3128"),
            ("REGWIRE_MAIL_SMTP", "smtp://u:planted@relay"),
            ("REGWIRE_MAIL_FROM", "B <b@example.org>"),
            ("REGWIRE_MAIL_RETURN_PATH", "bounces@example.org"),
            ("REGWIRE_MAIL_POSTAL_ADDRESS", "1 High Street"),
            ("REGWIRE_MAIL_RATE", "20/s"),
            ("REGWIRE_METRICS_LISTEN", "0.0.0.0:9464"),
            ("REGWIRE_METRICS_PUBLIC", "true"),
            ("REGWIRE_OPERATOR_PING", "https://ping.example/planted"),
            ("REGWIRE_OPERATOR_PING_EVERY", "10m"),
            ("REGWIRE_OPERATOR_WEEKLY", "0 9 * * 2"),
            ("REGWIRE_OPERATOR_ZONE", "Europe/Paris"),
        ],
    )
    .unwrap();
    assert_eq!(config.base_url, "https://b.example");
    assert_eq!(config.contact.as_deref(), Some("b@example.org"));
    assert_eq!(config.store, "postgres://u:p@h/d");
    assert_eq!(config.listen, "127.0.0.1:2");
    assert_eq!(config.web.hosts, ["b", "c"]);
    assert_eq!(config.web.rate, 7);
    assert_eq!(config.web.trusted_proxies.len(), 1);
    assert_eq!(config.fetch.allow.len(), 2);
    assert_eq!(config.fetch.gap, TimeDelta::seconds(5));
    assert_eq!(config.mail.rate.map(std::num::NonZeroU32::get), Some(20));
    assert!(config.mail.smtp.is_some() && config.return_path.is_some());
    assert_eq!(config.mail_from, "B <b@example.org>");
    assert_eq!(config.postal_address.as_deref(), Some("1 High Street"));
    assert_eq!(config.metrics.listen.unwrap().port(), 9464);
    assert!(config.operator.ping.is_some());
    assert_eq!(config.operator.ping_every, TimeDelta::minutes(10));
    let shown = format!("{config:?}");
    assert!(
        !shown.contains("planted") && !shown.contains("u:p@"),
        "{shown}"
    );
    // Every single value has its variable: what is known and stands in no list.
    let lists = ["digest", "team", "web.token", "mail.dkim", "fetch.keys"];
    let single = Config::keys()
        .into_iter()
        .filter(|key| key.contains('.') && !lists.iter().any(|list| key.starts_with(list)));
    for key in single {
        let error = read_in("", &[(&table::variable(&key), "\u{1}")]).err();
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        let taken = text.contains(&table::variable(&key));
        let any_text =
            ["web.hosts", "mail.postal_address", "operator.zone"].contains(&key.as_str());
        assert!(taken || any_text, "{key}: {text}");
    }
}

#[test]
fn a_fault_of_the_environment_names_the_variable() {
    let error = read_in(
        "",
        &[("REGWIRE_WEB_LISTEN", "here"), ("REGWIRE_WEB_RATE", "many")],
    )
    .unwrap_err()
    .to_string();
    for part in [
        "the environment: REGWIRE_WEB_LISTEN: `here` is no address and port",
        "the environment: REGWIRE_WEB_RATE: a text where a whole number should be",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let near: Vec<String> = unknown_variables(
        ["REGWIRE_MAIL_SMPT", "REGWIRE_LOG", "REGWIRE_TEST_X", "HOME"]
            .into_iter()
            .map(Into::into),
    )
    .map(|fault| fault.to_string())
    .collect();
    assert_eq!(
        near,
        [
            "the environment: REGWIRE_MAIL_SMPT: no setting has this name: did you mean `REGWIRE_MAIL_SMTP`?"
        ]
    );
}

#[test]
fn secrets_come_from_files_and_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("credentials")).unwrap();
    std::fs::write(at("smtp.url"), "smtps://u:planted@relay.example\n").unwrap();
    for (name, text) in [
        ("store.url", "postgres://u:planted@db/regwire"),
        ("operator.ping", "https://ping.example/planted"),
        ("team.ai-governance.slack", "https://hooks.example/planted"),
        ("team.ai-governance.webhook.secret", "whsec_planted"),
    ] {
        std::fs::write(at("credentials").join(name), text).unwrap();
    }
    let credentials = at("credentials").display().to_string();
    let read = |text: &str| {
        Config::read(
            "regwire.toml",
            text,
            folder.path().to_owned(),
            PathBuf::new(),
            |key| (key == "CREDENTIALS_DIRECTORY").then(|| credentials.clone()),
        )
    };
    let team = "[[team]]\nname = \"AI governance\"\ntrack = [\"deadlines\"]\nwebhook = { url = \"https://e.org/planted\" }\n";
    let config = read(&format!("[mail]\nsmtp_file = \"smtp.url\"\n{team}")).unwrap();
    assert!(config.mail.smtp.is_some());
    assert_eq!(config.store, "postgres://u:planted@db/regwire");
    assert!(config.operator.ping.is_some());
    assert_eq!(config.teams[0].ways().len(), 2);
    assert!(!format!("{config:?}").contains("planted"));
    // What stands in the file comes before a credential.
    let config = read("[store]\nurl = \"sqlite:a.db\"\n").unwrap();
    assert_eq!(config.store, "sqlite:a.db");
    let error = read(
        "[mail]\nsmtp = \"smtp://h\"\nsmtp_file = \"smtp.url\"\n[operator]\nping_file = \"none\"\n",
    )
    .unwrap_err()
    .to_string();
    assert!(
        error.contains("`smtp` and `smtp_file` are both there"),
        "{error}"
    );
    assert!(error.contains("operator.ping_file: cannot read"), "{error}");
}

#[test]
fn figures_are_told_to_strangers_only_on_request() {
    for (listen, public, fine) in [
        ("127.0.0.1:9464", false, true),
        ("[::1]:9464", false, true),
        ("10.1.2.3:9464", false, true),
        ("0.0.0.0:9464", false, false),
        ("203.0.113.7:9464", false, false),
        ("0.0.0.0:9464", true, true),
    ] {
        let text = format!("[metrics]\nlisten = \"{listen}\"\npublic = {public}\n");
        assert_eq!(read(&text).is_ok(), fine, "{listen} {public}");
    }
}
