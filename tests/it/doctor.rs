//! Planted faults: the doctor names them, with what mends them (promises: O10).

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use regwire::clock::Clock;
use regwire::config::Config;
use regwire::daemon::disk::Room;
use regwire::doctor::{Bag, Finding, Kind, Report, Resolver, examine, examine_with};
use regwire::library::{Files, Loaded, load};
use regwire::search::Index;
use regwire::store::Store;

use crate::house::utc;

/// Names as a table; a name that is not there has nothing.
#[derive(Default)]
struct Table {
    names: HashMap<(String, Kind), Vec<String>>,
    silent: bool,
}

impl Table {
    fn set(&mut self, name: &str, kind: Kind, values: &[&str]) {
        self.names.insert(
            (name.to_owned(), kind),
            values.iter().map(|&value| value.to_owned()).collect(),
        );
    }
}

impl Resolver for Table {
    fn ask<'a>(&'a self, name: &'a str, kind: Kind) -> regwire::doctor::Answer<'a> {
        Box::pin(async move {
            if self.silent {
                return Err("the network is away".to_owned());
            }
            let found = self.names.get(&(name.to_owned(), kind));
            Ok(found.cloned().unwrap_or_default())
        })
    }
}

/// A relay that says what a test wants.
#[derive(Clone, Copy, Default)]
struct Relay {
    offers_login: bool,
    refuses_login: bool,
    takes_strangers: bool,
    refuses_us: bool,
}

impl Relay {
    fn open(self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                self.talk(stream);
            }
        });
        port
    }

    fn talk(self, mut stream: std::net::TcpStream) {
        let mut say = stream.try_clone().unwrap();
        let mut say = |text: &str| {
            let _ = say.write_all(text.as_bytes());
        };
        say("220 relay.example.org\r\n");
        let mut in_login = false;
        for line in BufReader::new(&mut stream).lines().map_while(Result::ok) {
            let word = line.split_whitespace().next().unwrap_or_default();
            match word.to_ascii_uppercase().as_str() {
                "EHLO" if self.offers_login => {
                    say("250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n")
                }
                "EHLO" => say("250-relay\r\n250 8BITMIME\r\n"),
                "AUTH" if self.refuses_login => say("535 5.7.8 no\r\n"),
                "AUTH" => {
                    in_login = true;
                    say("235 2.7.0 yes\r\n");
                }
                "RCPT" if !in_login && line.contains("example.net") && !self.takes_strangers => {
                    say("550 5.7.1 relaying denied\r\n");
                }
                "RCPT" if self.refuses_us => say("554 5.7.1 relay access denied\r\n"),
                "QUIT" => {
                    say("221 bye\r\n");
                    return;
                }
                _ => say("250 ok\r\n"),
            }
        }
    }
}

/// An installation that a fault is planted in.
struct Scene {
    folder: tempfile::TempDir,
    names: Table,
    free: u64,
    online: bool,
    now: DateTime<Utc>,
}

const WELL: &str = "base_url = \"https://updates.example.org\"\ncontact = \"ops@example.org\"\n[web]\ntrusted_proxies = [\"127.0.0.1\"]\n[operator]\nping = \"https://ping.example.org/x\"\n";
const MAIL: &str = "base_url = \"https://updates.example.org\"\ncontact = \"ops@example.org\"\n[web]\ntrusted_proxies = [\"127.0.0.1\"]\n[operator]\nping = \"https://ping.example.org/x\"\n[mail]\nfrom = \"Regwire <digest@example.org>\"\nreturn_path = \"bounces@example.org\"\npostal_address = \"1 High Street\"\nsmtp = \"smtp://u:p@127.0.0.1:PORT\"\ndkim = [{ domain = \"example.org\", selector = \"rw1\", key_file = \"dkim.pem\" }]\n";

impl Scene {
    fn new() -> Self {
        let mut scene = Self {
            folder: tempfile::tempdir().unwrap(),
            names: Table::default(),
            free: 100 << 30,
            online: false,
            now: utc("2026-03-02T08:00:00Z"),
        };
        scene.configure(WELL);
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&mut self, text: &str) {
        self.write("regwire.toml", text);
    }

    fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    }

    /// Mail that is set up well; `change` spoils it.
    fn with_mail(&mut self, relay: Relay, change: impl Fn(String) -> String) {
        let pem = std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dkim/rsa2048.pem"),
        )
        .unwrap();
        self.write("dkim.pem", &pem);
        let text = MAIL.replace("PORT", &relay.open().to_string());
        self.configure(&change(text));
        let signer = regwire::deliver::DkimSigner::new("example.org", "rw1", &pem).unwrap();
        let record = signer.record();
        self.names
            .set("example.org", Kind::Txt, &["v=spf1 mx -all"]);
        self.names
            .set("example.org", Kind::Mx, &["mx.example.org."]);
        self.names.set("example.com", Kind::Address, &["192.0.2.1"]);
        self.names.set(&signer.name(), Kind::Txt, &[&record]);
        self.names
            .set("_dmarc.example.org", Kind::Txt, &["v=DMARC1; p=none"]);
        self.online = true;
    }

    /// A store that is well; statements spoil it.
    async fn with_store(&self, statements: &[&str]) {
        let data = self.path("data");
        let store = Store::open("sqlite:regwire.db", &data).await.unwrap();
        drop(store);
        let url = format!("sqlite:{}", data.join("regwire.db").display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        for statement in statements {
            sqlx::query(sqlx::AssertSqlSafe((*statement).to_owned()))
                .execute(&pool)
                .await
                .unwrap();
        }
        // What was written must not be hidden by the log that lies beside the file.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
    }

    async fn examined(&self) -> Report {
        let free = self.free;
        let measure = move |_: &Path| {
            Ok(Room {
                used: 1 << 30,
                free,
                total: 200 << 30,
            })
        };
        let bag = Bag {
            resolver: &self.names,
            measure: &measure,
            clock: Clock::held(self.now),
            online: self.online,
            only_mail: false,
        };
        let (file, data) = (self.path("regwire.toml"), self.path("data"));
        // What is in the program is read once for all.
        static LOADED: OnceLock<Loaded> = OnceLock::new();
        let own = ["sources.toml", "templates"]
            .iter()
            .any(|name| self.path(name).exists());
        match Config::load(Some(&file), Some(&data)) {
            Ok(config) if !own => {
                let loaded = LOADED.get_or_init(|| load(&Files::built_in()));
                examine_with(&config, Some(loaded.clone()), &bag).await
            }
            _ => examine(Some(&file), Some(&data), &bag).await,
        }
    }
}

fn shown(report: &Report) -> String {
    report
        .findings
        .iter()
        .map(|f| {
            format!(
                "{:?} {} {}: {} | {}\n",
                f.severity, f.code, f.place, f.what, f.mend
            )
        })
        .collect()
}

/// What was planted, and what the doctor must say: the finding's name, and a word of its mend.
struct Planted {
    what: &'static str,
    code: &'static str,
    mend: &'static str,
    report: Report,
}

fn names(planted: &Planted) -> bool {
    planted.report.findings.iter().any(|finding: &Finding| {
        let said = format!("{} {} {}", finding.place, finding.what, finding.mend);
        finding.code == planted.code && said.contains(planted.mend)
    })
}

