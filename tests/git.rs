//! Files of git revisions, and all that changed since one: a real git, in
//! repositories made for each test.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use common::repository::{Printed, Repository, domain, run};

/// Lines of the short format without what is not asked about.
fn short(printed: &Printed) -> Vec<String> {
    assert_eq!(printed.stderr, "");
    let lines = printed.stdout.lines();
    lines
        .filter(|line| !line.contains("abi/current-memory"))
        .map(str::to_owned)
        .collect()
}

fn against(repository: &Repository, arguments: &[&str]) -> Vec<String> {
    let all = [&["--format=short", "--against"], arguments].concat();
    short(&repository.domdiff(&all))
}

/// The error of a command without answer.
fn refused(printed: &Printed) -> &str {
    assert_eq!((printed.status, &*printed.stdout), (2, ""));
    &printed.stderr
}

/// One commit with `domains/web01.xml`, whose memory the working tree changes.
fn with_a_change(name: &str) -> Repository {
    let repository = Repository::new(name);
    repository.write("domains/web01.xml", domain("web01", 1, 512));
    repository.commit();
    repository.write("domains/web01.xml", domain("web01", 1, 1024));
    repository
}

const MEMORY: &str =
    "error[abi/memory-size]: memory changed from \"524288 KiB\" to \"1048576 KiB\"";

#[test]
fn a_file_of_a_revision_is_an_operand() {
    let repository = with_a_change("operand");
    let expected = [format!("domains/web01.xml:4:3: {MEMORY}")];
    for old in [
        "HEAD:domains/web01.xml",
        "main:domains/web01.xml",
        ":domains/web01.xml",
    ] {
        let printed = repository.domdiff(&[old, "domains/web01.xml", "--format=short"]);
        assert_eq!((short(&printed), printed.status), (expected.to_vec(), 1));
    }
    let shown = repository.domdiff(&["show", "HEAD:domains/web01.xml"]);
    assert!(shown.stdout.contains("<name>web01</name>"));
    let checked = repository.domdiff(&["check", "HEAD:domains/web01.xml", "--summary"]);
    assert!(checked.stdout.starts_with("web01: "), "{checked:?}");
}

#[test]
fn no_file_is_no_domain() {
    let repository = with_a_change("none");
    let told = [
        (
            ["/dev/null", "domains/web01.xml"],
            "info[set/domain-added]: domain web01 added",
        ),
        (
            ["domains/web01.xml", "/dev/null"],
            "warning[set/domain-removed]: domain web01 removed",
        ),
    ];
    for ([old, new], text) in told {
        let printed = repository.domdiff(&[old, new, "--format=short"]);
        assert_eq!(short(&printed), [format!("domains/web01.xml:1:1: {text}")]);
    }
    let nothing = repository.domdiff(&["/dev/null", "/dev/null"]);
    assert!(refused(&nothing).contains("/dev/null: the input is empty"));
}

#[test]
fn a_revision_is_read_from_below_and_from_worktrees_and_bare_repositories() {
    let repository = with_a_change("places");
    repository.commit();
    repository.git(&["worktree", "add", "--quiet", "../beside", "HEAD~1"]);
    repository.git(&["clone", "--quiet", "--bare", ".", "../bare"]);
    let places = [
        ("work/domains", "./"),
        ("beside", "domains/"),
        ("bare", "domains/"),
    ];
    for (folder, path) in places {
        let old = format!("main~1:{path}web01.xml");
        let new = format!("main:{path}web01.xml");
        let mut domdiff = repository.command(env!("CARGO_BIN_EXE_domdiff"));
        domdiff.current_dir(repository.beside().join(folder));
        let printed = run(domdiff.args([&old, &new, "--format=short"]));
        assert_eq!(short(&printed), [format!("{new}:4:3: {MEMORY}")]);
        let mut domdiff = repository.command(env!("CARGO_BIN_EXE_domdiff"));
        domdiff.current_dir(repository.beside().join(folder));
        let printed = run(domdiff.args(["--against=main~1..main", "--format=short"]));
        let expected = format!("main:domains/web01.xml:4:3: {MEMORY}");
        assert_eq!(short(&printed), [expected]);
    }
}

