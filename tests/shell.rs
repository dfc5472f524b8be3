//! Completions and manual pages, read by the shells and by groff.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::repository::run;

/// What only tests and measurements call.
const HIDDEN: [&str; 3] = ["expand", "live", "has-feature"];

fn domdiff(arguments: &[&str]) -> String {
    let printed = run(Command::new(env!("CARGO_BIN_EXE_domdiff")).args(arguments));
    assert_eq!((printed.status, &*printed.stderr), (0, ""), "{arguments:?}");
    printed.stdout
}

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = domdiff(&["--help"]);
    let list = help.split("Commands:\n").nth(1).expect("commands");
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<String> = names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(names.len() > 5, "{names:?}");
    names
}

fn written(name: &str, text: &str) -> PathBuf {
    let name = format!("{}-{name}", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("a file");
    path
}

fn shell(program: &str, arguments: &[&str]) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command.args(arguments).env("PATH", path);
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("install Debian's {program}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && complaint.is_empty(),
        "{program}: {complaint}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_shell_reads_its_completions() {
    for name in ["bash", "zsh", "fish"] {
        let script = domdiff(&["completions", name]);
        let file = written(name, &script);
        shell(name, &["-n", &file.to_string_lossy()]);
        for command in commands() {
            assert!(script.contains(&command), "{name}: {command}");
        }
        assert!(!script.contains("has-feature"), "{name}");
        let _ = fs::remove_file(file);
    }
}

#[test]
fn bash_completes_commands_and_flags() {
    let script = domdiff(&["completions", "bash"]);
    let complete = |words: &str| {
        let ask = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
             last=${{COMP_WORDS[COMP_CWORD]}}; before=${{COMP_WORDS[COMP_CWORD - 1]}}\n\
             _domdiff domdiff \"$last\" \"$before\"\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let printed = shell("bash", &["-c", &ask]);
        printed.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete("domdiff ba"), ["baseline"]);
    assert_eq!(complete("domdiff --aga"), ["--against"]);
    assert_eq!(complete("domdiff check --stor"), ["--storage"]);
    assert_eq!(complete("domdiff --format nd"), ["ndjson"]);
    assert!(complete("domdiff exp").contains(&"explain".to_owned()));
    for hidden in HIDDEN {
        assert!(
            !complete("domdiff ''").contains(&hidden.to_owned()),
            "{hidden}"
        );
    }
}

#[test]
fn every_command_has_a_manual_page_without_a_mistake() {
    let mut pages = vec![("domdiff".to_owned(), domdiff(&["man"]))];
    for command in commands() {
        pages.push((format!("domdiff-{command}"), domdiff(&["man", &command])));
    }
    for (name, page) in pages {
        let file = written(&name, &page);
        let path = file.to_string_lossy();
        let arguments = ["-man", "-Tutf8", "-ww", "-P-cbou", &path];
        let shown = shell("groff", &arguments);
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(&format!("NAME {name} - ")), "{shown}");
        let _ = fs::remove_file(file);
    }
    let top = domdiff(&["man"]);
    assert!(
        top.contains("domdiff [OPTIONS] \\-\\-against REV [PATH]...\n"),
        "{top}"
    );
    for hidden in HIDDEN {
        let name = format!("domdiff\\-{}", hidden.replace('-', "\\-"));
        assert!(!top.contains(&name), "{hidden}");
    }
    let wrong = run(Command::new(env!("CARGO_BIN_EXE_domdiff")).args(["man", "expand"]));
    assert_eq!(wrong.status, 2);
}
