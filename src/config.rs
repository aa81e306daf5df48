//! Configuration: gathers each room's own settings from `regwire.toml` and the environment; no
//! room imports it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use crate::domain::address::WebAddress;
use crate::domain::alert::{Team, Webhook};
use crate::domain::api_token::{ApiToken, Scope};
use crate::domain::criteria::Clause;
use crate::domain::digest::Digest;
use crate::domain::id::{DigestName, TeamId};
use crate::domain::quantity;
use crate::domain::schedule::Schedule;
use crate::domain::subscription::{EmailAddress, Frequency, OwnHour};
use crate::text::table::{FileFault, Mixed, Report, Table};
use crate::{deliver, fetch};

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder beside which `sources.toml`, `library/` … are looked for.
    pub folder: PathBuf,
    /// Where data lies.
    pub data: PathBuf,
    /// The site's own address, without a slash at the end.
    pub base_url: String,
    /// Who runs this.
    pub contact: Option<String>,
    /// The store.
    pub store: String,
    /// Where the site listens.
    pub listen: String,
    /// Who may ask the site, and how often.
    pub web: WebSettings,
    /// How the network is used.
    pub fetch: fetch::Settings,
    /// How mail goes out.
    pub mail: deliver::Settings,
    /// The sender as shown.
    pub mail_from: String,
    /// Where bounces go, `+` and a signed mark in front of its `@`; none means the sender.
    pub return_path: Option<EmailAddress>,
    /// The postal address in mails.
    pub postal_address: Option<String>,
    /// The periodicals.
    pub digests: Vec<Digest>,
    /// Teams that are told of changes.
    pub teams: Vec<Team>,
    /// What is allowed and not wise.
    pub warnings: Vec<FileFault>,
}

/// Who may ask the site, and how often.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// Proxies that are believed when they say who asks.
    pub trusted_proxies: Vec<fetch::Cidr>,
    /// Names under which the site is asked, beside its own address's and loopback.
    pub hosts: Vec<String>,
    /// Requests a second of one visitor; 0 is no limit.
    pub rate: u32,
    /// Tokens that open what is not public.
    pub tokens: Vec<ApiToken>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            hosts: Vec::new(),
            rate: 20,
            tokens: Vec::new(),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is wrong.
    #[error("the configuration has {} {}:\n{}", faults.len(), if faults.len() == 1 { "fault" } else { "faults" }, faults.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n"))]
    Faults {
        /// Every fault.
        faults: Vec<FileFault>,
    },
}

/// Every setting with its default, as a file to begin with.
pub const EXAMPLE: &str = include_str!("../deploy/regwire.example.toml");

impl Config {
    /// Reads the configuration: the file named, else `./regwire.toml`, else
    /// `/etc/regwire/regwire.toml`, else nothing but defaults; then the environment.
    ///
    /// # Errors
    /// With every fault of the file.
    pub fn load(file: Option<&Path>, data: Option<&Path>) -> Result<Self, Error> {
        let path = match file {
            Some(file) => Some(file.to_owned()),
            None => ["regwire.toml", "/etc/regwire/regwire.toml"]
                .iter()
                .map(PathBuf::from)
                .find(|path| path.is_file()),
        };
        let text = match &path {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?,
        };
        let folder = path
            .as_deref()
            .and_then(Path::parent)
            .filter(|parent| !parent.as_os_str().is_empty())
            .map_or_else(|| PathBuf::from("."), Path::to_owned);
        let name = path
            .as_ref()
            .map_or("regwire.toml".to_owned(), |path| path.display().to_string());
        let data = data
            .map(Path::to_owned)
            .or_else(|| std::env::var_os("STATE_DIRECTORY").map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from("data"));
        Self::read(&name, &text, folder, data, |key| std::env::var(key).ok())
    }

    /// Reads a configuration's text.
    ///
    /// # Errors
    /// With every fault.
    pub fn read(
        name: &str,
        text: &str,
        folder: PathBuf,
        data: PathBuf,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let report = Report::default();
        let warnings = Report::default();
        let mut file = Table::parse(name, text, &report);
        let later = |table: &Table<'_>, key: &str| {
            warnings.add(FileFault {
                what: "is read by a later version; today it does nothing".to_owned(),
                ..table.place(key)
            });
        };
        let base_url = file
            .read("base_url", |text| {
                WebAddress::new(text).map(|_| text.trim_end_matches('/').to_owned())
            })
            .or_else(|| environment("REGWIRE_BASE_URL"))
            .unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
        let contact = file
            .text("contact")
            .or_else(|| environment("REGWIRE_CONTACT"));
        if contact.is_none() && !text.trim().is_empty() {
            warnings.add(FileFault {
                what: "`contact` is missing: publishers cannot reach you; the user agent names base_url instead".to_owned(),
                ..file.place("")
            });
        }

