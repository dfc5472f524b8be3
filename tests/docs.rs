//! What README.md and the pages in `docs/` show is true: every block of code
//! in them is run, or read by what would read it.
//!
//! - `sh`: the lines are run one after the other, and none may end without
//!   answer (a status above 1).
//! - `console`: the lines behind `$ ` are run, and must print what follows
//!   them. `DOMDIFF_UPDATE=1 cargo test --test docs` writes what is printed now.
//! - `toml`: a configuration, or a file of accepted findings.
//! - `yaml`, `json`: must be well-formed, and the commands in YAML as below.
//!
//! The folder that they run in is a git repository with the files of [`FILES`]
//! (add what a new page needs), with `testdata` itself and, beside it, domdiff's
//! source; what a page's blocks write stays there for those below.
//!
//! A block that cannot be run here says so, and why, behind its language:
//! `sh not run: it asks a libvirt`. Its syntax is still looked at, and that
//! domdiff has the commands and flags that it is called with.

#[path = "docs/blocks.rs"]
mod blocks;
mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use blocks::{Block, blocks, commands, domdiff_calls};
use common::repository::{Printed, Repository, run};
use domdiff::policy::{Accepted, Config, Origin};

/// The files that the examples name, and which of the test data they are.
const FILES: [(&str, &str); 8] = [
    ("old.xml", "domains/web01-old.xml"),
    ("new.xml", "domains/web01-new.xml"),
    ("web01.xml", "domains/web01-old.xml"),
    ("domains/web01.xml", "domains/web01-old.xml"),
    ("accepted.toml", "policy/team/accepted.toml"),
    ("b.json", "hosts/vm-epyc.json"),
    ("caps.xml", "hosts/vm-epyc-capabilities.xml"),
    ("domcaps.xml", "hosts/kvm-skylake-domcaps.xml"),
];

/// How the README calls a domdiff that is not installed.
const BUILT: &str = "cargo run --release --quiet -- ";

/// A program that answers as virsh would.
const VIRSH: &str = "#!/bin/sh\ncase \"$*\" in\n*dumpxml*) exec cat web01.xml ;;\nesac\nexit 1\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages for people. What domdiff prints itself, `docs/rules.md`, has a test of its own.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    let entries = fs::read_dir(root().join("docs")).expect("docs");
    pages.extend(
        entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .filter(|path| !path.ends_with("rules.md")),
    );
    pages.sort();
    pages
}

/// The folder that the examples run in.
fn scene(name: &str) -> Repository {
    let scene = Repository::new(&format!("docs-{name}"));
    for (name, data) in FILES {
        let path = common::testdata("").join(data);
        scene.write(name, fs::read(path).expect("a file"));
    }
    scene.commit();
    scene.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    symlink(root().join("testdata"), scene.path().join("testdata")).expect("a link");
    symlink(root(), scene.beside().join("domdiff")).expect("a link");
    let virsh = scene.beside().join("virsh");
    fs::write(&virsh, VIRSH).expect("a script");
    fs::set_permissions(&virsh, fs::Permissions::from_mode(0o755)).expect("a script");
    scene
}

fn shell(scene: &Repository, line: &str) -> Printed {
    let mut line = line.replace(BUILT, "domdiff ");
    // The day of an example is over one day.
    if let Some(day) = line.find("--expires ").map(|at| at + "--expires ".len()) {
        line.replace_range(day..day + "2026-01-01".len(), "9999-12-31");
    }
    let mut bash = scene.command("bash");
    let path = bash
        .get_envs()
        .find_map(|(name, value)| value.filter(|_| name == "PATH"))
        .map(|path| format!("{}:{}", scene.beside().display(), path.display()));
    run(bash.env("PATH", path.expect("PATH")).args(["-c", &line]))
}

/// What is wrong with a block, or what it should be.
type Checked = Result<Option<String>, String>;

fn check(block: &Block, scene: &Repository) -> Checked {
    if let Some(reason) = block.not_run() {
        if reason.is_empty() {
            return Err("tell why it is not run: not run: REASON".to_owned());
        }
        return read_only(block).map(|()| None);
    }
    match block.language() {
        "sh" => {
            for line in commands(block.text)? {
                let printed = shell(scene, &line);
                if printed.status > 1 || printed.stderr.contains("domdiff: ") {
                    return Err(format!("$ {line}\n{printed:?}"));
                }
            }
            Ok(None)
        }
        "console" => {
            let mut transcript = String::new();
            let lines = block.text.lines();
            for line in lines.filter_map(|line| line.strip_prefix("$ ")) {
                let printed = shell(scene, line);
                transcript += &format!("$ {line}\n{}{}", printed.stdout, printed.stderr);
            }
            Ok(Some(transcript))
        }
        "toml" if block.text.contains("[[accepted]]") => {
            let today = "2026-01-01".parse().expect("a date");
            let read = Accepted::parse(block.text, "the block", today);
            read.map(|_| None).map_err(|error| error.to_string())
        }
        "toml" => {
            let read = Config::parse(block.text, "the block", Origin::Found);
            read.map(|_| None).map_err(|error| error.to_string())
        }
        "yaml" | "json" => read_only(block).map(|()| None),
        "xml" | "text" => Ok(None),
        "" => Err("a block tells its language; text, if it has none".to_owned()),
        other => Err(format!("nothing tests {other}")),
    }
}

