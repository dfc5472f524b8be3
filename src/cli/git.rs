//! Asks git, through its program, for files of revisions and for what changed.
//!
//! A repository may be a stranger's, and its configuration with it. So git
//! is called in ways that run nothing it names: no pager, hook, filter, diff
//! driver or monitor, no remote helper, no lazy fetch; it writes nothing. What
//! a user names goes to git where it takes no option.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use domdiff::xml::{Limits, Meant, Source};

use super::failure::{Failure, InputError};
use super::input;
use super::program::{self, Bounds};

/// Time for one question; all that git reads is on this machine.
const TIME: Duration = Duration::from_secs(120);
/// Bytes of names that are read: of objects, of files, of settings.
const NAMES: u64 = 64 << 20;
/// Bytes of all files of one comparison.
const FILES: u64 = 512 << 20;
/// Filters of a configuration that are switched off one by one.
const FILTERS: usize = 1000;
/// Added and deleted files that are looked at for renames, as git's `-l` counts.
const RENAMES: &str = "-l1000";

/// Settings that would run a program, and what switches them off.
const SETTINGS: [&str; 2] = ["core.fsmonitor=false", "core.hooksPath=/dev/null"];

/// A git command that runs nothing the repository names.
fn git() -> Command {
    let mut git = Command::new("git");
    git.args(["--no-pager", "--literal-pathspecs"]);
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    git.env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        // The list of allowed ways to a remote is empty.
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_EXTERNAL_DIFF")
        .env_remove("GIT_DIFF_OPTS");
    git
}

fn run(git: &mut Command, input: Vec<u8>, bytes: u64, what: &str) -> Result<Vec<u8>, Failure> {
    let bounds = Bounds {
        bytes,
        time: Some(TIME),
    };
    program::run(git, input, bounds, what, "it is in the package git")
}

/// Whether an operand is written as a file of a revision, `REV:path`.
pub(crate) fn is_in_a_revision(operand: &OsStr) -> bool {
    operand.as_encoded_bytes().contains(&b':')
}

/// Reads a file of a revision, as git takes it: `REV:path` from the top of the
/// repository, `REV:./path` from the working directory, `:path` of the index.
pub(crate) fn read(operand: &OsStr, limits: &Limits) -> Result<Source, Failure> {
    let name = operand.to_string_lossy();
    let mut command = git();
    command
        .args(["cat-file", "--end-of-options", "blob"])
        .arg(operand);
    let bytes =
        run(&mut command, Vec::new(), limits.bytes as u64, &name).map_err(
            |failure| match failure {
                Failure::Program(what, text) => Failure::Program(
                    what,
                    format!("no such file, and as a file of a git revision: {text}"),
                ),
                other => other,
            },
        )?;
    input::load(&name, &mut bytes.as_slice(), limits)
}

/// One of the two sides of a comparison: a tree of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tree {
    /// The object.
    id: String,
    /// What to call it.
    name: String,
}

/// What is compared: a tree with another one, or with the working tree.
#[derive(Debug)]
pub(crate) struct Range {
    old: Tree,
    new: Option<Tree>,
}

/// One version of a changed file.
#[derive(Debug)]
pub(crate) struct Version {
    /// What to call it in answers.
    pub name: String,
    /// Whether it is named `*.xml`.
    pub is_xml: bool,
    /// What is in it; nothing for what is too large to be a definition.
    pub bytes: Option<Vec<u8>>,
}

/// What became of one file: changed, renamed, added, removed.
#[derive(Debug)]
pub(crate) struct Change {
    /// In the old tree.
    pub old: Option<Version>,
    /// In the new one.
    pub new: Option<Version>,
    /// git takes the one for the other by what is in them.
    pub is_rename: bool,
}

impl Range {
    /// Reads what `--against` takes: `REV` for the working tree against it, `OLD..NEW`,
    /// and with three dots against where the two histories parted. Nothing behind three dots is
    /// the working tree.
    pub(crate) fn of(text: &str) -> Result<Self, Failure> {
        let or_head = |name: &str| if name.is_empty() { "HEAD" } else { name }.to_owned();
        if let Some((old, new)) = text.split_once("...") {
            let parted = merge_base(&or_head(old), &or_head(new))?;
            let new = match new {
                "" => None,
                new => Some(Tree::of(new)?),
            };
            return Ok(Self { old: parted, new });
        }
        if let Some((old, new)) = text.split_once("..") {
            return Ok(Self {
                old: Tree::of(&or_head(old))?,
                new: Some(Tree::of(&or_head(new))?),
            });
        }
        Ok(Self {
            old: Tree::of(text)?,
            new: None,
        })
    }

