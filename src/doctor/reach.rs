//! Whether one's own site can be reached, and for how long its certificate holds.

use chrono::TimeDelta;

use super::{Bag, Report, Severity, has_network};
use crate::config::Config;
use crate::domain::address::WebAddress;
use crate::fetch::{Fetcher, Settings};

/// A certificate that holds no longer than this is said.
const SOON: TimeDelta = TimeDelta::days(14);
/// How far clocks may be apart.
const APART: TimeDelta = TimeDelta::minutes(5);

pub(super) async fn examine(report: &mut Report, config: &Config, bag: &Bag<'_>) {
    let Ok(address) = WebAddress::new(&format!("{}/healthz", config.base_url)) else {
        return;
    };
    if !bag.online {
        return;
    }
    report.looked.push("one's own site");
    // One's own site may lie in one's own net.
    let private = [
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    ];
    let fetcher = Fetcher::new(Settings {
        allow: private
            .iter()
            .filter_map(|range| range.parse().ok())
            .collect(),
        loopback_only: bag.clock.is_simulated(),
        ..config.fetch.clone()
    });
    let fetcher = match fetcher {
        Ok(fetcher) => fetcher,
        Err(error) => {
            report.add(
                Severity::Fault,
                "fetch",
                "[fetch]",
                error.to_string(),
                "mend this setting",
            );
            return;
        }
    };
    let now = bag.clock.now();
    match fetcher.glance(&address).await {
        Ok(glance) => {
            match glance.status {
                200 | 503 => {}
                421 => report.add(
                    Severity::Fault,
                    "site-other-name",
                    "base_url",
                    "the site answers that it does not go by that name",
                    "let the proxy pass the Host header on, or add the name it sends to `hosts` under [web]",
                ),
                status => report.add(
                    Severity::Fault,
                    "site-answers-otherwise",
                    "base_url",
                    format!("{address} is answered {status}: something else stands there, or the proxy does not reach regwire"),
                    "let the proxy pass requests on to [web] listen",
                ),
            }
            if glance.status == 503 {
                report.add(
                    Severity::Fault,
                    "site-unwell",
                    "/healthz",
                    "the running process says that its work does not get on",
                    "its log says what sticks; restart it",
                );
            }
            if let Some(certificate) = glance.certificate
                && certificate.until - now < SOON
            {
                report.add(
                    Severity::Fault,
                    "certificate-soon-over",
                    "base_url",
                    format!("its certificate holds until {} only", certificate.until.format("%Y-%m-%d")),
                    "renew it, and look why it was not renewed by itself",
                );
            }
            if let Some(date) = glance.date
                && !bag.clock.is_simulated()
                && (date - now).abs() > APART
            {
                report.add(
                    Severity::Warning,
                    "clock-apart",
                    "this machine's clock",
                    format!("the site's server says another time: {} minutes apart", (date - now).num_minutes().abs()),
                    "set the clocks, and let a time service keep them: timedatectl set-ntp true",
                );
            }
        }
        Err((true, why)) => report.add(
            Severity::Fault,
            "certificate",
            "base_url",
            why,
            "give the site a certificate that is valid for its name, with its whole chain",
        ),
        Err((false, why)) if has_network(bag.resolver).await.is_err() && !is_literal(&address) => {
            report.add(
                Severity::Unasked,
                "site",
                "base_url",
                format!("{address} could not be asked: {why}"),
                "run `regwire doctor` again where names can be resolved",
            );
        }
        Err((false, why)) => report.add(
            Severity::Warning,
            "site-unreachable",
            "base_url",
            format!("{address} does not answer from here: {why}"),
            "if `regwire serve` runs: check the name in the DNS, the proxy and the firewall; from inside a network a site may be out of reach and well all the same",
        ),
    }
}

/// Whether the host is an address, or this machine: nobody need resolve it.
fn is_literal(address: &WebAddress) -> bool {
    let host = address.host().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok()
}
