//! Many files on their way to a server at once.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use jobs::Digest;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::api::{Api, Job};
use super::arguments::Submit;
use super::{DONE, JOB_FAILED, UNREACHABLE, println_line, refused, wait};
use crate::{plan, sentences};

/// Bytes read from a file at a time.
const PIECE: usize = 256 << 10;

/// Submits every file, and returns the exit status: the worst of all.
pub(super) async fn submit(api: &Api, asked: &Submit) -> anyhow::Result<u8> {
    let bars = Bars::new(asked)?;
    let mut taken = HashSet::new();
    let named = asked.files.iter().map(|path| {
        let name = path.display().to_string();
        (path, plan::distinct(&plan::stem_of(file_name(&name)), &mut taken), name)
    });
    let named: Vec<_> = named.collect();
    let mut files = stream::iter(&named)
        .map(|(path, stem, name)| {
            one(api, asked, (path.as_path(), stem.as_str(), name.as_str()), &bars)
        })
        .buffer_unordered(asked.parallel);
    let mut worst = DONE;
    while let Some(status) = files.next().await {
        let status = status?;
        worst = worst.max(status);
        if status == UNREACHABLE {
            // Every other file would wait for the same server.
            break;
        }
    }
    bars.finish();
    Ok(worst)
}

/// Submits a file, and sees it through to its end if that is asked.
async fn one(
    api: &Api,
    asked: &Submit,
    (path, stem, name): (&Path, &str, &str),
    bars: &Bars,
) -> anyhow::Result<u8> {
    let (digest, bytes) = match digest(path).await {
        Ok(found) => found,
        Err(error) => {
            bars.say(&sentences::unreadable(name, &error));
            return Ok(JOB_FAILED);
        }
    };
    let key = key(&asked.parameters, &digest);
    let mut parameters = asked.parameters.clone();
    parameters.push(("filename".to_owned(), file_name(name).to_owned()));
    let bar = bars.file(name, bytes);
    let body = async || pieces(path, bar.clone()).await;
    let job = match api.submit(&parameters, &key, bytes, body).await {
        Ok(job) => job,
        Err(refusal) => {
            bar.finish_and_clear();
            return Ok(bars.suspend(|| refused(name, &refusal)));
        }
    };
    let status = match &asked.wait {
        None => {
            bars.suspend(|| println_line(&format!("{}\t{name}", job.id)))?;
            DONE
        }
        Some(folder) => seen_through(api, (name, stem), job, folder, &bar, bars).await?,
    };
    bar.finish_and_clear();
    bars.done();
    Ok(status)
}

async fn seen_through(
    api: &Api,
    (name, stem): (&str, &str),
    job: Job,
    folder: &Path,
    bar: &ProgressBar,
    bars: &Bars,
) -> anyhow::Result<u8> {
    let ended = match wait::ended(api, job, bar).await {
        Ok(job) => job,
        Err(refusal) => return Ok(bars.suspend(|| refused(name, &refusal))),
    };
    if ended.is_lost() {
        bars.say(&format!("{name}: {}", ended.line()));
        return Ok(JOB_FAILED);
    }
    match wait::download(api, &ended, folder, stem).await? {
        Ok(()) => {
            if !bars.is_quiet {
                bars.say(&format!("{name}: {}", ended.line()));
            }
            Ok(DONE)
        }
        Err(refusal) => Ok(bars.suspend(|| refused(name, &refusal))),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The SHA-256 of a file and its length in bytes.
async fn digest(path: &Path) -> io::Result<(Digest, u64)> {
    let mut file = File::open(path).await?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            return Ok((Digest(hash.finalize().into()), bytes));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// The same for the same file and the same wishes, however often it is submitted.
fn key(parameters: &[(String, String)], digest: &Digest) -> String {
    let mut hash = Sha256::new();
    for (name, value) in parameters {
        for part in [name, value] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.update(digest.0);
    format!("submit-{}", Digest(hash.finalize().into()))
}

/// The bytes of a file in pieces, counted by the bar.
async fn pieces(
    path: &Path,
    bar: ProgressBar,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>> {
    bar.set_position(0);
    let file = File::open(path).await?;
    Ok(stream::try_unfold((file, bar), async |(mut file, bar)| {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        bar.inc(read as u64);
        Ok((read > 0).then(|| (Bytes::from(piece), (file, bar))))
    }))
}

/// A bar for each file on its way, and one for all of them; nothing when nobody looks.
struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    style: ProgressStyle,
    is_quiet: bool,
}

impl Bars {
    fn new(asked: &Submit) -> anyhow::Result<Self> {
        let target =
            if asked.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let all = MultiProgress::with_draw_target(target);
        let total = all.add(ProgressBar::new(asked.files.len() as u64));
        total.set_style(ProgressStyle::with_template("{pos}/{len} files {wide_bar} {eta}")?);
        let style = ProgressStyle::with_template(
            "{prefix} {msg} {bytes}/{total_bytes} {wide_bar} {bytes_per_sec}",
        )?;
        Ok(Self { all, total, style, is_quiet: asked.quiet })
    }

    fn file(&self, name: &str, bytes: u64) -> ProgressBar {
        let bar = self.all.insert_before(&self.total, ProgressBar::new(bytes));
        bar.set_style(self.style.clone());
        bar.set_prefix(file_name(name).to_owned());
        bar.set_message("sending");
        bar
    }

    fn done(&self) {
        self.total.inc(1);
    }

    fn say(&self, sentence: &str) {
        self.all.suspend(|| sentences::say(sentence));
    }

    fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.all.suspend(say)
    }

    fn finish(&self) {
        self.total.finish_and_clear();
    }
}