    /// What changed in the paths, or anywhere.
    pub(crate) fn changes(
        &self,
        paths: &[OsString],
        limits: &Limits,
    ) -> Result<Vec<Change>, Failure> {
        input::all(paths.iter().map(|path| self.knows(path)))?;
        let mut command = git();
        for setting in no_filters()? {
            command.arg(setting);
        }
        command
            .env("DOMDIFF_EMPTY", "")
            .env("DOMDIFF_FALSE", "false");
        command.args([
            "diff",
            "--raw",
            "-z",
            "--no-abbrev",
            "--find-renames",
            RENAMES,
        ]);
        command.args(["--no-ext-diff", "--no-textconv", "--ignore-submodules=all"]);
        command.args(["--no-color", "--no-relative", "-O/dev/null", &self.old.id]);
        command.args(self.new.as_ref().map(|tree| &tree.id));
        command.arg("--").args(paths);
        let what = match &self.new {
            Some(_) => "git diff",
            None => "git diff (a repository without working tree takes --against OLD..NEW)",
        };
        let listed = run(&mut command, Vec::new(), NAMES, what)?;
        let entries = entries(&listed).ok_or_else(|| strange(what))?;
        let ids = entries.iter().flat_map(|entry| {
            let new = self.new.as_ref().and(entry.new.as_ref());
            entry.old.iter().chain(new).map(|file| file.id.clone())
        });
        let blobs = Blobs::read(ids.collect(), limits)?;
        let folder = match self.new {
            Some(_) => PathBuf::new(),
            None => to_the_top()?,
        };
        let mut total = 0;
        let changes = entries.into_iter().map(|entry| {
            let old = entry.old.map(|file| self.old.version(&file, &blobs));
            let new = match (entry.new, &self.new) {
                (Some(file), Some(tree)) => Some(tree.version(&file, &blobs)),
                (Some(file), None) => in_the_working_tree(&folder, &file.path, limits, &mut total)?,
                (None, _) => None,
            };
            Ok(Change {
                old,
                new,
                is_rename: entry.is_rename,
            })
        });
        input::all(changes)
    }

    /// Refuses a path that is nowhere: a mistyped one would be without changes.
    fn knows(&self, path: &OsString) -> Result<(), Failure> {
        if Path::new(path).symlink_metadata().is_ok() {
            return Ok(());
        }
        for tree in [Some(&self.old), self.new.as_ref()].into_iter().flatten() {
            let mut command = git();
            command.args(["ls-tree", "-z", &tree.id, "--"]).arg(path);
            if !run(&mut command, Vec::new(), NAMES, "git ls-tree")?.is_empty() {
                return Ok(());
            }
        }
        let name = path.to_string_lossy().into_owned();
        let text = "no such file or folder, neither here nor in the revision";
        Err(Failure::Program(name, text.to_owned()))
    }
}

impl Tree {
    fn of(name: &str) -> Result<Self, Failure> {
        Ok(Self {
            id: verify(name, "tree")?,
            name: short(name).to_owned(),
        })
    }

    fn version(&self, file: &Blob, blobs: &Blobs) -> Version {
        Version {
            name: format!("{}:{}", self.name, file.path.to_string_lossy()),
            is_xml: is_xml(&file.path),
            bytes: blobs.get(&file.id),
        }
    }
}

/// Twelve digits of an object's name tell as much as all.
fn short(name: &str) -> &str {
    let is_id = matches!(name.len(), 40 | 64) && name.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id { &name[..12] } else { name }
}

/// The object of a kind that a revision stands for.
fn verify(name: &str, kind: &str) -> Result<String, Failure> {
    let mut command = git();
    command.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    command.arg(format!("{name}^{{{kind}}}"));
    match run(&mut command, Vec::new(), NAMES, name) {
        Ok(id) => Ok(String::from_utf8_lossy(&id).trim().to_owned()),
        Err(Failure::Program(_, text)) if text.is_empty() => Err(Failure::Program(
            name.to_owned(),
            "no such revision in this repository".to_owned(),
        )),
        Err(failure) => Err(failure),
    }
}

fn merge_base(one: &str, other: &str) -> Result<Tree, Failure> {
    let mut command = git();
    command.arg("merge-base");
    command.args([verify(one, "commit")?, verify(other, "commit")?]);
    match run(&mut command, Vec::new(), NAMES, "git merge-base") {
        Ok(id) => Tree::of(String::from_utf8_lossy(&id).trim()),
        Err(Failure::Program(what, text)) if text.is_empty() => Err(Failure::Program(
            what,
            format!("{one} and {other} have no common history here; is the clone shallow?"),
        )),
        Err(failure) => Err(failure),
    }
}

