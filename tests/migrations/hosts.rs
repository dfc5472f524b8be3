//! Two isolated libvirt hosts on this machine, called `src` and `dst`.
//!
//! Each is a set of namespaces that `host.sh` fills. A host lives as long as the pipe to its first
//! process is open: it ends with the test, however the test ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// What the tests run, with the Debian package it is in.
const PROGRAMS: &[(&str, &str)] = &[
    ("libvirtd", "libvirt-daemon-system"),
    ("virsh", "libvirt-clients"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("qemu-img", "qemu-utils"),
    ("bindfs", "bindfs"),
    ("ip", "iproute2"),
    ("swtpm", "swtpm"),
    ("swtpm_setup", "swtpm-tools"),
    ("ebtables", "iptables"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("timeout", "coreutils"),
    ("bash", "bash"),
    ("ssh", "openssh-client"),
    ("sshd", "openssh-server"),
    ("jq", "jq"),
];

/// Words for what is done on a host.
const WORDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/migrations/words.sh");

/// How long a host may take until libvirt answers.
const START: Duration = Duration::from_secs(60);

/// Seconds that a command on a host may take.
const COMMAND: u32 = 60;

/// Which of the two hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Src,
    Dst,
}

/// The two hosts, and the folder that holds all their files.
pub(crate) struct Site {
    folder: PathBuf,
    src: Host,
    dst: Host,
}

struct Host {
    keeper: Child,
    /// The host's first process, as this machine numbers it.
    first: String,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The exit status; 124 of one that took too long.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// Whether the command took longer than it may.
    pub(crate) fn hung(&self) -> bool {
        matches!(self.status, 124 | 137)
    }
}

/// Says what is missing, if anything.
pub(crate) fn check_machine() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .collect();
    let is_there = |program: &str| folders.iter().any(|folder| folder.join(program).exists());
    let missing = PROGRAMS.iter().filter(|(program, _)| !is_there(program));
    let missing: Vec<String> = missing
        .map(|(program, package)| format!("{program} (package {package})"))
        .collect();
    assert!(
        missing.is_empty(),
        "the migrations need programs that are not here: {}; `bash .ci/packages` installs Debian's",
        missing.join(", ")
    );
    let status = fs::read_to_string("/proc/self/status").expect("a Linux with /proc");
    let user = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .and_then(|ids| ids.split_whitespace().nth(1));
    assert_eq!(
        user,
        Some("0"),
        "the migrations make hosts of namespaces: run them as root"
    );
    assert!(
        Path::new("/dev/fuse").exists(),
        "the migrations need FUSE for storage that both hosts reach: /dev/fuse is not here"
    );
}

