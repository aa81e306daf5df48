//! PDFs of our own writing, read in the child: whole ones, pictures, locked ones, and a thousand
//! that were damaged on purpose. No child's end may be ours.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use regwire::domain::document::FaultCode;
use regwire::domain::page::{BlockKind, Reader};
use regwire::parse::parse_pdf;
use regwire::pdf::{Extractor, PdfError};

use crate::pages::source;

fn extractor() -> Extractor {
    Extractor::new(env!("CARGO_BIN_EXE_regwire").into())
}

/// A PDF with a page for each of the texts, its lines below one another.
pub fn written(pages: &[&[&str]]) -> Vec<u8> {
    let contents = pages.iter().map(|lines| {
        let mut content = String::from("BT /F1 11 Tf 14 TL 72 720 Td\n");
        for line in *lines {
            let line = line
                .replace('\\', "\\\\")
                .replace('(', "\\(")
                .replace(')', "\\)");
            writeln!(content, "({line}) Tj T*").unwrap();
        }
        content.push_str("ET");
        content.into_bytes()
    });
    assembled(contents.collect(), "")
}

/// A PDF of these streams, a page each; `filter` is written into their dictionaries.
fn assembled(contents: Vec<Vec<u8>>, filter: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..contents.len())
        .map(|page| format!("{} 0 R", 4 + page * 2))
        .collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} >>",
            kids.join(" "),
            contents.len()
        )
        .into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_vec(),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
                5 + page * 2
            )
            .into_bytes(),
        );
        let mut stream = format!("<< /Length {} {filter} >>\nstream\n", content.len()).into_bytes();
        stream.extend_from_slice(content);
        stream.extend_from_slice(b"\nendstream");
        objects.push(stream);
    }
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        writeln!(out, "{} 0 obj", number + 1).unwrap();
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let xref = out.len();
    write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(out, "{place:010} 00000 n ").unwrap();
    }
    write!(
        out,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n",
        objects.len() + 1
    )
    .unwrap();
    out
}

fn guidance() -> Vec<u8> {
    written(&[
        &[
            "1. Scope",
            "",
            "Providers shall report serious incidents within",
            "15 days of becoming aware of them.",
        ],
        &[
            "2. Duties of importers",
            "",
            "Importers shall keep a copy (Article 18).",
        ],
    ])
}

#[tokio::test]
async fn both_readers_give_the_text_by_blocks() {
    let mut readers = vec![extractor().without_pdftotext()];
    let installed = extractor();
    if installed.reader() == Reader::Pdftotext {
        readers.push(installed);
    } else {
        crate::left_out!("reading PDFs by pdftotext (poppler is not installed)");
    }
    for extractor in readers {
        let text = extractor.text(&guidance()).await.unwrap();
        assert_eq!(text.reader, extractor.reader());
        assert_eq!(text.pages.len(), 2, "{text:?}");
        let parsed = parse_pdf(&text, &source());
        assert!(
            parsed.readable && parsed.faults.is_empty(),
            "{:?}",
            parsed.faults
        );
        let page = parsed.page.unwrap().text.unwrap();
        let plain = page.plain();
        assert!(
            plain.contains(
                "Providers shall report serious incidents within 15 days of becoming aware of them."
            ),
            "{plain}"
        );
        assert!(
            plain.contains("Importers shall keep a copy (Article 18)."),
            "{plain}"
        );
        assert_eq!(
            (page.blocks[0].kind, page.blocks[0].text.as_str()),
            (BlockKind::Heading, "1. Scope")
        );
    }
}

#[tokio::test]
async fn pictures_have_no_text_layer() {
    let picture = assembled(vec![b"0.5 g 72 72 400 600 re f".to_vec(); 3], "");
    for extractor in [extractor(), extractor().without_pdftotext()] {
        let text = extractor.text(&picture).await.unwrap();
        let parsed = parse_pdf(&text, &source());
        assert!(!parsed.readable);
        assert_eq!(parsed.faults[0].code, FaultCode::NoTextLayer);
        assert!(parsed.faults[0].detail.contains("no text layer"));
    }
}

#[tokio::test]
async fn what_is_no_pdf_costs_that_document_alone() {
    for extractor in [extractor(), extractor().without_pdftotext()] {
        for bytes in [&b""[..], b"%PDF-1.4", b"%PDF-1.7\n%%EOF", b"no pdf at all"] {
            let error = extractor.text(bytes).await.unwrap_err();
            assert!(matches!(error, PdfError::Unreadable(_)), "{error:?}");
            assert_eq!(error.fault().code, FaultCode::ReaderFailed);
        }
    }
    let nowhere = Extractor::new("/no/such/program".into());
    assert!(matches!(nowhere.text(b"").await, Err(PdfError::Start(_))));
}

/// The limits are for what is made to hurt: a long report keeps well within them.
#[tokio::test]
async fn a_report_of_three_hundred_pages_is_read_within_the_limits() {
    let lines = ["Providers shall report serious incidents within 15 days."; 50];
    let report = written(&[&lines[..]; 300]);
    let text = extractor().without_pdftotext().text(&report).await.unwrap();
    assert_eq!(text.pages.len(), 300);
    for page in &text.pages {
        assert_eq!(page.matches("within 15 days.").count(), 50);
    }
}

