//! Which addresses may be visited: pure rules, asked for every literal, every resolved name and
//! every hop of a redirect (promises: F1, F2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

use crate::domain::address::WebAddress;

/// Text that was offered as an address range and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an address range: {why}")]
pub struct InvalidCidr {
    /// As given, at most 80 characters.
    pub given: String,
    /// What is wrong, and what would be right.
    pub why: &'static str,
}

/// A range of addresses, `127.0.0.0/8` or `fd00::/8` (RFC 4632, RFC 4291 section 2.3); a single
/// address stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Whether the range holds `address`. A v4-mapped address is its IPv4 address: that is what
    /// a socket would connect to.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = mask(self.prefix, 32) as u32;
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = mask(self.prefix, 128);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// The mask of the first `prefix` of `width` bits.
fn mask(prefix: u8, width: u32) -> u128 {
    let all = u128::MAX >> (128 - width);
    all.checked_shr(u32::from(prefix))
        .map_or(all, |host| all & !host)
}

impl std::str::FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let text = text.trim();
        let wrong = |why| InvalidCidr {
            given: text.chars().take(80).collect(),
            why,
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let network: IpAddr = address
            .parse()
            .map_err(|_| wrong("write an IP address and a length, such as 10.1.0.0/16"))?;
        if network.to_canonical() != network {
            return Err(wrong("write a v4-mapped address as its IPv4 address"));
        }
        let width = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits
                .parse::<u8>()
                .ok()
                .filter(|prefix| *prefix <= width)
                .ok_or_else(|| wrong("the length after the / is over the address's own"))?,
            Some(_) => return Err(wrong("the part after the / must be a whole number")),
        };
        if prefix == 0 {
            return Err(wrong(
                "a length of 0 would open every address; name the ranges that are needed",
            ));
        }
        let bits = match network {
            IpAddr::V4(network) => u128::from(network.to_bits()),
            IpAddr::V6(network) => network.to_bits(),
        };
        if bits & !mask(prefix, u32::from(width)) != 0 {
            return Err(wrong("bits are set after its length"));
        }
        Ok(Self { network, prefix })
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl<'de> serde::Deserialize<'de> for Cidr {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Special-purpose IPv4 ranges: the IANA registry (RFC 6890 and successors), multicast, and one
/// range that a cloud gives to its own machines.
const SPECIAL_V4: &[([u8; 4], u8, &str)] = &[
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "a private network"),
    ([100, 64, 0, 0], 10, "a carrier's shared range"),
    ([127, 0, 0, 0], 8, "this machine"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "a private network"),
    ([192, 0, 0, 0], 24, "protocol assignments"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 31, 196, 0], 24, "AS112"),
    ([192, 52, 193, 0], 24, "multicast tunnelling"),
    ([192, 88, 99, 0], 24, "6to4 relays"),
    ([192, 168, 0, 0], 16, "a private network"),
    ([192, 175, 48, 0], 24, "AS112"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    // Azure's "WireServer": outside every registry, and answers only from within the machine.
    ([168, 63, 129, 16], 32, "a cloud's own service"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// Special-purpose IPv6 ranges inside 2000::/3; whatever lies outside is refused as a whole.
const SPECIAL_V6: &[([u16; 3], u8, &str)] = &[
    (
        [0x2001, 0, 0],
        23,
        "protocol assignments, Teredo among them",
    ),
    ([0x2001, 0xdb8, 0], 32, "documentation"),
    ([0x2002, 0, 0], 16, "6to4"),
    ([0x2620, 0x4f, 0x8000], 48, "AS112"),
    ([0x3fff, 0, 0], 20, "documentation"),
];

/// What makes an address none of the public Internet; `None` for a public one.
fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => SPECIAL_V4.iter().find_map(|(network, prefix, name)| {
            let mask = mask(*prefix, 32) as u32;
            (u32::from_be_bytes(*network) == address.to_bits() & mask).then_some(*name)
        }),
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            if bits >> 125 != 1 {
                return Some(match address.segments() {
                    [0, 0, 0, 0, 0, 0, 0, 0] => "no address",
                    [0, 0, 0, 0, 0, 0, 0, 1] => "this machine",
                    [0, 0, 0, 0, 0, 0xffff, ..] => "a v4-mapped address",
                    [0x64, 0xff9b, ..] => "NAT64",
                    [first, ..] if first & 0xfe00 == 0xfc00 => "a private network",
                    [first, ..] if first & 0xffc0 == 0xfe80 => "link-local",
                    [first, ..] if first & 0xff00 == 0xff00 => "multicast",
                    _ => "outside the public range 2000::/3",
                });
            }
            SPECIAL_V6.iter().find_map(|(network, prefix, name)| {
                let [a, b, c] = *network;
                let network = Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_bits();
                (network == bits & mask(*prefix, 128)).then_some(*name)
            })
        }
    }
}

