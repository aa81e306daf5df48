//! Files of the search index that a disk or a hand has damaged: the site answers all the same, the
//! index is built again by itself, and then finds what it found before (promises: S4, S5).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use regwire::clock::Clock;
use regwire::daemon::House;
use regwire::daemon::jobs::index;

use crate::command_line::regwire;
use crate::house::utc;
use crate::site::{ask, filled, open};

/// What readers ask for.
const ASKED: [&str; 8] = [
    "/",
    "/search?q=impact+assessment",
    "/search?q=controllers&order=newest",
    "/search?q=kind:guidance+framework:gdpr",
    "/frameworks/gdpr",
    "/jurisdictions",
    "/api/v1/updates?q=registers",
    "/search.atom?q=guidance",
];

#[derive(Clone, Copy, Debug)]
enum Damage {
    Deleted,
    CutOff,
    Emptied,
    /// A byte at so many hundredths of the file.
    Flipped(usize),
}

/// The first three always, all of them in a long run.
const DAMAGES: [Damage; 6] = [
    Damage::Deleted,
    Damage::CutOff,
    Damage::Flipped(99),
    Damage::Flipped(47),
    Damage::Flipped(0),
    Damage::Emptied,
];

impl Damage {
    fn does(self, file: &Path) {
        let bytes = std::fs::read(file).unwrap();
        match self {
            Self::Deleted => std::fs::remove_file(file).unwrap(),
            Self::CutOff => std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap(),
            Self::Emptied => std::fs::write(file, b"").unwrap(),
            Self::Flipped(hundredths) => {
                let mut bytes = bytes;
                let place = bytes.len() * hundredths / 100;
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 0x15;
                }
                std::fs::write(file, bytes).unwrap();
            }
        }
    }
}

/// The folder that the index lies in.
fn index_of(data: &Path) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(data.join("search"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(folders.len(), 1);
    folders.remove(0)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn copied(from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_dir_all(to).unwrap();
    }
    std::fs::create_dir_all(to).unwrap();
    for file in files(from) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

async fn again(folder: &Path) -> House {
    let sources = "[[source]]\nid = \"bench\"\nbody = \"iso\"\nname = \"Bench & sons\"\nkind = \"feed\"\nurl = \"https://bench.example/feed\"\nlanguage = \"en\"\nterms = \"full\"\n";
    let clock = Clock::held(utc("2026-11-09T12:00:00Z"));
    crate::house::open("sqlite:t.db", folder, sources.to_owned(), clock).await
}

async fn answers(house: &House, when: &str) -> Vec<String> {
    let site = open(house);
    let mut answers = Vec::new();
    for path in ASKED {
        let answer = ask(&site, path, &[]).await;
        assert!(answer.status < 500, "{when}: {path} is {}", answer.status);
        answers.push(answer.body);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_damaged_is_noticed_and_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let house = filled(folder.path(), 60).await;
    let expected = answers(&house, "whole").await;
    assert_eq!(index::inspect(&house).await.unwrap(), None, "it is whole");
    house.index.rest();
    drop(house);
    let place = index_of(&data);
    let whole = folder.path().join("whole");
    copied(&place, &whole);
    let damages = if std::env::var_os("REGWIRE_LONG").is_some() {
        &DAMAGES[..]
    } else {
        crate::left_out!("three more kinds of damage to each file (REGWIRE_LONG=1)");
        &DAMAGES[..3]
    };
    let (mut tried, mut rebuilt) = (0, 0);
    for file in files(&whole) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for damage in damages {
            copied(&whole, &place);
            damage.does(&place.join(&name));
            let when = format!("{name} {damage:?}");
            let house = again(folder.path()).await;
            index::stand(&house).await.unwrap();
            answers(&house, &when).await;
            let fault = index::inspect(&house).await.unwrap();
            if fault.is_some() {
                assert!(house.index.is_rebuilding());
                let by_hand = answers(&house, &when).await;
                assert!(
                    by_hand[1].contains("built anew") && by_hand[1].contains("impact assessment")
                );
            }
            rebuilt += u32::from(index::follow(&house).await.unwrap() > 0);
            tried += 1;
            assert_eq!(
                answers(&house, &when).await,
                expected,
                "{when}, fault {fault:?}"
            );
            assert_eq!(
                ask(&open(&house), "/readyz", &[]).await.status,
                200,
                "{when}"
            );
            assert_eq!(index::inspect(&house).await.unwrap(), None, "{when}");
            house.index.rest();
        }
    }
    println!("{tried} damages, {rebuilt} indexes built again");
    assert!(rebuilt * 2 > tried);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_notices_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(filled(folder.path(), 200).await);
    let settings = folder.path().join("regwire.toml");
    std::fs::write(
        &settings,
        "[store]\nurl = \"sqlite:t.db\"\n[web]\nrate = 0\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("sources.toml"), "").unwrap();
    let out = folder.path().join("out");
    let log = folder.path().join("log");
    let mut child = regwire(&data)
        .arg("--config")
        .arg(&settings)
        .args(["serve", "--listen", "127.0.0.1:0", "--no-work"])
        // An hour, after which the index is looked through again, is a second.
        .env("REGWIRE_CLOCK", "2026-11-09T12:00:00Z,x3600")
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    let site = loop {
        let text = std::fs::read_to_string(&out).unwrap();
        let address = text
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next()?.parse().ok());
        if let Some(address) = address {
            break address;
        }
        assert!(
            Instant::now() < until,
            "{}",
            std::fs::read_to_string(&log).unwrap()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let asked = "/api/v1/updates?q=impact+assessment&limit=100";
    let said = || std::fs::read_to_string(&log).unwrap();
    let expected = {
        let answer = crate::nodes::get(site, asked).await.unwrap();
        assert_eq!(answer.0, 200, "{}", answer.1);
        body(&answer.1)
    };
    for (times, ending) in [".idx", ".store", ".fast", ".term"].into_iter().enumerate() {
        let file = files(&index_of(&data))
            .into_iter()
            .find(|file| file.to_string_lossy().ends_with(ending))
            .unwrap();
        // In its place, under the hands of who reads it.
        use std::os::unix::fs::FileExt as _;
        let open = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&file)
            .unwrap();
        let middle = open.metadata().unwrap().len() / 2;
        let mut byte = [0];
        open.read_exact_at(&mut byte, middle).unwrap();
        open.write_all_at(&[byte[0] ^ 0x2a], middle).unwrap();
        let until = Instant::now() + Duration::from_secs(30);
        while said().matches("is built anew").count() <= times
            || crate::nodes::get(site, "/readyz").await.unwrap().0 != 200
        {
            let answer = crate::nodes::get(site, asked).await.unwrap();
            assert!(answer.0 < 500, "{}", answer.1);
            assert!(Instant::now() < until, "{ending}: {}", said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answer = crate::nodes::get(site, asked).await.unwrap();
        assert_eq!(body(&answer.1), expected, "{ending}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn body(answer: &str) -> String {
    answer.split("\r\n\r\n").nth(1).unwrap_or("").to_owned()
}
