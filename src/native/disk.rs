//! Files on this machine: read in pieces, written without ever replacing one that is there.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};

use crate::transfer::{FileError, Sink, Source, safe_name};

/// How much is read or written at a time: each time is a visit to another thread.
const BUFFER: usize = 256 * 1024;
/// How many files of one name a folder takes.
const MOST_OF_ONE_NAME: u32 = 10_000;

/// A file to be sent.
#[derive(Debug)]
pub struct DiskSource {
    name: String,
    size: u64,
    file: BufReader<File>,
}

impl DiskSource {
    /// Opens a file. The error names the path and says what to do; the other side never reads it.
    pub async fn open(path: &Path) -> io::Result<Self> {
        let fail = |what: &str| io::Error::other(format!("cannot send {}: {what}", path.display()));
        let file = File::open(path).await.map_err(|error| fail(&format!("{error}: check the path")))?;
        let metadata = file.metadata().await.map_err(|error| fail(&error.to_string()))?;
        if !metadata.is_file() {
            return Err(fail("it is not a file: pack a folder into an archive first"));
        }
        let name = path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
        Ok(Self { name, size: metadata.len(), file: BufReader::with_capacity(BUFFER, file) })
    }
}

impl Source for DiskSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&mut self, up_to: usize) -> Result<Vec<u8>, FileError> {
        let mut bytes = vec![0; up_to];
        let read = self.file.read(&mut bytes).await;
        let length = read.map_err(|error| FileError::new(format!("{} cannot be read: {error}", self.name)))?;
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// A folder that files are received in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, if it is not there.
    pub async fn open(path: &Path) -> io::Result<Self> {
        match fs::create_dir_all(path).await {
            Ok(()) => Ok(Self(path.to_owned())),
            Err(error) => {
                Err(io::Error::other(format!("cannot use {}: {error}: choose another folder", path.display())))
            }
        }
    }

    /// A place for a file that is offered under this name. It ends in `.part` until it is whole.
    pub async fn place(&self, name: &str) -> Result<PartFile, FileError> {
        let name = safe_name(name);
        let (path, file) = self.create(&name, ".part").await?;
        let file = BufWriter::with_capacity(BUFFER, file);
        Ok(PartFile { folder: self.clone(), name, file, part: Remains { path, there: true } })
    }

    /// Makes a file that was not there: `cat.jpg`, or `cat (2).jpg`, and so on, with this ending.
    async fn create(&self, name: &str, ending: &str) -> Result<(PathBuf, File), FileError> {
        let (stem, extension) = match name.rfind('.') {
            Some(dot) => name.split_at(dot),
            None => (name, ""),
        };
        for number in 1..=MOST_OF_ONE_NAME {
            let file_name = match number {
                1 => format!("{name}{ending}"),
                number => format!("{stem} ({number}){extension}{ending}"),
            };
            let path = self.0.join(file_name);
            // It is made or it fails. If this asked first whether the file is there, another program could make it after
            // the answer.
            match File::create_new(&path).await {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot_store(name, &error)),
            }
        }
        Err(FileError::new(format!("there are {MOST_OF_ONE_NAME} files called {name} already")))
    }
}

fn cannot_store(name: &str, error: &io::Error) -> FileError {
    FileError::new(format!("{name} cannot be stored: {error}"))
}

/// A file that is being received. It is removed unless it is finished.
#[derive(Debug)]
pub struct PartFile {
    folder: Folder,
    name: String,
    file: BufWriter<File>,
    part: Remains,
}

/// A file that goes when this is dropped.
#[derive(Debug)]
struct Remains {
    path: PathBuf,
    there: bool,
}

impl Drop for Remains {
    fn drop(&mut self) {
        if self.there
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!("{} stays behind: {error}", self.path.display());
        }
    }
}