/// Faults of one setting each: the file, the finding, a word of the mend.
const SETTINGS: &[(&str, &str, &str, &str)] = &[
    (
        "base_url is none",
        "base_url = \"updates\"\n",
        "configuration",
        "http",
    ),
    (
        "base_url without encryption",
        "base_url = \"http://updates.example.org\"\n",
        "base-url-http",
        "https://",
    ),
    (
        "no contact",
        "base_url = \"https://u.example.org\"\n",
        "contact-missing",
        "contact =",
    ),
    (
        "an unknown key",
        "contcat = \"a@example.org\"\n",
        "configuration",
        "contact",
    ),
    (
        "a store of a kind that there is not",
        "[store]\nurl = \"mysql://h/d\"\n",
        "configuration",
        "postgres://",
    ),
    (
        "an address to listen on without a port",
        "[web]\nlisten = \"127.0.0.1\"\n",
        "configuration",
        "127.0.0.1:8080",
    ),
    (
        "a proxy that is not named",
        "base_url = \"https://u.example.org\"\n",
        "proxy-not-trusted",
        "trusted_proxies =",
    ),
    (
        "a site beside its proxy",
        "base_url = \"https://u.example.org\"\n[web]\nlisten = \"0.0.0.0:8080\"\n",
        "listens-beside-proxy",
        "127.0.0.1:8080",
    ),
    (
        "proxies that are no range",
        "[web]\ntrusted_proxies = [\"proxy\"]\n",
        "configuration",
        "trusted_proxies",
    ),
    (
        "everybody is a proxy",
        "[web]\ntrusted_proxies = [\"8.0.0.0/8\"]\n",
        "range-too-wide",
        "proxies only",
    ),
    ("no limit", "[web]\nrate = 0\n", "no-limit", "rate = 20"),
    (
        "a limit beyond reason",
        "[web]\nrate = 99999\n",
        "configuration",
        "10000",
    ),
    (
        "a token that is over",
        "[[web.token]]\nname = \"a\"\ntoken = \"rgw_0123456789012345678901234567890123456789\"\nscopes = [\"evidence\"]\nexpires = 2026-01-01\n",
        "token-over",
        "expires",
    ),
    (
        "a token's file is away",
        "[[web.token]]\nname = \"a\"\ntoken_file = \"none\"\nscopes = [\"evidence\"]\n",
        "configuration",
        "cannot read",
    ),
    (
        "a range that is none",
        "[fetch]\nallow = [\"*\"]\n",
        "configuration",
        "fetch.allow",
    ),
    (
        "the whole Internet as a private range",
        "[fetch]\nallow = [\"8.0.0.0/8\"]\n",
        "range-too-wide",
        "private range",
    ),
    (
        "a pause that is none",
        "[fetch]\ngap = \"soon\"\n",
        "configuration",
        "fetch.gap",
    ),
    (
        "a proxy of another kind",
        "[fetch]\nproxy = \"socks5://h:1\"\n",
        "configuration",
        "http://proxy.example.org:3128",
    ),
    (
        "a key's file is away",
        "[fetch.keys]\na = { file = \"none\" }\n",
        "configuration",
        "cannot read",
    ),
    (
        "a relay that is none",
        "[mail]\nsmtp = \"relay.example.org\"\n",
        "configuration",
        "smtp+starttls://",
    ),
    (
        "a relay without a sender",
        "[mail]\nsmtp = \"smtp://127.0.0.1:1\"\n",
        "from-missing",
        "from =",
    ),
    (
        "a password that travels openly",
        "[mail]\nsmtp = \"smtp://u:p@relay.example.org\"\nfrom = \"a@example.org\"\n",
        "password-open",
        "smtp+starttls://",
    ),
    (
        "a sender that is none",
        "[mail]\nfrom = \"nobody\"\n",
        "configuration",
        "mail.from",
    ),
    (
        "bounces that nobody reads",
        "[mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"a@example.org\"\n",
        "return-path-missing",
        "regwire bounce",
    ),
    (
        "no postal address",
        "[mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"a@example.org\"\n",
        "postal-address-missing",
        "postal_address =",
    ),
    (
        "mails that nobody signs",
        "[mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"a@example.org\"\n",
        "dkim-missing",
        "make a key",
    ),
    (
        "a rate without a unit",
        "[mail]\nrate = \"fast\"\n",
        "configuration",
        "20/s",
    ),
    (
        "a key that signs nothing",
        "[mail]\ndkim = [{ domain = \"example.org\", selector = \"a\", key = \"no key\" }]\n",
        "configuration",
        "openssl genpkey",
    ),
    (
        "a schedule of four fields",
        "[[digest]]\nname = \"weekly\"\ncron = \"0 8 * *\"\n",
        "configuration",
        "0 8 * * 1",
    ),
    (
        "a zone that there is not",
        "[[digest]]\nname = \"weekly\"\nzone = \"Europe/Nowhere\"\n",
        "configuration",
        "Europe/London",
    ),
    (
        "a team that follows what there is not",
        "[[team]]\nname = \"A\"\nemail = [\"a@example.org\"]\ntrack = [\"framework:eu-ai-akt\"]\n",
        "team",
        "names nothing",
    ),
    (
        "a team that is told nowhere",
        "[[team]]\nname = \"A\"\ntrack = [\"deadlines\"]\n",
        "configuration",
        "email, slack",
    ),
    (
        "a webhook without a secret",
        "[[team]]\nname = \"A\"\ntrack = [\"deadlines\"]\nwebhook = { url = \"https://e.org\" }\n",
        "configuration",
        "secret",
    ),
    (
        "links that lead to this machine",
        "[[team]]\nname = \"A\"\nemail = [\"a@example.org\"]\ntrack = [\"deadlines\"]\n",
        "base-url-here",
        "address that readers",
    ),
    (
        "a team's mail without a relay",
        "[[team]]\nname = \"A\"\nemail = [\"a@example.org\"]\ntrack = [\"deadlines\"]\n",
        "no-relay",
        "smtp_file",
    ),
    (
        "nobody watches",
        "[[team]]\nname = \"A\"\nemail = [\"a@example.org\"]\ntrack = [\"deadlines\"]\n",
        "nobody-watches",
        "ping_file",
    ),
    (
        "figures for strangers",
        "[metrics]\nlisten = \"0.0.0.0:9464\"\n",
        "configuration",
        "127.0.0.1:9464",
    ),
    (
        "a sign of life to nowhere",
        "[operator]\nping = \"nowhere\"\n",
        "configuration",
        "https://",
    ),
    (
        "a sign of life every second",
        "[operator]\nping_every = \"1s\"\n",
        "configuration",
        "5m",
    ),
    (
        "a file that is no TOML",
        "base_url = \n",
        "configuration",
        "not TOML",
    ),
];