#[test]
fn an_existing_file_wins_over_a_revision() {
    let repository = with_a_change("file-wins");
    repository.write("HEAD:domains/web01.xml", domain("web01", 1, 1024));
    let printed = repository.domdiff(&["HEAD:domains/web01.xml", "domains/web01.xml"]);
    assert_eq!(printed.status, 0, "{printed:?}");
}

#[test]
fn names_with_dashes_are_no_options() {
    let repository = Repository::new("dashes");
    repository.write("--help", domain("web01", 1, 512));
    repository.commit();
    repository.git(&["update-ref", "refs/heads/--all", "HEAD"]);
    repository.write("--help", domain("web01", 1, 1024));
    let expected = [format!("--help:4:3: {MEMORY}")];
    let printed = repository.domdiff(&["--format=short", "--", "--all:--help", "--help"]);
    assert_eq!(short(&printed), expected);
    let printed = repository.domdiff(&["--format=short", "--against=--all", "--", "--help"]);
    assert_eq!(short(&printed), expected);
    let unknown = repository.domdiff(&["--against=--output=x"]);
    assert_eq!(
        refused(&unknown),
        "domdiff: --output=x: no such revision in this repository\n"
    );
}

#[test]
fn what_git_cannot_read_is_told() {
    let repository = with_a_change("errors");
    let told = [
        (
            "nowhere:domains/web01.xml",
            "fatal: invalid object name 'nowhere'.",
        ),
        (
            "HEAD:gone.xml",
            "fatal: path 'gone.xml' does not exist in 'HEAD'",
        ),
        ("HEAD:domains", "fatal: git cat-file HEAD:domains: bad file"),
    ];
    for (operand, text) in told {
        let printed = repository.domdiff(&[operand, "domains/web01.xml"]);
        let expected =
            format!("domdiff: {operand}: no such file, and as a file of a git revision: {text}\n");
        assert_eq!(refused(&printed), expected);
    }
    for revision in [
        "nowhere",
        "nowhere..",
        "HEAD...nowhere",
        "HEAD:domains/web01.xml",
    ] {
        let printed = repository.domdiff(&["--against", revision]);
        assert!(refused(&printed).ends_with("no such revision in this repository\n"));
    }
    let outside = repository.domdiff(&["--against=HEAD", ".."]);
    assert!(refused(&outside).contains("outside repository"));
    let mistyped = repository.domdiff(&["--against=HEAD", "domain"]);
    assert_eq!(
        refused(&mistyped),
        "domdiff: domain: no such file or folder, neither here nor in the revision\n"
    );
    repository.git(&["checkout", "--quiet", "--orphan", "apart"]);
    repository.write("domains/web01.xml", domain("web01", 1, 4096));
    repository.commit();
    let apart = repository.domdiff(&["--against", "main..."]);
    assert!(refused(&apart).contains("main and HEAD have no common history here"));
    let bare = repository
        .command("git")
        .args(["clone", "-q", "--bare", ".", "../bare"])
        .status();
    assert!(bare.expect("git").success());
    let mut domdiff = repository.command(env!("CARGO_BIN_EXE_domdiff"));
    domdiff.current_dir(repository.beside().join("bare"));
    let bare = run(domdiff.arg("--against=main"));
    assert!(refused(&bare).contains("a repository without working tree takes --against OLD..NEW"));
    let mut domdiff = repository.command(env!("CARGO_BIN_EXE_domdiff"));
    domdiff
        .current_dir(repository.beside())
        .arg("--against=main");
    assert!(refused(&run(&mut domdiff)).contains("not a git repository"));
}

