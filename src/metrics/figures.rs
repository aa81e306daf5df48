//! The figures, gathered anew for each answer from the store, the index and the process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::clock::Clock;
use crate::domain::disk::{DiskDay, days_left};
use crate::domain::health::survey;
use crate::domain::source::Source;
use crate::search::Index;
use crate::store::{Figures, Store};
use crate::vitals::{BOUNDS, RequestFigures, Vitals};

/// What is watched.
#[derive(Clone)]
pub struct Watched {
    /// The store.
    pub store: Store,
    /// The index.
    pub index: Index,
    /// The sources.
    pub sources: Arc<Vec<Source>>,
    /// Signs of life.
    pub vitals: Vitals,
    /// The clock.
    pub clock: Clock,
    /// The data folder.
    pub data: PathBuf,
}

type Labels = Vec<(&'static str, String)>;

/// One figure with its labelled values.
#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    counts: bool,
    values: Vec<(Labels, f64)>,
}

/// How long requests took, by what they were for.
#[derive(Debug)]
struct Durations(Vec<RequestFigures>);

#[derive(Debug)]
struct Everything {
    families: Vec<Family>,
    durations: Durations,
}

struct Value(f64, bool);

impl EncodeMetric for Value {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        if self.1 {
            encoder.encode_counter::<NoLabelSet, f64, u64>(&self.0, None)
        } else {
            encoder.encode_gauge(&self.0)
        }
    }

    fn metric_type(&self) -> MetricType {
        if self.1 {
            MetricType::Counter
        } else {
            MetricType::Gauge
        }
    }
}

struct Duration<'a>(&'a RequestFigures);