/// Looks at what is not run.
fn read_only(block: &Block) -> Result<(), String> {
    let has_flags = |text: &str| {
        domdiff_calls(text)?
            .iter()
            .try_for_each(|call| has_flags(call))
    };
    match block.language() {
        "sh" => commands(block.text)?
            .iter()
            .try_for_each(|line| has_flags(line)),
        "console" => {
            let lines = block.text.lines();
            let mut lines = lines.filter_map(|line| line.strip_prefix("$ "));
            lines.try_for_each(|line| commands(line).and_then(|_| has_flags(line)))
        }
        "toml" => toml::from_str::<toml::Table>(block.text)
            .map(|_| ())
            .map_err(|error| error.to_string()),
        "json" => serde_json::from_str::<serde_json::Value>(block.text)
            .map(|_| ())
            .map_err(|error| error.to_string()),
        "yaml" => {
            let value: serde_json::Value =
                serde_saphyr::from_str(block.text).map_err(|error| error.to_string())?;
            let scripts = blocks::scripts(&value);
            scripts.iter().try_for_each(|script| {
                let lines = commands(script)?;
                lines.iter().try_for_each(|line| has_flags(line))
            })
        }
        other => Err(format!("nothing reads {other}")),
    }
}

/// That domdiff knows the command and the flags: it is asked for their help.
fn has_flags(call: &[String]) -> Result<(), String> {
    let printed = run(Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(call)
        .arg("--help"));
    if printed.status == 0 {
        return Ok(());
    }
    Err(format!("domdiff {}\n{}", call.join(" "), printed.stderr))
}

#[test]
fn every_example_is_true() {
    let update = std::env::var_os("DOMDIFF_UPDATE").is_some();
    let mut wrong = Vec::new();
    let mut run = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let name = page.file_stem().expect("a name").to_string_lossy();
        let scene = scene(&name);
        let mut should_be = text.clone();
        for block in blocks(&text) {
            let place = format!("{}:{}", page.display(), block.line);
            run += usize::from(block.not_run().is_none());
            match check(&block, &scene) {
                Ok(None) => {}
                Ok(Some(printed)) if printed == block.text => {}
                Ok(Some(printed)) if update => {
                    should_be = should_be.replacen(block.text, &printed, 1);
                }
                Ok(Some(printed)) => wrong.push(format!("{place}: should be\n{printed}")),
                Err(error) => wrong.push(format!("{place}: {error}")),
            }
        }
        if should_be != text {
            fs::write(&page, should_be).expect("writing the page");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(run > 5, "examples are found: {run}");
}

#[test]
fn every_page_is_listed() {
    let list = fs::read_to_string(root().join("docs/README.md")).expect("docs/README.md");
    for page in pages()
        .into_iter()
        .filter(|page| !page.ends_with("README.md"))
    {
        let name = page
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert!(
            list.contains(&format!("[{name}]({name})")),
            "docs/README.md lists {name}"
        );
    }
}

#[test]
fn what_is_not_run_is_still_looked_at() {
    let scene = scene("self");
    let wrong = [
        ("", "domdiff a b", "a block tells its language"),
        ("sh not run:", "domdiff a b", "tell why"),
        (
            "sh not run: no libvirt",
            "domdiff a b --nonsense",
            "--nonsense",
        ),
        (
            "sh not run: no libvirt",
            "A=1 sudo domdiff check --hots a | cat",
            "--hots",
        ),
        (
            "sh not run: no libvirt",
            "for a in b; do",
            "unexpected end of file",
        ),
        ("yaml not run: no runner", "a: [", "a"),
        ("yaml", "script:\n  - domdiff --nonsense", "--nonsense"),
        ("sh", "domdiff gone.xml web01.xml", "gone.xml"),
        ("sh", "no-such-program", "no-such-program"),
        ("toml", "fail_onn = 'error'", "fail_onn"),
        ("fortran", "END", "nothing tests fortran"),
    ];
    for (info, text, expected) in wrong {
        let block = Block {
            info,
            text,
            line: 1,
        };
        let error = check(&block, &scene).expect_err(text);
        assert!(error.contains(expected), "{error}");
    }
    let right = [
        (
            "sh not run: no libvirt",
            "sudo domdiff check dom:web01 --host \"$HOST\" > \"a b\"",
        ),
        ("sh", "domdiff old.xml \\\n  new.xml"),
        (
            "sh",
            "virsh dumpxml web01 | domdiff - new.xml --fail-on never && echo same",
        ),
    ];
    for (info, text) in right {
        let block = Block {
            info,
            text,
            line: 1,
        };
        assert_eq!(check(&block, &scene), Ok(None));
    }
}

#[test]
fn ci_runs_the_tests_that_the_readme_names() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    assert!(readme.contains("\n$ bash .ci/packages && cargo test\n"));
    // The published package comes without CI.
    if let Ok(ci) = fs::read_to_string(root().join(".ci/run")) {
        assert!(ci.contains("bash .ci/packages\n"));
        assert!(ci.contains("\ncargo test\n"));
    }
}
