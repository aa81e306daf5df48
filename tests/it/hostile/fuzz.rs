//! The fuzz targets with a stable toolchain: seeds of our own, changed at random. A second each
//! here, `REGWIRE_FUZZ_SECONDS` (600) each in the long form; `REGWIRE_FUZZ_TARGETS` names some of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use regwire::clock::worked;

#[path = "../../../fuzz/targets/all.rs"]
mod all;

/// The longest input, in bytes.
const LONGEST: usize = 64 << 10;

/// Pieces that readers stumble over.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"\"",
    b"'",
    b"=",
    b"/",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE [",
    b"<?xml",
    b"?>",
    b"</",
    b"/>",
    b"&#x",
    b"&amp;",
    b"&nbsp;",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xed\xa0\x80",
    b"xml:base=\"",
    b"xmlns:x=\"",
    b" type=\"xhtml\"",
    b"<item>",
    b"</item>",
    b"<entry>",
    b"<div>",
    b"<table>",
    b"<svg>",
    b"<template>",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\u",
    b"99999999999999999999",
    b"-",
    b"*",
    b"$",
    b"\n",
    b"\r",
    b"\t",
    b"\xc2\x85",
    b"\xe2\x80\xae",
    b"%",
    b"://",
    b"@",
    b"//",
    b"\\",
    b"T",
    b"Z",
    b"+9999",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }

    /// A part of something so long.
    fn span(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = 1 << self.below(12);
        let to = (from + 1 + self.below(most)).min(length);
        from.min(to)..to
    }
}

fn changed(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut data = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(8) {
        let span = dice.span(data.len());
        let at = span.start;
        match dice.below(9) {
            0 if !data.is_empty() => {
                let at = dice.below(data.len());
                data[at] ^= 1 << dice.below(8);
            }
            1 if !data.is_empty() => {
                let at = dice.below(data.len());
                data[at] = u8::try_from(dice.below(256)).unwrap_or(0);
            }
            2 => drop(data.drain(span)),
            3 => data.truncate(at),
            4 => {
                let copy = data[span].to_vec();
                let times = 1 + dice.below(200);
                drop(data.splice(at..at, copy.repeat(times)));
            }
            5 => {
                let other = &seeds[dice.below(seeds.len())];
                let part = other[dice.span(other.len())].to_vec();
                drop(data.splice(span, part));
            }
            6 => {
                let times = 1 + dice.below(2) * dice.below(300);
                let piece = PIECES[dice.below(PIECES.len())].repeat(times);
                drop(data.splice(at..at, piece));
            }
            7 => {
                let cut = data.split_off(at);
                data.splice(0..0, cut);
            }
            _ => drop(data.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
        }
        data.truncate(LONGEST);
    }
    data
}

/// Runs one target for so long on changed seeds; what it stumbled over is written to files.
fn hold(name: &str, target: all::Target, seconds: u64) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(name);
    let mut seeds: Vec<(std::path::PathBuf, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let seed = std::fs::read(&path).unwrap();
            (path, seed)
        })
        .collect();
    seeds.sort();
    let seeds: Vec<Vec<u8>> = seeds.into_iter().map(|(_, seed)| seed).collect();
    assert!(!seeds.is_empty(), "{name} has no seeds");
    let mut findings = Vec::new();
    for (place, seed) in seeds.iter().enumerate() {
        if catch_unwind(AssertUnwindSafe(|| target(seed))).is_err() {
            findings.push(format!("{name}: seed {place}"));
        }
    }
    // The short form is the same each time; the long one looks elsewhere each time.
    let start = if super::is_long() {
        u64::from(std::process::id()) << 32
    } else {
        0
    };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ start);
    let began = Instant::now();
    let (mut runs, mut slowest) = (0_u64, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(seconds) && findings.len() < 10 {
        let data = changed(&mut dice, &seeds);
        let run = worked();
        if catch_unwind(AssertUnwindSafe(|| target(&data))).is_err() {
            let place = std::env::temp_dir().join(format!("regwire-{name}-{runs}.bin"));
            std::fs::write(&place, &data).unwrap();
            findings.push(format!("{name}: {}", place.display()));
        }
        slowest = slowest.max(worked().saturating_sub(run));
        runs += 1;
    }
    println!(
        "{name}: {} seeds, {runs} runs in {seconds} s, the slowest {slowest:.1?}",
        seeds.len()
    );
    if slowest > Duration::from_secs(10) {
        findings.push(format!("{name}: one run took {slowest:?}"));
    }
    findings
}

#[test]
fn every_target_holds_for_a_while() {
    let seconds = match (super::is_long(), std::env::var("REGWIRE_FUZZ_SECONDS")) {
        (true, Ok(seconds)) => seconds.parse().unwrap(),
        (true, Err(_)) => 600,
        (false, _) => 1,
    };
    let wanted = std::env::var("REGWIRE_FUZZ_TARGETS").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(',').filter(|name| !name.is_empty()).collect();
    for name in &wanted {
        let known = all::TARGETS.iter().any(|(known, _)| known == name);
        assert!(known, "no target is called {name}");
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name);
    // Side by side: each has its time on the clock, and shares the cores with the others.
    let findings: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = all::TARGETS
            .iter()
            .filter(|(name, _)| is_wanted(name))
            .map(|(name, target)| scope.spawn(move || hold(name, *target, seconds)))
            .collect();
        running
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    assert_eq!(findings, [""; 0]);
}
