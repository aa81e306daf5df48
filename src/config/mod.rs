//! Configuration: gathers each room's own settings from `regwire.toml`, the environment and what both
//! name.
//!
//! It knows which settings there are, their defaults and their bounds. It calls the rooms' own readers
//! of values. It deliberately acts on nothing, shows no secret, and is imported by no room.

mod secrets;
mod seeing;
mod teams;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use crate::domain::address::WebAddress;
use crate::domain::alert::Team;
use crate::domain::api_token::ApiToken;
use crate::domain::digest::Digest;
use crate::domain::id::{DigestName, TeamId};
use crate::domain::quantity;
use crate::domain::schedule::Schedule;
use crate::domain::subscription::EmailAddress;
use crate::text::report::{FileFault, Report};
use crate::text::table::{self, Mixed, Table};
use crate::{deliver, fetch};

pub use seeing::{MetricsSettings, OperatorSettings};
pub use teams::tracked;

/// Everything that can be set.
#[derive(Clone)]
pub struct Config {
    /// The file that it was read from; none where there was none.
    pub file: Option<PathBuf>,
    /// The folder beside which `sources.toml`, `library/` … are looked for.
    pub folder: PathBuf,
    /// Where data lies.
    pub data: PathBuf,
    /// The site's own address, without a slash at the end.
    pub base_url: String,
    /// Who runs this.
    pub contact: Option<String>,
    /// What every page, digest and alert says at its head, such as that nothing here is meant for use.
    pub notice: Option<String>,
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
    /// Where each team stands in the file, for faults that only the library shows.
    pub team_places: Vec<(TeamId, FileFault)>,
    /// Where figures are told to a machine.
    pub metrics: MetricsSettings,
    /// How the operator is told how it goes.
    pub operator: OperatorSettings,
    /// Files that secrets were read from.
    pub secret_files: Vec<PathBuf>,
    /// What is allowed and not wise.
    pub warnings: Vec<FileFault>,
}

/// The store's address may hold a password, and is never shown as it is.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.store.split(':').next().unwrap_or_default();
        f.debug_struct("Config")
            .field("folder", &self.folder)
            .field("data", &self.data)
            .field("base_url", &self.base_url)
            .field("contact", &self.contact)
            .field("notice", &self.notice)
            .field("store", &format_args!("{scheme}:…"))
            .field("listen", &self.listen)
            .field("web", &self.web)
            .field("fetch", &self.fetch)
            .field("mail", &self.mail)
            .field("mail_from", &self.mail_from)
            .field("return_path", &self.return_path)
            .field("postal_address", &self.postal_address)
            .field("digests", &self.digests)
            .field("teams", &self.teams)
            .field("metrics", &self.metrics)
            .field("operator", &self.operator)
            .finish_non_exhaustive()
    }
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
pub const EXAMPLE: &str = include_str!("../../deploy/regwire.example.toml");

impl Config {
    /// Reads the configuration: the file named, else `./regwire.toml`, else
    /// `/etc/regwire/regwire.toml`, else nothing but defaults; then the environment.
    ///
    /// # Errors
    /// With every fault of the file.
    pub fn load(file: Option<&Path>, data: Option<&Path>) -> Result<Self, Error> {
        let path = place(file);
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
        let mut config = Self::read(&name, &text, folder, data, |key| {
            // A variable that is there and empty says nothing.
            std::env::var(key).ok().filter(|text| !text.is_empty())
        })?;
        // Secrets may stand in the file itself.
        let inline = [
            "secret = ",
            "token = ",
            "slack = ",
            "teams = ",
            "ping = ",
            "key = ",
        ];
        let holds = |line: &str| {
            let line = line.trim_start();
            !line.starts_with('#')
                && (inline.iter().any(|key| line.contains(key))
                    || ["url = ", "smtp = ", "proxy = "]
                        .iter()
                        .any(|key| line.contains(key))
                        && line.contains('@'))
        };
        if text.lines().any(holds) {
            config.secret_files.extend(path.clone());
        }
        config.file = path;
        config
            .warnings
            .extend(unknown_variables(std::env::vars_os().map(|(key, _)| key)));
        Ok(config)
    }

    /// What has changed in another reading of the same file and takes effect with the next start
    /// only: everything but teams.
    pub fn needs_a_start(&self, other: &Self) -> bool {
        let rest = |config: &Self| {
            let shown = Self {
                teams: Vec::new(),
                ..config.clone()
            };
            format!("{shown:?} {}", config.store)
        };
        rest(self) != rest(other)
    }