/// Where the top of the working tree is, seen from the working directory.
fn to_the_top() -> Result<PathBuf, Failure> {
    let mut command = git();
    command.args(["rev-parse", "--show-cdup"]);
    let printed = run(&mut command, Vec::new(), NAMES, "git rev-parse")?;
    let line = printed.strip_suffix(b"\n").unwrap_or(&printed);
    path(line).ok_or_else(|| strange("git rev-parse"))
}

/// Options that switch every configured filter off: to compare a changed file of the working
/// tree, git would run it. A name may hold `=`, so the value comes from a variable.
fn no_filters() -> Result<Vec<OsString>, Failure> {
    let mut command = git();
    command.args(["config", "--null", "--name-only", "--get-regexp"]);
    command.arg(r"^filter\..*\.(clean|smudge|process|required)$");
    let what = "git config";
    let names = match run(&mut command, Vec::new(), NAMES, what) {
        // None is configured.
        Err(Failure::Program(_, text)) if text.is_empty() => return Ok(Vec::new()),
        names => names?,
    };
    let mut names: Vec<&[u8]> = names.split(|b| *b == 0).filter(|n| !n.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > FILTERS {
        let text = format!("more than {FILTERS} filters are configured");
        return Err(Failure::Program(what.to_owned(), text));
    }
    let off = |name: &[u8]| {
        let name = os_string(name).ok_or_else(|| strange(what))?;
        let value: &OsStr = if name.as_encoded_bytes().ends_with(b".required") {
            "DOMDIFF_FALSE".as_ref()
        } else {
            "DOMDIFF_EMPTY".as_ref()
        };
        let mut option = OsString::from("--config-env=");
        option.push(name);
        option.push("=");
        option.push(value);
        Ok(option)
    };
    names.into_iter().map(off).collect()
}

/// A file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Blob {
    id: String,
    path: PathBuf,
}

/// One entry of `git diff --raw -z`. What is no regular file there counts as absent: a symbolic
/// link, a submodule.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    old: Option<Blob>,
    new: Option<Blob>,
    is_rename: bool,
}

/// Reads what `git diff --raw -z` prints:
/// `:old-mode new-mode old-id new-id status\0path\0[new-path\0]`.
fn entries(listed: &[u8]) -> Option<Vec<Entry>> {
    let mut fields = listed.split(|byte| *byte == 0);
    let mut entries = Vec::new();
    while let Some(head) = fields.next().filter(|head| !head.is_empty()) {
        let head = std::str::from_utf8(head).ok()?.strip_prefix(':')?;
        let words: Vec<&str> = head.split(' ').collect();
        let [old_mode, new_mode, old_id, new_id, status] = words[..] else {
            return None;
        };
        let old_path = path(fields.next()?)?;
        let is_rename = status.starts_with(['R', 'C']);
        let new_path = if is_rename {
            path(fields.next()?)?
        } else {
            old_path.clone()
        };
        let file = |mode: &str, id: &str, path: PathBuf| {
            mode.starts_with("100").then(|| Blob {
                id: id.to_owned(),
                path,
            })
        };
        let entry = Entry {
            old: file(old_mode, old_id, old_path),
            new: file(new_mode, new_id, new_path),
            is_rename,
        };
        if entry.old.is_some() || entry.new.is_some() {
            entries.push(entry);
        }
    }
    Some(entries)
}

/// Contents of objects, those that are small enough to be a definition.
struct Blobs(HashMap<String, Vec<u8>>);

impl Blobs {
    fn read(mut ids: Vec<String>, limits: &Limits) -> Result<Self, Failure> {
        ids.sort_unstable();
        ids.dedup();
        let what = "git cat-file";
        let sizes = batch("--batch-check=%(objectname) %(objectsize)", &ids, NAMES)?;
        let mut wanted = Vec::new();
        let mut total = 0_u64;
        for line in String::from_utf8_lossy(&sizes).lines() {
            // A promised object that was never fetched is "missing".
            let (id, size) = line.split_once(' ').ok_or_else(|| strange(what))?;
            let size: u64 = size
                .parse()
                .map_err(|_| Failure::Program(what.to_owned(), format!("object {line}")))?;
            if size <= limits.bytes as u64 {
                total += size;
                wanted.push(id.to_owned());
            }
        }
        if total > FILES {
            return Err(too_many());
        }
        let heads = 128 * wanted.len() as u64;
        let printed = batch(
            "--batch=%(objectname) %(objectsize)",
            &wanted,
            total + heads,
        )?;
        contents(&printed).map(Self).ok_or_else(|| strange(what))
    }