/// A gigabyte of blanks in a megabyte: the child runs into its own limit.
#[tokio::test]
async fn a_bomb_ends_the_child_and_not_us() {
    let mut squeezed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..1_024 {
        squeezed.write_all(&blanks).unwrap();
    }
    let bomb = assembled(vec![squeezed.finish().unwrap()], "/Filter /FlateDecode");
    assert!(bomb.len() < 2 << 20);
    let began = Instant::now();
    let error = extractor()
        .without_pdftotext()
        .text(&bomb)
        .await
        .unwrap_err();
    assert!(!matches!(error, PdfError::Start(_)), "{error:?}");
    println!("{error} after {:?}", began.elapsed());
    // Page trees that hold themselves, and names nested without an end.
    let mut deep = b"%PDF-1.4\n1 0 obj\n".to_vec();
    deep.extend(std::iter::repeat_n(b'[', 1_000_000));
    let circle = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF";
    for extractor in [extractor(), extractor().without_pdftotext()] {
        for bytes in [&deep[..], circle] {
            let result = extractor.text(bytes).await;
            let empty = result
                .as_ref()
                .is_ok_and(|text| text.pages.iter().all(|page| page.trim().is_empty()));
            assert!(empty || result.is_err(), "{result:?}");
        }
    }
}

/// The limits are the child's own: read off it while it waits for its input.
#[cfg(target_os = "linux")]
#[test]
fn the_child_limits_itself_before_it_reads() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_regwire"))
        .arg(regwire::pdf::CHILD)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let place = format!("/proc/{}", child.id());
    let most = |name: &str| -> Option<String> {
        let limits = std::fs::read_to_string(format!("{place}/limits")).ok()?;
        let line = limits.lines().find(|line| line.starts_with(name))?;
        line.get(26..)
            .map(|rest| rest.split_whitespace().next().unwrap_or("").to_owned())
    };
    // It is not heard when it is ready; it is asked until it is, by its memory limit.
    let memory = regwire::pdf::MEMORY.to_string();
    for _ in 0..10_000 {
        if most("Max open files").as_deref() == Some("64") {
            break;
        }
        std::thread::yield_now();
    }
    let limits = [
        most("Max address space"),
        most("Max cpu time"),
        most("Max file size"),
    ];
    let network = std::fs::read_link(format!("{place}/ns/net"));
    drop(child.stdin.take());
    child.wait().unwrap();
    let expected = [memory, regwire::pdf::SECONDS.to_string(), "0".to_owned()];
    assert_eq!(limits, expected.map(Some));
    let own = std::fs::read_link("/proc/self/ns/net");
    match (network, own) {
        (Ok(theirs), Ok(ours)) if theirs != ours => {}
        _ => crate::left_out!("the child's own network (no namespace may be made here)"),
    }
}

/// A PDF with some bytes changed, cut, doubled or put elsewhere.
fn damaged(pdf: &[u8], dice: &mut StdRng) -> Vec<u8> {
    let mut bytes = pdf.to_vec();
    for _ in 0..dice.random_range(1..12) {
        let at = dice.random_range(0..bytes.len());
        let until = (at + dice.random_range(1..40)).min(bytes.len());
        match dice.random_range(0..6) {
            0 => bytes[at] = dice.random(),
            1 => drop(bytes.drain(at..until)),
            2 => {
                let piece = bytes[at..until].to_vec();
                let to = dice.random_range(0..=bytes.len());
                bytes.splice(to..to, piece);
            }
            3 => bytes[at..until].fill(b"0/<[(%"[dice.random_range(0..6)]),
            4 => {
                // A number made another: lengths, places, references.
                if let Some(digit) = bytes[at..].iter_mut().find(|byte| byte.is_ascii_digit()) {
                    *digit = b'0' + dice.random_range(0..10);
                }
            }
            _ => bytes.truncate(bytes.len() - dice.random_range(0..bytes.len() / 4)),
        }
        if bytes.len() < 16 {
            break;
        }
    }
    bytes
}

/// A thousand where time is given, fewer in every run.
#[tokio::test]
async fn damaged_pdfs_cost_themselves_alone() {
    let many = match std::env::var_os("REGWIRE_LONG") {
        Some(_) => 1_000,
        None => 100,
    };
    let whole = guidance();
    for (name, extractor) in [
        ("pdf-extract", extractor().without_pdftotext()),
        ("pdftotext", extractor()),
    ] {
        if name == "pdftotext" && extractor.reader() != Reader::Pdftotext {
            continue;
        }
        let mut dice = StdRng::seed_from_u64(20_261_128);
        let (mut read, mut refused, mut ended) = (0, 0, 0);
        for _ in 0..many {
            match extractor.text(&damaged(&whole, &mut dice)).await {
                Ok(text) => {
                    read += 1;
                    parse_pdf(&text, &source());
                }
                Err(PdfError::Start(reason)) => panic!("{reason}"),
                Err(PdfError::Unreadable(_) | PdfError::Locked) => refused += 1,
                Err(_) => ended += 1,
            }
        }
        println!(
            "{name}: of {many} damaged PDFs {read} read, {refused} refused, {ended} ended their reader"
        );
        assert_eq!(read + refused + ended, many);
        assert!(read > 0 && refused > 0);
    }
}
