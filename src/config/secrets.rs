//! Secrets of the configuration: keys of interfaces, tokens of programs, and where both are read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::domain::api_token::{ApiToken, Scope};
use crate::fetch;
use crate::text::table::{Beside, Mixed, Table};

/// The folder that systemd hands credentials over in, by its variable.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Files that secrets were read from.
pub(super) type Files = Rc<RefCell<Vec<PathBuf>>>;

/// What stands beside the configuration in `folder`; files with secrets are noted.
pub(super) fn beside<'a>(
    folder: &'a Path,
    environment: &'a dyn Fn(&str) -> Option<String>,
    files: &Files,
) -> Beside<'a> {
    let files = Rc::clone(files);
    Beside {
        variable: Rc::new(environment),
        file: Rc::new(move |name| {
            let path = folder.join(name);
            files.borrow_mut().push(path.clone());
            read(&path)
        }),
        credential: Rc::new(|name| {
            let path = PathBuf::from(environment(CREDENTIALS)?).join(name);
            path.is_file().then(|| read(&path))
        }),
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| {
        format!(
            "cannot read {}: {error}. Check that it is there and that this user may read it",
            path.display()
        )
    })
}

/// A token of `[[web.token]]`; one that is faulty opens nothing.
pub(super) fn api_token(mut table: Table<'_>) -> Option<ApiToken> {
    let name = table.required_text("name");
    let scopes: Vec<Scope> = table.list("scopes", str::parse);
    let expires = table.day("expires");
    let expires = expires.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    let token = table.secret("token", "token_file", name.as_deref());
    if token.is_none() && !table.has("token_file") {
        table.fault("", "`token_file` is missing: add token_file = \"…\"");
    }
    let made = match (name, token) {
        (Some(name), Some(token)) => match ApiToken::new(name, &token, scopes, expires) {
            Ok(token) => Some(token),
            Err(why) => {
                table.fault("token_file", why);
                None
            }
        },
        _ => None,
    };
    table.finish();
    made
}

/// `[fetch.keys]`: the keys that interfaces want, by the names that sources give them. Each stands in
/// a file, in the environment, or among the credentials that systemd hands over; in the table itself
/// only where nobody else reads it.
pub(super) fn keys(
    table: Table<'_>,
    folder: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    files: &Files,
) -> BTreeMap<String, fetch::Secret> {
    let mut out = BTreeMap::new();
    for (name, mixed) in table.pairs_of_mixed() {
        let secret = match mixed {
            Mixed::Text(text) => Ok(text),
            Mixed::Table(mut table) => {
                let file = table.text("file").map(|file| folder.join(file));
                let variable = table.text("env");
                let credential = table.text("credential");
                table.finish();
                match (file, variable, credential) {
                    (Some(path), None, None) => {
                        files.borrow_mut().push(path.clone());
                        read(&path)
                    }
                    (None, Some(variable), None) => environment(&variable)
                        .ok_or_else(|| format!("the environment has no {variable}")),
                    (None, None, Some(credential)) => environment(CREDENTIALS)
                        .ok_or_else(|| {
                            "systemd hands over no credentials: add LoadCredential= to the unit"
                                .to_owned()
                        })
                        .and_then(|folder| read(&Path::new(&folder).join(credential))),
                    _ => Err(
                        "write one of { file = \"…\" }, { env = \"…\" }, { credential = \"…\" }"
                            .to_owned(),
                    ),
                }
            }
            Mixed::List(_) => Err("one key should be here, not several".to_owned()),
        };
        match secret.and_then(|text| fetch::Secret::new(&text).map_err(str::to_owned)) {
            Ok(secret) => {
                out.insert(name, secret);
            }
            Err(why) => table.fault(&name, why),
        }
    }
    out
}