#[test]
fn everything_that_changed_is_compared() {
    let repository = Repository::new("against");
    repository.write("domains/web01.xml", domain("web01", 1, 512));
    repository.write("domains/gone.xml", domain("gone", 2, 512));
    repository.write("domains/same.xml", domain("same", 3, 512));
    repository.write("domains/moved.xml", domain("moved", 4, 512));
    repository.write("network.xml", "<network><name>a</name></network>");
    repository.write("pom.xml", "<!DOCTYPE project>\n<project></broken>");
    repository.write("README", "domains");
    repository.commit();
    repository.write("domains/web01.xml", domain("web01", 1, 1024));
    fs::remove_file(repository.path().join("domains/gone.xml")).expect("a file");
    repository.write("domains/fresh", domain("fresh", 5, 512));
    repository.git(&["mv", "domains/moved.xml", "there.xml"]);
    repository.write("network.xml", "<network><name>b</name></network>");
    repository.write("pom.xml", "<project></broken>");
    repository.write("README", "domains and <domain/>");
    repository.write("never-added.xml", domain("never-added", 6, 512));
    repository.git(&["add", "domains"]);
    let changed = format!("domains/web01.xml:4:3: {MEMORY}");
    let fresh = "domains/fresh:1:1: info[set/domain-added]: domain fresh added";
    let gone = "HEAD:domains/gone.xml:1:1: warning[set/domain-removed]: domain gone removed";
    assert_eq!(against(&repository, &["HEAD"]), [fresh, &changed, gone]);
    assert_eq!(
        against(&repository, &["HEAD", "domains/web01.xml"]),
        [&*changed]
    );
    assert!(against(&repository, &["HEAD", "README", "network.xml"]).is_empty());
    let printed = repository.domdiff(&["--against=HEAD", "--summary"]);
    let last = printed.stdout.lines().last();
    assert_eq!(
        last,
        Some("4 domains: 2 incompatible, 1 compatible, 1 identical")
    );
    let nothing = repository.domdiff(&["--against=HEAD", "README"]);
    let text = "0 domains: 0 incompatible, 0 compatible, 0 identical\n";
    assert_eq!((&*nothing.stdout, nothing.status), (text, 0));
    // From below, files are told as they are reached from there.
    let mut domdiff = repository.command(env!("CARGO_BIN_EXE_domdiff"));
    domdiff.current_dir(repository.path().join("domains"));
    let printed = run(domdiff.args(["--against=HEAD", "--format=short"]));
    assert_eq!(
        short(&printed)[1],
        format!("../domains/web01.xml:4:3: {MEMORY}")
    );
}

#[test]
fn two_revisions_are_compared() {
    let repository = with_a_change("revisions");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("other.xml", domain("other", 2, 512));
    repository.commit();
    let new = format!("topic:domains/web01.xml:4:3: {MEMORY}");
    let gone = "main:other.xml:1:1: warning[set/domain-removed]: domain other removed";
    assert_eq!(against(&repository, &["main..topic"]), [&*new, gone]);
    // What topic did since it left main.
    assert_eq!(against(&repository, &["main...topic"]), [&*new]);
    repository.git(&["checkout", "--quiet", "topic"]);
    repository.write("late.xml", domain("late", 3, 512));
    repository.git(&["add", "late.xml"]);
    let working = format!("domains/web01.xml:4:3: {MEMORY}");
    let late = "late.xml:1:1: info[set/domain-added]: domain late added";
    assert_eq!(against(&repository, &["main..."]), [&*working, late]);
    assert!(against(&repository, &["..topic"]).is_empty());
    // What is about to be committed, as a hook sees it.
    let tree = repository.git(&["write-tree"]);
    let tree = tree.trim();
    let late = format!(
        "{}:late.xml:1:1: info[set/domain-added]: domain late added",
        &tree[..12]
    );
    assert_eq!(against(&repository, &[&format!("HEAD..{tree}")]), [late]);
}

#[test]
fn what_moved_is_followed_and_what_is_another_domain_is_not() {
    let repository = Repository::new("renames");
    repository.write("a.xml", domain("web01", 1, 512));
    repository.write("b.xml", domain("web02", 2, 512));
    let without_uuid = |name: &str| {
        let text = domain(name, 3, 512);
        let lines = text.lines().filter(|line| !line.contains("uuid"));
        lines.fold(String::new(), |text, line| text + line + "\n")
    };
    repository.write("c.xml", without_uuid("web03"));
    repository.commit();
    for name in ["a.xml", "b.xml", "c.xml"] {
        fs::remove_file(repository.path().join(name)).expect("a file");
    }
    // Little of the text is the same, but it is the same domain.
    let rewritten = domain("web01", 1, 1024).replace("  ", "\t\t\t");
    repository.write("moved/a.xml", rewritten);
    // A copy that became another domain.
    repository.write("moved/b.xml", domain("web09", 9, 512));
    // Without UUID only what it is like tells where it comes from.
    repository.write("moved/c.xml", without_uuid("web33"));
    repository.git(&["add", "--all"]);
    assert_eq!(
        against(&repository, &["HEAD"]),
        [
            format!("moved/a.xml:4:4: {MEMORY}"),
            "moved/b.xml:1:1: info[set/domain-added]: domain web09 added".to_owned(),
            "moved/c.xml:2:3: error[identity/name]: name changed from \"web03\" to \"web33\""
                .to_owned(),
            "HEAD:b.xml:1:1: warning[set/domain-removed]: domain web02 removed".to_owned(),
        ]
    );
}

