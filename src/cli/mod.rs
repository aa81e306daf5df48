//! The commands of the binary, a file each.
//!
//! It knows how commands are written, what they print and how they end: 0 when the work was
//! done, 1 when it could not be, 2 on wrong use. It calls the daemon, the site and the demo. It
//! deliberately holds no rules of its own.

mod alone;
mod audit;
mod backup;
mod bounce;
mod calendar;
mod check;
mod collect;
mod decision;
mod digest;
mod doctor;
mod edit;
mod errand;
mod evidence;
mod export;
mod migrate;
pub(crate) mod operator;
pub(crate) mod out;
mod page;
mod read;
mod restore;
mod serve;
mod source;
mod sources;
mod standards;
mod subscriber;
mod subscription;
mod table;
mod tags;
mod team;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use serve::site as site_of;
pub(crate) use serve::{signal, site};

use self::out::say_part;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::House;

/// A day as an option has it.
fn day(text: &str) -> Result<chrono::NaiveDate, String> {
    let written = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().map_err(|_| {
        if written {
            format!("there is no {text} in the calendar")
        } else {
            "a day is written as 2026-01-31".to_owned()
        }
    })
}

/// Regwire: a self-hosted aggregator of compliance news and regulatory updates.
#[derive(Parser)]
#[command(name = "regwire", version, about, long_about = None, after_help = "Begin with `regwire demo`: the whole product on a sample world, without internet or settings.")]
struct Arguments {
    /// The configuration file [default: ./regwire.toml, else /etc/regwire/regwire.toml].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: $STATE_DIRECTORY, else ./data].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the daemon: schedule, pipeline, mail and the web site.
    #[command(
        after_help = "Example: regwire --config /etc/regwire/regwire.toml serve --listen 0.0.0.0:8080"
    )]
    Serve(serve::Options),
    /// Show the whole product on a sample world, without internet, mail server or settings.
    #[command(
        after_help = "Examples:\n  regwire demo\n  regwire demo --once\n  regwire demo --once --corpus ../recordings"
    )]
    Demo(crate::demo::Options),
    /// Report every fault of configuration, sources, library and templates.
    #[command(after_help = "Example: regwire check")]
    Check(check::Options),
    /// Look for what is wrong or will be: disk, clock, rights, store, index, mail, certificates, stuck work.
    #[command(
        after_help = "Examples:\n  regwire doctor\n  regwire doctor mail\n  regwire doctor --offline --json"
    )]
    Doctor(doctor::Options),
    /// Fetch what is due (or the sources named) to the end, and exit.
    #[command(
        after_help = "Examples:\n  regwire collect\n  regwire collect nist-news --force\n  regwire collect --jsonl"
    )]
    Collect(collect::Options),
    /// Show the health of every source, or how often one was asked in a period and what it answered.
    #[command(
        after_help = "Examples:\n  regwire sources --json\n  regwire sources nist-news --since 2026-01-01 --until 2026-03-31"
    )]
    Sources(sources::Options),
    /// Try, add, record, import or export sources.
    #[command(subcommand)]
    Source(source::Command),
    /// Show the versions of a watched page, and what changed between any two.
    #[command(subcommand)]
    Page(page::Command),
    /// Search the archive.
    #[command(
        after_help = "Examples:\n  regwire search 'ISO/IEC 42001'\n  regwire search 'kind:consultation jurisdiction:eu after:2026-01-01' --json"
    )]
    Search(read::SearchOptions),
    /// Show one update with its tags and why, its revisions and its evidence.
    #[command(after_help = "Example: regwire show 0a1b2c3d4e5f6g7h")]
    Show(read::ShowOptions),
    /// Put an editor's words in the place of an update's summary or significance.
    #[command(
        after_help = "Example: regwire note 0a1b2c3d4e5f6g7h 'Our certificate of 2022 stays valid until 2028.'"
    )]
    Note(edit::NoteOptions),
    /// Show or split the updates that tell of one event.
    #[command(subcommand)]
    Story(edit::Story),
    /// Tag the archive again by the library as it is now; no news comes of it.
    #[command(after_help = "Example: regwire retag --dry-run")]
    Retag(edit::RetagOptions),
    /// Tag headlines or lines of JSON (`headline`, `summary`, `source`, `language`) from standard input.
    #[command(
        after_help = "Example: echo '{\"id\":1,\"headline\":\"ISO/IEC 42005:2025 published\",\"summary\":\"\"}' | regwire tag --jsonl"
    )]
    Tag(tags::TagOptions),
    /// Score the tagger against labelled lines.
    #[command(after_help = "Example: regwire eval tests/labelled/tags.jsonl --field frameworks")]
    Eval(tags::EvalOptions),
    /// Read references out of texts.
    #[command(after_help = "Example: regwire ref 'BS EN ISO/IEC 27001:2022'")]
    Ref(tags::RefOptions),
    /// Show the register of standards, or take in a snapshot of a catalogue.
    #[command(
        after_help = "Examples:\n  regwire standards\n  regwire standards 'ISO/IEC 42001'\n  regwire standards observe iso-2026-11-01.tar.gz --at 2026-11-01 --jsonl"
    )]
    Standards(standards::Options),
    /// Show what is due: what closes, applies and ends.
    #[command(
        after_help = "Examples:\n  regwire calendar\n  regwire calendar --framework eu-ai-act --json\n  regwire calendar --standard 'ISO/IEC 42001' --ics > dates.ics"
    )]
    Calendar(calendar::Options),
    /// Preview, close, list or approve digests.
    #[command(subcommand)]
    Digest(digest::Digest),
    /// Add, list or remove subscribers.
    #[command(subcommand)]
    Subscriber(subscriber::Subscriber),
    /// Try, add, list or end subscriptions.
    #[command(subcommand)]
    Subscription(subscription::Command),
    /// List, add or test teams, and see what was sent to them.
    #[command(subcommand)]
    Team(team::Command),
    /// Take in bounces and complaints: from standard input (a pipe of the mail server), files, or a maildir.
    #[command(
        after_help = "Examples:\n  regwire bounce < report.eml\n  regwire bounce --maildir /var/mail/bounces"
    )]
    Bounce(bounce::Options),
    /// Note and list what updates mean for teams.
    #[command(subcommand)]
    Decision(decision::Command),
    /// Invite, list, disable or let in those who look after the site by its operators' area.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Make, list or end tokens of programs.
    #[command(subcommand)]
    Token(token::Command),
    /// List what operators changed, or check that the log of it was not tampered with.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Print updates, the register, or everything that is stored, as lines.
    #[command(
        after_help = "Examples:\n  regwire export updates --jsonl > updates.jsonl\n  regwire export everything > store.jsonl"
    )]
    Export(export::Options),
    /// Take in what `export everything` printed, into a store that holds nothing.
    #[command(
        after_help = "Examples:\n  regwire import store.jsonl\n  regwire --config a.toml export everything | regwire --config b.toml import -"
    )]
    Import(restore::ImportOptions),
    /// Keep the store and the settings in one file, while a daemon works on.
    #[command(after_help = "Example: regwire backup /var/backups/regwire/")]
    Backup(backup::Options),
    /// Make a store from a backup; sending stays locked until `regwire resume`.
    #[command(
        after_help = "Example: regwire --data /var/lib/regwire restore /var/backups/regwire/regwire-20261129T054340Z.tar.zst"
    )]
    Restore(restore::Options),
    /// Bring the store to this version's schema, or say what would be done.
    #[command(after_help = "Examples:\n  regwire migrate --dry-run\n  regwire migrate")]
    Migrate(migrate::Options),
    /// Make and check evidence that a third party can verify offline.
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Send nothing any more: no mail, no alert.
    #[command(after_help = "Example: regwire pause 'the relay is being moved'")]
    Pause {
        /// Why.
        #[arg(default_value = "the operator paused it")]
        why: String,
    },
    /// Let mails and alerts go out again, also from a store that was restored.
    #[command(after_help = "Example: regwire resume")]
    Resume,
    /// Build the search index anew.
    #[command(after_help = "Example: regwire reindex")]
    Reindex,
    /// Read a PDF from standard input: what this program does as its own child.
    #[command(name = crate::pdf::CHILD, hide = true)]
    PdfText {
        /// The program that reads.
        #[arg(long)]
        pdftotext: Option<PathBuf>,
    },
    /// Print a configuration with every setting.
    #[command(
        name = "config",
        after_help = "Example: regwire config --example > regwire.toml"
    )]
    Configuration {
        /// Print the example.
        #[arg(long, required = true)]
        example: bool,
    },
}

