//! Certificates: verified by the machine's own authorities, and what is wrong with one told apart as
//! far as the presented chain shows it.
//!
//! The verifier says "unknown issuer" of a certificate that signs itself, of one whose authority
//! nobody trusts, and of one whose server leaves out the link between; three different letters to
//! write. Revocation is not looked up: nobody is asked but the publisher.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, OtherError,
    RootCertStore, SignatureScheme,
};

use super::Error;
use crate::domain::document::FaultCode;

/// Why an issuer is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnknownIssuer {
    /// The certificate is its own issuer.
    #[error("it signs itself")]
    SelfSigned,
    /// The issuer was presented, and leads to no authority that this machine trusts.
    #[error("no authority that this machine trusts has issued it")]
    Untrusted,
    /// The issuer's own certificate was not presented.
    #[error(
        "its server leaves out the certificate of its issuer, or no authority that this machine trusts has issued it"
    )]
    Incomplete,
}

/// The settings of every encrypted connection.
pub(super) fn settings() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (known, unreadable) = roots.add_parsable_certificates(found.certs);
    tracing::debug!(known, unreadable, "the system's certificate authorities");
    // The verifier of the system's own library would do as well, but says less of its reasons.
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let inner: Arc<dyn ServerCertVerifier> = match verifier.build() {
        Ok(verifier) => verifier,
        // A machine without certificate authorities still has plain http, its own loopback above
        // all; https is then refused host by host, never unchecked.
        Err(error) => {
            tracing::warn!(
                %error,
                "no certificate authorities were found, so no https address can be visited: \
                 install the ca-certificates package"
            );
            Arc::new(Nobody(Arc::clone(&provider)))
        }
    };
    let mut settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::Encryption)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Explaining(inner)))
        .with_no_client_auth();
    settings.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(settings)
}

/// Verifies as the verifier within does, and explains its refusals.
#[derive(Debug)]
struct Explaining(Arc<dyn ServerCertVerifier>);

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        self.0
            .verify_server_cert(certificate, chain, name, ocsp, now)
            .map_err(|error| match error {
                TlsError::InvalidCertificate(CertificateError::UnknownIssuer) => {
                    let why = unknown_issuer(certificate, chain);
                    TlsError::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(why))))
                }
                other => other,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.0
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.0
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Trusts nobody.
#[derive(Debug)]
struct Nobody(Arc<rustls::crypto::CryptoProvider>);

impl ServerCertVerifier for Nobody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Err(TlsError::InvalidCertificate(
            CertificateError::UnknownIssuer,
        ))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(TlsError::InvalidCertificate(
            CertificateError::UnknownIssuer,
        ))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(TlsError::InvalidCertificate(
            CertificateError::UnknownIssuer,
        ))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

fn unknown_issuer(certificate: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> UnknownIssuer {
    let Some((mut issuer, subject)) = names(certificate) else {
        return UnknownIssuer::Untrusted;
    };
    if issuer == subject {
        return UnknownIssuer::SelfSigned;
    }
    // From issuer to issuer, as far as was presented; a chain is short, and so is this walk.
    for _ in chain {
        let next = chain
            .iter()
            .filter_map(|link| names(link))
            .find(|(_, subject)| *subject == issuer);
        match next {
            None => return UnknownIssuer::Incomplete,
            Some((above, subject)) if above == subject => return UnknownIssuer::Untrusted,
            Some((above, _)) => issuer = above,
        }
    }
    UnknownIssuer::Incomplete
}

/// The issuer's and the subject's name of a certificate, in their DER (RFC 5280, section 4.1).
fn names(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    let (SEQUENCE, certificate, _) = element(der)? else {
        return None;
    };
    let (SEQUENCE, mut rest, _) = element(certificate)? else {
        return None;
    };
    if let (VERSION, _, after) = element(rest)? {
        rest = after;
    }
    let (_, _serial, rest) = element(rest)?;
    let (_, _algorithm, rest) = element(rest)?;
    let (_, issuer, rest) = element(rest)?;
    let (_, _validity, rest) = element(rest)?;
    let (_, subject, _) = element(rest)?;
    Some((issuer, subject))
}

/// One element of DER: its tag, its contents, what stands after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count > 4 {
            return None;
        }
        let (digits, rest) = rest.split_at_checked(count)?;
        let length = digits
            .iter()
            .fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
        (length, rest)
    };
    let (contents, after) = rest.split_at_checked(length)?;
    Some((*tag, contents, after))
}

/// Until when a certificate holds, as it says itself.
pub(super) fn until(der: &[u8]) -> Option<chrono::DateTime<chrono::Utc>> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    chrono::DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
}

/// The code of what is wrong with a certificate, and what it means.
pub(super) fn explain(error: &CertificateError) -> (FaultCode, String) {
    use CertificateError as E;
    let (code, meaning) = match error {
        E::Expired | E::ExpiredContext { .. } => (FaultCode::CertificateExpired, "it has expired"),
        E::NotValidYet | E::NotValidYetContext { .. } => (
            FaultCode::CertificateNotYetValid,
            "it is not valid yet, unless this machine's clock is wrong",
        ),
        E::NotValidForName | E::NotValidForNameContext { .. } => (
            FaultCode::CertificateWrongHost,
            "it is made out to another host",
        ),
        E::UnknownIssuer => (
            FaultCode::CertificateUntrusted,
            "no authority that this machine trusts has issued it",
        ),
        E::Revoked => (FaultCode::CertificateRevoked, "it has been revoked"),
        E::BadSignature => (
            FaultCode::CertificateBadSignature,
            "it does not bear its issuer's signature",
        ),
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => (
            FaultCode::CertificateWeak,
            "it is signed by a method that is not trusted any more",
        ),
        E::BadEncoding => (FaultCode::CertificateUnreadable, "it cannot be read"),
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => (
            FaultCode::CertificateWrongPurpose,
            "it was not issued for servers",
        ),
        E::Other(OtherError(other)) => match other.downcast_ref::<UnknownIssuer>() {
            Some(why) => {
                let code = match why {
                    UnknownIssuer::SelfSigned => FaultCode::CertificateSelfSigned,
                    UnknownIssuer::Untrusted => FaultCode::CertificateUntrusted,
                    UnknownIssuer::Incomplete => FaultCode::CertificateIncomplete,
                };
                return (code, why.to_string());
            }
            None => {
                return (
                    FaultCode::Certificate,
                    format!("it is not acceptable ({other})"),
                );
            }
        },
        other => {
            return (
                FaultCode::Certificate,
                format!("it is not acceptable ({other})"),
            );
        }
    };
    (code, meaning.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_reason_has_a_code_of_its_own() {
        let other = |why| CertificateError::Other(OtherError(Arc::new(why)));
        let cases = [
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::NotValidForName,
            other(UnknownIssuer::SelfSigned),
            other(UnknownIssuer::Untrusted),
            other(UnknownIssuer::Incomplete),
            CertificateError::Revoked,
            CertificateError::BadSignature,
            CertificateError::InvalidPurpose,
            CertificateError::BadEncoding,
            CertificateError::UnhandledCriticalExtension,
        ];
        let mut codes: Vec<&str> = cases.iter().map(|case| explain(case).0.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), cases.len());
        assert!(codes.iter().all(|code| code.starts_with("certificate")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            names(&bytes);
            let certificate = CertificateDer::from(bytes);
            unknown_issuer(&certificate, std::slice::from_ref(&certificate));
        }
    }
}