    /// Every key that can stand in a configuration, with its table (`web.listen`, `team.track`).
    pub fn keys() -> std::collections::BTreeSet<String> {
        let report = Report::default();
        // Faults are of no matter here: each table is there, and so each key is asked for.
        let _ = Self::walk(
            "",
            EVERY_TABLE,
            PathBuf::new(),
            PathBuf::new(),
            &|_| None,
            &report,
        );
        report.known()
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
        Self::walk(name, text, folder, data, &environment, &Report::default())
    }

    fn walk(
        name: &str,
        text: &str,
        folder: PathBuf,
        data: PathBuf,
        environment: &dyn Fn(&str) -> Option<String>,
        report: &Report,
    ) -> Result<Self, Error> {
        let warnings = Report::default();
        let secret_files = secrets::Files::default();
        let beside = secrets::beside(&folder, environment, &secret_files);
        let mut file = Table::parse(name, text, report).beside(beside);
        let base_url = file.read("base_url", |text| {
            WebAddress::new(text).map(|_| text.trim_end_matches('/').to_owned())
        });
        let notice = file
            .text("notice")
            .filter(|notice| !notice.trim().is_empty());
        let contact = file
            .text("contact")
            .filter(|contact| !contact.trim().is_empty());
        if contact.is_none() && !text.trim().is_empty() {
            warnings.add(FileFault {
                what: "`contact` is missing: publishers cannot reach you; the user agent names base_url instead".to_owned(),
                ..file.place("")
            });
        }

        let mut table = file.section("store");
        let store = table.secret("url", "url_file", None);
        if store.as_deref().is_some_and(|url| {
            !["sqlite:", "postgres://", "postgresql://"]
                .iter()
                .any(|scheme| url.starts_with(scheme))
        }) {
            table.fault("url", "write sqlite:FILE or postgres://USER@HOST/DATABASE");
        }
        table.finish();
        let store = store.unwrap_or_else(|| "sqlite:regwire.db".to_owned());

        let mut table = file.section("web");
        let listen = table
            .read("listen", |text| {
                address_and_port(text).map(|_| text.to_owned())
            })
            .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        // Where nobody says by which address the site is known, it is known by where it listens.
        let base_url = base_url.unwrap_or_else(|| format!("http://{}", reached_at(&listen)));
        let mut web = WebSettings {
            trusted_proxies: table.list("trusted_proxies", str::parse::<fetch::Cidr>),
            hosts: table.texts("hosts"),
            ..WebSettings::default()
        };
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
            web.tokens.extend(secrets::api_token(token));
        }
        table.finish();

        let mut fetch = fetch::Settings {
            contact: contact.clone(),
            base_url: Some(base_url.clone()),
            gap: TimeDelta::seconds(2),
            ..fetch::Settings::default()
        };
        let mut table = file.section("fetch");
        fetch.allow = table.list("allow", str::parse::<fetch::Cidr>);
        if let Some(gap) = table.read("gap", quantity::span) {
            fetch.gap = gap;
        }
        fetch.proxy = table.secret("proxy", "proxy_file", None);
        if let Some(proxy) = &fetch.proxy
            && let Err(why) = fetch::is_proxy(proxy)
        {
            table.fault("proxy", why);
        }
        if let Some(table) = table.table("keys") {
            fetch.keys = secrets::keys(table, &folder, environment, &secret_files);
        }
        table.finish();

        let mut mail = deliver::Settings {
            smtp: None,
            spool: data.join("mail"),
            loopback_only: false,
            hello: None,
            dkim: Vec::new(),
            rate: None,
        };
        let mut table = file.section("mail");
        // Empty means the spool folder, as absent does.
        if let Some(smtp) = table.secret("smtp", "smtp_file", None) {
            match smtp.parse::<deliver::SmtpUrl>() {
                Ok(smtp) => mail.smtp = Some(smtp),
                Err(error) => table.fault("smtp", error.to_string()),
            }
        }
        let mail_from = table.read("from", sender);
        let return_path = table
            .read("return_path", |text| match text.trim() {
                "" => Ok(None),
                text => EmailAddress::new(text).map(Some),
            })
            .flatten();
        let postal_address = table
            .text("postal_address")
            .filter(|address| !address.trim().is_empty());
        mail.rate = table.read("rate", mails_a_second).flatten();
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
            match entry.secret("key", "key_file", Some(&selector)) {
                Some(pem) => match deliver::DkimSigner::new(&domain, &selector, &pem) {
                    Ok(signer) => mail.dkim.push(signer),
                    Err(error) => entry.fault("key_file", error.to_string()),
                },
                None if !entry.has("key_file") => {
                    entry.fault("", "`key_file` is missing: add key_file = \"…\"");
                }
                None => {}
            }
            entry.finish();
        }
        let mail_from =
            mail_from.unwrap_or_else(|| "Regwire <digest@localhost.localdomain>".to_owned());
        if mail.smtp.is_some() && mail_from.contains("localhost.localdomain") {
            warnings.add(FileFault {
                what: "[mail] has a relay and no `from`: receivers will refuse mail from localhost"
                    .to_owned(),
                ..table.place("")
            });
        }
        table.finish();
        let metrics = seeing::metrics(file.section("metrics"));
        let operator = seeing::operator(file.section("operator"));

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
        let mut team_places = Vec::new();
        for table in file.tables("team") {
            let place = table.place("track");
            if let Some(team) = teams::team(table, &teams) {
                team_places.push((team.id.clone(), place));
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
            file: None,
            folder,
            data,
            base_url,
            contact,
            notice,
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
            team_places,
            metrics,
            operator,
            secret_files: secret_files.take(),
            warnings: warnings.faults(),
        })
    }
}