#[test]
fn odd_names_are_read() {
    let repository = Repository::new("names");
    let names: [&[u8]; 4] = [b"a\nb.xml", b"tab\there.xml", b"\xff\xfe.xml", b"*.xml"];
    for name in names {
        repository.write(OsStr::from_bytes(name), domain("web01", 1, 512));
    }
    repository.write("plain.xml", domain("plain", 2, 512));
    repository.commit();
    for name in names {
        repository.write(OsStr::from_bytes(name), domain("web01", 1, 1024));
    }
    repository.write("plain.xml", domain("plain", 2, 1024));
    let lines = against(&repository, &["HEAD", "*.xml", "a\nb.xml", "tab\there.xml"]);
    let expected = ["*.xml", "a\\nb.xml", "tab\\there.xml"];
    assert_eq!(lines, expected.map(|name| format!("{name}:4:3: {MEMORY}")));
    assert_eq!(against(&repository, &["HEAD"]).len(), 5);
}

#[test]
fn a_broken_definition_is_no_answer() {
    let repository = with_a_change("broken");
    let fails = |text: &str, expected: &str| {
        repository.write("domains/web01.xml", text);
        let printed = repository.domdiff(&["--against=HEAD"]);
        assert!(refused(&printed).contains(expected), "{printed:?}");
    };
    fails(
        "<domain><name>",
        "domains/web01.xml:1:15: not well-formed XML",
    );
    fails("", "domains/web01.xml: the input is empty");
    fails("name: web01", "domains/web01.xml:1:1: not XML");
    fails("<!-- gone", "domains/web01.xml:1:10: not well-formed XML");
    // What was broken was no definition: it is new when it is mended.
    repository.commit();
    repository.write("domains/web01.xml", domain("web01", 1, 512));
    let added = "domains/web01.xml:1:1: info[set/domain-added]: domain web01 added";
    assert_eq!(against(&repository, &["HEAD"]), [added]);
    // By its first element it is one, whatever its name.
    repository.write("domains/web01.xml", "<network/>\n");
    repository.write("domains/web01.xml.in", "<domain>@NAME@");
    repository.git(&["add", "--all"]);
    let printed = repository.domdiff(&["--against=HEAD"]);
    assert!(
        refused(&printed).contains("domains/web01.xml.in:1:"),
        "{printed:?}"
    );
}

#[test]
fn what_is_too_large_for_a_definition_is_told_where_one_is_meant() {
    let repository = Repository::new("large");
    for name in ["disk.img", "web01.xml"] {
        repository.write(name, domain("web01", 1, 512));
    }
    repository.commit();
    repository.write("disk.img", "QFI");
    let grow = |name: &str| {
        let file = fs::OpenOptions::new()
            .append(true)
            .open(repository.path().join(name));
        file.and_then(|file| file.set_len(65 << 20))
            .expect("a large file");
    };
    grow("disk.img");
    let gone = "HEAD:disk.img:1:1: warning[set/domain-removed]: domain web01 removed";
    assert_eq!(against(&repository, &["HEAD"]), [gone]);
    grow("web01.xml");
    let printed = repository.domdiff(&["--against=HEAD"]);
    assert!(refused(&printed).starts_with("domdiff: web01.xml: more than 67108864 bytes"));
}