async fn planted_settings(out: &mut Vec<Planted>) {
    for &(what, text, code, mend) in SETTINGS {
        let mut scene = Scene::new();
        scene.configure(text);
        let report = scene.examined().await;
        out.push(Planted {
            what,
            code,
            mend,
            report,
        });
    }
}

async fn planted_files(out: &mut Vec<Planted>) {
    let mut plant = |what, code, mend, report| {
        out.push(Planted {
            what,
            code,
            mend,
            report,
        })
    };
    let scene = Scene::new();
    scene.write("sources.toml", "[[source]]\nid = \"a\"\nbody = \"nist\"\nname = \"A\"\nkind = \"fede\"\nurl = \"https://e.org/\"\n");
    plant(
        "a source of a kind that there is not",
        "files",
        "did you mean",
        scene.examined().await,
    );
    let scene = Scene::new();
    scene.write("templates/mail/digest/body.txt", "{% if %}");
    plant(
        "a template that cannot be read",
        "templates",
        "move it away",
        scene.examined().await,
    );
    let mut scene = Scene::new();
    scene.write("smtp.url", "smtp://127.0.0.1:1");
    scene.configure("[mail]\nsmtp_file = \"smtp.url\"\n");
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(scene.path("smtp.url"), open).unwrap();
    }
    plant(
        "a secret that everybody may read",
        "secret-open",
        "chmod 640",
        scene.examined().await,
    );
    let scene = Scene::new();
    scene.write("data/regwire.db", "");
    {
        use std::os::unix::fs::PermissionsExt as _;
        for (name, mode) in [("data", 0o755), ("data/regwire.db", 0o644)] {
            let open = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(scene.path(name), open).unwrap();
        }
    }
    plant(
        "a store that everybody may read",
        "store-readable",
        "chmod 600",
        scene.examined().await,
    );
    let scene = Scene::new();
    scene.write("data", "a file");
    plant(
        "data that is no folder",
        "data-not-writable",
        "--data",
        scene.examined().await,
    );
    let mut scene = Scene::new();
    scene.free = 10 << 20;
    plant(
        "a full disk",
        "disk-full",
        "make room",
        scene.examined().await,
    );
    let mut scene = Scene::new();
    scene.configure("[store]\nurl = \"postgres://regwire:planted@127.0.0.1:1/regwire\"\n");
    plant(
        "a database that is away",
        "store-closed",
        "user and password",
        scene.examined().await,
    );
}

