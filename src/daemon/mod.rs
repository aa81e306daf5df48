//! The daemon: the clock, the worker's lease and the jobs that bring the rooms together.
//!
//! It knows what is due and in which order things are done. It calls every room, and every room
//! only through its door. It deliberately holds no rules of the field: those are the rooms'.

mod arena;
pub mod disk;
mod in_order;
pub mod jobs;
pub mod reload;
pub mod stories;
pub mod visits;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::config::Config;
use crate::deliver::Post;
use crate::domain::id::SourceId;
use crate::domain::library::Library;
use crate::domain::source::Source;
use crate::domain::token::{Signer, SigningKey, key_id};
use crate::fetch::Fetcher;
use crate::library::{Files, LeftOut, Loaded, load};
use crate::pdf::Extractor;
use crate::render::{Renderer, Site};
use crate::search::Index;
use crate::store::{Lease, Store};
use crate::story::Vocabulary;
use crate::tag::Tagger;
use crate::vitals::{ERRAND, Vitals};

/// The lease of whoever works.
pub const WORKER: &str = "worker";
/// How long the lease holds without being renewed. With the pause between two looks of those who
/// stand by it makes less than the 15 seconds that a takeover may take.
pub const LEASE: TimeDelta = TimeDelta::seconds(10);
/// Between two looks of a node that stands by.
pub const LOOK: Duration = Duration::from_secs(1);
/// How long the store may take to renew the lease before the next try.
const RENEWAL: Duration = Duration::from_secs(3);

/// Everything that upstairs works with.
#[derive(Clone)]
pub struct House {
    /// The configuration.
    pub config: Arc<Config>,
    /// The clock.
    pub clock: Clock,
    /// The library.
    pub library: Arc<Library>,
    /// The sources.
    pub sources: Arc<Vec<Source>>,
    /// Sources that are not read, because their entries are faulty.
    pub left_out: Arc<Vec<LeftOut>>,
    /// The store.
    pub store: Store,
    /// The index.
    pub index: Index,
    /// The rules of tagging.
    pub tagger: Tagger,
    /// Templates.
    pub renderer: Arc<Renderer>,
    /// The names that stories are told apart by.
    pub vocabulary: Arc<Vocabulary>,
    /// What was told lately; read from the store when the first update comes.
    pub stories: Arc<tokio::sync::Mutex<Option<stories::StoryBook>>>,
    /// Visits under way, whoever began them.
    pub visits: Arc<tokio::sync::Mutex<visits::Visits>>,
    /// Documents read at once: as many as there are processors, however many visits are under
    /// way, so that memory and caches are not shared among dozens.
    pub turns: Arc<tokio::sync::Semaphore>,
    /// What takes text out of PDFs.
    pub pdf: Arc<Extractor>,
    /// Signs of life.
    pub vitals: Vitals,
}