        let mut store = None;
        if let Some(mut table) = file.table("store") {
            store = table.text("url");
            table.finish();
        }
        let store = environment("REGWIRE_STORE_URL")
            .or(store)
            .unwrap_or_else(|| "sqlite:regwire.db".to_owned());

        let mut listen = None;
        let mut web = WebSettings::default();
        if let Some(mut table) = file.table("web") {
            listen = table.read("listen", |text| {
                text.parse::<std::net::SocketAddr>()
                    .map(|_| text.to_owned())
                    .map_err(|_| {
                        format!(
                            "`{text}` is no address and port: write for example \"127.0.0.1:8080\""
                        )
                    })
            });
            web.trusted_proxies = table.list("trusted_proxies", str::parse::<fetch::Cidr>);
            web.hosts = table.texts("hosts");
            if let Some(rate) = table.number("rate") {
                match u32::try_from(rate) {
                    Ok(rate) if rate <= 10_000 => web.rate = rate,
                    _ => table.fault(
                        "rate",
                        "write requests a second of one visitor, 0 to 10000; 0 is no limit",
                    ),
                }
            }
            for token in table.tables("token") {
                web.tokens.extend(api_token(token, &folder));
            }
            table.finish();
        }
        let listen = environment("REGWIRE_WEB_LISTEN")
            .or(listen)
            .unwrap_or_else(|| "127.0.0.1:8080".to_owned());

        let mut fetch = fetch::Settings {
            contact: contact.clone(),
            base_url: Some(base_url.clone()),
            gap: TimeDelta::seconds(2),
            ..fetch::Settings::default()
        };
        if let Some(mut table) = file.table("fetch") {
            fetch.allow = table.list("allow", str::parse::<fetch::Cidr>);
            if let Some(gap) = table.read("gap", quantity::span) {
                fetch.gap = gap;
            }
            fetch.proxy = table.text("proxy").filter(|proxy| !proxy.is_empty());
            if let Some(table) = table.table("keys") {
                fetch.keys = keys(table, &folder, &environment);
            }
            table.finish();
        }
        if let Some(allow) = environment("REGWIRE_FETCH_ALLOW") {
            fetch.allow.extend(
                allow
                    .split(',')
                    .filter_map(|range| range.trim().parse::<fetch::Cidr>().ok()),
            );
        }

        let mut mail = deliver::Settings {
            smtp: None,
            spool: data.join("mail"),
            loopback_only: false,
            hello: None,
            dkim: Vec::new(),
        };
        let mut mail_from = None;
        let mut postal_address = None;
        let mut return_path = None;
        if let Some(mut table) = file.table("mail") {
            // Empty means the spool folder, as absent does.
            if table.text("smtp").is_some_and(|smtp| !smtp.is_empty()) {
                mail.smtp = table.read("smtp", str::parse::<deliver::SmtpUrl>);
            }
            mail_from = table.read("from", sender);
            return_path = table
                .read("return_path", |text| {
                    EmailAddress::new(text).map(|_| text.to_owned())
                })
                .and_then(|text| EmailAddress::new(&text).ok());
            postal_address = table
                .text("postal_address")
                .filter(|address| !address.trim().is_empty());
            if table.has("rate") {
                later(&table, "rate");
            }
            table.allow(&["rate"]);
            for mixed in table.mixed("dkim") {
                let Mixed::Table(mut entry) = mixed else {
                    table.fault(
                        "dkim",
                        "write { domain = \"…\", selector = \"…\", key_file = \"…\" }",
                    );
                    continue;
                };
                let domain = entry.required_text("domain").unwrap_or_default();
                let selector = entry.required_text("selector").unwrap_or_default();
                let file = entry.required_text("key_file").unwrap_or_default();
                if let (false, Ok(pem)) =
                    (file.is_empty(), std::fs::read_to_string(folder.join(&file)))
                {
                    match deliver::DkimSigner::new(&domain, &selector, &pem) {
                        Ok(signer) => mail.dkim.push(signer),
                        Err(error) => entry.fault("key_file", error.to_string()),
                    }
                } else if !file.is_empty() {
                    entry.fault("key_file", format!("cannot read {file}"));
                }
                entry.finish();
            }
            table.finish();
        }
        if let Some(smtp) = environment("REGWIRE_MAIL_SMTP").filter(|smtp| !smtp.is_empty()) {
            match smtp.parse::<deliver::SmtpUrl>() {
                Ok(smtp) => mail.smtp = Some(smtp),
                Err(error) => file.fault("", format!("REGWIRE_MAIL_SMTP: {error}")),
            }
        }
        let mail_from = environment("REGWIRE_MAIL_FROM")
            .or(mail_from)
            .unwrap_or_else(|| "Regwire <digest@localhost.localdomain>".to_owned());
        if mail.smtp.is_some() && mail_from.contains("localhost.localdomain") {
            warnings.add(FileFault {
                what: "[mail] has a relay and no `from`: receivers will refuse mail from localhost"
                    .to_owned(),
                ..file.place("mail")
            });
        }