/// What is done to a store, and what must be said of it.
const STORES: &[(&str, &[&str], &str, &str)] = &[
    (
        "a store of a newer version",
        &[
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', 1, x'00', 0)",
        ],
        "schema-newer",
        "install that version",
    ),
    (
        "a store of an older version",
        &[
            "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
        ],
        "schema-older",
        "backup",
    ),
    (
        "a clock that is behind",
        &["UPDATE log_head SET at = '2027-01-01T00:00:00+00:00'"],
        "clock-behind",
        "timedatectl",
    ),
    (
        "an index that is away",
        &["UPDATE log_head SET position = 5"],
        "index-missing",
        "reindex",
    ),
    (
        "a mail that waits for a day",
        &[
            "INSERT INTO notices (id, address, subject, text, queued_at, state, attempts, next_try_at) VALUES ('a', 'a@example.org', 's', 't', '2026-03-01T00:00:00+00:00', 'pending', 0, '2026-03-01T00:00:00+00:00')",
        ],
        "queue-old",
        "regwire serve",
    ),
    (
        "mails that were given up",
        &[
            "INSERT INTO notices (id, address, subject, text, queued_at, state, attempts, next_try_at) VALUES ('a', 'a@example.org', 's', 't', '2026-03-01T00:00:00+00:00', 'failed', 9, '2026-03-01T00:00:00+00:00')",
        ],
        "dead-letters",
        "replay",
    ),
    (
        "a machine that reaches no source",
        &[
            "INSERT INTO source_states (source_id, next_visit_at, visits, last_visit, failures, failing_since, gaps, documents, description) VALUES ('iec-etech', '2026-03-02T09:00:00+00:00', 9, '2026-03-02T07:00:00+00:00', 9, '2026-02-27T00:00:00+00:00', '[]', 0, '{}')",
            "INSERT INTO source_states (source_id, next_visit_at, visits, last_visit, failures, failing_since, gaps, documents, description) VALUES ('itu-hub', '2026-03-02T09:00:00+00:00', 9, '2026-03-02T07:00:00+00:00', 9, '2026-02-27T00:00:00+00:00', '[]', 0, '{}')",
            "INSERT INTO source_states (source_id, next_visit_at, visits, last_visit, failures, failing_since, gaps, documents, description) VALUES ('ieee-sa-news', '2026-03-02T09:00:00+00:00', 9, '2026-03-02T07:00:00+00:00', 9, '2026-02-27T00:00:00+00:00', '[]', 0, '{}')",
        ],
        "sources-unread",
        "regwire source try",
    ),
    (
        "a worker that is gone",
        &[
            "INSERT INTO leases VALUES ('worker', 'host/1', '2026-03-01T00:00:00+00:00', 3)",
            "INSERT INTO requests (kind, argument, asked_at) VALUES ('collect', '{}', '2026-03-02T07:59:00+00:00')",
        ],
        "nobody-works",
        "regwire serve",
    ),
    (
        "a request that nobody answers",
        &[
            "INSERT INTO requests (kind, argument, asked_at) VALUES ('collect', '{}', '2026-03-01T00:00:00+00:00')",
        ],
        "request-old",
        "/healthz",
    ),
    (
        "a digest that is overdue",
        &[
            "INSERT INTO issues (digest, number, scheduled_for, closed_at, window_after, window_until, state, items, edition) VALUES ('weekly', 1, '2026-02-02T08:00:00+00:00', '2026-02-02T08:00:00+00:00', 0, 0, 'finished', 0, '{}')",
        ],
        "digest-overdue",
        "regwire serve",
    ),
    (
        "a lock that nobody took off",
        &["INSERT INTO sending_lock VALUES (1, 'x', 'a backup was restored')"],
        "sending-locked",
        "regwire resume",
    ),
    (
        "files that were refused",
        &[
            "INSERT INTO operator_lines VALUES ('files host', '2026-03-01T00:00:00+00:00', 'sources.toml:3: unknown key')",
        ],
        "operator-line",
        "sources.toml:3",
    ),
    (
        "a disk that is full in days",
        &["INSERT INTO disk_use VALUES ('2026-02-01', 1000, 3000), ('2026-03-01', 2000, 500)"],
        "disk-soon-full",
        "larger disk",
    ),
    (
        "sources that nobody visits",
        &[
            "INSERT INTO source_states (source_id, first_contact_at, next_visit_at, visits, failures, gaps, documents, description) VALUES ('gone', '2026-02-01T00:00:00+00:00', '2026-02-01T00:00:00+00:00', 1, 0, '[]', 0, '{}')",
        ],
        "never-visited",
        "regwire collect",
    ),
];

