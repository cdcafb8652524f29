//! Database files, in a temporary directory that is gone with its value.

use std::fs;
use std::path::PathBuf;

use crate::Result;

pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("neko-orm-scale-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// The URL of a database in the directory.
    pub fn database(&self, name: &str) -> String {
        format!("sqlite:{}", self.0.join(name).display())
    }

    /// Removes a database that no process has open.
    pub fn remove(&self, name: &str) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(self.0.join(format!("{name}{suffix}")));
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
