//! Git repositories made for a test, apart from the user's configuration.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A repository in a folder that goes when it is dropped.
pub struct Repository {
    folder: PathBuf,
}

/// What a command printed, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Printed {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl Repository {
    /// An empty one, on the branch `main`. `name` is the test's.
    pub fn new(name: &str) -> Self {
        let name = format!("{name}-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(folder.join("work")).expect("a folder");
        fs::create_dir_all(folder.join("home")).expect("a folder");
        let repository = Self { folder };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// Where its files are.
    pub fn path(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// A folder beside it, for what is none of its files.
    pub fn beside(&self) -> &Path {
        &self.folder
    }

    /// A program that runs in it, always with the same author, date and configuration.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env("HOME", self.folder.join("home"))
            .env("PATH", path_with_domdiff())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"))
            .env("GIT_AUTHOR_NAME", "A Tester")
            .env("GIT_AUTHOR_EMAIL", "tester@example.org")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_NAME", "A Tester")
            .env("GIT_COMMITTER_EMAIL", "tester@example.org")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .env("TERM", "dumb")
            .env("LC_ALL", "C");
        let outside = std::env::vars_os().map(|(name, _)| name);
        for name in outside.filter(|name| is_from_outside(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        command
    }

    /// Runs git, which must succeed.
    pub fn git(&self, arguments: &[&str]) -> String {
        let printed = run(self.command("git").args(arguments));
        assert_eq!(printed.status, 0, "git {arguments:?}: {printed:?}");
        printed.stdout
    }

    /// Runs domdiff.
    pub fn domdiff(&self, arguments: &[&str]) -> Printed {
        run(self.command(env!("CARGO_BIN_EXE_domdiff")).args(arguments))
    }

    /// Writes a file, in folders that need not be there.
    pub fn write(&self, path: impl AsRef<Path>, contents: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folders");
        fs::write(path, contents).expect("a file");
    }

    /// Commits the working tree as it is.
    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=a change"]);
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        // What is left over is in the build folder.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Printed {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Printed {
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        status: output.status.code().expect("an exit status"),
    }
}

/// A small definition; the UUID ends with the digit.
pub fn domain(name: &str, digit: u8, mib: u32) -> String {
    format!(
        "<domain type='kvm'>\n  <name>{name}</name>\n  \
         <uuid>00000000-0000-4000-8000-00000000000{digit}</uuid>\n  \
         <memory unit='MiB'>{mib}</memory>\n  <vcpu>1</vcpu>\n  \
         <os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  </os>\n</domain>\n"
    )
}

fn path_with_domdiff() -> std::ffi::OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_domdiff")).parent();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folder.map(PathBuf::from).into_iter();
    std::env::join_paths(folders.chain(std::env::split_paths(&path))).expect("PATH")
}

/// Variables of whoever runs the tests, a hook of git perhaps, that change what is printed.
fn is_from_outside(name: &str) -> bool {
    let is_gits = name.starts_with("GIT_") && !FIXED.contains(&name);
    is_gits
        || matches!(
            name,
            "NO_COLOR" | "CLICOLOR_FORCE" | "COLUMNS" | "RUST_BACKTRACE"
        )
}

const FIXED: [&str; 9] = [
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CEILING_DIRECTORIES",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
];
