//! Settings that can be read and are not wise together.

use std::net::SocketAddr;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Report, Severity, mailbox};
use crate::config::Config;

/// How long before a token is over that is said.
const SOON: TimeDelta = TimeDelta::days(14);

pub(super) fn examine(report: &mut Report, config: &Config, now: DateTime<Utc>) {
    let url = url::Url::parse(&config.base_url).ok();
    let host = url
        .as_ref()
        .and_then(|url| url.host_str())
        .unwrap_or_default()
        .to_owned();
    let here = is_this_machine(&host);
    let https = url.as_ref().is_some_and(|url| url.scheme() == "https");
    if !https && !here {
        report.add(
            Severity::Fault,
            "base-url-http",
            "base_url",
            format!("{} is not encrypted: links in mails, sign-ups and decisions can be read and altered on their way", config.base_url),
            "put a proxy with a certificate before the site and write base_url = \"https://…\"",
        );
    }
    if here && (config.mail.smtp.is_some() || !config.teams.is_empty()) {
        report.add(
            Severity::Fault,
            "base-url-here",
            "base_url",
            format!(
                "mails and alerts go out, and their links lead to {host}, where nobody else is"
            ),
            "write the address that readers reach the site by",
        );
    }
    let listens = config.listen.parse::<SocketAddr>().ok();
    let outside = listens.is_some_and(|address| !address.ip().is_loopback());
    if https && config.web.trusted_proxies.is_empty() {
        report.add(
            Severity::Warning,
            "proxy-not-trusted",
            "web.trusted_proxies",
            "the site is reached by https, so a proxy stands before it, and none is believed: all visitors look like one, and share one limit",
            "write its address, for example trusted_proxies = [\"127.0.0.1\"]",
        );
    }
    if outside && https {
        report.add(
            Severity::Warning,
            "listens-beside-proxy",
            "web.listen",
            format!("{} can be reached past the proxy, without encryption", config.listen),
            "write listen = \"127.0.0.1:8080\" where the proxy runs on this machine, or let a firewall close the port",
        );
    }
    for (key, ranges) in [
        ("web.trusted_proxies", &config.web.trusted_proxies),
        ("fetch.allow", &config.fetch.allow),
    ] {
        for probe in ["8.8.8.8", "2001:4860:4860::8888"] {
            let public = probe
                .parse()
                .is_ok_and(|ip| ranges.iter().any(|range| range.contains(ip)));
            if !public {
                continue;
            }
            let (what, mend) = match key {
                "fetch.allow" => (
                    "the range covers the whole Internet, and every private network with it: a source could be led to your own machines",
                    "name the one private range that sources lie in, or none",
                ),
                _ => (
                    "everybody is believed to be a proxy: each visitor can claim any address",
                    "name the addresses of your proxies only",
                ),
            };
            report.add(Severity::Fault, "range-too-wide", key, what, mend);
        }
    }
    if config.web.rate == 0 {
        report.add(
            Severity::Warning,
            "no-limit",
            "web.rate",
            "one visitor may ask as often as the machine can answer",
            "write rate = 20, or leave it out",
        );
    }
    for token in &config.web.tokens {
        let Some(until) = token.expires else { continue };
        if until <= now {
            report.add(
                Severity::Fault,
                "token-over",
                format!("web.token {}", token.name),
                format!("it has opened nothing since {}", until.format("%Y-%m-%d")),
                "make a new one and a later `expires`, or remove it",
            );
        } else if until - now < SOON {
            report.add(
                Severity::Warning,
                "token-over-soon",
                format!("web.token {}", token.name),
                format!("it opens nothing from {} on", until.format("%Y-%m-%d")),
                "make a new one and give it to whoever holds this one",
            );
        }
    }
    if config
        .contact
        .as_deref()
        .is_none_or(|contact| !contact.contains('@'))
    {
        report.add(
            Severity::Warning,
            "contact-missing",
            "contact",
            "publishers cannot reach you, and nobody is told when a source falls ill",
            "write contact = \"you@example.org\"",
        );
    }
    if config.operator.ping.is_none() && (config.mail.smtp.is_some() || !config.teams.is_empty()) {
        report.add(
            Severity::Warning,
            "nobody-watches",
            "operator.ping",
            "when this process stops, nobody is told: silence looks like no news",
            "let a watching service expect a sign of life, and write its address as ping_file",
        );
    }
    for team in &config.teams {
        if team
            .webhook
            .as_ref()
            .is_some_and(|hook| hook.url.as_str().starts_with("http:"))
        {
            report.add(
                Severity::Warning,
                "webhook-http",
                format!("team {}", team.name),
                "its webhook is told without encryption",
                "write its address with https://",
            );
        }
    }
    if config.store.starts_with("postgres")
        && config.store.contains("sslmode=disable")
        && !here_in(&config.store)
    {
        report.add(
            Severity::Warning,
            "store-open",
            "store.url",
            "the way to the database is not encrypted",
            "leave sslmode=disable out, or write sslmode=verify-full",
        );
    }
}

