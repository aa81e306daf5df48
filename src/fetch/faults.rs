//! From the client's errors to faults with a sentence that a person can act upon.

use std::error::Error as StdError;
use std::io;

use super::certificates;
use super::guard::Refusal;
use crate::domain::document::{Fault, FaultCode};

/// Finds the first cause of type `E`. An `io::Error` hides its inner error from `source`, so it
/// is opened.
fn cause<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            && let Some(found) = cause::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The innermost words: the outer ones only say that a request failed.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

fn tls(error: &rustls::Error, host: &str) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(why) => {
            let (code, meaning) = certificates::explain(why);
            Fault::new(
                code,
                format!("The certificate of {host} is refused, because {meaning}."),
            )
        }
        rustls::Error::NoCertificatesPresented => Fault::new(
            FaultCode::Certificate,
            format!("{host} presents no certificate."),
        ),
        other => Fault::new(
            FaultCode::Unreachable,
            format!("No encrypted connection with {host} can be agreed on: {other}."),
        ),
    }
}

/// The fault behind an error of the client, met while asking `host`.
pub(super) fn of(error: &reqwest::Error, host: &str) -> Fault {
    if let Some(refusal) = cause::<Refusal>(error) {
        return Fault::new(FaultCode::AddressRefused, format!("{refusal}."));
    }
    if let Some(error) = cause::<rustls::Error>(error) {
        return tls(error, host);
    }
    if error.is_builder() {
        return Fault::new(
            FaultCode::AddressRefused,
            format!("The address cannot be asked for: {}.", innermost(error)),
        );
    }
    if error.is_timeout() {
        return Fault::new(
            FaultCode::TimeOut,
            format!("{host} did not take the connection in time."),
        );
    }
    if error.is_dns() {
        return Fault::new(
            FaultCode::NoSuchHost,
            format!(
                "The name {host} cannot be resolved: {}. Is it spelt right, and does this \
                 machine have a resolver?",
                innermost(error)
            ),
        );
    }
    if error.is_connect() {
        return Fault::new(
            FaultCode::Unreachable,
            format!("No connection to {host}: {}.", innermost(error)),
        );
    }
    if error.is_body() || error.is_decode() {
        return Fault::new(
            FaultCode::BrokenBody,
            format!(
                "The answer of {host} ended too early or could not be decoded: {}.",
                innermost(error)
            ),
        );
    }
    Fault::new(
        FaultCode::Unreachable,
        format!("{host} gave no usable HTTP answer: {}.", innermost(error)),
    )
}

/// What an unsuccessful status asks of a person.
pub(super) fn status(status: u16, host: &str) -> Fault {
    let advice = match status {
        401 | 407 => "it wants a login; look for a public address, or give the source its header",
        403 | 451 => {
            "it refuses us; if a browser is let in, write to the publisher or find their feed"
        }
        404 => "there is nothing at this address any more; look for its successor",
        406 | 415 => "it does not like what we accept; give the source an Accept header",
        410 => "the publisher says it is gone for good; look for its successor or switch it off",
        429 => "it asks us to come less often",
        500..=599 => "the publisher's server is in trouble; it is tried again",
        _ => "this status is no success",
    };
    Fault::new(
        FaultCode::HttpStatus,
        format!("{host} answered {status}: {advice}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_certificate_is_found_where_the_client_hides_it() {
        let bad = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        // As the client hands it over: wrapped in an input/output error.
        let error = io::Error::other(bad);
        let fault = tls(cause::<rustls::Error>(&error).unwrap(), "example.org");
        assert_eq!(fault.code, FaultCode::CertificateExpired);
        assert!(fault.detail.contains("example.org"), "{fault:?}");
    }

    #[test]
    fn a_failed_handshake_is_no_bad_certificate() {
        let fault = tls(
            &rustls::Error::General("no shared version".to_owned()),
            "example.org",
        );
        assert_eq!(fault.code, FaultCode::Unreachable);
    }
}