impl House {
    /// Opens everything that reading needs. Faults of the library or of the sources are told
    /// and cost the faulty entries only.
    ///
    /// # Errors
    /// When the store, the index or the templates cannot be opened.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let files = Files::beside(&config.folder)?;
        Self::open_with(config, clock, load(&files)).await
    }

    /// As [`House::open`], with a library that was read already.
    ///
    /// # Errors
    /// As [`House::open`].
    pub async fn open_with(config: Config, clock: Clock, loaded: Loaded) -> anyhow::Result<Self> {
        for fault in &loaded.faults {
            tracing::warn!(%fault, "a faulty entry is not read; `regwire check` tells all");
        }
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
        let store = Store::open(&config.store, &config.data).await?;
        let index = Index::open(&config.data)?;
        let library = Arc::new(loaded.library);
        let renderer = Renderer::new(templates(&config.folder), shown_as(&config))?;
        let house = Self {
            tagger: Tagger::new(Arc::clone(&library)),
            vocabulary: Arc::new(Vocabulary::new(&library)),
            stories: Arc::default(),
            visits: Arc::default(),
            config: Arc::new(config),
            clock,
            library,
            sources: Arc::new(loaded.sources),
            left_out: Arc::new(loaded.left_out),
            store,
            index,
            renderer: Arc::new(renderer),
            turns: Arc::new(tokio::sync::Semaphore::new(
                std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            )),
            pdf: Arc::new(Extractor::of_this_program()?),
            vitals: Vitals::default(),
        };
        // The site signs with what is there, and writes none.
        house.signer().await?;
        Ok(house)
    }

    /// The source of that identifier.
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| &source.id == id)
    }

    /// The source that somebody names.
    ///
    /// # Errors
    /// When there is none: with what is wrong about its entry where that was left out, else with the
    /// name that is nearest.
    pub fn named_source(&self, id: &str) -> anyhow::Result<&Source> {
        if let Some(entry) = self.left_out.iter().find(|it| it.source.as_str() == id) {
            let faults = entry.faults.iter().map(ToString::to_string);
            let faults: Vec<String> = faults.collect();
            anyhow::bail!(
                "the entry of `{id}` is faulty and is not read: {}",
                faults.join("; ")
            );
        }
        if let Some(source) = self.sources.iter().find(|source| source.id.as_str() == id) {
            return Ok(source);
        }
        let ids = self.sources.iter().map(|source| source.id.as_str());
        match crate::text::table::nearest(id, ids) {
            Some(near) => anyhow::bail!("there is no source `{id}`: did you mean `{near}`?"),
            None => anyhow::bail!("there is no source `{id}`: `regwire sources` lists them"),
        }
    }

    /// The guarded way out.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn fetcher(&self) -> anyhow::Result<Fetcher> {
        let mut settings = self.config.fetch.clone();
        settings.loopback_only = self.clock.is_simulated();
        settings.pace = self.clock.pace();
        Ok(Fetcher::new(settings)?)
    }

    /// The way out for mail.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn post(&self) -> anyhow::Result<Post> {
        let mut settings = self.config.mail.clone();
        settings.loopback_only = self.clock.is_simulated();
        Ok(Post::new(settings)?)
    }

    /// What links are signed with; the first asking makes the first key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn signer(&self) -> anyhow::Result<Signer> {
        let now = self.clock.now();
        let mut keys = self.store.signing_keys().await?;
        if keys.is_empty() {
            let mut secret = vec![0_u8; 32];
            rand::Rng::fill_bytes(&mut rand::rng(), &mut secret);
            let key = SigningKey {
                id: key_id(&secret),
                secret,
                made_at: now,
            };
            // Another process may have been faster; then its key is the first.
            self.store.add_signing_key(&key, true).await?;
            keys = self.store.signing_keys().await?;
        }
        Ok(Signer::new(keys, now))
    }

    /// Where spooled mail goes.
    pub fn spool(&self) -> PathBuf {
        self.config.mail.spool.clone()
    }

    /// Takes the worker's lease for this process, after checking the clock.
    ///
    /// # Errors
    /// When the database fails or the clock is behind; the inner error says who is at work.
    pub async fn lease(&self) -> anyhow::Result<Result<Lease, crate::store::LeaseHeld>> {
        let now = self.clock.now();
        self.store.check_clock(now).await?;
        take_the_work(&self.store, now).await
    }
}

/// Takes the worker's lease on a store for this process.
///
/// # Errors
/// When the database fails; the inner error says who is at work.
pub async fn take_the_work(
    store: &Store,
    now: DateTime<Utc>,
) -> anyhow::Result<Result<Lease, crate::store::LeaseHeld>> {
    let holder = holder();
    // A standing clock never lets a lease run out, so a killed process would block for
    // ever; on such a clock the lease is taken over from whoever is not alive any more.
    match store.take_lease(WORKER, &holder, now, LEASE).await? {
        Ok(lease) => Ok(Ok(lease)),
        Err(held) if !is_alive(&held.holder) => {
            tracing::warn!(holder = %held.holder, "the process that held the lease is gone; taking over");
            // Under this process's own name: the others must see that somebody lives.
            Ok(store
                .take_lease_from(WORKER, &held.holder, &holder, now, LEASE)
                .await?)
        }
        Err(held) => Ok(Err(held)),
    }
}

