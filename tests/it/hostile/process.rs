//! F4, F5: the memory of the whole process, while eight bombs go off in it at once.

use std::process::Stdio;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::bodies::packed;
use super::{item, serve, source};
use crate::command_line::regwire;

/// The most memory that the process has had, in MiB.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib >> 10)
}

/// Just under the cap, so that it is read to its end and then taken apart.
fn full(start: &str, piece: &str, end: &str) -> String {
    let room = (16 << 20) - start.len() - end.len() - 64;
    format!("{start}{}{end}", piece.repeat(room / piece.len()))
}

fn bombs() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let feed = "<rss version=\"2.0\"><channel><title>N</title>";
    let long = format!(
        "<item><guid>l</guid><title>t</title><description>{}",
        "&lt;p&gt;x&lt;/p&gt; ".repeat(20)
    );
    vec![
        ("endless", "", Vec::new()),
        ("gzip", "gzip", packed("gzip")),
        ("br", "br", packed("br")),
        ("zstd", "zstd", packed("zstd")),
        (
            "items",
            "",
            full(feed, &item(7), "</channel></rss>").into_bytes(),
        ),
        (
            "one-item",
            "",
            full(
                &format!("{feed}{long}"),
                "&lt;b&gt;word&lt;/b&gt; ",
                "</description></item></channel></rss>",
            )
            .into_bytes(),
        ),
        (
            "json",
            "",
            full(
                "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[",
                "{\"a\":1},",
                "{}]}",
            )
            .into_bytes(),
        ),
        (
            "page",
            "",
            full(
                "<!DOCTYPE html><html><body><ul>",
                "<li><a href=\"/a\">A notice</a>",
                "</ul>",
            )
            .into_bytes(),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_bombs_at_once_fit_into_half_a_gibibyte() {
    if peak(std::process::id()).is_none() {
        crate::left_out!("the memory of eight bombs at once (no /proc here)");
        return;
    }
    let bombs = bombs();
    let names: Vec<&str> = bombs.iter().map(|(name, ..)| *name).collect();
    let shared: std::collections::HashMap<String, (&str, Bytes)> = bombs
        .into_iter()
        .map(|(name, coding, body)| (format!("/{name}"), (coding, Bytes::from(body))))
        .collect();
    let at = serve(Router::new().fallback(move |request: Request| {
        let bomb = shared.get(request.uri().path()).cloned();
        async move {
            match bomb {
                None => StatusCode::NOT_FOUND.into_response(),
                Some(("", body)) if body.is_empty() => {
                    let piece = || Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 16_384]));
                    Response::new(Body::from_stream(stream::repeat_with(piece)))
                }
                Some(("", body)) => body.into_response(),
                Some((coding, body)) => {
                    ([(header::CONTENT_ENCODING, coding)], body).into_response()
                }
            }
        }
    }))
    .await;
    let folder = tempfile::tempdir().unwrap();
    let at_file = |name: &str| folder.path().join(name);
    std::fs::write(
        at_file("regwire.toml"),
        "contact = \"ops@example.org\"\n[fetch]\nallow = [\"127.0.0.0/8\"]\ngap = \"0\"\n",
    )
    .unwrap();
    let sources: String = names
        .iter()
        .map(|name| {
            // Each its own host, so that they go off together.
            let url = format!("http://{name}.localhost:{}/{name}", at.port());
            let (kind, more) = match *name {
                "page" => (
                    "listing",
                    "select = { item = \"li\", title = \"a\", link = \"a@href\" }",
                ),
                _ => ("feed", ""),
            };
            source(name, kind, &url, more)
        })
        .collect();
    std::fs::write(at_file("sources.toml"), sources).unwrap();
    let mut command = regwire(&at_file("data"));
    command
        .arg("--config")
        .arg(at_file("regwire.toml"))
        .args(["collect", "--jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(peak(child.id()).unwrap_or(0));
        assert!(
            began.elapsed() < Duration::from_secs(300),
            "it does not end"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{}", out.status);
    let lines = crate::command_line::lines(&out);
    assert_eq!(lines.len(), names.len());
    for line in &lines {
        println!(
            "{:<9} {:<12} {:>9} bytes {:>6} ms {}",
            line["source"].as_str().unwrap(),
            line["outcome"],
            line["bytes"],
            line["ms"],
            line["faults"]
        );
    }
    println!(
        "eight bombs at once: {most} MiB at most, in {:.1?}",
        began.elapsed()
    );
    assert!(most > 0 && most <= 512, "{most} MiB");
}