/// Runs the command line; the exit code says how it went.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Before anything else: the child limits itself, and must be alone in its process to do so.
    if let Some(Command::PdfText { pdftotext }) = &arguments.command {
        return crate::pdf::child(pdftotext.as_deref());
    }
    logs(&arguments.command);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("regwire: the runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(run(arguments));
    // Whoever waits in a blocking thread (a look-up, say) must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("regwire: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `regwire export … | head` ends early, and that is no fault.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

fn logs(command: &Option<Command>) {
    use std::io::IsTerminal as _;
    let daemon = matches!(command, None | Some(Command::Serve(_)));
    let filter = tracing_subscriber::EnvFilter::try_from_env("REGWIRE_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(if daemon {
            "regwire=info,warn"
        } else {
            "regwire=warn,error"
        })
    });
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(daemon)
        .with_ansi(std::io::stderr().is_terminal());
    // A second initialisation in one process is a test's, and harmless.
    let _ = match std::env::var("REGWIRE_LOG_FORMAT").as_deref() {
        Ok("json") => subscriber.json().flatten_event(true).try_init(),
        _ => subscriber.try_init(),
    };
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let load = || Config::load(arguments.config.as_deref(), arguments.data.as_deref());
    match arguments.command {
        None => serve::run(load()?, serve::Options::default()).await,
        Some(Command::Serve(options)) => serve::run(load()?, options).await,
        Some(Command::Demo(options)) => crate::demo::run(arguments.data, options).await,
        Some(Command::Check(options)) => check::run(
            arguments.config.as_deref(),
            arguments.data.as_deref(),
            &options,
        ),
        Some(Command::Doctor(options)) => {
            doctor::run(
                arguments.config.as_deref(),
                arguments.data.as_deref(),
                options,
            )
            .await
        }
        Some(Command::Collect(options)) => collect::run(house(load()?).await?, options).await,
        Some(Command::Sources(options)) => sources::run(house(load()?).await?, options).await,
        Some(Command::Source(command)) => source::run(house(load()?).await?, command).await,
        Some(Command::Page(command)) => page::run(house(load()?).await?, command).await,
        Some(Command::Search(options)) => {
            read::search(house(filled(load()?)?).await?, options).await
        }
        Some(Command::Show(options)) => {
            let id = options.id()?;
            read::show(house(filled(load()?)?).await?, &id, &options).await
        }
        Some(Command::Note(options)) => edit::note(house(load()?).await?, options).await,
        Some(Command::Story(command)) => edit::story(house(load()?).await?, command).await,
        Some(Command::Retag(options)) => edit::retag(house(load()?).await?, options).await,
        Some(Command::Tag(options)) => tags::tag(&load()?, &options),
        Some(Command::Eval(options)) => tags::eval(&load()?, &options),
        Some(Command::Ref(options)) => tags::references(&load()?, &options),
        Some(Command::Standards(options)) => standards::run(house(load()?).await?, options).await,
        Some(Command::Calendar(options)) => {
            calendar::run(house(filled(load()?)?).await?, options).await
        }
        Some(Command::Digest(command)) => digest::run(house(load()?).await?, command).await,
        Some(Command::Subscriber(command)) => subscriber::run(house(load()?).await?, command).await,
        Some(Command::Subscription(command)) => {
            subscription::run(house(load()?).await?, command).await
        }
        Some(Command::Team(command)) => team::run(house(load()?).await?, command).await,
        Some(Command::Bounce(options)) => bounce::run(house(load()?).await?, options).await,
        Some(Command::Decision(command)) => decision::run(house(load()?).await?, command).await,
        Some(Command::Operator(command)) => operator::run(house(load()?).await?, command).await,
        Some(Command::Token(command)) => token::run(house(load()?).await?, command).await,
        Some(Command::Audit(command)) => audit::run(house(load()?).await?, command).await,
        Some(Command::Export(options)) if options.is_everything() => {
            export::everything(&load()?, &options).await
        }
        Some(Command::Export(options)) => {
            export::run(house(filled(load()?)?).await?, options).await
        }
        Some(Command::Import(options)) => restore::import(&load()?, &options).await,
        Some(Command::Backup(options)) => {
            backup::run(&load()?, arguments.config.as_deref(), &options).await
        }
        Some(Command::Restore(options)) => restore::run(&load()?, &options).await,
        Some(Command::Migrate(options)) => migrate::run(&load()?, &options).await,
        Some(Command::Evidence(evidence::Evidence::Export(options))) => {
            evidence::export(house(load()?).await?, options).await
        }
        Some(Command::Evidence(evidence::Evidence::Verify(options))) => match options.folder() {
            Some(folder) => evidence::verify_packet(folder, options.json()),
            None => evidence::verify_store(house(load()?).await?, options.json()).await,
        },
        Some(Command::PdfText { pdftotext }) => Ok(crate::pdf::child(pdftotext.as_deref())),
        Some(Command::Pause { why }) => {
            let house = house(load()?).await?;
            crate::daemon::jobs::lock::lock(&house, &why).await?;
            audit::noted(&house, "paused", "sending", why).await?;
            out::say!("nothing is sent any more: `regwire resume` goes on");
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Resume) => {
            let house = house(load()?).await?;
            // Such as that a backup was restored: the log says from then on what went before.
            let why = crate::daemon::jobs::lock::check(&house).await?;
            crate::daemon::jobs::lock::release(&house).await?;
            let act = audit::act(&house, "resumed")
                .on("sending")
                .from_state(why.unwrap_or_default())
                .to_state("on");
            house.store.note_act(&act).await?;
            out::say!("mails and alerts go out again");
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Reindex) => collect::reindex(house(load()?).await?).await,
        Some(Command::Configuration { .. }) => {
            say_part!("{}", crate::config::EXAMPLE);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The configuration of a command that only reads: where there is no store yet none is made, for then
/// most likely the folder is another.
fn filled(config: Config) -> anyhow::Result<Config> {
    if let Some(file) = crate::store::Store::file(&config.store, &config.data)
        // A demo's store is its own, whatever is configured.
        && !crate::demo::is_demo(&config.data)
    {
        anyhow::ensure!(
            file.exists(),
            "there is no store yet at {}: name the data folder with --data, or fill one with `regwire collect`, `regwire serve` or `regwire demo`",
            file.display()
        );
    }
    Ok(config)
}

/// Opens the house; a demo's data is opened with the demo's own world, so that every command
/// answers from what the demo stored.
async fn house(config: Config) -> anyhow::Result<House> {
    let clock = Clock::from_environment()?;
    match crate::demo::remembered(&config).await? {
        Some((config, loaded, demo_clock)) => {
            let own = !clock.is_simulated();
            let clock = if own { demo_clock } else { clock };
            let house = House::open_with(config, clock, loaded).await?;
            if own {
                let last = house.store.last_moment().await?;
                house.clock.move_to(house.clock.now().max(last));
            }
            Ok(house)
        }
        None => House::open(config, clock).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn no_two_options_of_a_command_bear_one_name() {
        super::Arguments::command().debug_assert();
    }
}
