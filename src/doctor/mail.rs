//! Mail: what the DNS says of our sender, and what the relay would do.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Bag, Kind, Report, Resolver, Severity, has_network, mailbox};
use crate::config::Config;
use crate::deliver::{self, Probe};
use crate::domain::subscription::EmailAddress;

/// A certificate that holds no longer than this is said.
const SOON: TimeDelta = TimeDelta::days(14);
/// The most look-ups that a receiver makes for one SPF record (RFC 7208, 4.6.4).
const MOST_LOOKUPS: usize = 10;

pub(super) async fn examine(report: &mut Report, config: &Config, bag: &Bag<'_>) {
    if config.mail.smtp.is_none() || !bag.online {
        return;
    }
    let Ok(from) = EmailAddress::new(mailbox(&config.mail_from)) else {
        return;
    };
    let envelope = config.return_path.clone().unwrap_or_else(|| from.clone());
    report.looked.push("DNS records for mail");
    let network = has_network(bag.resolver).await;
    if let Err(why) = &network {
        report.add(
            Severity::Unasked,
            "dns",
            envelope.domain(),
            format!("the DNS could not be asked: {why}"),
            "run `regwire doctor mail` again where names can be resolved",
        );
    } else {
        records(report, config, bag, &from, &envelope).await;
    }
    report.looked.push("relay");
    let mut settings = config.mail.clone();
    settings.loopback_only = bag.clock.is_simulated();
    let to = config
        .contact
        .as_deref()
        .and_then(|contact| EmailAddress::new(contact).ok())
        .unwrap_or_else(|| from.clone());
    let named = config.mail.smtp.as_ref().is_some_and(|smtp| {
        smtp.host().parse::<std::net::IpAddr>().is_err() && smtp.host() != "localhost"
    });
    match deliver::probe(&settings, &envelope, &to).await {
        Ok(Some(probe)) => relay(report, config, &probe, &to, bag.clock.now()),
        Ok(None) => {}
        Err(why) if network.is_err() && named => report.add(
            Severity::Unasked,
            "relay",
            "mail.smtp",
            format!("the relay could not be asked: {why}"),
            "run `regwire doctor mail` again where names can be resolved",
        ),
        Err(why) => report.add(
            Severity::Fault,
            "relay-unreachable",
            "mail.smtp",
            format!("the relay does not answer: {why}"),
            "check its name and port in mail.smtp, and that a firewall lets this machine reach it",
        ),
    }
}

/// What the DNS says.
async fn records(
    report: &mut Report,
    config: &Config,
    bag: &Bag<'_>,
    from: &EmailAddress,
    envelope: &EmailAddress,
) {
    let mut names = Asking {
        report,
        resolver: bag.resolver,
        silent: BTreeSet::new(),
    };
    names.spf(envelope.domain()).await;
    names.way_back(envelope.domain()).await;
    names.dkim(config).await;
    names.dmarc(from.domain()).await;
    names.alignment(config, from.domain(), envelope.domain());
    let host = config.mail.smtp.as_ref().map(|smtp| smtp.host().to_owned());
    if let Some(host) = host {
        names.pointer(&host).await;
    }
}

fn relay(
    report: &mut Report,
    config: &Config,
    probe: &Probe,
    to: &EmailAddress,
    now: DateTime<Utc>,
) {
    let place = || "mail.smtp";
    let here = config
        .mail
        .smtp
        .as_ref()
        .is_some_and(|smtp| matches!(smtp.host(), "localhost" | "127.0.0.1" | "::1"));
    if let Some(why) = &probe.login_refused {
        let (what, mend) = if probe.offers_login {
            (
                why.clone(),
                "check the user and the password in mail.smtp (signs such as @ or / are written %40, %2F)",
            )
        } else {
            (
                format!("it offers no login: {why}"),
                "use the port for submission (smtp+starttls://…:587 or smtps://…:465), or leave the login out",
            )
        };
        report.add(Severity::Fault, "relay-login", place(), what, mend);
    }
    if let Some(why) = &probe.refuses {
        let mend = if probe.has_login {
            "let this login send as the sender under [mail], or change `from` and `return_path`"
        } else {
            "let the relay pass on mail from this machine, or write a login in mail.smtp"
        };
        report.add(
            Severity::Fault,
            "relay-refuses",
            place(),
            format!("the relay would not take a mail to {}: {why}", to.domain()),
            mend,
        );
    }
    if let Some(until) = probe.certificate_until
        && until - now < SOON
    {
        report.add(
            Severity::Warning,
            "relay-certificate-soon-over",
            place(),
            format!(
                "the relay's certificate holds until {} only",
                until.format("%Y-%m-%d")
            ),
            "let whoever runs the relay renew it: mails wait as soon as it is over",
        );
    }
    if probe.open {
        report.add(
            Severity::Fault,
            "relay-open",
            place(),
            "the relay passes mail on for anybody, without a login: it will be used for spam, and your mail will be blocked with it",
            "let it demand a login, or take mail from named machines only",
        );
    }
    if !probe.encrypted && !here {
        let mend = if probe.offers_starttls {
            "it offers to encrypt: write smtp+starttls:// in the place of smtp://"
        } else {
            "use a relay that encrypts (smtps:// or smtp+starttls://), or one in this machine's own network"
        };
        report.add(
            Severity::Warning,
            "relay-unencrypted",
            place(),
            "mails go to the relay without encryption",
            mend,
        );
    }
}