impl EncodeMetric for Duration<'_> {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let bounds = BOUNDS
            .iter()
            .map(|&bound| std::time::Duration::from_millis(bound).as_secs_f64())
            .chain([f64::MAX]);
        let buckets: Vec<(f64, u64)> = bounds.zip(self.0.taken).collect();
        let count = self.0.taken.iter().sum();
        encoder.encode_histogram::<NoLabelSet>(self.0.total.as_secs_f64(), count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

impl Collector for Everything {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for family in &self.families {
            let kind = Value(0.0, family.counts).metric_type();
            let mut described = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            for (labels, value) in &family.values {
                Value(*value, family.counts).encode(described.encode_family(labels)?)?;
            }
        }
        let mut described = encoder.encode_descriptor(
            "regwire_request_duration_seconds",
            "How long requests took, by what they were for",
            None,
            MetricType::Histogram,
        )?;
        for figures in &self.durations.0 {
            let labels: Labels = vec![("asked", figures.asked.as_str().to_owned())];
            Duration(figures).encode(described.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// What is gathered; a name ends with its unit.
#[derive(Default)]
struct Families(Vec<Family>);

impl Families {
    fn gauge(&mut self, name: &'static str, help: &'static str, values: Vec<(Labels, f64)>) {
        self.0.push(Family {
            name,
            help,
            counts: false,
            values,
        });
    }

    fn one(&mut self, name: &'static str, help: &'static str, value: f64) {
        self.gauge(name, help, vec![(Vec::new(), value)]);
    }

    fn counter(&mut self, name: &'static str, help: &'static str, values: Vec<(Labels, f64)>) {
        self.0.push(Family {
            name,
            help,
            counts: true,
            values,
        });
    }
}

/// Counts of the store as a figure: up to 2^53 exactly.
fn number(count: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no store has 2^53 of anything")]
    let value = count as f64;
    value
}

fn positive(count: u64) -> f64 {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A line of `/proc/self/status`, in bytes.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

fn open_files() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}

/// The figures as text (OpenMetrics, which Prometheus reads).
///
/// # Errors
/// When the store or the index cannot be read.
pub async fn text(watched: &Watched) -> anyhow::Result<String> {
    let now = watched.clock.now();
    let figures = watched.store.figures().await?;
    let states = watched.store.source_states().await?;
    let days = watched.store.disk_days(30).await?;
    let mut health: BTreeMap<&'static str, i64> = BTreeMap::new();
    for (_, verdict) in survey(
        &watched.sources,
        |id| states.get(id).map(|state| &state.record),
        now,
    ) {
        *health.entry(verdict.health.as_str()).or_default() += 1;
    }
    let index = watched.index.clone();
    let (position, documents) =
        tokio::task::spawn_blocking(move || anyhow::Ok((index.cursor()?, index.len()))).await??;
    let mut families = Families::default();
    of_store(&mut families, &figures, now);
    families.gauge(
        "regwire_sources",
        "Sources by health",
        health
            .into_iter()
            .map(|(health, count)| (vec![("health", health.to_owned())], number(count)))
            .collect(),
    );
    families.one(
        "regwire_index_position",
        "How far this node's index has read the log",
        number(position),
    );
    families.one(
        "regwire_index_lag_lines",
        "Lines of the log that this node's index has not taken in",
        number((figures.log_head - position).max(0)),
    );
    families.one(
        "regwire_index_documents",
        "Updates in this node's index",
        positive(documents),
    );
    of_process(&mut families, watched, &days);
    let durations = watched.vitals.requests();
    families.counter(
        "regwire_requests",
        "Requests answered, by what they were for and the first digit of their status",
        durations
            .iter()
            .flat_map(|requests| {
                (1..)
                    .zip(requests.statuses)
                    .map(|(digit, count): (u8, u64)| {
                        let labels = vec![
                            ("asked", requests.asked.as_str().to_owned()),
                            ("status", format!("{digit}xx")),
                        ];
                        (labels, positive(count))
                    })
            })
            .collect(),
    );
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Everything {
        families: families.0,
        durations: Durations(durations),
    }));
    let mut out = String::new();
    prometheus_client::encoding::text::encode(&mut out, &registry)?;
    Ok(out)
}

fn of_store(families: &mut Families, figures: &Figures, now: chrono::DateTime<chrono::Utc>) {
    families.one("regwire_updates", "Updates stored", number(figures.updates));
    families.counter(
        "regwire_visits",
        "Visits to sources",
        vec![(Vec::new(), number(figures.visits))],
    );
    families.one(
        "regwire_visits_failing",
        "Visits in a row without success, of all sources together",
        number(figures.failures),
    );
    families.one(
        "regwire_log_position",
        "The last position of the change log",
        number(figures.log_head),
    );
    families.gauge(
        "regwire_follower_lag_lines",
        "Lines of the log that a follower has not read",
        figures
            .followers
            .iter()
            .map(|(name, position)| {
                let lag = (figures.log_head - position).max(0);
                (vec![("follower", name.clone())], number(lag))
            })
            .collect(),
    );
    families.gauge(
        "regwire_outbox",
        "What is to be sent and was, by queue and state",
        figures
            .queues
            .iter()
            .flat_map(|queue| {
                queue.states.iter().map(|(state, count)| {
                    let labels = vec![("queue", queue.name.to_owned()), ("state", state.clone())];
                    (labels, number(*count))
                })
            })
            .collect(),
    );
    families.gauge(
        "regwire_outbox_oldest_seconds",
        "How long the oldest of a queue has waited",
        figures
            .queues
            .iter()
            .map(|queue| {
                let waits = queue.oldest.map_or(0, |at| (now - at).num_seconds().max(0));
                (vec![("queue", queue.name.to_owned())], number(waits))
            })
            .collect(),
    );
    families.gauge(
        "regwire_digest_lateness_seconds",
        "How late the last issue of a digest closed",
        figures
            .issues
            .iter()
            .map(|(digest, due, closed)| {
                let late = (*closed - *due).num_seconds().max(0);
                (vec![("digest", digest.clone())], number(late))
            })
            .collect(),
    );
    families.one(
        "regwire_lease_left_seconds",
        "For how long the worker's lease still holds; below 0 nobody works",
        figures
            .lease
            .as_ref()
            .map_or(0.0, |(_, until, _)| number((*until - now).num_seconds())),
    );
    families.one(
        "regwire_lease_epoch",
        "How often the worker's lease was taken",
        figures.lease.as_ref().map_or(0.0, |lease| number(lease.2)),
    );
    families.one(
        "regwire_subscribers",
        "Mailboxes with a subscription",
        number(figures.subscribers),
    );
    families.one(
        "regwire_subscriptions",
        "Subscriptions that run",
        number(figures.subscriptions),
    );
    families.one(
        "regwire_requests_open",
        "Requests of commands that wait for the worker",
        number(figures.requests),
    );
    families.one(
        "regwire_sending_locked",
        "1 where nothing is sent until an operator says so",
        number(figures.locked.is_some().into()),
    );
    families.one(
        "regwire_operator_lines",
        "Lines for operators that stand",
        number(i64::try_from(figures.lines.len()).unwrap_or(i64::MAX)),
    );
}

fn of_process(families: &mut Families, watched: &Watched, days: &[DiskDay]) {
    let vitals = &watched.vitals;
    let well = vitals.judge(std::time::Instant::now()).is_ok();
    families.one(
        "regwire_healthy",
        "1 as long as the work of this node gets on, as /healthz says",
        number(well.into()),
    );
    families.one(
        "regwire_at_work",
        "1 where this node is the worker",
        number(vitals.is_at_work().into()),
    );
    families.one(
        "regwire_progress_age_seconds",
        "Since the last step of the work of this node",
        vitals.since_step().as_secs_f64(),
    );
    families.one(
        "regwire_uptime_seconds",
        "Since this process began",
        vitals.age().as_secs_f64(),
    );
    families.one(
        "regwire_files_refused",
        "1 where changed files have faults and were not taken up",
        number(vitals.has_refused_files().into()),
    );
    let (well, ill) = vitals.pings();
    families.counter(
        "regwire_pings",
        "Signs of life sent out, by how that went",
        vec![
            (vec![("outcome", "taken".to_owned())], positive(well)),
            (vec![("outcome", "failed".to_owned())], positive(ill)),
        ],
    );
    if let Some(bytes) = memory() {
        families.one(
            "regwire_resident_memory_bytes",
            "Memory of this process",
            positive(bytes),
        );
    }
    if let Some(files) = open_files() {
        families.one(
            "regwire_open_files",
            "Files and connections that this process has open",
            number(i64::try_from(files).unwrap_or(i64::MAX)),
        );
    }
    if let Some(last) = days.last() {
        families.one(
            "regwire_data_bytes",
            "What the data folder took when it was last measured",
            positive(last.used),
        );
        families.one(
            "regwire_disk_free_bytes",
            "What was free on the disk when it was last measured",
            positive(last.free),
        );
        if let Some(left) = days_left(days) {
            families.one(
                "regwire_disk_left_days",
                "In how many days the disk is full at the present pace",
                f64::from(left),
            );
        }
    }
    families.gauge(
        "regwire_build",
        "The version of this node",
        vec![(vec![("version", env!("CARGO_PKG_VERSION").to_owned())], 1.0)],
    );
}

/// The names of all figures in a text.
pub fn names(text: &str) -> std::collections::BTreeSet<String> {
    let mut out = std::collections::BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        out.insert(name.to_owned());
    }
    out
}
