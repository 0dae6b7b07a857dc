//! A shared cache at a URL: HTTP, S3 or Redis, through OpenDAL. Knows how long
//! one may wait for it.
//!
//! Its objects are the packs, under their names, and the list, `packs`. Two
//! builds that write the list at the same time may lose a line of it: what that
//! pack has is compiled once more.

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

const LIST: &str = "packs";
/// For an answer of at most [`PIECE`] bytes.
const ANSWER: Duration = Duration::from_secs(5);
/// For all answers of a build.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a pack that come at a time.
const PIECE: u64 = 4 << 20;

pub struct Remote {
    /// As messages name it: without secrets.
    name: String,
    operator: Operator,
    /// Never ended: that would wait for names that are still looked up.
    runtime: &'static Runtime,
    /// Bytes that its packs may have.
    limit: u64,
    is_read_only: bool,
    /// What of [`PATIENCE`] is left.
    left: Mutex<Duration>,
}

impl Remote {
    /// Nothing is asked of it yet.
    ///
    /// # Errors
    ///
    /// When the URL is none that can be used.
    pub fn new(url: &str, limit: u64, is_read_only: bool) -> anyhow::Result<Remote> {
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

    /// Waits for an answer, but not longer than `most`, nor than is left.
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
        match bytes.len() as u64 == size {
            true => Ok(bytes),
            false => Err(self.failed(&format!("`{}` is not whole", pack.name))),
        }
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

fn operator(url: &str) -> anyhow::Result<Operator> {
    opendal::install_default();
    let uri = OperatorUri::new(url, Vec::new())?;
    match uri.scheme() {
        "http" | "https" => http(&uri),
        "redis" | "s3" => Ok(Operator::from_uri(uri)?),
        scheme => bail!("`{scheme}` is not http, https, s3 or redis"),
    }
}

/// Of WebDAV only what every server has that objects can be put to.
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

fn without_secrets(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (user, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = user.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/{path}")
}

/// The innermost cause; what is around it names objects and requests.
fn cause(error: &Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    match std::ptr::addr_eq(inner, error) {
        true => error.message().trim().to_string(),
        false => inner.to_string(),
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
