//! A shared cache at a URL: HTTP, S3 or Redis, through OpenDAL. Knows how long a
//! build may wait for it.
//!
//! Its objects are the packs, under their names, and the list, `packs`. When two
//! builds write the list at the same time, a line of it may be lost: the functions
//! of that pack are compiled once more.

use super::list;
use super::shared::{Listed, Result, Shared};
use anyhow::{Context, bail};
use opendal::{Error, ErrorKind, Operator, OperatorUri, services::Webdav};
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Name of the object with the list of packs.
const LIST: &str = "packs";
/// Longest time to wait for an answer of at most [`PIECE`] bytes.
const ANSWER: Duration = Duration::from_secs(5);
/// Longest time that a build waits for all answers together.
const PATIENCE: Duration = Duration::from_secs(60);
/// Number of bytes of a pack that are read by one request.
const PIECE: u64 = 4 << 20;

/// A shared cache at a URL.
pub(super) struct Remote {
    /// The URL without secrets, for messages.
    name: String,
    operator: Operator,
    /// The runtime that waits for answers. It is never shut down, because that
    /// would wait for host names that are still being looked up.
    runtime: &'static Runtime,
    /// Largest total size of the packs, in bytes.
    limit: u64,
    is_read_only: bool,
    /// The part of [`PATIENCE`] that is left.
    left: Mutex<Duration>,
}

impl Remote {
    /// Makes a client for the cache at `url`, whose packs may have `limit`
    /// bytes. No request is sent yet.
    ///
    /// # Errors
    ///
    /// When the URL has a scheme that is not supported, or is incomplete.
    pub(super) fn new(url: &str, limit: u64, is_read_only: bool) -> anyhow::Result<Remote> {
        let name = without_secrets(url);
        let operator = operator(url).with_context(|| format!("the cache `{name}`"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Remote {
            name,
            operator,
            runtime: Box::leak(Box::new(runtime)),
            limit,
            is_read_only,
            left: Mutex::new(PATIENCE),
        })
    }

    /// Waits for an answer for at most `most`, and no longer than what is left
    /// of the build's time. Returns `None` if the object does not exist.
    fn wait<T>(
        &self,
        most: Duration,
        answer: impl Future<Output = opendal::Result<T>>,
    ) -> Result<Option<T>> {
        let left = || self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let most = most.min(*left());
        let start = Instant::now();
        let outcome = self.runtime.block_on(async { tokio::time::timeout(most, answer).await });
        {
            let mut left = left();
            *left = left.saturating_sub(start.elapsed());
        }
        match outcome {
            Ok(Ok(value)) => Ok(Some(value)),
            Ok(Err(error)) if error.kind() == ErrorKind::NotFound => Ok(None),
            Ok(Err(error)) => Err(self.failed(&cause(&error))),
            Err(_) => Err(self.failed(&format!("no answer within {most:.0?}"))),
        }
    }

    /// Returns the message for a failure of the cache.
    fn failed(&self, why: &str) -> String {
        format!("cannot use the cache `{}`: {why}", self.name)
    }
}

impl Shared for Remote {
    fn list(&self) -> Result<Vec<Listed>> {
        let content = self.wait(ANSWER, self.operator.read(LIST))?;
        let text = content.map(|content| content.to_vec()).unwrap_or_default();
        let mut packs = list::parse(&String::from_utf8_lossy(&text));
        packs.retain(|pack| pack.size <= self.limit);
        Ok(packs)
    }

    fn read(&self, pack: &Listed, range: Range<u64>) -> Result<Vec<u8>> {
        let size = range.end - range.start;
        let answer = self.operator.read_with(&pack.name).range(range);
        let bytes = self.wait(ANSWER, async { answer.await })?;
        let bytes = bytes.map(|bytes| bytes.to_vec()).unwrap_or_default();
        if bytes.len() as u64 != size {
            return Err(self.failed(&format!("`{}` is not whole", pack.name)));
        }
        Ok(bytes)
    }

    fn fetch(&self, pack: &Listed, mut file: &File) -> Result<()> {
        for start in (0..pack.size).step_by(PIECE as usize) {
            let piece = self.read(pack, start..pack.size.min(start + PIECE))?;
            file.write_all(&piece).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn publish(&self, pack: &Listed, content: Vec<u8>, merged: &[String]) -> Result<()> {
        let packs = self.list()?;
        if !packs.contains(pack) || merged.contains(&pack.name) {
            self.wait(PATIENCE, self.operator.write(&pack.name, content))?;
        }
        let (packs, dropped) = list::with(packs, pack, merged, self.limit);
        self.wait(ANSWER, self.operator.write(LIST, list::display(&packs)))?;
        for name in dropped {
            self.wait(ANSWER, self.operator.delete(&name))?;
        }
        Ok(())
    }

    fn is_read_only(&self) -> bool {
        self.is_read_only
    }
}

/// Returns the client of OpenDAL for a URL.
fn operator(url: &str) -> anyhow::Result<Operator> {
    opendal::install_default();
    let uri = OperatorUri::new(url, Vec::new())?;
    match uri.scheme() {
        "http" | "https" => http(&uri),
        "redis" | "s3" => Ok(Operator::from_uri(uri)?),
        scheme => bail!("`{scheme}` is not http, https, s3 or redis"),
    }
}

/// Returns a client that uses WebDAV, but only the requests that every HTTP server
/// with PUT has.
fn http(uri: &OperatorUri) -> anyhow::Result<Operator> {
    let host = uri.authority().context("there is no host")?;
    let mut server = Webdav::default()
        .endpoint(&format!("{}://{host}", uri.scheme()))
        .root(uri.root().unwrap_or_default())
        .username(uri.username().unwrap_or_default())
        .password(uri.password().unwrap_or_default())
        .disable_create_dir(true);
    if let Ok(token) = std::env::var("QUENCH_CACHE_TOKEN") {
        server = server.token(&token);
    }
    Ok(Operator::new(server)?)
}

/// Returns a URL without its user, password and query.
fn without_secrets(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (user, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = user.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/{path}")
}

/// Returns the innermost cause as text; the outer ones only name objects and
/// requests.
fn cause(error: &Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if std::ptr::addr_eq(inner, error) {
        error.message().trim().to_string()
    } else {
        inner.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn messages_name_no_secrets() {
        let name = without_secrets("https://me:secret@farm.example:80/a/b?token=secret");
        assert_eq!(name, "https://farm.example:80/a/b");
        assert_eq!(without_secrets("redis://farm"), "redis://farm/");
    }
}
