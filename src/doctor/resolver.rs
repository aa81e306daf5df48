//! Asking names of the Internet.

use std::pin::Pin;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Texts.
    Txt,
    /// Who takes mail.
    Mx,
    /// Addresses.
    Address,
    /// The name of an address.
    Pointer,
}

/// What a name has; nothing where it has none or is none. The error says why nobody could be asked.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<String>, String>> + Send + 'a>>;

/// Whoever knows names.
pub trait Resolver: Send + Sync {
    /// Asks one.
    fn ask<'a>(&'a self, name: &'a str, kind: Kind) -> Answer<'a>;
}

/// The names of the Internet, by this machine's settings.
pub struct Names(Result<TokioResolver, String>);

/// The longest wait.
const WAIT: Duration = Duration::from_secs(8);

impl Names {
    /// By this machine's settings.
    pub fn of_this_machine() -> Self {
        let built = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        Self(built.map_err(|error| format!("this machine's resolver cannot be used: {error}")))
    }
}

impl Resolver for Names {
    fn ask<'a>(&'a self, name: &'a str, kind: Kind) -> Answer<'a> {
        Box::pin(async move {
            let resolver = self.0.as_ref().map_err(Clone::clone)?;
            let record = match kind {
                Kind::Txt => RecordType::TXT,
                Kind::Mx => RecordType::MX,
                Kind::Address => RecordType::A,
                Kind::Pointer => RecordType::PTR,
            };
            let asked = async {
                match (kind, name.parse::<std::net::IpAddr>()) {
                    (Kind::Pointer, Ok(ip)) => resolver.reverse_lookup(ip).await,
                    _ => {
                        resolver
                            .lookup(format!("{}.", name.trim_end_matches('.')), record)
                            .await
                    }
                }
            };
            let found = match tokio::time::timeout(WAIT, asked).await {
                Err(_) => return Err(format!("no answer in {} seconds", WAIT.as_secs())),
                // A server that refuses or fails has not said that there is nothing.
                Ok(Err(NetError::Dns(DnsError::NoRecordsFound(NoRecords {
                    response_code: ResponseCode::NXDomain | ResponseCode::NoError,
                    ..
                })))) => return Ok(Vec::new()),
                Ok(Err(error)) => return Err(error.to_string()),
                Ok(Ok(found)) => found,
            };
            Ok(found
                .answers()
                .iter()
                .filter_map(|record| match &record.data {
                    RData::TXT(text) => Some(
                        text.txt_data
                            .iter()
                            .map(|part| String::from_utf8_lossy(part))
                            .collect::<String>(),
                    ),
                    RData::MX(mx) => Some(mx.exchange.to_string()),
                    RData::A(ip) => Some(ip.0.to_string()),
                    RData::PTR(name) => Some(name.0.to_string()),
                    _ => None,
                })
                .collect())
        })
    }
}
