//! Posting to an address that an operator or a team named: guarded as every byte out is, without
//! redirects, and bounded.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fetcher, faults, headers};
use crate::domain::address::WebAddress;

/// The longest wait for an answer.
const WAIT: Duration = Duration::from_secs(10);
/// As much of an answer is read and kept.
const KEPT: usize = 600;

/// What became of something posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// Taken (2xx).
    Taken(String),
    /// Not now; after how long, where it says so.
    Later(String, Option<TimeDelta>),
    /// It is gone for good (410), or our own rules forbid the address.
    Never(String),
}

impl Fetcher {
    /// Posts once; the caller decides about another try.
    pub async fn post(
        &self,
        url: &WebAddress,
        fields: &[(&str, String)],
        body: String,
        now: DateTime<Utc>,
    ) -> Posted {
        if let Err(refusal) = self.check(url).await {
            return Posted::Never(refusal.to_string());
        }
        let mut asked = self
            .client()
            .post(url.as_url().clone())
            .header("content-type", "application/json")
            .body(body);
        for (name, value) in fields {
            asked = asked.header(*name, value);
        }
        let answered = tokio::time::timeout(WAIT, async {
            let mut response = asked.send().await?;
            let mut text = Vec::new();
            while text.len() < KEPT
                && let Ok(Some(chunk)) = response.chunk().await
            {
                text.extend(chunk.iter().take(KEPT - text.len()));
            }
            Ok::<_, reqwest::Error>((response.status(), response.headers().clone(), text))
        })
        .await;
        match answered {
            Err(_) => Posted::Later(format!("no answer in {} seconds", WAIT.as_secs()), None),
            Ok(Err(error)) => Posted::Later(faults::of(&error, url.host()).detail, None),
            Ok(Ok((status, answered, text))) => {
                let said: String = String::from_utf8_lossy(&text)
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(200)
                    .collect();
                let words = format!("{} {said}", status.as_u16()).trim().to_owned();
                if status.is_success() {
                    Posted::Taken(words)
                } else if status.as_u16() == 410 {
                    Posted::Never(words)
                } else {
                    Posted::Later(words, headers::retry_after(&answered, now))
                }
            }
        }
    }
}