        let mut digests: Vec<Digest> = Vec::new();
        for mut table in file.tables("digest") {
            let digest_name = table.require("name", str::parse::<DigestName>);
            let cron = table.text("cron").unwrap_or_else(|| "0 8 * * 1".to_owned());
            let zone = table.text("zone").unwrap_or_else(|| "UTC".to_owned());
            let approve = table.flag("approve").unwrap_or(false);
            let schedule = match Schedule::new(&cron, &zone) {
                Ok(schedule) => Some(schedule),
                Err(error) => {
                    let key =
                        if matches!(error, crate::domain::schedule::InvalidSchedule::Zone { .. }) {
                            "zone"
                        } else {
                            "cron"
                        };
                    table.fault(key, error.to_string());
                    None
                }
            };
            if let (Some(name), Some(schedule)) = (digest_name, schedule) {
                if digests.iter().any(|digest| digest.name == name) {
                    table.fault(
                        "name",
                        format!("there are two digests `{name}`: rename one"),
                    );
                } else {
                    digests.push(Digest {
                        name,
                        schedule,
                        approve,
                    });
                }
            }
            table.finish();
        }
        if digests.is_empty()
            && let (Ok(name), Ok(schedule)) =
                (DigestName::new("weekly"), Schedule::new("0 8 * * 1", "UTC"))
        {
            digests.push(Digest {
                name,
                schedule,
                approve: false,
            });
        }
        let mut teams: Vec<Team> = Vec::new();
        for table in file.tables("team") {
            if let Some(team) = team(table, &folder, &teams) {
                teams.push(team);
            }
        }
        file.finish();
        if !report.is_empty() {
            return Err(Error::Faults {
                faults: report.faults(),
            });
        }
        Ok(Self {
            folder,
            data,
            base_url,
            contact,
            store,
            listen,
            web,
            fetch,
            mail,
            mail_from,
            return_path,
            postal_address,
            digests,
            teams,
            warnings: warnings.faults(),
        })
    }
}

/// A token of `[[web.token]]`, from its file; one that is faulty opens nothing.
fn api_token(mut table: Table<'_>, folder: &Path) -> Option<ApiToken> {
    let name = table.required_text("name");
    let scopes: Vec<Scope> = table.list("scopes", str::parse);
    let expires = table.day("expires");
    let expires = expires.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    let token = table.require("token_file", |file| {
        let path = folder.join(file);
        std::fs::read_to_string(&path)
            .map(|text| text.trim().to_owned())
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    });
    let made = match (name, token) {
        (Some(name), Some(token)) => match ApiToken::new(name, &token, scopes, expires) {
            Ok(token) => Some(token),
            Err(why) => {
                table.fault("token_file", why);
                None
            }
        },
        _ => None,
    };
    table.finish();
    made
}

