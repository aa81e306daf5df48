//! `[metrics]` and `[operator]`: how whoever runs this hears how it goes.

use std::net::{IpAddr, SocketAddr};

use chrono::TimeDelta;

use crate::domain::address::WebAddress;
use crate::domain::quantity;
use crate::domain::schedule::Schedule;
use crate::text::table::Table;

/// Where figures are told to a machine (`[metrics]`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricsSettings {
    /// Where; nowhere when none.
    pub listen: Option<SocketAddr>,
}

/// How the operator is told (`[operator]`).
#[derive(Clone)]
pub struct OperatorSettings {
    /// Where a sign of life goes; whoever knows the address can give one, so it is a secret.
    pub ping: Option<WebAddress>,
    /// How often.
    pub ping_every: TimeDelta,
    /// When the weekly word is said; never when none.
    pub weekly: Option<Schedule>,
}

impl Default for OperatorSettings {
    fn default() -> Self {
        Self {
            ping: None,
            ping_every: TimeDelta::minutes(5),
            weekly: Schedule::new("0 7 * * 1", "UTC").ok(),
        }
    }
}

impl std::fmt::Debug for OperatorSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorSettings")
            .field("ping", &self.ping.as_ref().map(|_| "…"))
            .field("ping_every", &self.ping_every)
            .field("weekly", &self.weekly)
            .finish()
    }
}

/// Whether only a company's own machines can come from there.
pub(super) fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

pub(super) fn metrics(mut table: Table<'_>) -> MetricsSettings {
    let listen = table
        .read("listen", |text| match text.trim() {
            "" => Ok(None),
            text => super::address_and_port(text).map(Some),
        })
        .flatten();
    let public = table.flag("public").unwrap_or(false);
    if let Some(address) = listen
        && !is_private(address.ip())
        && !public
    {
        table.fault(
            "listen",
            "strangers could read the figures there: write 127.0.0.1:9464 or a private address, or add public = true",
        );
    }
    table.finish();
    MetricsSettings { listen }
}

pub(super) fn operator(mut table: Table<'_>) -> OperatorSettings {
    let mut out = OperatorSettings::default();
    if let Some(text) = table.secret("ping", "ping_file", None) {
        match WebAddress::new(&text) {
            Ok(address) => out.ping = Some(address),
            Err(_) => table.fault(
                "ping",
                "this is no web address: write it as the watching service gives it, with https://",
            ),
        }
    }
    if let Some(every) = table.read("ping_every", quantity::span) {
        if every < TimeDelta::minutes(1) {
            table.fault("ping_every", "at least a minute: write for example \"5m\"");
        }
        out.ping_every = every;
    }
    let zone = table.text("zone");
    let weekly = table.text("weekly");
    match weekly.as_deref().map(str::trim) {
        Some("") => out.weekly = None,
        weekly => {
            let cron = weekly.unwrap_or("0 7 * * 1");
            match Schedule::new(cron, zone.as_deref().unwrap_or("UTC")) {
                Ok(schedule) => out.weekly = Some(schedule),
                Err(error) => {
                    let key =
                        if matches!(error, crate::domain::schedule::InvalidSchedule::Zone { .. }) {
                            "zone"
                        } else {
                            "weekly"
                        };
                    table.fault(key, error.to_string());
                }
            }
        }
    }
    table.finish();
    out
}
