//! A query as text: what was understood, for readers, and for the addresses of what is beside it.

use std::fmt;

use super::{Filter, Query};

/// As typed into a filter: `framework:iso-iec-42001`.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Framework(id) => write!(f, "framework:{id}"),
            Self::Jurisdiction(id) => write!(f, "jurisdiction:{id}"),
            Self::Body(id) => write!(f, "body:{id}"),
            Self::Topic(id) => write!(f, "topic:{id}"),
            Self::Kind(kind) => write!(f, "kind:{}", kind.as_str()),
            Self::Source(id) => write!(f, "source:{id}"),
            Self::Standard(work) => write!(f, "standard:\"{work}\""),
            Self::Authority(authority) => write!(f, "authority:{}", authority.as_str()),
            Self::Language(language) => write!(f, "language:{language}"),
            Self::After(day) => write!(f, "after:{day}"),
            Self::Before(day) => write!(f, "before:{day}"),
            Self::Open(open) => write!(f, "open:{}", if *open { "yes" } else { "no" }),
        }
    }
}

/// As it could have been typed: empty for everything.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::Word { text, prefix } => {
                let star = if *prefix { "*" } else { "" };
                if matches!(text.as_str(), "AND" | "OR" | "NOT" | "&&" | "||") && !prefix {
                    write!(f, "\"{text}\"")
                } else {
                    write!(f, "{text}{star}")
                }
            }
            Self::Phrase(text) => write!(f, "\"{text}\""),
            Self::Citation { text, .. } => f.write_str(text),
            Self::Filter(filter) => filter.fmt(f),
            Self::And(parts) => row(f, parts, " ", |part| {
                matches!(part, Self::Or(_) | Self::And(_))
            }),
            Self::Or(parts) => row(f, parts, " OR ", |part| matches!(part, Self::Or(_))),
            Self::Not(inner) => match inner.as_ref() {
                one @ (Self::And(_) | Self::Or(_)) => write!(f, "NOT ({one})"),
                one => write!(f, "NOT {one}"),
            },
        }
    }
}

fn row(
    f: &mut fmt::Formatter<'_>,
    parts: &[Query],
    glue: &str,
    bracketed: impl Fn(&Query) -> bool,
) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(glue)?;
        }
        if bracketed(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}
