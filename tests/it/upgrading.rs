//! Stores of every earlier schema are brought up to today's: all at once or not at all, with a copy
//! of what was before (promises: S6).

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::command_line::{regwire, run};
use crate::postgres::Postgres;
use crate::safekeeping::killed_at;

async fn migrator(database: &str) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/store/migrations")
        .join(database);
    Migrator::new(folder).await.unwrap()
}

fn numbers(migrator: &Migrator) -> Vec<i64> {
    migrator.iter().map(|step| step.version).collect()
}

async fn pool(file: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::from_str(&format!("sqlite:{}", file.display()))
        .unwrap()
        .create_if_missing(true);
    SqlitePool::connect_with(options).await.unwrap()
}

/// What a store of the first schema held, in words that every later one still has.
const ROWS: &str = "
INSERT INTO log_head (only_row, position, at) VALUES (1, 1, '2026-11-07T10:00:00+00:00');
INSERT INTO change_log VALUES (1, '2026-11-07T10:00:00+00:00', 'new', '0a1b2c3d4e5f6g7h', 1);
INSERT INTO updates (id, source_id, entry_key, url, title, fingerprint, revision, first_seen, revised_at, reach, authority, position, content, tags, key_dates, cause, evidence)
VALUES ('0a1b2c3d4e5f6g7h', 'iso-news', 'k', 'https://iso.example/k', 'ISO/IEC 42001:2023 published', 'f', 1, '2026-11-07T10:00:00+00:00', '2026-11-07T10:00:00+00:00', 'news', 'official', 1, '{}', '{}', '[{\"event\":\"applies\",\"date\":\"2027-01-01\"}]', NULL, '{}');
INSERT INTO revisions (update_id, number, at, content, evidence) VALUES ('0a1b2c3d4e5f6g7h', 1, '2026-11-07T10:00:00+00:00', '{}', '{}');
INSERT INTO subscribers VALUES ('s1', 'ada@example.org', '2026-11-07T10:00:00+00:00');
INSERT INTO followers VALUES ('register', 1);
";

