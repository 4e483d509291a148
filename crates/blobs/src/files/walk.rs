//! Walking through folders: listing, removing, tidying up.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::Stat;

use super::folder::{Folder, Found, Listing};
use crate::Entry;
use crate::key::is_word;

/// Deeper than any key; what lies below was not made by us.
const DEPTH: usize = 16;

/// All blobs below a folder, one after another and in no order.
pub(crate) struct Walk {
    stack: Vec<(String, Listing)>,
}

impl Walk {
    /// `prefix` is the key of the folder. `None`: there is no such folder.
    pub(super) fn new(prefix: &str, folder: Option<Folder>) -> io::Result<Self> {
        let mut walk = Self { stack: Vec::new() };
        if let Some(folder) = folder {
            walk.stack.push((prefix.to_owned(), folder.list()?));
        }
        Ok(walk)
    }

    fn step(&mut self) -> io::Result<Option<Entry>> {
        while let Some((prefix, listing)) = self.stack.last_mut() {
            match listing.next().transpose()? {
                None => {
                    self.stack.pop();
                }
                Some(Found::File(name)) if is_word(&name) => {
                    let key = joined(prefix, &name);
                    if let Some(found) = unless_gone(listing.stat(&name))? {
                        let bytes = u64::try_from(found.st_size).unwrap_or(0);
                        return Ok(Some(Entry { key, bytes, modified: modified(&found) }));
                    }
                }
                // A draft.
                Some(Found::File(_)) => {}
                Some(Found::Folder(name)) => {
                    let key = joined(prefix, &name);
                    let inner = unless_gone(listing.enter(&name))?;
                    if self.stack.len() >= DEPTH || !is_word(&name) {
                        tracing::warn!(folder = key, "a folder that holds no blobs is passed over");
                    } else if let Some(inner) = inner {
                        self.stack.push((key, inner.list()?));
                    }
                }
                Some(Found::Foreign(name)) => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    tracing::warn!(folder = prefix, name, "a link or a device is passed over");
                }
            }
        }
        Ok(None)
    }
}

impl Iterator for Walk {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if let Some(Err(_)) = step {
            self.stack.clear();
        }
        step
    }
}

/// The names of the folders in a folder.
pub(super) fn folders(folder: Folder) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for found in folder.list()? {
        if let Found::Folder(name) = found?
            && is_word(&name)
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Removes everything in a folder. Answers how many blobs there were.
pub(super) fn clear(folder: Folder) -> io::Result<u64> {
    clear_to(folder, DEPTH)
}

fn clear_to(folder: Folder, depth: usize) -> io::Result<u64> {
    let mut listing = folder.list()?;
    let mut removed = 0;
    while let Some(found) = listing.next().transpose()? {
        match found {
            Found::Folder(name) => {
                let inner = unless_gone(listing.enter(&name))?;
                if let Some(inner) = inner.filter(|_| depth > 0) {
                    removed += clear_to(inner, depth - 1)?;
                    listing.remove_folder(&name)?;
                }
            }
            Found::File(name) => {
                if unless_gone(listing.remove(name.as_bytes()))?.is_some() && is_word(&name) {
                    removed += 1;
                }
            }
            // The link goes, and not what it leads to.
            Found::Foreign(name) => {
                unless_gone(listing.remove(&name))?;
            }
        }
    }
    Ok(removed)
}

/// Removes drafts and empty folders that nobody has touched since `before`: a younger folder may
/// have been made for a blob. Answers how many drafts there were.
pub(super) fn tidy(
    folder: Folder,
    before: SystemTime,
    is_looked_at: impl Fn(&str) -> bool,
) -> io::Result<u64> {
    let mut listing = folder.list()?;
    let mut removed = 0;
    while let Some(found) = listing.next().transpose()? {
        match found {
            Found::Folder(name) if is_looked_at(&name) => {
                removed += tidy_folder(&listing, &name, before, DEPTH)?;
            }
            _ => {}
        }
    }
    Ok(removed)
}

fn tidy_folder(above: &Listing, name: &str, before: SystemTime, depth: usize) -> io::Result<u64> {
    let is_old = |found: &Stat| modified(found) < before;
    let Some(found) = unless_gone(above.stat(name))? else { return Ok(0) };
    let Some(folder) = unless_gone(above.enter(name))? else { return Ok(0) };
    let mut listing = folder.list()?;
    let mut removed = 0;
    while let Some(found) = listing.next().transpose()? {
        match found {
            Found::Folder(inner) if depth > 0 => {
                removed += tidy_folder(&listing, &inner, before, depth - 1)?;
            }
            Found::File(draft) if !is_word(&draft) => {
                if unless_gone(listing.stat(&draft))?.is_some_and(|found| is_old(&found)) {
                    unless_gone(listing.remove(draft.as_bytes()))?;
                    removed += 1;
                }
            }
            Found::Folder(_) | Found::File(_) | Found::Foreign(_) => {}
        }
    }
    if is_old(&found) {
        above.remove_folder(name)?;
    }
    Ok(removed)
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

/// What has gone between two looks is no error.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn modified(found: &Stat) -> SystemTime {
    let seconds = u64::try_from(found.st_mtime).unwrap_or(0);
    let rest = u32::try_from(found.st_mtime_nsec).unwrap_or(0);
    UNIX_EPOCH + Duration::new(seconds, rest)
}
