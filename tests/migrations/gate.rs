//! The gate of docs/gate.md, word by word, over a real ssh.

use std::fs;

use super::case::Guest;
use super::hosts::{Answer, Side, Site};
use super::run::{boot_image, counts_beyond, forget, state};

/// The guest that the page speaks of.
const NAME: &str = "web01";

/// Lets root of the source in on the destination, with keys made for it.
const SERVE: &str = r#"
mkdir -p /run/sshd "$FOLDER/ssh"
ssh-keygen -q -t ed25519 -N '' -f "$FOLDER/ssh/host"
ssh-keygen -q -t ed25519 -N '' -f "$FOLDER/ssh/client"
cat > "$FOLDER/ssh/server" << END
ListenAddress 10.77.1.2
HostKey $FOLDER/ssh/host
AuthorizedKeysFile $FOLDER/ssh/client.pub
StrictModes no
PermitRootLogin yes
UsePAM no
PidFile none
SetEnv PATH=$PATH
END
# An account without a password is a locked one to sshd.
printf 'root:*:19000::::::\n' > "$FOLDER/ssh/shadow"
mount --bind "$FOLDER/ssh/shadow" /etc/shadow
"$(command -v sshd)" -f "$FOLDER/ssh/server" -E "$FOLDER/ssh/log"
"#;

/// Has the source's ssh use them.
const CALL: &str = r#"
cat > "$FOLDER/ssh/config" << END
IdentityFile $FOLDER/ssh/client
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
END
mount --bind "$FOLDER/ssh/config" /etc/ssh/ssh_config
"#;

/// The lines of shell of the page.
fn lines() -> Vec<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gate.md");
    let page = fs::read_to_string(page).expect("the page");
    let blocks = page.split("```sh").skip(1);
    blocks
        .filter_map(|block| {
            let (_, behind) = block.split_once('\n')?;
            Some(behind.split_once("```")?.0.to_owned())
        })
        .collect()
}

/// Starts the guest; returns what its program has counted.
fn start(site: &Site, guest: &Guest) -> u32 {
    fs::write(site.cluster(&format!("{NAME}.img")), boot_image()).expect("an image");
    let images = site.folder().join("shared");
    let xml = guest
        .xml(NAME)
        .replace("$SHARED", &images.to_string_lossy())
        .replace("$NAME", NAME);
    let started = site.shell_with(Side::Src, "virsh create /dev/stdin", &[], &xml);
    assert_eq!(started.status, 0, "{started:?}");
    counts_beyond(site, Side::Src, NAME, 0).expect("the guest's program")
}

#[test]
fn the_documented_gate_lets_through_what_goes_and_nothing_else() {
    let site = Site::up();
    let bridge = "ip link add br-here type bridge";
    for (side, script) in [(Side::Dst, SERVE), (Side::Src, CALL), (Side::Src, bridge)] {
        let done = site.shell(side, script, &[]);
        assert_eq!(done.status, 0, "{done:?}");
    }
    let lines = lines();
    assert_eq!(lines.len(), 2, "docs/gate.md has two lines of shell");
    for line in &lines {
        let gate = || -> Answer { site.shell(Side::Src, line, &[]) };

        let counted = start(&site, &Guest::PLAIN);
        let answer = gate();
        assert_eq!(answer.status, 0, "{line}\n{answer:?}\n{}", site.log("dst"));
        assert_eq!(state(&site, Side::Dst, NAME), "running", "{answer:?}");
        let goes_on = counts_beyond(&site, Side::Dst, NAME, counted);
        assert!(goes_on.is_some(), "the guest does not go on");
        forget(&site, NAME);

        let counted = start(
            &site,
            &Guest {
                devices: "<interface type='bridge'><source bridge='br-here'/></interface>",
                ..Guest::PLAIN
            },
        );
        let answer = gate();
        assert_eq!(answer.status, 1, "{line}\n{answer:?}");
        assert_eq!(state(&site, Side::Src, NAME), "running", "{answer:?}");
        assert!(counts_beyond(&site, Side::Src, NAME, counted).is_some());
        assert_eq!(state(&site, Side::Dst, NAME), "", "{answer:?}");
        forget(&site, NAME);
    }
    // A destination that cannot be asked is no answer, and no migration.
    let counted = start(&site, &Guest::PLAIN);
    let line = lines[0].replace("node2", "node3");
    let answer = site.shell(Side::Src, &line, &[]);
    assert_eq!(answer.status, 2, "{answer:?}");
    assert!(counts_beyond(&site, Side::Src, NAME, counted).is_some());
    forget(&site, NAME);
}
