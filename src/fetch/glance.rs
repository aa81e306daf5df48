//! A glance at an address: whether it answers, what its clock says, and how long its certificate
//! holds. Nothing of what it says is read.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Fetcher, certificates, faults};
use crate::domain::address::WebAddress;

/// The longest wait for an answer.
const WAIT: Duration = Duration::from_secs(10);

/// What a glance showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The HTTP status.
    pub status: u16,
    /// The server's clock, by its `Date`.
    pub date: Option<DateTime<Utc>>,
    /// Its certificate, where the address is of https.
    pub certificate: Option<Certificate>,
}

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Until when it holds.
    pub until: DateTime<Utc>,
}

impl Fetcher {
    /// Asks once, without following redirects; `Err` says in words why there was no answer, and
    /// whether that is a certificate's fault.
    ///
    /// # Errors
    /// When there is no answer, or our own rules forbid the address.
    pub async fn glance(&self, url: &WebAddress) -> Result<Glance, (bool, String)> {
        if let Err(refusal) = self.check(url).await {
            return Err((false, refusal.to_string()));
        }
        let asked = self.client().get(url.as_url().clone()).send();
        let response = match tokio::time::timeout(WAIT, asked).await {
            Err(_) => {
                return Err((false, format!("no answer in {} seconds", WAIT.as_secs())));
            }
            Ok(Err(error)) => {
                let fault = faults::of(&error, url.host());
                let certificate = fault.code.as_str().starts_with("certificate");
                return Err((certificate, fault.detail));
            }
            Ok(Ok(response)) => response,
        };
        let date = response
            .headers()
            .get("date")
            .and_then(|value| value.to_str().ok())
            .and_then(|text| httpdate::parse_http_date(text).ok())
            .map(DateTime::<Utc>::from);
        let certificate = response
            .extensions()
            .get::<reqwest::tls::TlsInfo>()
            .and_then(reqwest::tls::TlsInfo::peer_certificate)
            .and_then(certificates::until)
            .map(|until| Certificate { until });
        Ok(Glance {
            status: response.status().as_u16(),
            date,
            certificate,
        })
    }

    /// Tells an address that all is well; `Err` says in words why it could not be told.
    ///
    /// # Errors
    /// As [`Fetcher::glance`], and when the answer is no success.
    pub async fn ping(&self, url: &WebAddress) -> Result<(), String> {
        match self.glance(url).await {
            Ok(glance) if (200..300).contains(&glance.status) => Ok(()),
            Ok(glance) => Err(format!("it answered {}", glance.status)),
            Err((_, why)) => Err(why),
        }
    }
}
