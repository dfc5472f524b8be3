//! domdiff as git runs it: external diff driver, textconv, difftool.

mod common;

use std::fs;

use common::repository::{Printed, Repository, domain, run};

/// Commits in which a file is added, changed, broken, mended and renamed, then deleted; beside
/// files that are no domains.
fn history(name: &str) -> Repository {
    let repository = Repository::new(name);
    repository.write(".gitattributes", "*.xml diff=domdiff\n");
    repository.commit();
    repository.write("web01.xml", domain("web01", 1, 512));
    repository.write("network.xml", "<network>\n  <name>a</name>\n</network>\n");
    repository.write("binary.xml", b"\xff\xfe\0");
    repository.commit();
    repository.write("web01.xml", domain("web01", 1, 1024));
    repository.write(
        "network.xml",
        "<network>\n  <name>\x1b[31mb</name>\n</network>\n",
    );
    repository.write("binary.xml", b"\xff\xfe\x01");
    repository.commit();
    repository.write("web01.xml", "<domain>\n  <name>web01</name>\n");
    repository.commit();
    repository.write("web01.xml", domain("web01", 1, 1024));
    repository.commit();
    repository.git(&["mv", "--", "web01.xml", "-web 1.xml"]);
    repository.write("-web 1.xml", domain("web01", 1, 2048));
    repository.commit();
    fs::remove_file(repository.path().join("-web 1.xml")).expect("a file");
    repository.commit();
    repository
}

fn git(repository: &Repository, arguments: &[&str]) -> Printed {
    run(repository.command("git").args(arguments))
}

/// What `git log -p` prints of each commit, oldest first.
fn patches(repository: &Repository) -> Vec<String> {
    let log = [
        "log",
        "--ext-diff",
        "--patch",
        "-M30",
        "--reverse",
        "--format=tformat:[commit]",
        "HEAD~6..HEAD",
    ];
    let printed = git(repository, &log);
    assert_eq!((printed.status, &*printed.stderr), (0, ""));
    let patches = printed.stdout.split("[commit]\n").skip(1);
    patches.map(|patch| patch.trim_start().to_owned()).collect()
}

#[test]
fn a_driver_answers_for_every_file_and_every_commit() {
    let repository = history("driver");
    repository.git(&[
        "config",
        "diff.domdiff.command",
        "domdiff git-diff --format short --",
    ]);
    let patches = patches(&repository);
    let [added, changed, broken, mended, renamed, deleted] = &patches[..] else {
        panic!("{patches:?}");
    };
    assert!(
        added.starts_with("diff --domdiff a/binary.xml b/binary.xml\n"),
        "{added}"
    );
    assert!(
        added.contains("Binary files /dev/null and b/binary.xml differ\n"),
        "{added}"
    );
    assert!(
        added.contains("+++ b/network.xml\n@@ -0,0 +1,3 @@\n+<network>\n"),
        "{added}"
    );
    assert!(added.contains("b/web01.xml:1:1: info[set/domain-added]: domain web01 added\n"));
    assert!(
        changed.contains("-  <name>a</name>\n+  <name>\\u{1b}[31mb</name>\n"),
        "{changed}"
    );
    assert!(
        changed.contains("b/web01.xml:4:3: error[abi/memory-size]: "),
        "{changed}"
    );
    assert!(changed.contains("Binary files a/binary.xml and b/binary.xml differ\n"));
    let told = "domdiff: b/web01.xml:2:21: not well-formed XML: it ends before its elements do; is the file complete?\n";
    assert!(broken.contains(told), "{broken}");
    assert!(broken.contains("-  <memory unit='MiB'>1024</memory>\n"));
    assert!(mended.contains("+  <memory unit='MiB'>1024</memory>\n"));
    assert!(
        renamed.contains("b/-web 1.xml:4:3: error[abi/memory-size]: "),
        "{renamed}"
    );
    assert_eq!(
        deleted,
        "a/-web 1.xml:1:1: warning[set/domain-removed]: domain web01 removed\n"
    );
}

