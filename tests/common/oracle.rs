//! The real libvirt, asked through `tests/libvirt/oracle.py`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A running oracle.
pub struct Oracle {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    facts: Value,
}

/// What libvirt says of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `same`, `stable`, `unstable`, `refused`, `random` or `unknown`.
    pub answer: String,
    /// libvirt's words where it refuses.
    pub words: String,
}

const NEEDED: &str = "the differential tests ask the real libvirt: install Debian's python3, python3-libvirt, \
     libvirt-daemon-driver-qemu and qemu-system-x86";

impl Oracle {
    /// Starts the oracle; `DOMDIFF_ORACLE` names another command, split at blanks.
    pub fn start() -> Self {
        let own = concat!(
            "/usr/bin/python3 ",
            env!("CARGO_MANIFEST_DIR"),
            "/tests/libvirt/oracle.py"
        );
        let command = std::env::var("DOMDIFF_ORACLE").unwrap_or(own.to_owned());
        let mut words = command.split_whitespace();
        let program = words.next().expect("DOMDIFF_ORACLE is a command");
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{NEEDED} ({program}: {e})"));
        let questions = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().expect("a piped stdout"));
        let facts = read(&mut answers).unwrap_or_else(|| panic!("{NEEDED} (`{command}` ended)"));
        let machines = facts["machines"].as_array().map_or(0, Vec::len);
        assert!(machines > 0, "{NEEDED} (no machine types for x86_64)");
        Self {
            child,
            questions,
            answers,
            facts,
        }
    }

    /// Of libvirt: 9000000 is 9.0.0.
    pub fn version(&self) -> u64 {
        self.facts["libvirt"].as_u64().expect("a version")
    }

    /// Whether this QEMU knows the machine type.
    pub fn has_machine(&self, name: &str) -> bool {
        let machines = self.facts["machines"].as_array();
        machines.is_some_and(|all| all.iter().any(|m| m == name))
    }

    fn ask(&mut self, question: &Value) -> Value {
        let pipe = self.questions.as_mut().expect("open until dropped");
        writeln!(pipe, "{question}").expect("the oracle listens");
        pipe.flush().expect("the oracle listens");
        read(&mut self.answers).unwrap_or_else(|| panic!("the oracle ended over {question}"))
    }

    /// What `virsh dumpxml --inactive --security-info` shows of the domain
    /// defined from `xml`, or libvirt's words why it does not take it.
    pub fn normalize(&mut self, xml: &str) -> Result<String, String> {
        let answer = self.ask(&json!({"ask": "normalize", "xml": xml}));
        match answer["xml"].as_str() {
            Some(dump) => Ok(dump.to_owned()),
            None => Err(answer["refused"].as_str().unwrap_or_default().to_owned()),
        }
    }

    /// May a saved guest, whose dump is `old`, be restored as `new`?
    pub fn check(&mut self, old: &str, new: &str) -> Answer {
        let answer = self.ask(&json!({"ask": "check", "old": old, "new": new}));
        let word = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        Answer {
            answer: word("answer"),
            words: word("words"),
        }
    }
}

fn read(answers: &mut impl BufRead) -> Option<Value> {
    let mut line = String::new();
    answers.read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.questions.take());
        let _ = self.child.wait();
    }
}