/// An address and port to listen on.
fn address_and_port(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is no address and port: write for example \"127.0.0.1:8080\"")
    })
}

/// Where this machine itself reaches what listens there.
fn reached_at(listen: &str) -> String {
    match address_and_port(listen) {
        Ok(address) if address.ip().is_unspecified() => format!("127.0.0.1:{}", address.port()),
        _ => listen.to_owned(),
    }
}

/// Where the configuration is: the file named, else here, else where packages put it.
fn place(file: Option<&Path>) -> Option<PathBuf> {
    match file {
        Some(file) => Some(file.to_owned()),
        None => ["regwire.toml", "/etc/regwire/regwire.toml"]
            .iter()
            .map(PathBuf::from)
            .find(|path| path.is_file()),
    }
}

/// A configuration that has one of each table, so that every key is asked for.
const EVERY_TABLE: &str = "[web]\ntoken = [{ name = \"a\" }]\n[fetch.keys]\na = {}\n[mail]\ndkim = [{}]\n[[digest]]\n[[team]]\nname = \"a\"\nwebhook = {}\n";

/// Variables of ours that are no settings.
const OTHER_VARIABLES: &[&str] = &[
    "REGWIRE_LOG",
    "REGWIRE_LOG_FORMAT",
    "REGWIRE_CLOCK",
    "REGWIRE_NODE",
    "REGWIRE_CORPUS",
];

/// Variables that look like ours and are none, with the nearest that is.
fn unknown_variables(
    names: impl Iterator<Item = std::ffi::OsString>,
) -> impl Iterator<Item = FileFault> {
    let keys = Config::keys();
    let known: Vec<String> = keys
        .iter()
        .map(|key| table::variable(key))
        .chain(OTHER_VARIABLES.iter().map(|&name| name.to_owned()))
        .collect();
    // What only tests and benches set is left alone.
    let ours = [
        "REGWIRE_TEST_",
        "REGWIRE_BENCH_",
        "REGWIRE_CRASH_",
        "REGWIRE_LONG",
        "REGWIRE_FUZZ_",
    ];
    let mut out = Vec::new();
    for name in names.filter_map(|name| name.into_string().ok()) {
        if !name.starts_with("REGWIRE_")
            || known.contains(&name)
            || ours.iter().any(|start| name.starts_with(start))
        {
            continue;
        }
        // What they all begin with makes nothing alike.
        let bare = |name: &str| name.trim_start_matches("REGWIRE_").to_owned();
        let bares: Vec<String> = known.iter().map(|name| bare(name)).collect();
        let near = table::nearest(&bare(&name), bares.iter().map(String::as_str));
        if let Some(near) = near.map(|near| format!("REGWIRE_{near}")) {
            out.push(FileFault {
                file: "the environment".to_owned(),
                line: 0,
                what: format!("no setting has this name: did you mean `{near}`?"),
                key: name,
            });
        }
    }
    out.into_iter()
}

/// `20/s`; empty or 0 is no limit.
fn mails_a_second(text: &str) -> Result<Option<std::num::NonZeroU32>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.strip_suffix("/s").and_then(|n| n.trim().parse().ok());
    match number {
        Some(number) if number <= 1_000_u32 => Ok(std::num::NonZeroU32::new(number)),
        _ => Err("write mails a second, for example \"20/s\"; \"0/s\" is no limit".to_owned()),
    }
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
