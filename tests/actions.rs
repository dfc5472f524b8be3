//! What CI systems run: the GitHub action, the GitLab job, the pre-commit hooks. They cannot run
//! here; their scripts can, in a repository with two branches and with a `gh` and a `curl` that
//! write down what they are asked.

#[path = "docs/blocks.rs"]
#[allow(dead_code, reason = "helpers of the tests of all pages")]
mod blocks;
mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::repository::{Printed, Repository, domain, run};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn yaml(path: impl AsRef<Path>) -> Value {
    let path = path.as_ref();
    let text = fs::read_to_string(root().join(path)).expect("a file");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A repository whose branch `topic`, which is checked out, changes what `main` has.
fn pull_request(name: &str) -> Repository {
    let repository = Repository::new(name);
    repository.write("domains/web01.xml", domain("web01", 1, 512));
    repository.write("README", "domains");
    repository.commit();
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("domains/web01.xml", domain("web01", 1, 1024));
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("README", "other");
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    repository
}

/// Puts a program in front of the others.
fn program(repository: &Repository, name: &str, script: &str) {
    let folder = repository.beside().join("bin");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, script).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a script");
}

fn with_programs(command: &mut Command, repository: &Repository) {
    let path = command
        .get_envs()
        .find_map(|(name, value)| value.filter(|_| name == "PATH"))
        .expect("PATH")
        .to_owned();
    let mut folders = vec![repository.beside().join("bin")];
    folders.extend(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).expect("PATH"));
}

/// A gh that writes down its arguments and the body, knows the comments of `comments.json`, and
/// refuses to write where the file `forbidden` is.
const GH: &str = r#"#!/bin/bash
set -euo pipefail
here=$(dirname "$0")
printf '%s\n' "$*" >> "$here/gh.log"
while [ $# -gt 0 ]; do
  case $1 in
    --jq) exec jq -r "$2" "$here/comments.json" ;;
    body=@*) cp -- "${1#body=@}" "$here/body.md" ;;
  esac
  shift
done
if [ -e "$here/forbidden" ]; then
  echo '::set-output name=x::gh: Resource not accessible by integration (HTTP 403)' >&2
  exit 1
fi
"#;

/// One run of the action's script.
struct Review {
    printed: Printed,
    outputs: String,
    summary: String,
    asked: String,
    comment: Option<String>,
}

fn review(repository: &Repository, settings: &[(&str, &str)]) -> Review {
    program(repository, "gh", GH);
    let bin = repository.beside().join("bin");
    if !bin.join("comments.json").exists() {
        fs::write(bin.join("comments.json"), "[]").expect("a file");
    }
    for name in ["outputs", "summary", "bin/gh.log", "bin/body.md"] {
        // From the run before.
        let _ = fs::remove_file(repository.beside().join(name));
    }
    let mut bash = repository.command("bash");
    with_programs(&mut bash, repository);
    bash.arg(root().join("packaging/github/review.sh"))
        .env("RUNNER_TEMP", repository.beside())
        .env("GITHUB_OUTPUT", repository.beside().join("outputs"))
        .env("GITHUB_STEP_SUMMARY", repository.beside().join("summary"))
        .env("GITHUB_REPOSITORY", "shop/domains")
        .env("GITHUB_SERVER_URL", "https://github.com");
    // As action.yml sets them.
    let set = yaml("action.yml");
    let variables = set["runs"]["steps"][1]["env"]
        .as_object()
        .expect("variables");
    for name in variables.keys() {
        bash.env(name, "");
    }
    let usual = [
        ("DOMDIFF", env!("CARGO_BIN_EXE_domdiff")),
        ("BASE", "main"),
        ("FAIL_ON", "error"),
        ("COMMENT", "true"),
        ("ANNOTATIONS", "true"),
        ("SARIF", "true"),
        ("PULL_REQUEST", "7"),
        ("GH_TOKEN", "token"),
        ("ACTION_REPOSITORY", "tools/domdiff"),
        ("ACTION_REF", "v1"),
    ];
    for (name, value) in usual.iter().chain(settings) {
        assert!(variables.contains_key(*name), "{name}");
        bash.env(name, value);
    }
    let printed = run(&mut bash);
    assert_eq!((printed.status, &*printed.stderr), (0, ""), "{printed:?}");
    let read = |name: &str| fs::read_to_string(repository.beside().join(name));
    Review {
        printed,
        outputs: read("outputs").expect("outputs"),
        summary: read("summary").unwrap_or_default(),
        asked: read("bin/gh.log").unwrap_or_default(),
        comment: read("bin/body.md").ok(),
    }
}