struct Asking<'a> {
    report: &'a mut Report,
    resolver: &'a dyn Resolver,
    silent: BTreeSet<String>,
}

impl Asking<'_> {
    /// What a name has; none where nobody could be asked, which is said once.
    async fn ask(&mut self, name: &str, kind: Kind) -> Option<Vec<String>> {
        match self.resolver.ask(name, kind).await {
            Ok(found) => Some(found),
            Err(why) => {
                if self.silent.insert(why.clone()) {
                    self.report.add(
                        Severity::Unasked,
                        "dns",
                        name,
                        format!("the DNS could not be asked: {why}"),
                        "run `regwire doctor mail` again where names can be resolved",
                    );
                }
                None
            }
        }
    }

    async fn spf(&mut self, domain: &str) {
        let Some(texts) = self.ask(domain, Kind::Txt).await else {
            return;
        };
        let records: Vec<&String> = texts
            .iter()
            .filter(|text| {
                let text = text.to_ascii_lowercase();
                text == "v=spf1" || text.starts_with("v=spf1 ")
            })
            .collect();
        let record = match records.as_slice() {
            [] => {
                self.report.add(
                    Severity::Fault,
                    "spf-missing",
                    domain,
                    "the domain does not say who may send for it (SPF)",
                    format!("{domain}. TXT \"v=spf1 mx include:YOUR-RELAY -all\", with your relay's own words for the include"),
                );
                return;
            }
            [one] => (*one).clone(),
            _ => {
                self.report.add(
                    Severity::Fault,
                    "spf-twice",
                    domain,
                    format!(
                        "there are {} SPF records, and receivers take none of them",
                        records.len()
                    ),
                    "make one of them",
                );
                return;
            }
        };
        let terms: Vec<String> = record
            .split_whitespace()
            .map(str::to_ascii_lowercase)
            .collect();
        if terms.iter().any(|term| term == "+all" || term == "all") {
            self.report.add(
                Severity::Fault,
                "spf-everybody",
                domain,
                format!("its SPF lets everybody send for it: {record}"),
                "end it with -all or ~all",
            );
        }
        let lookups = terms
            .iter()
            .map(|term| term.trim_start_matches(['+', '-', '~', '?']))
            .filter(|term| {
                ["include:", "a:", "a/", "mx", "ptr", "exists:", "redirect="]
                    .iter()
                    .any(|start| term.starts_with(start))
                    || *term == "a"
            })
            .count();
        if lookups > MOST_LOOKUPS {
            self.report.add(
                Severity::Fault,
                "spf-too-long",
                domain,
                format!(
                    "its SPF asks for {lookups} look-ups, and receivers stop at {MOST_LOOKUPS}"
                ),
                "name networks (ip4:, ip6:) in the place of includes",
            );
        }
    }

    /// Bounces must find their way back.
    async fn way_back(&mut self, domain: &str) {
        let Some(mx) = self.ask(domain, Kind::Mx).await else {
            return;
        };
        if mx.iter().any(|host| host == ".") {
            self.report.add(
                Severity::Fault,
                "no-mail-back",
                domain,
                "the domain says that it takes no mail, so bounces never come back and receivers refuse the sender",
                "give it an MX record, or send from a domain that has one",
            );
            return;
        }
        if !mx.is_empty() {
            return;
        }
        if self
            .ask(domain, Kind::Address)
            .await
            .is_some_and(|found| found.is_empty())
        {
            self.report.add(
                Severity::Fault,
                "no-mail-back",
                domain,
                "the domain takes no mail (neither MX nor an address), so bounces never come back and receivers refuse the sender",
                "give it an MX record, or send from a domain that has one",
            );
        }
    }

    async fn dkim(&mut self, config: &Config) {
        for signer in &config.mail.dkim {
            let name = signer.name();
            let Some(texts) = self.ask(&name, Kind::Txt).await else {
                return;
            };
            let mend = format!("{name}. TXT \"{}\"", signer.record());
            let Some(record) = texts.iter().find(|text| text.contains("p=")) else {
                self.report.add(
                    Severity::Fault,
                    "dkim-not-published",
                    name,
                    "mails are signed by a key that the DNS does not have",
                    mend,
                );
                continue;
            };
            if let Err(why) = signer.matches(record) {
                self.report.add(
                    Severity::Fault,
                    "dkim-differs",
                    name,
                    format!("the DNS does not fit the key that mails are signed by: {why}"),
                    mend,
                );
            }
        }
    }

    async fn dmarc(&mut self, domain: &str) {
        let mut found = Vec::new();
        // Receivers ask the domain itself, then the one that it was registered as.
        for domain in BTreeSet::from([domain, registered(domain)]) {
            let Some(texts) = self.ask(&format!("_dmarc.{domain}"), Kind::Txt).await else {
                return;
            };
            found.extend(
                texts
                    .into_iter()
                    .filter(|text| text.starts_with("v=DMARC1")),
            );
        }
        let Some(record) = found.first() else {
            self.report.add(
                Severity::Fault,
                "dmarc-missing",
                format!("_dmarc.{domain}"),
                "the domain does not say what becomes of mail that only claims to be from it (DMARC); large receivers want it of whoever sends lists",
                format!("_dmarc.{domain}. TXT \"v=DMARC1; p=none; rua=mailto:dmarc@{domain}\""),
            );
            return;
        };
        let policy = record
            .split(';')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| name.trim() == "p")
            .map(|(_, value)| value.trim().to_ascii_lowercase());
        if !matches!(policy.as_deref(), Some("none" | "quarantine" | "reject")) {
            self.report.add(
                Severity::Fault,
                "dmarc-wrong",
                format!("_dmarc.{domain}"),
                format!("its DMARC record has no policy that receivers know: {record}"),
                "write p=none, p=quarantine or p=reject",
            );
        }
    }

    /// Whether what is signed and where bounces go is of the domain that readers see.
    fn alignment(&mut self, config: &Config, from: &str, envelope: &str) {
        let ours = registered(from);
        let signed = config
            .mail
            .dkim
            .iter()
            .any(|signer| registered(signer.domain()) == ours);
        if !config.mail.dkim.is_empty() && !signed {
            self.report.add(
                Severity::Fault,
                "dkim-other-domain",
                "mail.dkim",
                format!(
                    "mails are from {from} and signed for another domain: DMARC does not count that"
                ),
                format!("sign with a key of {ours}"),
            );
        }
        if !signed && registered(envelope) != ours {
            self.report.add(
                Severity::Warning,
                "bounces-other-domain",
                "mail.return_path",
                format!("bounces go to {envelope}, which is not of {from}: without a signature DMARC fails"),
                format!("write a return_path under {ours}, or sign with a key of it"),
            );
        }
    }

    /// The relay's address should have a name, and that name the address.
    async fn pointer(&mut self, host: &str) {
        let addresses = match host.parse::<std::net::IpAddr>() {
            Ok(ip) => vec![ip.to_string()],
            Err(_) => match self.ask(host, Kind::Address).await {
                Some(found) => found,
                None => return,
            },
        };
        let Some(address) = addresses.first() else {
            self.report.add(
                Severity::Fault,
                "relay-unknown",
                host,
                "the relay's name is not in the DNS",
                "check the host in mail.smtp",
            );
            return;
        };
        // A relay in one's own net sends on from elsewhere.
        let public = address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| match ip {
                std::net::IpAddr::V4(ip) => {
                    !(ip.is_loopback() || ip.is_private() || ip.is_link_local())
                }
                std::net::IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unique_local()),
            });
        if !public {
            return;
        }
        if let Some(names) = self.ask(address, Kind::Pointer).await
            && names.is_empty()
        {
            self.report.add(
                Severity::Warning,
                "relay-nameless",
                host,
                format!("{address} has no name in the DNS (PTR): receivers distrust mail from there, if it is what they see"),
                "let whoever owns the address give it the relay's name",
            );
        }
    }
}

/// The domain as it was registered.
fn registered(domain: &str) -> &str {
    psl::domain_str(domain).unwrap_or(domain)
}