#[test]
fn a_symbolic_link_is_not_followed() {
    let repository = with_a_change("links");
    repository.commit();
    let secret = repository.beside().join("secret.xml");
    fs::write(&secret, domain("secret", 7, 512)).expect("a file");
    fs::remove_file(repository.path().join("domains/web01.xml")).expect("a file");
    symlink(&secret, repository.path().join("domains/web01.xml")).expect("a link");
    let gone = "HEAD:domains/web01.xml:1:1: warning[set/domain-removed]: domain web01 removed";
    assert_eq!(against(&repository, &["HEAD"]), [gone]);
    repository.commit();
    assert_eq!(
        against(&repository, &["HEAD~1..HEAD"]),
        [gone.replace("HEAD:", "HEAD~1:")]
    );
}

#[test]
fn a_stranger_s_repository_runs_nothing() {
    let repository = with_a_change("hostile");
    let trap = repository.beside().join("trap");
    let sprung = repository.beside().join("sprung");
    let script = format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", sprung.display());
    fs::write(&trap, script).expect("a script");
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).expect("a script");
    let trap = trap.to_str().expect("UTF-8");
    repository.write(".gitattributes", "*.xml diff=trap filter=trap=a\n");
    repository.commit();
    repository.write("domains/web01.xml", domain("web01", 1, 2048));
    let settings = [
        "core.fsmonitor",
        "core.pager",
        "pager.diff",
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "filter.trap=a.clean",
        "filter.trap=a.smudge",
        "filter.trap=a.process",
        "core.sshCommand",
        "core.askPass",
        "credential.helper",
        "core.editor",
    ];
    for setting in settings {
        repository.git(&["config", setting, trap]);
    }
    repository.git(&["config", "filter.trap=a.required", "true"]);
    repository.git(&["config", "core.hooksPath", "hooks"]);
    for hook in ["post-index-change", "reference-transaction", "pre-commit"] {
        repository.write(format!("hooks/{hook}"), format!("#!/bin/sh\nexec {trap}\n"));
        let path = repository.path().join("hooks").join(hook);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a hook");
    }
    // The trap works: git itself runs it.
    let _ = run(repository.command("git").args(["diff", "HEAD"]));
    assert!(sprung.exists());
    fs::remove_file(&sprung).expect("a file");
    let index = fs::read(repository.path().join(".git/index")).expect("the index");
    let file = repository.domdiff(&["HEAD:domains/web01.xml", "domains/web01.xml"]);
    let all = repository.domdiff(&["--against=HEAD"]);
    assert_eq!((file.status, all.status), (1, 1), "{all:?}");
    let text = fs::read_to_string(&sprung).unwrap_or_default();
    assert_eq!(text, "");
    let after = fs::read(repository.path().join(".git/index")).expect("the index");
    assert_eq!(index, after);
}

#[test]
fn nothing_is_fetched_from_a_promised_remote() {
    let repository = with_a_change("promised");
    repository.commit();
    let spy = repository.beside().join("spy");
    let fetched = repository.beside().join("fetched");
    fs::write(
        &spy,
        format!("#!/bin/sh\ntouch '{}'\nexit 1\n", fetched.display()),
    )
    .expect("a file");
    fs::set_permissions(&spy, fs::Permissions::from_mode(0o755)).expect("a script");
    let id = repository.git(&["rev-parse", "HEAD~1:domains/web01.xml"]);
    let id = id.trim();
    let (head, tail) = id.split_at(2);
    fs::remove_file(repository.path().join(".git/objects").join(head).join(tail)).expect("a blob");
    repository.git(&[
        "config",
        "remote.origin.url",
        &format!("ext::{}", spy.display()),
    ]);
    repository.git(&["config", "remote.origin.promisor", "true"]);
    repository.git(&["config", "protocol.ext.allow", "always"]);
    repository.git(&["config", "core.repositoryFormatVersion", "1"]);
    repository.git(&["config", "extensions.partialClone", "origin"]);
    let printed = repository.domdiff(&["HEAD~1:domains/web01.xml", "domains/web01.xml"]);
    assert_eq!(printed.status, 2);
    let printed = repository.domdiff(&["--against=HEAD~1"]);
    assert_eq!(printed.status, 2);
    assert!(!fetched.exists());
    // git itself would have asked.
    let _ = run(repository.command("git").args(["cat-file", "blob", id]));
    assert!(fetched.exists());
}
