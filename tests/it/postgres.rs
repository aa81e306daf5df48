//! A private PostgreSQL for tests: a cluster of its own in a temporary folder, on a socket.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A running cluster; it is stopped and gone when this is dropped.
pub struct Postgres {
    url: String,
    /// Held so that it is stopped when this is dropped.
    cluster: Option<Cluster>,
}

struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    user: Option<&'static str>,
}

impl Postgres {
    /// Starts one; none where this machine has no server.
    pub fn start() -> Option<Self> {
        if let Ok(url) = std::env::var("REGWIRE_TEST_POSTGRES") {
            return Some(Self { url, cluster: None });
        }
        let programs = programs()?;
        // initdb refuses to run as root, so that a broken server cannot own the machine.
        let root = Command::new("id")
            .arg("-u")
            .output()
            .ok()
            .is_some_and(|out| out.stdout == b"0\n");
        let user = if root {
            Some(["postgres", "nobody"].into_iter().find(|user| {
                Command::new("id")
                    .arg(user)
                    .output()
                    .is_ok_and(|out| out.status.success())
            })?)
        } else {
            None
        };
        let folder = tempfile::Builder::new().prefix("rw-pg-").tempdir().ok()?;
        if let Some(user) = user {
            Command::new("chown")
                .arg(user)
                .arg(folder.path())
                .status()
                .ok()
                .filter(|s| s.success())?;
        }
        let cluster = Cluster {
            folder,
            programs,
            user,
        };
        let data = cluster.folder.path().join("data");
        cluster.run(
            "initdb",
            &[
                "-D",
                &data.display().to_string(),
                "-U",
                "regwire",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
            ],
        )?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c full_page_writes=off -c max_connections=60",
            cluster.folder.path().display()
        );
        cluster.run(
            "pg_ctl",
            &[
                "-D",
                &data.display().to_string(),
                "-w",
                "-l",
                &cluster.folder.path().join("log").display().to_string(),
                "-o",
                &options,
                "start",
            ],
        )?;
        let host = cluster
            .folder
            .path()
            .display()
            .to_string()
            .replace('/', "%2F");
        Some(Self {
            url: format!("postgres://regwire@{host}/postgres"),
            cluster: Some(cluster),
        })
    }

    /// Ends it as a power cut would and starts it again; false where it is not ours.
    pub fn restart(&self) -> bool {
        self.cluster.as_ref().is_some_and(|cluster| {
            let data = cluster.folder.path().join("data").display().to_string();
            cluster
                .run("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "restart"])
                .is_some()
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

impl Cluster {
    fn run(&self, program: &str, arguments: &[&str]) -> Option<()> {
        let program = self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.arg("-u").arg(user).arg("--").arg(&program);
                command
            }
            None => Command::new(&program),
        };
        let done = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .ok()?;
        done.success().then_some(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data: &Path = &self.folder.path().join("data");
        self.run(
            "pg_ctl",
            &[
                "-D",
                &data.display().to_string(),
                "-m",
                "immediate",
                "-w",
                "stop",
            ],
        );
    }
}