    /// What is in an object; two files may hold the same.
    fn get(&self, id: &str) -> Option<Vec<u8>> {
        self.0.get(id).cloned()
    }
}

/// Asks one process about all objects.
fn batch(how: &str, ids: &[String], bytes: u64) -> Result<Vec<u8>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut input = ids.join("\n");
    input.push('\n');
    let mut command = git();
    command.args(["cat-file", "--buffer", how]);
    run(&mut command, input.into_bytes(), bytes, "git cat-file")
}

/// Reads `id size\ncontents\n`, repeated.
fn contents(mut printed: &[u8]) -> Option<HashMap<String, Vec<u8>>> {
    let mut contents = HashMap::new();
    while !printed.is_empty() {
        let end = printed.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&printed[..end]).ok()?;
        let (id, size) = head.split_once(' ')?;
        let size: usize = size.parse().ok()?;
        let bytes = printed.get(end + 1..end + 1 + size)?;
        contents.insert(id.to_owned(), bytes.to_vec());
        printed = printed.get(end + 2 + size..)?;
    }
    Some(contents)
}

/// Bytes that tell whether a file without the name of one is a definition.
const HEAD: u64 = 64 << 10;

/// Reads a file of the working tree, and adds its size to `total`. A symbolic link is not
/// followed: it may lead to what is none of the repository's.
fn in_the_working_tree(
    top: &Path,
    path: &Path,
    limits: &Limits,
    total: &mut u64,
) -> Result<Option<Version>, Failure> {
    let here = top.join(path);
    let name = here.to_string_lossy().into_owned();
    let fail = |error| Failure::Input(name.clone(), InputError::Io(error));
    match fs::symlink_metadata(&here) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
    }
    let is_xml = is_xml(path);
    let most = limits.bytes as u64;
    let mut file = File::open(&here).map_err(fail)?;
    let mut bytes = Vec::new();
    let mut head = (&mut file).take(HEAD);
    head.read_to_end(&mut bytes).map_err(fail)?;
    // A disk image is not read to its end.
    if is_xml || Meant::by(&String::from_utf8_lossy(&bytes)) == Meant::Definition {
        let mut rest = file.take((most + 1).saturating_sub(HEAD));
        rest.read_to_end(&mut bytes).map_err(fail)?;
    }
    *total += bytes.len() as u64;
    if *total > FILES {
        return Err(too_many());
    }
    Ok(Some(Version {
        is_xml,
        bytes: Some(bytes).filter(|bytes| bytes.len() as u64 <= most),
        name,
    }))
}

fn too_many() -> Failure {
    Failure::Usage(format!(
        "the changed files have more than {FILES} bytes; name the folders to compare"
    ))
}

fn is_xml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("xml"))
}

fn strange(what: &str) -> Failure {
    Failure::Program(what.to_owned(), "prints what is not understood".to_owned())
}

fn path(bytes: &[u8]) -> Option<PathBuf> {
    os_string(bytes).map(PathBuf::from)
}

/// A name as git prints it: any bytes where the system takes them.
#[cfg(unix)]
#[allow(
    clippy::unnecessary_wraps,
    reason = "elsewhere not all bytes are a name"
)]
fn os_string(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    Some(OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Option<OsString> {
    String::from_utf8(bytes.to_vec()).ok().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_entries_are_read() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let listed = format!(
            ":100644 100755 {a} {b} M\0x\ny.xml\0:100644 100644 {a} {b} R097\0old\0new\0\
             :120000 100644 {a} {b} T\0link\0:000000 160000 {a} {b} A\0module\0"
        );
        let blob = |id: &str, path: &str| {
            Some(Blob {
                id: id.to_owned(),
                path: PathBuf::from(path),
            })
        };
        let entry = |old, new, is_rename| Entry {
            old,
            new,
            is_rename,
        };
        assert_eq!(
            entries(listed.as_bytes()).unwrap(),
            [
                entry(blob(&a, "x\ny.xml"), blob(&b, "x\ny.xml"), false),
                entry(blob(&a, "old"), blob(&b, "new"), true),
                entry(None, blob(&b, "link"), false),
            ]
        );
        assert_eq!(entries(b""), Some(Vec::new()));
        assert_eq!(entries(b"fatal\0"), None);
    }

    #[test]
    fn a_batch_is_read_by_its_sizes() {
        let read = contents(b"a 3\nx\ny\nb 0\n\n").unwrap();
        assert_eq!(read["a"], b"x\ny");
        assert_eq!(read["b"], b"");
        assert_eq!(contents(b"a 9\nx\n"), None);
        assert_eq!(contents(b"a missing\n"), None);
    }
}