#[test]
fn a_driver_of_all_files_leaves_text_readable() {
    let repository = history("all-files");
    repository.write(".gitattributes", "*.xml diff\n");
    repository.write("web01.xml", domain("web01", 1, 512));
    repository.git(&["add", "web01.xml"]);
    let mut diff = repository.command("git");
    diff.args(["diff", "HEAD"])
        .env("GIT_EXTERNAL_DIFF", "domdiff git-diff --");
    let printed = run(&mut diff);
    assert_eq!(
        printed.stdout,
        "diff --domdiff a/.gitattributes b/.gitattributes\n\
         --- a/.gitattributes\n+++ b/.gitattributes\n@@ -1 +1 @@\n-*.xml diff=domdiff\n+*.xml diff\n\
         diff --domdiff a/web01.xml b/web01.xml\n\
         web01: compatible: it stands in the new set only\n\n\
         info: domain web01 added [set/domain-added]; define it anew: virsh define b/web01.xml\n\n\
         web01: compatible: 0 errors, 0 warnings, 1 info; no file tells what libvirt says; needs a new domain\n"
    );
    assert_eq!((printed.status, &*printed.stderr), (0, ""));
}

#[test]
fn a_driver_is_told_of_conflicts() {
    let repository = Repository::new("conflict");
    repository.write(".gitattributes", "*.xml diff=domdiff\n");
    repository.write("web01.xml", domain("web01", 1, 512));
    repository.commit();
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("web01.xml", domain("web01", 1, 1024));
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("web01.xml", domain("web01", 1, 2048));
    repository.commit();
    repository.git(&["config", "diff.domdiff.command", "domdiff git-diff --"]);
    assert_eq!(git(&repository, &["merge", "--quiet", "topic"]).status, 1);
    let printed = git(&repository, &["diff", "--cached"]);
    assert_eq!(printed.stdout, "* unmerged path web01.xml\n");
    let wrong = repository.domdiff(&["git-diff", "web01.xml", "/dev/null"]);
    assert_eq!(wrong.status, 2);
}

#[test]
fn a_textconv_answers_for_every_file_and_every_commit() {
    let repository = history("textconv");
    repository.git(&[
        "config",
        "diff.domdiff.textconv",
        "domdiff show --textconv --",
    ]);
    let patches = patches(&repository);
    let [added, changed, broken, mended, renamed, deleted] = &patches[..] else {
        panic!("{patches:?}");
    };
    assert!(added.contains("+  <name>a</name>\n"), "{added}");
    let memory = "-  <memory unit='KiB'>524288</memory>\n";
    assert!(changed.contains(memory), "{changed}");
    assert!(
        broken.contains("-  <memory unit='KiB'>1048576</memory>\n"),
        "{broken}"
    );
    assert!(
        mended.contains("+  <memory unit='KiB'>1048576</memory>\n"),
        "{mended}"
    );
    assert!(renamed.contains("rename from web01.xml\n"), "{renamed}");
    assert!(deleted.contains("deleted file mode 100644\n"), "{deleted}");
    // Other units and another order are no difference.
    repository.write("web01.xml", domain("web01", 1, 1024));
    repository.commit();
    let same = domain("web01", 1, 1024).replace("<memory unit='MiB'>1024", "<memory unit='GiB'>1");
    repository.write("web01.xml", same);
    let diff = git(&repository, &["diff"]).stdout;
    assert!(!diff.contains("@@"), "{diff}");
}

#[test]
fn a_difftool_compares_what_git_hands_it() {
    let repository = history("difftool");
    repository.git(&["config", "diff.tool", "domdiff"]);
    let command = "domdiff -- \"$LOCAL\" \"$REMOTE\"";
    repository.git(&["config", "difftool.domdiff.cmd", command]);
    repository.git(&["config", "difftool.prompt", "false"]);
    let changed = git(
        &repository,
        &["difftool", "HEAD~5", "HEAD~4", "--", "web01.xml"],
    );
    assert!(
        changed.stdout.contains("error[abi/memory-size]"),
        "{changed:?}"
    );
    let added = git(
        &repository,
        &["difftool", "HEAD~6", "HEAD~5", "--", "web01.xml"],
    );
    assert!(added.stdout.contains("domain web01 added"), "{added:?}");
    let removed = git(&repository, &["difftool", "HEAD~1", "HEAD"]);
    assert!(
        removed.stdout.contains("warning[set/domain-removed]"),
        "{removed:?}"
    );
}