const MARKER: &str = "<!-- domdiff -->\n";

#[test]
fn a_pull_request_is_answered_everywhere() {
    let repository = pull_request("review");
    let review = review(&repository, &[]);
    assert!(
        review.outputs.starts_with("status=1\nsarif="),
        "{}",
        review.outputs
    );
    let comment = review.comment.expect("a comment");
    assert!(comment.starts_with(MARKER), "{comment}");
    assert!(comment.contains("abi/memory-size"), "{comment}");
    let link = "(https://github.com/tools/domdiff/blob/v1/docs/rules.md#abimemory-size)";
    assert!(comment.contains(link), "{comment}");
    assert_eq!(review.summary, comment);
    assert!(
        review
            .asked
            .contains("--method POST repos/shop/domains/issues/7/comments")
    );
    let annotation = "::error file=domains/web01.xml,line=4,col=3,";
    assert!(
        review.printed.stdout.contains(annotation),
        "{}",
        review.printed.stdout
    );
    let sarif = review
        .outputs
        .lines()
        .find_map(|line| line.strip_prefix("sarif="));
    let sarif = fs::read_to_string(sarif.expect("a SARIF file")).expect("a SARIF file");
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "abi/memory-size");
}

#[test]
fn a_comment_is_updated_in_place_and_only_a_bot_s() {
    let repository = pull_request("sticky");
    let comments = r#"[{"id": 1, "user": {"type": "User"}, "body": "<!-- domdiff -->\nmine"},
        {"id": 2, "user": {"type": "Bot"}, "body": "another bot"},
        {"id": 3, "user": {"type": "Bot"}, "body": "<!-- domdiff -->\nold"},
        {"id": 4, "user": {"type": "Bot"}, "body": "<!-- domdiff -->\nolder"}]"#;
    program(&repository, "comments.json", comments);
    let updated = review(&repository, &[]);
    assert!(
        updated
            .asked
            .contains("--method PATCH repos/shop/domains/issues/comments/3 ")
    );
    assert!(!updated.asked.contains("POST"));
    // What is no news any more is said in the comment that is there, and in no new one.
    repository.write("domains/web01.xml", domain("web01", 1, 512));
    let gone = review(&repository, &[]);
    assert!(gone.asked.contains("PATCH") && gone.outputs.starts_with("status=0\n"));
    program(&repository, "comments.json", "[]");
    let nothing = review(&repository, &[]);
    assert_eq!(nothing.comment, None);
    assert!(!nothing.asked.contains("POST"), "{}", nothing.asked);
}

#[test]
fn a_fork_has_the_summary() {
    let repository = pull_request("fork");
    program(&repository, "forbidden", "");
    let refused = review(&repository, &[]);
    assert!(refused.outputs.starts_with("status=1\n"));
    assert!(refused.summary.contains("abi/memory-size"));
    assert!(refused.summary.ends_with(
        "This token cannot write the comment; the answer is in the summary of the job.\n"
    ));
    // What gh says is no command for the runner.
    let stdout = &refused.printed.stdout;
    let stop = stdout.find("::stop-commands::").expect("a stop");
    assert!(
        stop < stdout.find("::set-output").expect("the complaint"),
        "{stdout}"
    );
    let none = review(&repository, &[("GH_TOKEN", "")]);
    assert_eq!(none.asked, "");
    assert!(none.summary.contains("There is no token for a comment"));
}