impl Sink for PartFile {
    type Stored = PathBuf;

    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).await.map_err(|error| cannot_store(&self.name, &error))
    }

    async fn finish(mut self) -> Result<PathBuf, FileError> {
        self.file.flush().await.map_err(|error| cannot_store(&self.name, &error))?;
        // The name is taken by an empty file first: so nobody else has it, and to rename replaces nothing of anybody.
        let (path, _) = self.folder.create(&self.name, "").await?;
        let mut empty = Remains { path, there: true };
        fs::rename(&self.part.path, &empty.path).await.map_err(|error| cannot_store(&self.name, &error))?;
        (self.part.there, empty.there) = (false, false);
        Ok(std::mem::take(&mut empty.path))
    }

    async fn discard(self) {
        // Dropped, and so removed: an instant, not worth another thread.
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_file_is_part_until_it_is_whole_and_replaces_nothing() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::open(&temporary.path().join("in")).await.unwrap();
        for (content, expected) in [("one", "cat.jpg"), ("two", "cat (2).jpg"), ("three", "cat (3).jpg")] {
            let mut place = folder.place("../cat.jpg").await.unwrap();
            place.write(content.as_bytes()).await.unwrap();
            assert!(names(&folder.0).contains(&"cat.jpg.part".to_owned()), "{:?}", names(&folder.0));
            let path = place.finish().await.unwrap();
            assert_eq!(path.file_name().unwrap(), expected);
            assert_eq!(std::fs::read_to_string(path).unwrap(), content);
        }
        assert_eq!(names(&folder.0), ["cat (2).jpg", "cat (3).jpg", "cat.jpg"]);
        let without_ending = folder.place("Makefile").await.unwrap();
        assert_eq!(without_ending.finish().await.unwrap(), folder.0.join("Makefile"));
        assert_eq!(folder.place("Makefile").await.unwrap().finish().await.unwrap(), folder.0.join("Makefile (2)"));
    }

    #[tokio::test]
    async fn two_of_one_name_at_once_are_two_files() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::open(temporary.path()).await.unwrap();
        let (mut one, mut two) = (folder.place("cat.jpg").await.unwrap(), folder.place("cat.jpg").await.unwrap());
        one.write(b"one").await.unwrap();
        two.write(b"two").await.unwrap();
        let (two, one) = (two.finish().await.unwrap(), one.finish().await.unwrap());
        assert_eq!(std::fs::read(one).unwrap(), b"one");
        assert_eq!(std::fs::read(two).unwrap(), b"two");
    }

    #[tokio::test]
    async fn what_is_discarded_or_dropped_leaves_nothing() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::open(temporary.path()).await.unwrap();
        let mut place = folder.place("cat.jpg").await.unwrap();
        place.write(&[7; 1000]).await.unwrap();
        place.discard().await;
        drop(folder.place("dog.jpg").await.unwrap());
        assert!(names(temporary.path()).is_empty(), "{:?}", names(temporary.path()));
    }

    #[tokio::test]
    async fn what_cannot_be_sent_or_stored_is_named_with_what_to_do() {
        let temporary = tempfile::tempdir().unwrap();
        let missing = DiskSource::open(&temporary.path().join("missing.txt")).await.unwrap_err().to_string();
        assert!(missing.contains("missing.txt") && missing.contains("check the path"), "{missing}");
        let folder = DiskSource::open(temporary.path()).await.unwrap_err().to_string();
        assert!(folder.contains("not a file"), "{folder}");
        std::fs::write(temporary.path().join("file"), "").unwrap();
        let file = Folder::open(&temporary.path().join("file")).await.unwrap_err().to_string();
        assert!(file.contains("choose another folder"), "{file}");
        // The folder goes away in the middle.
        let folder = Folder::open(&temporary.path().join("gone")).await.unwrap();
        std::fs::remove_dir(&folder.0).unwrap();
        let error = folder.place("cat.jpg").await.unwrap_err().to_string();
        assert!(error.contains("cat.jpg cannot be stored") && !error.contains("gone"), "{error}");
    }

    #[tokio::test]
    async fn a_source_is_read_to_its_end() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("고양이.bin");
        let content: Vec<u8> = (0..600_000u32).map(|n| n as u8).collect();
        std::fs::write(&path, &content).unwrap();
        let mut source = DiskSource::open(&path).await.unwrap();
        assert_eq!((source.name(), source.size()), ("고양이.bin", 600_000));
        let mut read = Vec::new();
        loop {
            let bytes = source.read(16 * 1024).await.unwrap();
            assert!(bytes.len() <= 16 * 1024);
            if bytes.is_empty() {
                break;
            }
            read.extend(bytes);
        }
        assert!(read == content);
    }
}