/// The templates beside the configuration, where there are any.
fn templates(folder: &std::path::Path) -> Option<PathBuf> {
    Some(folder.join("templates")).filter(|path| path.is_dir())
}

/// What every page and mail says of the site.
fn shown_as(config: &Config) -> Site {
    Site {
        name: "Regwire".to_owned(),
        base_path: String::new(),
        base_url: config.base_url.clone(),
        contact: config.contact.clone(),
        notice: config.notice.clone(),
        postal_address: config.postal_address.clone(),
    }
}

/// Who this process is: its machine and number.
fn holder() -> String {
    format!("{}/{}", machine(), std::process::id())
}

/// The machine's name; `REGWIRE_NODE` where several share one, as containers may.
fn machine() -> String {
    std::env::var("REGWIRE_NODE")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .map(|name| name.trim().to_owned())
        .unwrap_or_else(|_| "localhost".to_owned())
}

/// Whether a holder may still be alive: another machine's always may.
pub fn is_alive(holder: &str) -> bool {
    match holder.rsplit_once('/') {
        Some((name, process)) if name == machine() => {
            // Without /proc nobody can tell, and waiting is the safe answer.
            if !std::path::Path::new("/proc/self").exists() {
                return true;
            }
            // One that ended and that nobody has taken leave of does not live.
            std::fs::read_to_string(std::path::Path::new("/proc").join(process).join("stat"))
                .is_ok_and(|stat| !stat.contains(") Z "))
        }
        _ => true,
    }
}

/// Works until it is told to stop: answers requests, collects what is due, follows the log,
/// closes and sends issues. Between two rounds it goes over to the newest house.
///
/// # Errors
/// When the lease is lost, or something fails that trying again cannot mend.
pub async fn work(
    houses: &tokio::sync::watch::Receiver<House>,
    lease: &Lease,
    mut stop: tokio::sync::watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut houses = houses.clone();
    let mut house = houses.borrow_and_update().clone();
    let fetcher = house.fetcher()?;
    let post = house.post()?;
    // Before anything is added: an index of an earlier state would not be noticed later.
    jobs::index::follow(&house).await?;
    jobs::library::follow(&house, lease).await?;
    while !*stop.borrow() {
        if houses.has_changed().unwrap_or(false) {
            house = houses.borrow_and_update().clone();
            jobs::library::follow(&house, lease).await?;
        }
        round(&house, lease, &fetcher, &post).await?;
        let pause = house
            .clock
            .wait_for(TimeDelta::seconds(30))
            .clamp(Duration::from_millis(200), Duration::from_secs(2));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
    Ok(())
}

async fn round(house: &House, lease: &Lease, fetcher: &Fetcher, post: &Post) -> anyhow::Result<()> {
    house.vitals.step();
    for request in house.store.open_requests().await? {
        house.vitals.step_for(ERRAND);
        let answer = match jobs::errand::Errand::of(&request) {
            Ok(errand) => jobs::errand::run(house, lease, fetcher, &errand, |_, _| {}).await,
            Err(error) => Err(error),
        };
        let answer =
            answer.unwrap_or_else(|error| serde_json::json!({ "error": format!("{error:#}") }));
        house
            .store
            .answer_request(lease, request.id, &answer, house.clock.now())
            .await?;
    }
    house.vitals.step();
    jobs::collect::round(house, lease, fetcher).await?;
    house.vitals.step();
    jobs::calendar::follow(house, lease).await?;
    house.vitals.step();
    jobs::index::follow(house).await?;
    house.vitals.step();
    jobs::register::follow(house, lease).await?;
    jobs::health::follow(house, lease).await?;
    jobs::operator::follow(house, lease).await?;
    jobs::signups::follow(house, lease).await?;
    house.vitals.step();
    jobs::matches::follow(house, lease).await?;
    house.vitals.step();
    jobs::digest::close_due(house, lease).await?;
    house.vitals.step();
    if jobs::lock::check(house).await?.is_none() {
        jobs::alerts::send_due(house, lease, post, fetcher).await?;
        jobs::deliver::deliver_due(house, lease, post).await?;
        jobs::health::send_notices(house, lease, post).await?;
    }
    Ok(())
}

/// A turn of work: the lease, renewed as long as this is held.
pub struct Shift {
    house: House,
    lease: Lease,
    renewal: tokio::task::JoinHandle<()>,
    over: tokio::sync::watch::Receiver<bool>,
}

impl Shift {
    /// Begins a turn.
    ///
    /// # Errors
    /// When the database fails; the inner error says who is at work already.
    pub async fn begin(house: &House) -> anyhow::Result<Result<Self, crate::store::LeaseHeld>> {
        let lease = house.lease().await?;
        house.vitals.at_work(lease.is_ok());
        Ok(lease.map(|lease| {
            let (ended, over) = tokio::sync::watch::channel(false);
            Self {
                renewal: tokio::spawn(renew(house.clone(), lease.clone(), ended)),
                house: house.clone(),
                lease,
                over,
            }
        }))
    }

    /// Waits until the lease is lost: taken by another, or not renewed for so long that it may have
    /// been. What is under way then need not be waited for: it may hang on a store that is cut off.
    pub async fn lost(&self) {
        let mut over = self.over.clone();
        // Whoever renews ends only by saying so, or with the whole turn.
        let _ = over.wait_for(|over| *over).await;
    }

    /// What every write names.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Ends the turn, so that the next one need not wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(self) -> anyhow::Result<()> {
        self.renewal.abort();
        self.house.index.rest();
        self.house.store.release_lease(&self.lease).await?;
        Ok(())
    }
}