/// The IPv4 addresses that a translator or tunnel would make of an IPv6 address: NAT64
/// (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214), the v4-compatible
/// and v4-translated forms (RFC 4291, RFC 2765).
fn embedded(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Vec::new(),
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, _, _, _, _, high, low]
        | [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => vec![v4(high, low)],
        [0x2002, high, low, ..] => vec![v4(high, low)],
        // A Teredo client's address is stored with every bit inverted.
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            vec![v4(server_high, server_low), v4(!high, !low)]
        }
        _ => Vec::new(),
    }
}

/// Why an address is not visited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// It belongs to a range that is not the public Internet.
    #[error(
        "{host} is {address} ({range}); if it is meant, add a range that holds it to `allow` of [fetch]"
    )]
    Special {
        host: String,
        address: IpAddr,
        range: &'static str,
    },
    /// The clock is simulated, so only this machine may be reached.
    #[error("{host} is not this machine: with a simulated clock only loopback is visited")]
    NotLoopback { host: String },
}

/// The rules with the operator's exceptions.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    allow: Vec<Cidr>,
    loopback_only: bool,
}

impl Guard {
    pub(super) fn new(allow: Vec<Cidr>, loopback_only: bool) -> Self {
        Self {
            allow,
            loopback_only,
        }
    }

    /// Whether the operator has named this address.
    fn names(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|range| range.contains(address))
    }

    /// Whether `address`, which `host` stands for, may be connected to.
    pub(super) fn check(&self, host: &str, address: IpAddr) -> Result<(), Refusal> {
        if self.loopback_only && !address.to_canonical().is_loopback() {
            return Err(Refusal::NotLoopback {
                host: host.to_owned(),
            });
        }
        let refused = |address, range| {
            Err(Refusal::Special {
                host: host.to_owned(),
                address,
                range,
            })
        };
        if !self.names(address)
            && let Some(range) = special(address)
        {
            return refused(address, range);
        }
        // An allowed translator's range does not allow what hides behind the translator.
        if let IpAddr::V6(outer) = address {
            for inner in embedded(outer).into_iter().map(IpAddr::V4) {
                if !self.names(inner)
                    && let Some(range) = special(inner)
                {
                    return refused(inner, range);
                }
            }
        }
        Ok(())
    }

    /// Checks what can be known of an address before any name is resolved: literals, and names
    /// that mean this machine.
    pub(super) fn check_host(&self, url: &WebAddress) -> Result<(), Refusal> {
        match known_address(url) {
            Some(address) => self.check(url.host(), address),
            None => Ok(()),
        }
    }

    /// Whether the host is a private one that the operator has allowed, so that the usual gap
    /// between visits is not owed to a stranger. Only literals and names of this machine count.
    pub(super) fn is_own(&self, url: &WebAddress) -> bool {
        known_address(url).is_some_and(|address| special(address).is_some() && self.names(address))
    }
}

/// The address of a literal or of a name of this machine.
fn known_address(url: &WebAddress) -> Option<IpAddr> {
    match url.as_url().host()? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(name) => this_machine(name),
    }
}