impl Site {
    /// Brings both hosts up.
    pub(crate) fn up() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        check_machine();
        let name = format!(
            "domdiff-migrations-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        for part in ["cluster", "shared", "local", "src", "dst"] {
            fs::create_dir_all(folder.join(part)).expect("a folder for temporary files");
        }
        let domdiff = folder.join("bin/domdiff");
        fs::create_dir(folder.join("bin")).expect("a folder there");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_domdiff"), domdiff).expect("a link there");
        let addresses = "127.0.0.1 localhost\n10.77.1.1 src node1\n10.77.1.2 dst node2\n";
        fs::write(folder.join("addresses"), addresses).expect("a file there");
        let (src, src_is_up) = Host::start(&folder, "src", "11111111-1111-4111-8111-111111111111");
        let (dst, dst_is_up) = Host::start(&folder, "dst", "22222222-2222-4222-8222-222222222222");
        let site = Self { folder, src, dst };
        for (up, name) in [(src_is_up, "src"), (dst_is_up, "dst")] {
            if up.recv_timeout(START).is_err() {
                panic!("libvirt of {name} does not start:\n{}", site.log(name));
            }
        }
        site.wire();
        site
    }

    /// Puts a cable between the two, of which this machine sees neither end.
    fn wire(&self) {
        let make = format!(
            "ip link add to-dst type veth peer name to-src netns {}; \
             ip addr add 10.77.1.1/24 dev to-dst; ip link set to-dst up",
            self.dst.first
        );
        let make = Command::new("nsenter")
            .args(["--target", &self.src.first, "--net", "bash", "-ec", &make])
            .output()
            .expect("nsenter");
        assert!(
            make.status.success(),
            "no cable between the hosts: {make:?}"
        );
        let join = "ip addr add 10.77.1.2/24 dev to-src; ip link set to-src up";
        let join = self.shell(Side::Dst, join, &[]);
        assert_eq!(join.status, 0, "no cable between the hosts: {join:?}");
    }

    /// The folder that both hosts see at the same path.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where this machine finds what the hosts see in the shared folder.
    pub(crate) fn cluster(&self, file: &str) -> PathBuf {
        self.folder.join("cluster").join(file)
    }

    /// A host's libvirt, as both reach it.
    pub(crate) fn uri(&self, side: Side) -> String {
        let own = match side {
            Side::Src => "src",
            Side::Dst => "dst",
        };
        let socket = self.folder.join(own).join("run/libvirt/libvirt-sock");
        format!("qemu+unix:///system?socket={}", socket.display())
    }

    /// Runs words of bash on a host, with the folders and further settings as variables.
    pub(crate) fn shell(&self, side: Side, script: &str, settings: &[(&str, &str)]) -> Answer {
        self.shell_with(side, script, settings, "")
    }

    /// The same, with something on standard input.
    pub(crate) fn shell_with(
        &self,
        side: Side,
        script: &str,
        settings: &[(&str, &str)],
        input: &str,
    ) -> Answer {
        let host = match side {
            Side::Src => &self.src,
            Side::Dst => &self.dst,
        };
        let path = std::env::var("PATH").unwrap_or_default();
        let mut child = Command::new("timeout")
            .args(["--kill-after=5", &COMMAND.to_string(), "nsenter"])
            .args(["--target", &host.first])
            .args(["--mount", "--net", "--uts", "--pid"])
            .args(["bash", "-euo", "pipefail", "-c"])
            .arg(format!(". {WORDS}; {script}"))
            .env("PATH", format!("{}/bin:{path}", self.folder.display()))
            .env("LC_ALL", "C")
            .env("LIBVIRT_DEFAULT_URI", "qemu:///system")
            .env("FOLDER", &self.folder)
            .env("SHARED", self.folder.join("shared"))
            .env("LOCAL", self.folder.join("local"))
            .env("QEMU", "/usr/bin/qemu-system-x86_64")
            .env("MODULES", "/usr/lib/x86_64-linux-gnu/qemu")
            .env("FIRMWARE", "/usr/share/seabios")
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("timeout and nsenter");
        if let Some(mut pipe) = child.stdin.take() {
            // A command that does not read ends the pipe.
            let _ = pipe.write_all(input.as_bytes());
        }
        Answer::of(&child.wait_with_output().expect("an end"))
    }

    /// The last lines of a host's libvirtd.
    pub(crate) fn log(&self, name: &str) -> String {
        let log = self.folder.join(name).join("libvirtd.log");
        let text = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for host in [&mut self.src, &mut self.dst] {
            drop(host.keeper.stdin.take());
            // Nothing can be done about a host that does not end.
            let _ = host.keeper.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Host {
    /// Starts a host; the channel tells once its libvirt answers, or breaks when it ends.
    fn start(folder: &Path, name: &str, uuid: &str) -> (Self, mpsc::Receiver<()>) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/migrations/host.sh");
        let own = folder.join(name);
        let errors = fs::File::create(own.join("host.log")).expect("a file there");
        let mut keeper = Command::new("unshare")
            .args([
                "--mount",
                "--net",
                "--uts",
                "--pid",
                "--fork",
                "--mount-proc",
            ])
            .args(["bash", script])
            .arg(folder)
            .args([name, uuid])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("unshare");
        let said = keeper.stdout.take().expect("a piped stdout");
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let is_ready =
                |line: &std::io::Result<String>| matches!(line, Ok(line) if line == "ready");
            if BufReader::new(said).lines().any(|line| is_ready(&line)) {
                // Nobody waits any more where this fails.
                let _ = tell.send(());
            }
        });
        let first = first_process(keeper.id()).unwrap_or_else(|| {
            let words = fs::read_to_string(own.join("host.log")).unwrap_or_default();
            panic!("this machine gives no namespaces: {words}")
        });
        (Self { keeper, first }, told)
    }
}

/// The one child of a process, as soon as it is there.
fn first_process(parent: u32) -> Option<String> {
    for _ in 0..100 {
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        match children {
            Ok(text) if !text.trim().is_empty() => return Some(text.trim().to_owned()),
            Ok(_) => std::thread::sleep(Duration::from_millis(50)),
            Err(_) => return None,
        }
    }
    None
}

impl Answer {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        Self {
            status: output.status.code().unwrap_or(137),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}