async fn planted_stores(out: &mut Vec<Planted>) {
    for &(what, statements, code, mend) in STORES {
        let scene = Scene::new();
        scene.with_store(statements).await;
        let report = scene.examined().await;
        out.push(Planted {
            what,
            code,
            mend,
            report,
        });
    }
    let mut plant = |what, code, mend, report| {
        out.push(Planted {
            what,
            code,
            mend,
            report,
        })
    };
    let scene = Scene::new();
    scene.with_store(&[]).await;
    let file = scene.path("data/regwire.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let from = bytes.len() / 4;
    bytes[from..].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    plant(
        "a damaged store",
        "store-damaged",
        "restore a backup",
        scene.examined().await,
    );

    let update = "INSERT INTO updates (id, source_id, entry_key, title, fingerprint, revision, first_seen, revised_at, reach, authority, position, content, tags, key_dates, evidence) VALUES ('aaaaaaaaaaaaaaaa', 's', 'k', 't', 'f', 1, '2026-03-01T00:00:00+00:00', '2026-03-01T00:00:00+00:00', 'news', 'official', 3, '{}', '{}', '[]', '{}')";
    for (what, head, code) in [
        ("an index without what the store has", 5, "index-differs"),
        ("an index of another store", 4, "index-ahead"),
    ] {
        let scene = Scene::new();
        let statement = format!("UPDATE log_head SET position = {head}");
        scene.with_store(&[update, &statement]).await;
        let index = Index::open(&scene.path("data")).unwrap();
        index.apply(&[], 5).unwrap();
        index.rest();
        drop(index);
        out.push(Planted {
            what,
            code,
            mend: "regwire reindex",
            report: scene.examined().await,
        });
    }
}

async fn planted_mail(out: &mut Vec<Planted>) {
    let good = Relay {
        offers_login: true,
        ..Relay::default()
    };
    let same = |text: String| text;
    let mut scenes: Vec<(&'static str, &'static str, &'static str, Scene)> = Vec::new();
    let mut scene = |what, code, mend, relay, change: fn(&mut Table)| {
        let mut scene = Scene::new();
        scene.with_mail(relay, same);
        change(&mut scene.names);
        scenes.push((what, code, mend, scene));
    };
    scene("no SPF", "spf-missing", "v=spf1", good, |names| {
        names.set("example.org", Kind::Txt, &["hello"])
    });
    scene("two SPF", "spf-twice", "one of them", good, |names| {
        names.set("example.org", Kind::Txt, &["v=spf1 -all", "v=spf1 mx -all"])
    });
    scene(
        "SPF for everybody",
        "spf-everybody",
        "-all",
        good,
        |names| names.set("example.org", Kind::Txt, &["v=spf1 +all"]),
    );
    scene(
        "SPF that asks too much",
        "spf-too-long",
        "ip4:",
        good,
        |names| {
            let long = format!("v=spf1 {} -all", "include:a.example ".repeat(11));
            names.set("example.org", Kind::Txt, &[&long]);
        },
    );
    scene(
        "a key that the DNS has not",
        "dkim-not-published",
        "v=DKIM1; k=rsa; p=",
        good,
        |names| names.set("rw1._domainkey.example.org", Kind::Txt, &[]),
    );
    scene(
        "another key in the DNS",
        "dkim-differs",
        "v=DKIM1; k=rsa; p=",
        good,
        |names| {
            names.set(
                "rw1._domainkey.example.org",
                Kind::Txt,
                &["v=DKIM1; k=rsa; p=AAAA"],
            )
        },
    );
    scene("no DMARC", "dmarc-missing", "v=DMARC1", good, |names| {
        names.set("_dmarc.example.org", Kind::Txt, &[])
    });
    scene(
        "DMARC without a policy",
        "dmarc-wrong",
        "p=reject",
        good,
        |names| {
            names.set(
                "_dmarc.example.org",
                Kind::Txt,
                &["v=DMARC1; rua=mailto:a@example.org"],
            )
        },
    );
    scene("no way back", "no-mail-back", "MX record", good, |names| {
        names.set("example.org", Kind::Mx, &[])
    });
    scene(
        "a relay that refuses the login",
        "relay-login",
        "%40",
        Relay {
            refuses_login: true,
            ..good
        },
        |_| {},
    );
    scene(
        "an open relay",
        "relay-open",
        "demand a login",
        Relay {
            takes_strangers: true,
            ..good
        },
        |_| {},
    );
    scene(
        "a relay that does not pass on",
        "relay-refuses",
        "let this login send",
        Relay {
            refuses_us: true,
            ..good
        },
        |_| {},
    );
    for (what, code, mend, scene) in scenes {
        out.push(Planted {
            what,
            code,
            mend,
            report: scene.examined().await,
        });
    }
    let mut scene = Scene::new();
    scene.with_mail(good, |text| {
        let (before, _) = text.split_once("smtp = ").unwrap();
        let rest = "smtp = \"smtp://127.0.0.1:1\"\n";
        format!("{before}{rest}")
    });
    out.push(Planted {
        what: "a relay that is away",
        code: "relay-unreachable",
        mend: "firewall",
        report: scene.examined().await,
    });
    let mut scene = Scene::new();
    scene.with_mail(good, |text| {
        text.replace("domain = \"example.org\"", "domain = \"example.com\"")
    });
    out.push(Planted {
        what: "a signature of another domain",
        code: "dkim-other-domain",
        mend: "example.org",
        report: scene.examined().await,
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planted_faults_are_named_with_their_mend() {
    let mut planted = Vec::new();
    planted_settings(&mut planted).await;
    planted_files(&mut planted).await;
    planted_stores(&mut planted).await;
    planted_mail(&mut planted).await;
    let missed: Vec<String> = planted
        .iter()
        .filter(|planted| !names(planted))
        .map(|planted| {
            format!(
                "{} ({}, {}):\n{}",
                planted.what,
                planted.code,
                planted.mend,
                shown(&planted.report)
            )
        })
        .collect();
    eprintln!(
        "{} of {} planted faults were named with their mend",
        planted.len() - missed.len(),
        planted.len()
    );
    assert!(planted.len() >= 40, "{}", planted.len());
    // 38 of 40 are promised.
    assert!(
        missed.len() * 20 <= planted.len() && missed.is_empty(),
        "{}",
        missed.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_well_has_no_fault_and_what_cannot_be_asked_is_none() {
    let scene = Scene::new();
    scene.with_store(&[]).await;
    let report = scene.examined().await;
    assert_eq!(shown(&report), "");
    assert!(report.looked.len() >= 8, "{:?}", report.looked);

    let mut scene = Scene::new();
    scene.with_mail(
        Relay {
            offers_login: true,
            ..Relay::default()
        },
        |text| text,
    );
    let mail = |report: &Report| {
        report
            .findings
            .iter()
            .filter(|finding| {
                ["spf", "dki", "dma", "rel", "no-", "dns"]
                    .iter()
                    .any(|start| finding.code.starts_with(start))
            })
            .filter(|finding| finding.code != "no-store")
            .map(|finding| finding.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(mail(&scene.examined().await), Vec::<&str>::new());
    // Who resolves nothing sees nothing, and says so.
    scene.names.set("example.com", Kind::Address, &[]);
    let report = scene.examined().await;
    assert_eq!(mail(&report), ["dns"], "{}", shown(&report));
    scene.names.silent = true;
    let report = scene.examined().await;
    assert_eq!(mail(&report), ["dns"], "{}", shown(&report));
    assert!(shown(&report).contains("Unasked dns"));
}