#[test]
fn what_cannot_be_read_is_no_answer_and_tells_no_secret() {
    let repository = pull_request("unreadable");
    let hostile = "domains/::error::@all `x`.xml";
    repository.write(hostile, "<domain><name>secret-name");
    repository.git(&["add", "--all"]);
    let broken = review(&repository, &[]);
    assert_eq!(broken.outputs, "status=2\n");
    let comment = broken.comment.expect("a comment");
    assert!(
        comment.starts_with(MARKER) && comment.contains("No answer"),
        "{comment}"
    );
    assert!(!comment.contains("@all") && !comment.contains("secret-name"));
    assert!(broken.printed.stdout.contains("not well-formed XML"));
    let gone = review(
        &repository,
        &[("BASE", "0123456789012345678901234567890123456789")],
    );
    assert_eq!(gone.outputs, "status=2\n");
}

#[test]
fn inputs_are_words_and_no_shell() {
    let repository = pull_request("inputs");
    let trap = "$(touch trap)`touch trap`; touch trap";
    for name in [
        "BASE",
        "PATHS",
        "FAIL_ON",
        "CONFIG",
        "PULL_REQUEST",
        "COMMENT",
    ] {
        review(&repository, &[(name, trap)]);
        assert!(!repository.path().join("trap").exists(), "{name}");
    }
    let paths = review(&repository, &[("PATHS", "README\n\ndomains/web01.xml\n")]);
    assert!(paths.outputs.starts_with("status=1\n"));
    let other = review(&repository, &[("PATHS", "README")]);
    assert!(other.outputs.starts_with("status=0\n"));
    let local = review(&repository, &[("ACTION_REPOSITORY", "")]);
    assert!(local.outputs.starts_with("status=1\n"));
    let never = review(&repository, &[("FAIL_ON", "never"), ("SARIF", "")]);
    assert_eq!(never.outputs, "status=0\n");
    repository.write("domdiff.toml", "fail_on = 'nonsense'\n");
    assert_eq!(review(&repository, &[]).outputs, "status=2\n");
    assert!(
        review(&repository, &[("CONFIG", "none")])
            .outputs
            .starts_with("status=1\n")
    );
}

#[test]
fn the_first_push_of_a_branch_is_compared_with_the_default_branch() {
    let repository = pull_request("first-push");
    repository.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    let zeros = "0".repeat(40);
    let settings = [
        ("BASE", &*zeros),
        ("DEFAULT_BRANCH", "main"),
        ("PULL_REQUEST", ""),
    ];
    let pushed = review(&repository, &settings);
    assert!(pushed.outputs.starts_with("status=1\n"));
    assert_eq!(pushed.asked, "");
}

