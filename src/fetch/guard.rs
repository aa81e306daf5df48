//! Which addresses may be reached: pure rules over IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use crate::domain::address::WebAddress;

/// A range of addresses, such as `127.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    bits: u8,
}

/// Text that is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no range of addresses: write for example \"10.1.0.0/16\" or \"fd00::/8\"; a star is not offered"
)]
pub struct InvalidCidr {
    given: String,
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let wrong = || InvalidCidr {
            given: text.to_owned(),
        };
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        // The whole of the internet is not a range that anybody allows.
        if bits > most || bits == 0 {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

impl Cidr {
    /// Whether the address lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let shift = 32 - u32::from(self.bits);
                base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let shift = 128 - u32::from(self.bits);
                base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

/// An address that is not visited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{host} is, or leads to, a private or reserved address, which no source may reach. If it is yours, allow its range in [fetch] allow"
)]
pub struct Forbidden {
    /// The host as named.
    pub host: String,
}

/// The rules.
#[derive(Clone, Debug)]
pub struct Guard {
    allow: Arc<Vec<Cidr>>,
    loopback_only: bool,
}

impl Guard {
    /// The rules with what the operator allows.
    pub fn new(allow: Vec<Cidr>, loopback_only: bool) -> Self {
        Self {
            allow: Arc::new(allow),
            loopback_only,
        }
    }

    /// Whether an address may be dialled.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = plain(address);
        let listed = self.allow.iter().any(|range| range.contains(address));
        if self.loopback_only {
            return listed && address.is_loopback();
        }
        listed || !is_reserved(address)
    }

    /// Whether the host, where it is written as an address or as localhost, may be dialled;
    /// other names are checked when they are resolved.
    pub fn allows_literal(&self, address: &WebAddress) -> bool {
        literal(address).is_none_or(|address| self.allows(address))
    }

    /// Whether the host is a private address that the operator has allowed: there the operator
    /// is host and guest, and may be as impolite as he likes.
    pub fn is_allowed_private(&self, address: &WebAddress) -> bool {
        literal(address).is_some_and(|address| is_reserved(plain(address)) && self.allows(address))
    }
}

/// The address that a host is, without asking anybody.
fn literal(address: &WebAddress) -> Option<IpAddr> {
    match address.as_url().host()? {
        url::Host::Ipv4(address) => Some(IpAddr::V4(address)),
        url::Host::Ipv6(address) => Some(IpAddr::V6(address)),
        url::Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            (name == "localhost" || name.ends_with(".localhost"))
                .then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
        }
    }
}

/// IPv4 addresses that are dressed as IPv6 ones, undressed: mapped, compatible, NAT64, 6to4,
/// Teredo. What they lead to is what is judged.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let octets = v6.octets();
    let tail = || Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]);
    let segments = v6.segments();
    let v4 = match segments {
        [0, 0, 0, 0, 0, 0, 0, 0..=1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(tail()),
        [0x2002, ..] => Some(Ipv4Addr::new(octets[2], octets[3], octets[4], octets[5])),
        // RFC 4380: the client's address lies inverted at the end.
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!tail().to_bits())),
        _ => None,
    };
    v4.map_or(address, IpAddr::V4)
}

/// Whether an address is not of the public internet: the special-purpose registries of IANA
/// (RFC 6890 and what was added since), multicast, and everything not yet given out in IPv6.
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_reserved_v4(v4),
        IpAddr::V6(v6) => is_reserved_v6(v6),
    }
}

fn is_reserved_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match a {
        0 | 10 | 127 | 224..=255 => true,
        100 => (64..=127).contains(&b),
        169 => b == 254,
        172 => (16..=31).contains(&b),
        192 => {
            b == 168
                || (b == 0 && matches!(c, 0 | 2))
                || (b == 88 && c == 99)
                || (b == 31 && c == 196)
                || (b == 52 && c == 193)
                || (b == 175 && c == 48)
        }
        198 => matches!(b, 18 | 19) || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    }
}

fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Only 2000::/3 is given out at all.
    if segments[0] & 0xe000 != 0x2000 {
        return true;
    }
    match segments {
        // IETF protocol assignments, benchmarking, ORCHID, Teredo, 6to4, documentation.
        [0x2001, second, ..] if second < 0x200 => true,
        [0x2001, 0xdb8, ..] | [0x2002, ..] => true,
        [0x3fff, second, ..] => second < 0x1000,
        [0x2620, 0x4f, 0x8000, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Private targets by every spelling that a URL parser takes.
    const PRIVATE: &[&str] = &[
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.255.255.254/",
        "http://0/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://10.255.1.2/",
        "http://0xa.1/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.0.1/",
        "http://3232235521/",
        "http://169.254.169.254/",
        "http://0xA9FEA9FE/",
        "http://100.64.0.1/",
        "http://100.127.255.255/",
        "http://192.0.0.1/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://198.51.100.1/",
        "http://203.0.113.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://192.88.99.1/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a00:1::1]/",
        "http://[2001:0:1:2:3:4:80ff:fffe]/",
        "http://[fc00::1]/",
        "http://[fd12:3456::1]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[100::1]/",
        "http://[2001:db8::1]/",
        "http://[2001:2::1]/",
        "http://[2001:10::1]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://localhost/",
        "http://LOCALHOST/",
        "http://localhost./",
        "http://a.b.localhost/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://169.254.169.254:8888\\@example.org/",
    ];

    #[test]
    fn no_private_address_is_reached_by_any_spelling() {
        let guard = Guard::new(Vec::new(), false);
        assert!(PRIVATE.len() >= 48);
        for text in PRIVATE {
            match WebAddress::new(text) {
                Ok(address) => assert!(!guard.allows_literal(&address), "{text} -> {address}"),
                Err(error) => panic!("{text} should be read and then refused: {error}"),
            }
        }
    }

    #[test]
    fn the_public_internet_is_reached() {
        let guard = Guard::new(Vec::new(), false);
        for text in [
            "http://93.184.216.34/",
            "http://172.15.0.1/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
            "http://192.0.1.1/",
            "http://[2606:4700::1111]/",
            "http://[2a00:1450:4001::1]/",
            "http://[2002:5db8:d822::1]/",
            "http://[::ffff:93.184.216.34]/",
            "http://example.org/",
        ] {
            let address = WebAddress::new(text).unwrap();
            assert!(guard.allows_literal(&address), "{text}");
        }
    }

    #[test]
    fn the_operator_allows_ranges_and_nothing_else_does() {
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], false);
        for (text, allowed) in [
            ("http://127.0.0.9/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("http://x.localhost/", true),
            ("http://10.0.0.1/", false),
            ("http://[::1]/", false),
        ] {
            assert_eq!(
                guard.allows_literal(&WebAddress::new(text).unwrap()),
                allowed,
                "{text}"
            );
        }
        let held = Guard::new(
            vec![
                "127.0.0.0/8".parse().unwrap(),
                "10.0.0.0/8".parse().unwrap(),
            ],
            true,
        );
        assert!(held.allows(IpAddr::from([127, 0, 0, 1])));
        assert!(!held.allows(IpAddr::from([10, 0, 0, 1])));
        assert!(!held.allows(IpAddr::from([93, 184, 216, 34])));
        for bad in ["*", "0.0.0.0/0", "::/0", "10.0.0.0/33", "ten", ""] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }
}
