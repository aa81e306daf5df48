//! The sending lock: a store that was restored or copied tells nobody anything before its operator
//! says so (promises: M14). Beside an embedded store lies a file that knows it; where the two do not
//! agree, or the store is behind the file, it is another store, or an older state of this one.

use std::path::PathBuf;

use rand::Rng as _;

use crate::daemon::House;
use crate::domain::token::hex;

fn file(house: &House) -> PathBuf {
    house.config.data.join("instance")
}

fn write(house: &House, instance: &str, head: i64) -> anyhow::Result<()> {
    let path = file(house);
    let half = path.with_extension("part");
    std::fs::write(&half, format!("{instance} {head}\n"))?;
    Ok(std::fs::rename(&half, &path)?)
}

fn known(house: &House) -> Option<(String, i64)> {
    let text = std::fs::read_to_string(file(house)).ok()?;
    let (instance, head) = text.trim().split_once(' ')?;
    Some((instance.to_owned(), head.parse().ok()?))
}

/// Why nothing may be sent; none when everything is well. Shared stores are one for all nodes, and
/// are locked by command only.
///
/// # Errors
/// When the store fails, or the file cannot be written.
pub async fn check(house: &House) -> anyhow::Result<Option<String>> {
    let row = house.store.sending_lock().await?;
    let head = house.store.log_head().await?;
    let (instance, locked) = match row {
        Some(row) => row,
        None => {
            let mut bytes = [0_u8; 8];
            rand::rng().fill_bytes(&mut bytes);
            // The file first: a crash between the two begins anew, and does not lock.
            write(house, &hex(&bytes), head)?;
            house.store.set_sending_lock(&hex(&bytes), None).await?;
            return Ok(None);
        }
    };
    if locked.is_some() || !house.store.is_sqlite() {
        return Ok(locked);
    }
    let why = match known(house) {
        Some((beside, reached)) if beside == instance && reached <= head => {
            if reached < head {
                write(house, &instance, head)?;
            }
            return Ok(None);
        }
        Some((beside, _)) if beside == instance => {
            "the store is an older state of itself: a backup was restored"
        }
        _ => "the store came from elsewhere: it was restored, moved or copied",
    };
    house.store.set_sending_lock(&instance, Some(why)).await?;
    tracing::error!(
        why,
        "sending is locked: `regwire resume` releases it, when nobody else sends from this data"
    );
    Ok(Some(why.to_owned()))
}

/// Locks sending by hand.
///
/// # Errors
/// As [`check`].
pub async fn lock(house: &House, why: &str) -> anyhow::Result<()> {
    check(house).await?;
    if let Some((instance, _)) = house.store.sending_lock().await? {
        house.store.set_sending_lock(&instance, Some(why)).await?;
    }
    Ok(())
}

/// Lets sending go on, from the store as it is now.
///
/// # Errors
/// As [`check`].
pub async fn release(house: &House) -> anyhow::Result<()> {
    let head = house.store.log_head().await?;
    if let Some((instance, _)) = house.store.sending_lock().await? {
        house.store.set_sending_lock(&instance, None).await?;
        write(house, &instance, head)?;
    }
    Ok(())
}
