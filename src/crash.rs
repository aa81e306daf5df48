//! Named points at which a test may stop the process, as a power cut would.
//!
//! In a debug build, `REGWIRE_CRASH_AT=name` (or `name:3`, the third time) makes the process
//! say on standard error that it has reached the point and then stand still, so that the test
//! can send it a SIGKILL: no destructor runs, no buffer is flushed. Release builds hold none
//! of this.

/// Stops here for good when a test has named this point.
#[inline]
pub fn point(name: &str) {
    #[cfg(debug_assertions)]
    armed::stop_at(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Wanted {
        name: String,
        time: u32,
        passed: AtomicU32,
    }

    static WANTED: OnceLock<Option<Wanted>> = OnceLock::new();

    pub(super) fn stop_at(name: &str) {
        let wanted = WANTED.get_or_init(|| {
            let text = std::env::var("REGWIRE_CRASH_AT").ok()?;
            let (name, time) = match text.split_once(':') {
                Some((name, time)) => (name.to_owned(), time.parse().ok()?),
                None => (text, 1),
            };
            Some(Wanted {
                name,
                time,
                passed: AtomicU32::new(0),
            })
        });
        if let Some(wanted) = wanted
            && wanted.name == name
            && wanted.passed.fetch_add(1, Ordering::SeqCst) + 1 == wanted.time
        {
            eprintln!("crash point {name} reached");
            loop {
                std::thread::park();
            }
        }
    }
}
