//! The commands of `docs/operating.md`, run as they stand there: its folders, its service and its
//! database are a test's.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use regwire::domain::criteria::Criteria;
use regwire::domain::id::DigestName;
use regwire::domain::subscription::{EmailAddress, Origin};
use regwire::store::Store;

use crate::house::utc;
use crate::postgres::Postgres;

/// The commands of a section.
fn commands(text: &str, section: &str) -> String {
    let mut current = String::new();
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut current);
        }
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && current == section {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn script(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_operators_page_does_what_it_says() {
    let server = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md"))
            .unwrap();
    for name in [
        "etc/regwire",
        "var/lib/regwire",
        "var/backups/regwire",
        "tmp",
        "bin",
    ] {
        std::fs::create_dir_all(root.join(name)).unwrap();
    }
    std::fs::write(
        root.join("etc/regwire/regwire.toml"),
        "base_url = \"http://127.0.0.1:8080\"\ncontact = \"a@example.org\"\n[store]\nurl = \"sqlite:regwire.db\"\n[web]\nlisten = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    std::fs::write(root.join("etc/regwire/sources.toml"), "").unwrap();
    let data = root.join("var/lib/regwire");
    {
        let store = Store::open("sqlite:regwire.db", &data).await.unwrap();
        let address = EmailAddress::new("ada@example.org").unwrap();
        let weekly = DigestName::new("weekly").unwrap();
        store
            .subscribe(
                &address,
                &weekly,
                &Criteria::All,
                Origin::Operator,
                utc("2026-11-07T10:00:00Z"),
            )
            .await
            .unwrap();
        store.close().await;
    }
    let bin = root.join("bin");
    let program = env!("CARGO_BIN_EXE_regwire");
    script(&bin, "regwire", &format!("exec {program} \"$@\""));
    // A service manager that knows two words.
    script(
        &bin,
        "systemctl",
        &format!(
            "cd {0}\ncase $1 in\nstart) {program} --config etc/regwire/regwire.toml --data var/lib/regwire serve >out 2>>log & echo $! >pid\n  n=0; until grep -q 'site is open' out; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.05; done;;\nstop) p=$(cat pid); kill $p; n=0; while [ -e /proc/$p ] && ! grep -q 'State:.Z' /proc/$p/status; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.05; done;;\nesac",
            root.display()
        ),
    );
    let url = server.as_ref().map(|server| server.url().to_owned());
    let run = |section: &str| {
        let own = commands(&text, section);
        assert!(!own.is_empty(), "{section} has no commands");
        let all = format!("{}\n{own}", commands(&text, "Keeping the data"))
            .replace(
                "/etc/regwire",
                &root.join("etc/regwire").display().to_string(),
            )
            .replace("/var/", &format!("{}/var/", root.display()))
            .replace(
                "/tmp/regwire-drill",
                &root.join("tmp/drill").display().to_string(),
            )
            .replace(
                "postgres://regwire@db.example.org/regwire",
                url.as_deref().unwrap_or(""),
            );
        let out = Command::new("sh")
            .args(["-eu", "-c", &all])
            .current_dir(root)
            .env(
                "PATH",
                format!(
                    "{}:{}",
                    bin.display(),
                    std::env::var("PATH").unwrap_or_default()
                ),
            )
            .env_remove("REGWIRE_CLOCK")
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{section}:\n{all}\n{}{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr),
            std::fs::read_to_string(root.join("log")).unwrap_or_default()
        );
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    run("Several nodes");
    // The next night as well.
    for _ in 0..2 {
        let told = run("Backup");
        assert_eq!(told.matches("found whole").count(), 2, "{told}");
    }
    let told = run("Restore");
    assert_eq!(told.matches("Restored:").count(), 2, "{told}");
    assert!(!root.join("tmp/drill").exists());
    let told = run("Upgrade");
    assert!(
        told.contains("the newest that this version knows"),
        "{told}"
    );
    if server.is_some() {
        let told = run("Moving house");
        assert_eq!(told.matches("Taken in:").count(), 2, "{told}");
        let store = Store::open("sqlite:moved-back.db", &data).await.unwrap();
        let wishes = store.subscriptions(true).await.unwrap();
        assert_eq!(wishes.len(), 1);
    } else {
        crate::left_out!(
            "moving house as documented (no PostgreSQL was found; tests/run installs one)"
        );
    }
    let stopped = Command::new("sh")
        .args(["-c", "bin/systemctl stop"])
        .current_dir(root)
        .status()
        .unwrap();
    assert!(stopped.success());
}
