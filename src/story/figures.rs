//! Sums, counts, codes, dates and series that two accounts share, or that set them apart.

use super::fingerprint::Fingerprint;
use super::numbers::Currency;
use super::verdict::{Scale, apart, apart_in, common, of_a_party};

/// Whether a sum has one digit and noughts.
fn is_round(mut sum: u64) -> bool {
    while sum >= 10 && sum.is_multiple_of(10) {
        sum /= 10;
    }
    sum < 10
}

/// Sums that are the same up to rounding.
fn near((a, x): (u64, Currency), (b, y): (u64, Currency), of_one: bool) -> bool {
    if !x.fits(y) {
        return false;
    }
    let (low, high) = (a.min(b) as f64, a.max(b) as f64);
    // "A million" may be 1.05 million of the same party, told in short.
    let in_short = of_one && [a, b].iter().any(|sum| is_round(*sum));
    high - low <= high * if in_short { 0.06 } else { 0.025 }
}

pub(super) fn numbers(a: &Fingerprint, b: &Fingerprint, scale: &mut Scale) {
    if !a.sums.is_empty() && !b.sums.is_empty() {
        let of_one = scale.names_a_party(a, b);
        type Sums = [(u64, Currency)];
        let total = |sums: &Sums| {
            let (_, currency) = sums.first().copied().unwrap_or_default();
            let alike = sums.len() > 1 && sums.iter().all(|(_, other)| *other == currency);
            alike.then(|| (sums.iter().map(|(sum, _)| sum).sum(), currency))
        };
        let met = |x: &Sums, y: &Sums| {
            x.iter()
                .copied()
                .chain(total(x))
                .any(|sum| y.iter().any(|other| near(sum, *other, of_one)))
        };
        // A fine in zloty is told abroad in euro: by far the same is not told apart.
        let abroad = |x: &Sums, y: &Sums| {
            x.iter().any(|(sum, own)| {
                y.iter().any(|(other, currency)| {
                    let (Some(rate), Some(another)) = (own.rough_rate(), currency.rough_rate())
                    else {
                        return own != currency
                            && *own != Currency::Unknown
                            && *currency != Currency::Unknown;
                    };
                    let ratio = (*sum as f64 * rate) / (*other as f64 * another).max(1.0);
                    own != currency && (0.5..=2.0).contains(&ratio)
                })
            })
        };
        if met(&a.sums, &b.sums) || met(&b.sums, &a.sums) {
            scale.add(2.0, "the same sum");
        } else if abroad(&a.sums, &b.sums) {
            scale.add(0.3, "about the same sum abroad");
        } else if a.correction != b.correction && a.body == b.body && of_one {
            // It may be the very sum that is corrected.
            scale.add(2.0, "one corrects the other's sum");
        } else if of_one
            && (a.head_sums == 0 || b.head_sums == 0)
            && apart(a, b).is_some_and(|days| days <= 8)
        {
            // The fine beside another that comes with it.
            scale.add(-2.5, "two sums of money");
        } else if of_a_party(a.kind) && of_a_party(b.kind) {
            scale.veto("two sums of money");
        } else {
            scale.add(-1.5, "two sums of money");
        }
    }
    let counted = common(&a.counts, &b.counts);
    if let Some(most) = counted.iter().max() {
        // Twos and threes are counted everywhere.
        scale.add(if **most < 10 { 0.4 } else { 1.0 }, "the same count");
    } else if a.head_counts > 0 && b.head_counts > 0 {
        scale.add(-1.5, "two counts");
    }
    if !a.codes.is_empty() && !b.codes.is_empty() {
        if common(&a.codes, &b.codes).is_empty() {
            let class = |code: &str| {
                code.split(|c: char| c.is_ascii_digit())
                    .next()
                    .map(str::to_owned)
            };
            if a.codes
                .iter()
                .any(|x| b.codes.iter().any(|y| class(x) == class(y)))
            {
                scale.veto(format!(
                    "{} and {}",
                    a.codes.join(" ").min(b.codes.join(" ")),
                    a.codes.join(" ").max(b.codes.join(" "))
                ));
            }
        } else {
            scale.add(3.0, "the same code");
        }
    }
    if apart_in(&a.years, &b.years) {
        scale.veto("two years");
    }
    if apart_in(&a.months, &b.months) {
        scale.veto("two months");
    } else if apart_in(&a.days, &b.days) {
        scale.add(-2.5, "two days");
    }
    for (series, n) in &a.series {
        let others: Vec<u32> = b
            .series
            .iter()
            .filter(|(other, _)| other == series)
            .map(|(_, n)| *n)
            .collect();
        if !others.is_empty() && !others.contains(n) {
            scale.veto(format!("two numbers of one {series}"));
            break;
        }
    }
    if apart_in(&a.versions, &b.versions) {
        scale.veto("two versions");
    } else if a.kind == b.kind
        && !common(&a.versions, &b.versions).is_empty()
        && a.frameworks.iter().any(|id| b.frameworks.contains(id))
    {
        scale.add(1.2, "one version");
    }
}