/// A `[[team]]`: what it tracks and where it is told. Addresses of channels are secrets, and may stand
/// in files beside the configuration (`slack_file`, `teams_file`, `secret_file`).
fn team(mut table: Table<'_>, folder: &Path, known: &[Team]) -> Option<Team> {
    let secret = |table: &mut Table<'_>, key: &'static str, file: &'static str| {
        let in_file = table.text(file).and_then(|name| {
            let path = folder.join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => Some(text.trim().to_owned()),
                Err(error) => {
                    table.fault(file, format!("cannot read {}: {error}", path.display()));
                    None
                }
            }
        });
        in_file.or_else(|| table.text(key))
    };
    let address = |table: &Table<'_>, key: &str, text: Option<String>| {
        text.filter(|text| !text.is_empty())
            .and_then(|text| match WebAddress::new(&text) {
                Ok(url) => Some(url),
                Err(error) => {
                    table.fault(key, error.to_string());
                    None
                }
            })
    };
    let name = table.required_text("name")?;
    let id = match TeamId::named(&name) {
        Ok(id) => id,
        Err(error) => {
            table.fault("name", error.to_string());
            return None;
        }
    };
    if known.iter().any(|team| team.id == id) {
        table.fault("name", format!("there are two teams `{name}`: rename one"));
    }
    let own = table.read("at", str::parse::<OwnHour>);
    let own = match own.map_or_else(|| OwnHour::new(8, "UTC"), Ok) {
        Ok(own) => own,
        Err(error) => {
            table.fault("at", error);
            return None;
        }
    };
    let when = table.text("when").unwrap_or_else(|| "instant".to_owned());
    let frequency = match when.as_str() {
        "instant" => Frequency::Instant,
        "daily" => Frequency::Daily(own),
        "weekly" => Frequency::Weekly(own),
        other => {
            table.fault(
                "when",
                format!("`{other}` is not known: write instant, daily or weekly"),
            );
            return None;
        }
    };
    let track = table.list("track", tracked);
    if track.is_empty() {
        table.fault(
            "track",
            "a team tracks something: write for example track = [\"ISO/IEC 42001\"]",
        );
    }
    let email = table.list("email", EmailAddress::new);
    let slack = secret(&mut table, "slack", "slack_file");
    let slack = address(&table, "slack", slack);
    let teams = secret(&mut table, "teams", "teams_file");
    let teams = address(&table, "teams", teams);
    let webhook = table.table("webhook").and_then(|mut hook| {
        let url = hook.text("url");
        let url = address(&hook, "url", url);
        let secrets: Vec<String> = secret(&mut hook, "secret", "secret_file")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        if secrets.is_empty() {
            hook.fault("secret_file", "a webhook is signed, and needs a secret");
        }
        hook.finish();
        url.filter(|_| !secrets.is_empty())
            .map(|url| Webhook { url, secrets })
    });
    let canary = table.flag("canary").unwrap_or(false);
    let team = Team {
        id,
        name,
        frequency,
        track,
        canary,
        email,
        slack,
        teams,
        webhook,
    };
    if team.ways().is_empty() {
        table.fault(
            "",
            "a team is told somewhere: name email, slack, teams or webhook",
        );
    }
    table.finish();
    Some(team)
}

/// What a team tracks: a criterion, or a standard as it is cited.
pub fn tracked(text: &str) -> Result<Clause, String> {
    let text = text.trim();
    let is_criterion = text == "deadlines"
        || text.split_once(':').is_some_and(|(by, _)| {
            !by.is_empty() && by.bytes().all(|byte| byte.is_ascii_lowercase())
        });
    if is_criterion {
        text.parse()
    } else {
        format!("standard:{text}").parse()
    }
}

/// `[fetch.keys]`: the keys that interfaces want, by the names that sources give them. Each stands in
/// a file, in the environment, or among the credentials that systemd hands over; in the table itself
/// only where nobody else reads it.
fn keys(
    table: Table<'_>,
    folder: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, fetch::Secret> {
    let mut out = BTreeMap::new();
    for (name, mixed) in table.pairs_of_mixed() {
        let secret = match mixed {
            Mixed::Text(text) => Ok(text),
            Mixed::Table(mut table) => {
                let file = table.text("file").map(|file| folder.join(file));
                let variable = table.text("env");
                let credential = table.text("credential");
                table.finish();
                let in_file = |path: PathBuf| {
                    std::fs::read_to_string(&path)
                        .map_err(|error| format!("cannot read {}: {error}", path.display()))
                };
                match (file, variable, credential) {
                    (Some(path), None, None) => in_file(path),
                    (None, Some(variable), None) => environment(&variable)
                        .ok_or_else(|| format!("the environment has no {variable}")),
                    (None, None, Some(credential)) => environment("CREDENTIALS_DIRECTORY")
                        .ok_or_else(|| {
                            "systemd hands over no credentials: add LoadCredential= to the unit"
                                .to_owned()
                        })
                        .and_then(|folder| in_file(Path::new(&folder).join(credential))),
                    _ => Err(
                        "write one of { file = \"…\" }, { env = \"…\" }, { credential = \"…\" }"
                            .to_owned(),
                    ),
                }
            }
            Mixed::List(_) => Err("one key should be here, not several".to_owned()),
        };
        match secret.and_then(|text| fetch::Secret::new(&text).map_err(str::to_owned)) {
            Ok(secret) => {
                out.insert(name, secret);
            }
            Err(why) => table.fault(&name, why),
        }
    }
    out
}

/// `Name <address>` or an address alone.
fn sender(text: &str) -> Result<String, String> {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest
            .trim_end()
            .strip_suffix('>')
            .ok_or("the `>` is missing")?,
        None => text,
    };
    EmailAddress::new(address).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
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
        let config =
            read("[fetch.keys]\na = { file = \"a.key\" }\nb = { env = \"B_KEY\" }\n").unwrap();
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
}