impl Drop for Shift {
    fn drop(&mut self) {
        self.house.vitals.at_work(false);
        self.renewal.abort();
    }
}

async fn renew(house: House, lease: Lease, ended: tokio::sync::watch::Sender<bool>) {
    let mut renewed = house.clock.now();
    let mut waited = false;
    loop {
        let pause = house
            .clock
            .wait_for(LEASE / 3)
            .clamp(Duration::from_millis(100), Duration::from_secs(5));
        // What was asked long ago was renewed for a time that is nearly over.
        if !waited {
            tokio::time::sleep(pause).await;
        }
        let asked = std::time::Instant::now();
        let renewal = house.store.renew_lease(&lease, house.clock.now(), LEASE);
        let mut renewal = std::pin::pin!(renewal);
        let lost = loop {
            let why = match tokio::time::timeout(RENEWAL, &mut renewal).await {
                Ok(Ok(())) => {
                    house.vitals.wrote();
                    renewed = house.clock.now();
                    waited = asked.elapsed() > pause.max(RENEWAL / 3);
                    break false;
                }
                Ok(Err(crate::store::Error::LeaseLost)) => {
                    tracing::error!("the worker's lease was lost; this process stops working");
                    break true;
                }
                Ok(Err(error)) => {
                    waited = false;
                    Some(error.to_string())
                }
                // What this process itself writes may hold the lease's row for long: then nobody
                // else can take it, and reading it is answered.
                Err(_) => {
                    let epoch = house.store.lease_epoch(&lease.name);
                    if matches!(tokio::time::timeout(RENEWAL, epoch).await, Ok(Ok(Some(epoch))) if epoch == lease.epoch)
                    {
                        renewed = house.clock.now();
                    }
                    None
                }
            };
            // An embedded store has no other worker, and a full disk must not end its turn.
            if !house.store.is_sqlite() && house.clock.now() - renewed > LEASE {
                tracing::error!(
                    why,
                    "the worker's lease was lost, as it could not be renewed; this process stops working"
                );
                break true;
            }
            if let Some(why) = why {
                tracing::warn!(why, "the worker's lease could not be renewed; trying again");
                break false;
            }
        };
        if lost {
            break;
        }
    }
    ended.send_replace(true);
}
