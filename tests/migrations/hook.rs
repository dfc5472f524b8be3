//! domdiff as the destination's hook, installed from `packaging/`.

use std::fs;

use super::case::Guest;
use super::hosts::{Answer, Side, Site};
use super::run::{boot_image, counts_beyond, forget, state};

const NAME: &str = "web01";

/// Installs script and configuration as docs/hook.md does, below another folder than /etc and
/// /var, which this machine shares with its hosts. A team that lives with nothing less than shared
/// storage has raised a level.
const INSTALL: &str = r#"
mkdir -p "$FOLDER/dst/domdiff"
sed "s#/etc/domdiff/#$FOLDER/dst/domdiff/#" "$PACKAGING/domdiff" > /etc/libvirt/hooks/qemu.d/domdiff
chmod 755 /etc/libvirt/hooks/qemu.d/domdiff
sed -e "s#/var/log/#$FOLDER/dst/domdiff/#" -e 's/^# accepted/accepted/' "$PACKAGING/domdiff.toml" \
  > "$FOLDER/dst/domdiff/domdiff.toml"
touch "$FOLDER/dst/domdiff/accepted.toml"
printf '\n[rules]\n"host/disk-not-shared" = "error"\n' >> "$FOLDER/dst/domdiff/domdiff.toml"
"#;

/// libvirt looks for hooks when it starts.
const RESTART: &str = r#"
daemon=$(cat /run/libvirtd.pid)
kill "$daemon"
while kill -0 "$daemon" 2> /dev/null; do sleep 0.1; done
libvirtd --daemon < /dev/null > /dev/null 2>&1
until virsh --quiet hostname > /dev/null 2>&1; do sleep 0.1; done
"#;

/// The way of docs/hook.md to accept what was found.
const ACCEPT: &str = r#"
virsh -c "$SOURCE" dumpxml --migratable web01 |
  domdiff check - --host local --config "$FOLDER/dst/domdiff/domdiff.toml" --accept --reason 'A copy for a test.'
"#;

struct Scene {
    site: Site,
}

impl Scene {
    fn shell(&self, side: Side, script: &str) -> Answer {
        let packaging = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/hook");
        let (source, destination) = (self.site.uri(Side::Src), self.site.uri(Side::Dst));
        let settings = [
            ("PACKAGING", packaging),
            ("SOURCE", &source),
            ("DESTINATION", &destination),
        ];
        self.site.shell(side, script, &settings)
    }

    fn done(&self, side: Side, script: &str) {
        let answer = self.shell(side, script);
        assert_eq!(answer.status, 0, "{script}: {answer:?}");
    }

    /// Starts a guest; returns what its program has counted.
    fn start(&self, guest: &Guest) -> u32 {
        let folder = self.site.folder().to_string_lossy();
        let xml = guest.xml(NAME).replace("$FOLDER", &folder);
        let xml = xml.replace("$SHARED", &format!("{folder}/shared"));
        let xml = xml.replace("$NAME", NAME);
        let started = self
            .site
            .shell_with(Side::Src, "virsh create /dev/stdin", &[], &xml);
        assert_eq!(started.status, 0, "{started:?}");
        counts_beyond(&self.site, Side::Src, NAME, 0).expect("the guest's program")
    }

    fn migrate(&self) -> Answer {
        self.shell(Side::Src, "virsh migrate --live web01 \"$DESTINATION\"")
    }

    /// It runs on the one host, goes on counting, and is not on the other.
    fn runs_on(&self, side: Side, counted: u32) {
        let other = match side {
            Side::Src => Side::Dst,
            Side::Dst => Side::Src,
        };
        assert_eq!(state(&self.site, side, NAME), "running", "on {side:?}");
        assert_eq!(state(&self.site, other, NAME), "", "on {other:?}");
        let goes_on = counts_beyond(&self.site, side, NAME, counted);
        assert!(goes_on.is_some(), "it does not go on on {side:?}");
    }
}

#[test]
fn the_hook_refuses_until_the_finding_is_accepted() {
    let scene = Scene { site: Site::up() };
    let site = &scene.site;
    fs::write(site.cluster(&format!("{NAME}.img")), boot_image()).expect("an image");
    scene.done(Side::Dst, INSTALL);
    scene.done(Side::Dst, RESTART);

    // What can go goes.
    let counted = scene.start(&Guest::PLAIN);
    let answer = scene.migrate();
    assert_eq!(answer.status, 0, "{answer:?}\n{}", site.log("dst"));
    scene.runs_on(Side::Dst, counted);
    // A daemon that starts anew asks the hook about the guests that run: it must not mind.
    scene.done(Side::Dst, RESTART);
    scene.runs_on(Side::Dst, counted);
    forget(site, NAME);

    // What libvirt would refuse later is refused with all the reasons.
    scene.done(Side::Src, "ip link add br-here type bridge");
    let devices = "<interface type='bridge'><source bridge='br-here'/></interface>
                   <serial type='tcp'><source mode='bind' host='10.77.1.1' service='4555'/><protocol type='raw'/></serial>";
    let counted = scene.start(&Guest {
        devices,
        ..Guest::PLAIN
    });
    let answer = scene.migrate();
    assert_ne!(answer.status, 0, "{answer:?}");
    for reason in [
        "Hook script execution failed",
        "error[host/bridge]: ",
        "bridge br-here is not there",
        "error[host/serial-listen]: ",
        "10.77.1.1",
    ] {
        assert!(
            answer.stderr.contains(reason),
            "{reason}: {}",
            answer.stderr
        );
    }
    scene.runs_on(Side::Src, counted);
    forget(site, NAME);

    // What nobody else would refuse: an image of the same path that is not the guest's.
    let copy = "mkdir -p $FOLDER/shared/copies; cp $FOLDER/shared/web01.img $FOLDER/shared/copies";
    scene.done(Side::Src, copy);
    let other = "mount -t tmpfs none $FOLDER/shared/copies; cp $FOLDER/shared/web01.img $FOLDER/shared/copies";
    scene.done(Side::Dst, other);
    let counted = scene.start(&Guest {
        devices: "<disk type='file' device='disk'>
                    <driver name='qemu' type='raw' cache='none'/>
                    <source file='$FOLDER/shared/copies/web01.img'/>
                    <target dev='vdb' bus='virtio'/>
                  </disk>",
        ..Guest::PLAIN
    });
    let answer = scene.migrate();
    assert_ne!(answer.status, 0, "{answer:?}");
    let reason = "error[host/disk-not-shared]: ";
    assert!(answer.stderr.contains(reason), "{}", answer.stderr);
    scene.runs_on(Side::Src, counted);
    let accepted = scene.shell(Side::Dst, ACCEPT);
    assert_eq!(accepted.status, 0, "{accepted:?}");
    let answer = scene.migrate();
    assert_eq!(answer.status, 0, "{answer:?}");
    scene.runs_on(Side::Dst, counted);
    forget(site, NAME);

    let log = site.folder().join("dst/domdiff/domdiff-hook.log");
    let log = fs::read_to_string(log).expect("the log");
    let answers: Vec<bool> = log
        .lines()
        .map(|line| line.contains("\"allowed\""))
        .collect();
    assert_eq!(answers, [true, false, false, true], "{log}");
}