/// What `[mail]` lacks once mails go out.
pub(super) fn mail(report: &mut Report, config: &Config) {
    if config.mail.smtp.is_none() {
        if !config.teams.is_empty() || config.return_path.is_some() {
            report.add(
                Severity::Warning,
                "no-relay",
                "mail.smtp",
                format!("mails are written into {} and reach nobody", config.mail.spool.display()),
                "write your relay, for example smtp_file = \"smtp.url\" with smtp+starttls://USER:PASSWORD@HOST in it",
            );
        }
        return;
    }
    if config.mail_from.contains("localhost.localdomain") {
        report.add(
            Severity::Fault,
            "from-missing",
            "mail.from",
            "mails go out as from localhost, and receivers refuse them",
            "write from = \"Regwire <digest@your.domain>\"",
        );
    }
    if config.return_path.is_none() {
        report.add(
            Severity::Warning,
            "return-path-missing",
            "mail.return_path",
            format!("bounces go to {}, and nobody reads them: dead mailboxes are written to for ever", mailbox(&config.mail_from)),
            "write return_path = \"bounces@your.domain\" and hand what comes there to `regwire bounce`",
        );
    }
    if config.postal_address.is_none() {
        report.add(
            Severity::Warning,
            "postal-address-missing",
            "mail.postal_address",
            "laws on commercial mail want the sender's postal address in each",
            "write postal_address = \"…\"",
        );
    }
    if config.mail.dkim.is_empty() {
        report.add(
            Severity::Warning,
            "dkim-missing",
            "mail.dkim",
            "mails are not signed here: large receivers refuse or hide lists that are not",
            "make a key (docs/operating.md), or make sure that the relay signs for your domain",
        );
    }
    if config
        .mail
        .smtp
        .as_ref()
        .is_some_and(|smtp| smtp.sends_password_openly())
    {
        report.add(
            Severity::Fault,
            "password-open",
            "mail.smtp",
            "the relay's password is sent without encryption",
            "write smtp+starttls:// or smtps:// in the place of smtp://",
        );
    }
}

/// Files with secrets that others may read.
pub(super) fn secrets(report: &mut Report, config: &Config) {
    report.looked.push("files with secrets");
    for path in &config.secret_files {
        let Some(mode) = mode(path) else { continue };
        if mode & 0o007 != 0 {
            report.add(
                Severity::Fault,
                "secret-open",
                path.display().to_string(),
                format!(
                    "it holds a secret, and everybody on this machine may use it (mode {:o})",
                    mode & 0o777
                ),
                format!("chmod 640 {}", path.display()),
            );
        } else if mode & 0o020 != 0 {
            report.add(
                Severity::Warning,
                "secret-writable",
                path.display().to_string(),
                format!(
                    "it holds a secret, and its group may write it (mode {:o})",
                    mode & 0o777
                ),
                format!("chmod 640 {}", path.display()),
            );
        }
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(std::fs::metadata(path).ok()?.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<u32> {
    None
}

/// Whether a host is the machine that asks.
fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    host == "localhost"
        || host.ends_with(".localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Whether a database's address is on this machine.
fn here_in(store: &str) -> bool {
    let host = url::Url::parse(store)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    is_this_machine(&host) || host.starts_with("%2F") || host.is_empty()
}