/// What the published schema of a file says of it.
fn assert_valid(schema: &str, value: &Value) {
    let path = common::testdata("published").join(schema);
    let schema = fs::read_to_string(path).expect("a schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The inputs of the action.
fn inputs() -> BTreeSet<String> {
    let action = yaml("action.yml");
    let inputs = action["inputs"].as_object().expect("inputs");
    inputs.keys().cloned().collect()
}

#[test]
fn the_action_is_what_github_takes_and_no_input_becomes_shell() {
    let action = yaml("action.yml");
    assert_valid("github-actions.json", &action);
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().expect("steps");
    for step in steps {
        match (&step["run"], &step["uses"]) {
            (Value::String(script), Value::Null) => assert!(!script.contains("${{"), "{script}"),
            (Value::Null, Value::String(uses)) => {
                assert_eq!(uses, "github/codeql-action/upload-sarif@v3");
            }
            other => panic!("{other:?}"),
        }
    }
    let text = fs::read_to_string(root().join("action.yml")).expect("action.yml");
    for (at, _) in text.match_indices("inputs.") {
        let name = text[at + "inputs.".len()..].split(|c: char| !c.is_alphanumeric() && c != '-');
        let name = name.take(1).collect::<String>();
        assert!(inputs().contains(&name), "{name}");
    }
    assert_valid("gitlab-ci.json", &yaml("packaging/gitlab/domdiff.yml"));
}

#[test]
fn the_examples_are_what_ci_systems_take() {
    let page = fs::read_to_string(root().join("docs/ci.md")).expect("docs/ci.md");
    let blocks = blocks::blocks(&page);
    let examples = blocks.iter().filter(|block| block.language() == "yaml");
    let examples: Vec<Value> = examples
        .map(|block| serde_saphyr::from_str(block.text).expect("YAML"))
        .collect();
    let [workflow, gitlab, pre_commit] = &examples[..] else {
        panic!("{examples:?}");
    };
    assert_valid("github-workflows.json", workflow);
    let steps = &workflow["jobs"]["domdiff"]["steps"];
    let given = steps[1]["with"].as_object().expect("inputs");
    for name in given.keys() {
        assert!(inputs().contains(name), "{name}");
    }
    assert_valid("gitlab-ci.json", gitlab);
    let template = fs::read_to_string(root().join("packaging/gitlab/domdiff.yml"));
    let template = template.expect("the template");
    for name in gitlab["variables"].as_object().expect("variables").keys() {
        assert!(template.contains(name), "{name}");
    }
    let hook = &yaml(".pre-commit-hooks.yaml")[0];
    assert_eq!(pre_commit["repos"][0]["hooks"][0]["id"], hook["id"]);
}

#[test]
fn scripts_are_clean() {
    let scripts = ["packaging/github/review.sh", "packaging/git/pre-commit"];
    for script in scripts {
        assert_clean(&root().join(script), "--external-sources");
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gitlab-job.sh");
    fs::write(&file, gitlab_script()).expect("a file");
    assert_clean(&file, "--shell=sh");
}

fn assert_clean(script: &PathBuf, flag: &str) {
    let mut shellcheck = Command::new("shellcheck");
    let output = shellcheck
        .arg(flag)
        .arg(script)
        .output()
        .unwrap_or_else(|error| panic!("install Debian's shellcheck: {error}"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

fn gitlab_script() -> String {
    let job = yaml("packaging/gitlab/domdiff.yml");
    let script = job["domdiff"]["script"].as_array().expect("a script");
    let lines: Vec<&str> = script.iter().filter_map(Value::as_str).collect();
    lines.join("\n")
}

/// A curl that writes down its arguments, answers who one is, and what notes there are.
const CURL: &str = r#"#!/bin/bash
set -euo pipefail
here=$(dirname "$0")
printf '%s\n' "$*" >> "$here/curl.log"
cat >> "$here/curl.config"
case "$*" in
  */user) echo '{"id": 5}' ;;
  *sort=asc) cat "$here/notes.json" ;;
esac
"#;

fn merge_request(repository: &Repository, settings: &[(&str, &str)]) -> (Printed, String) {
    program(repository, "curl", CURL);
    let log = repository.beside().join("bin/curl.log");
    // From the run before.
    let _ = fs::remove_file(&log);
    let mut sh = repository.command("sh");
    with_programs(&mut sh, repository);
    sh.args(["-c", &gitlab_script()])
        .env("CI_API_V4_URL", "https://gitlab.example.org/api/v4")
        .env("CI_PROJECT_ID", "12")
        .env("CI_MERGE_REQUEST_IID", "3")
        .env(
            "CI_MERGE_REQUEST_DIFF_BASE_SHA",
            repository.git(&["merge-base", "main", "topic"]).trim(),
        );
    let job = yaml("packaging/gitlab/domdiff.yml");
    for (name, value) in job["domdiff"]["variables"].as_object().expect("variables") {
        sh.env(name, value.as_str().expect("text"));
    }
    let printed = run(sh.envs(settings.iter().copied()));
    (printed, fs::read_to_string(log).unwrap_or_default())
}

#[test]
fn a_merge_request_is_answered() {
    let repository = pull_request("gitlab");
    program(&repository, "notes.json", "[]");
    let (printed, asked) = merge_request(&repository, &[]);
    assert_eq!(
        (printed.status, &*printed.stderr, &*asked),
        (1, "", ""),
        "{printed:?}"
    );
    assert!(printed.stdout.contains("error[abi/memory-size]"));
    let report = fs::read_to_string(repository.path().join("gl-code-quality-report.json"));
    let report: Value = serde_json::from_str(&report.expect("a report")).expect("JSON");
    assert_eq!(report[0]["location"]["path"], "domains/web01.xml");
    let (printed, asked) = merge_request(&repository, &[("DOMDIFF_TOKEN", "s3cret")]);
    assert_eq!((printed.status, &*printed.stderr), (1, ""), "{printed:?}");
    let notes = "https://gitlab.example.org/api/v4/projects/12/merge_requests/3/notes";
    assert!(asked.ends_with(&format!(
        "--request POST --data-urlencode body@domdiff.md --output /dev/null {notes}\n"
    )));
    assert!(!asked.contains("s3cret"));
    let page = fs::read_to_string(repository.path().join("domdiff.md")).expect("a page");
    assert!(page.starts_with(MARKER) && page.contains("abi/memory-size"));
    let others = r#"[{"id": 8, "author": {"id": 6}, "body": "<!-- domdiff -->\n"},
        {"id": 9, "author": {"id": 5}, "body": "<!-- domdiff -->\n"}]"#;
    program(&repository, "notes.json", others);
    let (_, asked) = merge_request(&repository, &[("DOMDIFF_TOKEN", "s3cret")]);
    assert!(asked.ends_with(&format!(
        "--request PUT --data-urlencode body@domdiff.md --output /dev/null {notes}/9\n"
    )));
    let paths = [("DOMDIFF_PATHS", "README\ndomains/web01.xml")];
    assert_eq!(merge_request(&repository, &paths).0.status, 1);
    assert_eq!(
        merge_request(&repository, &[("DOMDIFF_PATHS", "README")])
            .0
            .status,
        0
    );
    repository.write("domains/web01.xml", "<domain>");
    let (printed, asked) = merge_request(&repository, &[("DOMDIFF_TOKEN", "s3cret")]);
    assert_eq!(printed.status, 2);
    assert!(asked.contains("--request PUT"));
}

#[test]
fn a_commit_is_refused_by_the_hook_of_git() {
    let repository = Repository::new("pre-commit");
    let hook = fs::read(root().join("packaging/git/pre-commit")).expect("the hook");
    repository.write(".git/hooks/pre-commit", hook);
    let path = repository.path().join(".git/hooks/pre-commit");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("the hook");
    // The first commit has nothing before it.
    repository.write("web01.xml", domain("web01", 1, 512));
    repository.commit();
    repository.write("web01.xml", domain("web01", 1, 1024));
    repository.git(&["add", "web01.xml"]);
    // What is committed counts, not what stands in the working tree.
    repository.write("web01.xml", domain("web01", 1, 512));
    let commit = |arguments: &[&str]| {
        let mut git = repository.command("git");
        git.args(["commit", "--quiet", "--message=change"])
            .args(arguments);
        run(&mut git)
    };
    let refused = commit(&[]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("error[abi/memory-size]"),
        "{refused:?}"
    );
    assert_eq!(commit(&["--no-verify"]).status, 0);
    let all = commit(&["--all"]);
    assert!(all.stderr.contains("error[abi/memory-size]"), "{all:?}");
    repository.write("web01.xml", "<domain>");
    let broken = commit(&["--all"]);
    assert_eq!(broken.status, 1);
    assert!(broken.stderr.contains("not well-formed XML"), "{broken:?}");
    repository.write(
        "web01.xml",
        domain("web01", 1, 1024).replace("</domain>", "<title>x</title></domain>"),
    );
    let harmless = commit(&["--all"]);
    assert_eq!((harmless.status, &*harmless.stderr), (0, ""));
}

#[test]
fn the_hook_for_pre_commit_names_what_domdiff_takes() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    for key in ["id", "name", "description", "language", "entry", "files"] {
        assert!(hook[key].is_string(), "{key}");
    }
    assert_eq!(hook["pass_filenames"], false);
    let repository = pull_request("pre-commit-framework");
    repository.write("domains/web01.xml", domain("web01", 1, 2048));
    let mut words = hook["entry"].as_str().expect("a command").split(' ');
    assert_eq!(words.next(), Some("domdiff"));
    let printed = repository.domdiff(&words.collect::<Vec<_>>());
    assert_eq!(printed.status, 1, "{printed:?}");
}
