//! libvirt's own RNG schema, asked through xmllint.

use std::path::{Path, PathBuf};
use std::process::Command;

const NEEDED: &str = "the test documents are held against libvirt's schema: install Debian's libxml2-utils \
     (xmllint) and libvirt0 (/usr/share/libvirt/schemas/domain.rng)";

/// Where the schema is; `DOMDIFF_SCHEMA` names another.
pub fn schema() -> PathBuf {
    let path = std::env::var("DOMDIFF_SCHEMA")
        .unwrap_or("/usr/share/libvirt/schemas/domain.rng".to_owned());
    let path = PathBuf::from(path);
    assert!(path.is_file(), "{NEEDED} ({} is missing)", path.display());
    path
}

/// Of each file whether the schema takes it, and xmllint's words where not.
pub fn validate(files: &[PathBuf]) -> Vec<Result<(), String>> {
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--relaxng"])
        .arg(schema())
        .args(files)
        .output()
        .unwrap_or_else(|e| panic!("{NEEDED} (xmllint: {e})"));
    let words = String::from_utf8_lossy(&output.stderr);
    let valid: std::collections::HashSet<&str> = words
        .lines()
        .filter_map(|line| line.strip_suffix(" validates"))
        .collect();
    files
        .iter()
        .map(|file| {
            let name = file.to_string_lossy();
            if valid.contains(name.as_ref()) {
                return Ok(());
            }
            let about: Vec<&str> = words
                .lines()
                .filter(|line| line.starts_with(name.as_ref()) || !line.contains(".xml"))
                .take(6)
                .collect();
            Err(about.join("\n"))
        })
        .collect()
}

/// Of each text whether the schema takes it.
pub fn valid(texts: &[String]) -> Vec<bool> {
    let folder = Folder::new();
    let files: Vec<PathBuf> = (0..texts.len())
        .map(|index| folder.0.join(format!("{index}.xml")))
        .collect();
    for (file, text) in files.iter().zip(texts) {
        std::fs::write(file, text).expect("a file in the temporary folder");
    }
    validate(&files).into_iter().map(|r| r.is_ok()).collect()
}

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("domdiff-grammar-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