/// A store of that schema, with rows in it.
async fn older(data: &Path, schema: i64) {
    std::fs::create_dir_all(data).unwrap();
    let pool = pool(&data.join("regwire.db")).await;
    migrator("sqlite")
        .await
        .run_to(schema, &pool)
        .await
        .unwrap();
    let mut rows = ROWS.to_owned();
    if schema < 40 {
        rows.push_str("INSERT INTO subscriptions (id, subscriber_id, digest, criteria, origin, began_at) VALUES ('w1', 's1', 'weekly', '\"all\"', 'operator', '2026-11-07T10:00:00+00:00');");
    } else {
        rows.push_str("INSERT INTO subscriptions (id, subscriber_id, frequency, digest, criteria, origin, began_at) VALUES ('w1', 's1', 'digest', 'weekly', '\"all\"', 'operator', '2026-11-07T10:00:00+00:00');");
    }
    if schema >= 30 {
        rows.push_str("INSERT INTO key_dates VALUES ('0a1b2c3d4e5f6g7h', 0, '0a1b2c3d4e5f6g7h-applies-1', 'applies', '2027-01-01', 0, '2026-11-07T10:00:00+00:00', NULL, NULL);");
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

async fn applied(file: &Path) -> Vec<i64> {
    let pool = pool(file).await;
    let numbers =
        sqlx::query_as::<_, (i64,)>("SELECT version FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&pool)
            .await
            .unwrap();
    pool.close().await;
    numbers.into_iter().map(|(number,)| number).collect()
}

async fn one(file: &Path, question: &'static str) -> String {
    let pool = pool(file).await;
    let (answer,): (String,) = sqlx::query_as(question).fetch_one(&pool).await.unwrap();
    pool.close().await;
    answer
}

fn copies(data: &Path) -> Vec<PathBuf> {
    let mut copies: Vec<PathBuf> = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".db.schema-"))
        .collect();
    copies.sort();
    copies
}

#[tokio::test(flavor = "multi_thread")]
async fn every_earlier_schema_is_brought_up_and_copied_before() {
    let folder = tempfile::tempdir().unwrap();
    let all = numbers(&migrator("sqlite").await);
    let newest = *all.last().unwrap();
    for schema in &all {
        let data = folder.path().join(schema.to_string());
        older(&data, *schema).await;
        let file = data.join("regwire.db");
        let told = run(regwire(&data).args(["migrate", "--dry-run", "--json"]));
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
        assert_eq!(
            (&told["has"], &told["newest"]),
            (&(*schema).into(), &newest.into())
        );
        assert_eq!(told["done"], false);
        assert_eq!(*applied(&file).await.last().unwrap(), *schema);
        run(regwire(&data).arg("migrate"));
        assert_eq!(applied(&file).await, all);
        assert_eq!(
            one(
                &file,
                "SELECT frequency || ' ' || digest FROM subscriptions WHERE id = 'w1'"
            )
            .await,
            "digest weekly"
        );
        assert_eq!(one(&file, "SELECT day FROM key_dates").await, "2027-01-01");
        let copies = copies(&data);
        if *schema == newest {
            assert_eq!(
                copies,
                Vec::<PathBuf>::new(),
                "nothing to do, nothing copied"
            );
            continue;
        }
        let [copy] = copies.as_slice() else {
            panic!("{copies:?}");
        };
        let name = copy.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(
            name,
            format!("regwire.db.schema-{schema:04}-20261107T100000Z")
        );
        // The way back: the copy in the place of the store is what was before.
        assert_eq!(*applied(copy).await.last().unwrap(), *schema);
        assert_eq!(
            one(copy, "SELECT address FROM subscribers").await,
            "ada@example.org"
        );
        assert_eq!(one(copy, "PRAGMA integrity_check").await, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_migrating_a_store_is_old_or_new() {
    let folder = tempfile::tempdir().unwrap();
    let all = numbers(&migrator("sqlite").await);
    let mut points = vec![
        "copy-before-rename".to_owned(),
        "migration-copied".to_owned(),
    ];
    points.extend((1..all.len()).map(|step| format!("migrating:{step}")));
    points.push("migration-before-commit".to_owned());
    points.push("migration-after-commit".to_owned());
    for point in &points {
        let data = folder.path().join(point.replace(':', "-"));
        older(&data, all[0]).await;
        let file = data.join("regwire.db");
        assert!(killed_at(regwire(&data).arg("migrate"), point), "{point}");
        let has = applied(&file).await;
        assert!(has == all[..1] || has == all, "{point}: between, {has:?}");
        run(regwire(&data).arg("migrate"));
        assert_eq!(applied(&file).await, all, "{point}");
        assert_eq!(
            copies(&data).len(),
            1,
            "{point}: the second try makes no second copy"
        );
        assert_eq!(
            one(&file, "SELECT address FROM subscribers").await,
            "ada@example.org"
        );
    }
    let Some(server) = Postgres::start() else {
        crate::left_out!(
            "migrations killed on PostgreSQL (no server was found; tests/run installs one)"
        );
        return;
    };
    let migrator = migrator("postgres").await;
    for point in &points[2..] {
        let pool = sqlx::PgPool::connect(server.url()).await.unwrap();
        sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            .execute(&pool)
            .await
            .unwrap();
        migrator.run_to(all[0], &pool).await.unwrap();
        let command = || {
            let mut command = regwire(folder.path());
            command
                .env("REGWIRE_STORE_URL", server.url())
                .arg("migrate");
            command
        };
        assert!(killed_at(&mut command(), point), "{point}");
        let has: Vec<(i64,)> =
            sqlx::query_as("SELECT version FROM _sqlx_migrations ORDER BY version")
                .fetch_all(&pool)
                .await
                .unwrap();
        assert!(
            has.len() == 1 || has.len() == all.len(),
            "{point}: between, {has:?}"
        );
        run(&mut command());
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM _sqlx_migrations")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(usize::try_from(count).unwrap(), all.len(), "{point}");
        pool.close().await;
    }
    println!(
        "{} points on SQLite, {} on PostgreSQL",
        points.len(),
        points.len() - 2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_refuses_a_newer_store() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    older(data, i64::MAX).await;
    let pool = pool(&data.join("regwire.db")).await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9999, 'from the future', '2030-01-01', TRUE, X'00', 1)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    for command in ["serve", "sources", "migrate"] {
        let out = regwire(data).arg(command).output().unwrap();
        assert_eq!(out.status.code(), Some(1), "{command}");
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(
            told.contains("newer version of regwire (schema 9999)") && told.lines().count() == 1,
            "{command}: {told}"
        );
    }
    assert_eq!(copies(data), Vec::<PathBuf>::new());
}