/// `localhost` and every name below it are this machine, whatever a resolver would say
/// (RFC 6761, section 6.3).
pub(super) fn this_machine(name: &str) -> Option<IpAddr> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label = name.rsplit('.').next()?;
    label
        .eq_ignore_ascii_case("localhost")
        .then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(ranges: &[&str]) -> Guard {
        Guard::new(ranges.iter().map(|r| r.parse().unwrap()).collect(), false)
    }

    /// Refused either as an address at all, or by its host.
    fn is_refused(guard: &Guard, text: &str) -> bool {
        WebAddress::new(text).map_or(true, |url| guard.check_host(&url).is_err())
    }

    const FORBIDDEN: &[&str] = &[
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.255.255.254/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0X7F.1/",
        "http://0x7f.0x0.0x0.0x1/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0177.0.0.01/",
        "http://127.0.0.0x1/",
        "http://%31%32%37.0.0.1/",
        "http://127%2e0%2e0%2e1/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://localhost/",
        "http://LOCALHOST/",
        "http://localhost./",
        "http://a.localhost/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://0/",
        "http://0.0.0.0/",
        "http://0x0/",
        "http://10.0.0.1/",
        "http://10.1/",
        "http://012.0.0.1/",
        "http://100.64.0.1/",
        "http://100.100.100.200/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.43518/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://0251.0376.0251.0376/",
        "http://169.254.169.254:8888\\@example.org/",
        "http://example.org@169.254.169.254/",
        "http://169.254.169.254#@example.org/",
        "http://169.254.169.254?@example.org/",
        "http:\\\\127.0.0.1/",
        "http:/127.0.0.1/",
        "http:127.0.0.1",
        "http:////127.0.0.1/",
        "http://\t127.0.0.1/",
        "http://127.0.\n0.1/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.0.0.192/",
        "http://192.0.2.1/",
        "http://192.31.196.1/",
        "http://192.52.193.1/",
        "http://192.88.99.1/",
        "http://192.168.1.1/",
        "http://192.175.48.1/",
        "http://198.18.0.1/",
        "http://198.19.255.255/",
        "http://198.51.100.7/",
        "http://203.0.113.7/",
        "http://168.63.129.16/",
        "http://224.0.0.1/",
        "http://239.255.255.250/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[100::1]/",
        "http://[2001::1]/",
        "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
        "http://[2001:2::1]/",
        "http://[2001:20::1]/",
        "http://[2001:db8::1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a00:1::1]/",
        "http://[2620:4f:8000::1]/",
        "http://[2a00:1450::5efe:10.0.0.1]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[4000::1]/",
        "http://user@127.0.0.1/",
        "http://a:b@example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/",
        "ftp://127.0.0.1/",
    ];

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        let guard = open(&[]);
        assert!(FORBIDDEN.len() >= 48);
        for text in FORBIDDEN {
            assert!(is_refused(&guard, text), "{text:?}");
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        let guard = open(&[]);
        for text in [
            "https://www.nist.gov/",
            "https://8.8.8.8/",
            "https://100.63.255.255/",
            "https://100.128.0.1/",
            "https://172.15.0.1/",
            "https://172.32.0.1/",
            "https://192.0.1.1/",
            "https://223.255.255.255/",
            "https://[2a00:1450:4001:80b::2004]/",
            "https://[2001:4860:4860::8888]/",
            "https://[2001:200::1]/",
            "https://notlocalhost/",
            "https://localhost.example.org/",
        ] {
            assert!(!is_refused(&guard, text), "{text}");
        }
    }

    #[test]
    fn the_allow_list_opens_what_it_names_and_nothing_else() {
        let loopback = open(&["127.0.0.0/8"]);
        for text in [
            "http://127.0.0.1:8080/",
            "http://0x7f000001/",
            "http://localhost/",
            "http://a.localhost/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert!(!is_refused(&loopback, text), "{text}");
            assert!(loopback.is_own(&WebAddress::new(text).unwrap()), "{text}");
        }
        for text in [
            "http://10.0.0.1/",
            "http://[::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[::ffff:10.0.0.1]/",
        ] {
            assert!(is_refused(&loopback, text), "{text}");
        }
        assert!(!loopback.is_own(&WebAddress::new("http://8.8.8.8/").unwrap()));
        // A public range on the list changes no manners.
        let public = open(&["8.8.8.0/24"]);
        assert!(!public.is_own(&WebAddress::new("http://8.8.8.8/").unwrap()));
    }

    #[test]
    fn an_allowed_translator_does_not_open_what_lies_behind_it() {
        let guard = open(&["64:ff9b::/96"]);
        assert!(!is_refused(&guard, "http://[64:ff9b::8.8.8.8]/"));
        assert!(is_refused(&guard, "http://[64:ff9b::10.0.0.1]/"));
        let teredo = open(&["2001::/32"]);
        // The client behind this one is 127.0.0.1, inverted.
        assert!(is_refused(
            &teredo,
            "http://[2001:0:808:808:0:0:80ff:fffe]/"
        ));
        assert!(!is_refused(
            &teredo,
            "http://[2001:0:808:808:0:0:f7f7:f7f7]/"
        ));
    }

    #[test]
    fn a_simulated_clock_reaches_this_machine_only() {
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], true);
        assert!(!is_refused(&guard, "http://127.0.0.1/"));
        assert!(is_refused(&guard, "http://8.8.8.8/"));
        assert!(is_refused(
            &Guard::new(Vec::new(), true),
            "http://127.0.0.1/"
        ));
    }

    #[test]
    fn ranges_are_read_strictly() {
        for (text, holds, lacks) in [
            ("127.0.0.0/8", "127.9.9.9", "128.0.0.1"),
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("192.168.1.7/32", "::ffff:192.168.1.7", "192.168.1.6"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("::1", "::1", "::2"),
        ] {
            let range: Cidr = text.parse().unwrap();
            assert!(range.contains(holds.parse().unwrap()), "{text}");
            assert!(!range.contains(lacks.parse().unwrap()), "{text}");
        }
        for text in [
            "*",
            "",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "10/8",
            "localhost",
            "::ffff:10.0.0.0/104",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }

    proptest::proptest! {
        /// What hides an address that is refused is refused too.
        #[test]
        fn no_disguise_helps(bits in proptest::num::u32::ANY) {
            let plain = Ipv4Addr::from_bits(bits);
            let guard = open(&["64:ff9b::/96", "2002::/16", "::/96"]);
            let [a, b, c, d] = plain.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            if guard.check("x", plain.into()).is_err() && bits > 1 {
                for disguise in [
                    plain.to_ipv6_mapped(),
                    Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                    Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                    Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                ] {
                    proptest::prop_assert!(guard.check("x", disguise.into()).is_err(), "{}", disguise);
                }
            }
        }
    }
}
