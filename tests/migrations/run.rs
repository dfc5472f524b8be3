//! Runs one case: asks domdiff, then libvirt.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::case::{By, Case, Expected};
use super::hosts::{Answer, Side, Site};

/// How long a guest may take until its program counts.
const BOOT: Duration = Duration::from_secs(60);

/// What came of a case.
pub(crate) struct Outcome {
    /// `yes`, `no` or `unknown`, with the rules that say so.
    pub(crate) predicted: String,
    /// `moved`, or the words that refused it.
    pub(crate) happened: String,
    /// What is wrong, if anything.
    pub(crate) wrong: Vec<String>,
}

/// A disk whose boot sector counts the timer's interrupts, some 18 a second, in a double word at
/// 0x7e00.
pub(crate) fn boot_image() -> Vec<u8> {
    const PROGRAM: &[u8] = &[
        0xfa, // cli
        0x31, 0xc0, // xor ax, ax
        0x8e, 0xd8, // mov ds, ax
        0x66, 0xc7, 0x06, 0x00, 0x7e, 0, 0, 0, 0,    // mov dword [0x7e00], 0
        0xfb, // sti
        0xf4, // again: hlt
        0x66, 0xff, 0x06, 0x00, 0x7e, // inc dword [0x7e00]
        0xeb, 0xf8, // jmp again
    ];
    let mut image = vec![0; 1 << 20];
    image[..PROGRAM.len()].copy_from_slice(PROGRAM);
    image[510..512].copy_from_slice(&[0x55, 0xaa]);
    image
}

/// What the guest's program has counted; `None` where there is no such guest, or it has not begun.
fn count(site: &Site, side: Side, name: &str) -> Option<u32> {
    /// Far beyond what is counted in one run: what firmware leaves in that place.
    const MOST: u32 = 1_000_000;
    let ask = "virsh --quiet qemu-monitor-command $NAME --hmp 'xp /1wx 0x7e00'";
    let answer = site.shell(side, ask, &[("NAME", name)]);
    let value = answer.stdout.split_once(": 0x")?.1;
    let count = u32::from_str_radix(value.trim(), 16).ok()?;
    (1..MOST).contains(&count).then_some(count)
}

/// Waits until the guest has counted further than `than`.
pub(crate) fn counts_beyond(site: &Site, side: Side, name: &str, than: u32) -> Option<u32> {
    let end = Instant::now() + BOOT;
    while Instant::now() < end {
        if let Some(n) = count(site, side, name).filter(|n| *n > than) {
            return Some(n);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    None
}

/// The state that libvirt tells of a guest; empty where there is none.
pub(crate) fn state(site: &Site, side: Side, name: &str) -> String {
    let ask = "virsh --quiet domstate --domain $NAME";
    site.shell(side, ask, &[("NAME", name)]).stdout
}

/// Ends a guest and forgets it, wherever it is.
pub(crate) fn forget(site: &Site, name: &str) {
    let script = "virsh destroy $NAME || :
                  virsh undefine $NAME --managed-save --nvram \
                    --snapshots-metadata --checkpoints-metadata || :";
    for side in [Side::Src, Side::Dst] {
        site.shell(side, script, &[("NAME", name)]);
    }
}

/// Runs a case and cleans up behind it.
pub(crate) fn run(site: &Site, case: &Case) -> Outcome {
    let mut run = Run {
        site,
        case,
        predicted: "-".to_owned(),
        happened: "-".to_owned(),
        wrong: Vec::new(),
    };
    if let Err(wrong) = run.go() {
        run.wrong.push(wrong);
    }
    forget(site, case.name);
    for &(side, script) in case.after {
        if let Err(wrong) = run.step(side, script) {
            run.wrong.push(wrong);
        }
    }
    Outcome {
        predicted: run.predicted,
        happened: run.happened,
        wrong: run.wrong,
    }
}

struct Run<'c> {
    site: &'c Site,
    case: &'c Case,
    predicted: String,
    happened: String,
    wrong: Vec<String>,
}

/// What domdiff says.
struct Prediction {
    /// Whether the guest goes.
    goes: Option<bool>,
    /// All findings, also those about the destination.
    findings: Vec<Value>,
}

impl Run<'_> {
    fn go(&mut self) -> Result<(), String> {
        let (site, case) = (self.site, self.case);
        let name = case.name;
        write(site.cluster(&format!("{name}.img")), &boot_image())?;
        write(
            self.file("xml"),
            self.fill(&case.guest.xml(name)).as_bytes(),
        )?;
        for &(side, script) in case.before {
            self.step(side, script)?;
        }
        self.step(Side::Src, case.start)?;
        let runs = state(site, Side::Src, name) == "running";
        let mut counted = 0;
        if runs {
            counted = counts_beyond(site, Side::Src, name, 0)
                .ok_or("the guest's program does not start")?;
        }
        for &(side, script) in case.running {
            self.step(side, script)?;
        }
        let prediction = self.predict()?;
        self.judge(&prediction);

        let (was, was_there) = (state(site, Side::Src, name), state(site, Side::Dst, name));
        let went = self.migrate()?;
        if prediction.goes.is_some_and(|goes| goes != went) {
            self.wrong.push("the prediction is wrong".to_owned());
        }
        let here = if went { Side::Dst } else { Side::Src };
        let is = state(site, here, name);
        if is != was {
            let wrong = format!("on {here:?} it is `{is}`, it was `{was}`");
            self.wrong.push(wrong);
        }
        let (other, expected) = match went {
            true => (Side::Src, ["", "shut off"]),
            false => (Side::Dst, [was_there.as_str(); 2]),
        };
        let is_there = state(site, other, name);
        if !expected.contains(&is_there.as_str()) {
            self.wrong.push(format!("on {other:?} it is `{is_there}`"));
        }
        if runs && was == "running" && counts_beyond(site, here, name, counted).is_none() {
            let wrong = format!("its program does not go on on {here:?}");
            self.wrong.push(wrong);
        }
        Ok(())
    }

    /// A file of this case.
    fn file(&self, end: &str) -> PathBuf {
        self.site.folder().join(format!("{}.{end}", self.case.name))
    }

    fn shell(&self, side: Side, script: &str, input: &str) -> Answer {
        let [xml, facts, edited] = ["xml", "json", "edited.xml"].map(|end| self.file(end));
        let image = self.site.folder().join("shared");
        let image = image.join(format!("{}.img", self.case.name));
        let [xml, facts, edited, image] =
            [&xml, &facts, &edited, &image].map(|path| path.to_string_lossy());
        let settings = [
            ("NAME", self.case.name),
            ("IMAGE", &image),
            ("XML", &xml),
            ("FACTS", &facts),
            ("EDITED", &edited),
            ("TO", &self.site.uri(self.case.to)),
        ];
        self.site.shell_with(side, script, &settings, input)
    }

    /// A command that has to succeed.
    fn step(&self, side: Side, script: &str) -> Result<String, String> {
        let answer = self.shell(side, script, "");
        match answer.status {
            0 => Ok(answer.stdout),
            _ => Err(format!("`{script}` on {side:?}: {}", answer.stderr)),
        }
    }

    fn fill(&self, text: &str) -> String {
        let folder = self.site.folder().to_string_lossy();
        text.replace("$SHARED", &format!("{folder}/shared"))
            .replace("$LOCAL", &format!("{folder}/local"))
            .replace("$NAME", self.case.name)
    }

    /// Migrates the guest; whether it went.
    fn migrate(&mut self) -> Result<bool, String> {
        let flags = self.case.flags;
        let edited = self.case.edit.map_or("", |_| "--xml $EDITED");
        let migrate = format!("virsh migrate {flags} {edited} $NAME $TO");
        let answer = self.shell(Side::Src, &migrate, "");
        if answer.hung() {
            return Err("the migration hangs".to_owned());
        }
        let went = answer.status == 0;
        let words = answer.stderr.replace("error: ", "").replace('\n', " ");
        match (self.case.expected, went) {
            (Expected::Goes, false) => {
                self.happened = format!("refused: {words}");
                return Err("it should have moved".to_owned());
            }
            (Expected::Refused { .. }, true) => {
                self.happened = "moved".to_owned();
                return Err("it should have been refused".to_owned());
            }
            (Expected::Refused { by, says, .. }, false) => {
                self.happened = format!("refused by {}: {words}", by.word());
                // libvirt does not always hear QEMU's last words.
                let is_told = by == By::Qemu && self.log().contains(says);
                if !is_told && !words.contains(says) {
                    self.wrong.push(format!("not refused with `{says}`"));
                }
            }
            (Expected::Goes, true) => self.happened = "moved, and counts on".to_owned(),
        }
        Ok(went)
    }

    /// What the guest's QEMU said on the destination.
    fn log(&self) -> String {
        let log = self.site.folder().join("dst/log/qemu");
        let log = log.join(format!("{}.log", self.case.name));
        fs::read_to_string(log).unwrap_or_default()
    }

    /// Asks domdiff as an operator would (docs/gate.md): facts gathered on the destination for this
    /// guest, the check on the source.
    fn predict(&mut self) -> Result<Prediction, String> {
        let case = self.case;
        let mut prediction = Prediction {
            goes: Some(true),
            findings: Vec::new(),
        };
        let Some((from, to)) = case.edit else {
            let live = self.step(Side::Src, "virsh dumpxml $NAME")?;
            let check = format!("--connect qemu:///system {} dom:$NAME", case.told);
            self.check(&live, &check, &mut prediction)?;
            return Ok(prediction);
        };
        let migratable = self.step(
            Side::Src,
            "virsh dumpxml --migratable --security-info $NAME",
        )?;
        let (from, to) = (self.fill(from), self.fill(to));
        if !migratable.contains(&from) {
            return Err(format!("nothing to replace: no {from} in {migratable}"));
        }
        let edited = migratable.replace(&from, &to);
        write(self.file("edited.xml"), edited.as_bytes())?;
        let pair = "domdiff - $EDITED --format json --fail-on error";
        let answer = self.shell(Side::Src, pair, &migratable);
        self.read(&answer, &mut prediction)?;
        let check = format!("--guest-state running {} $EDITED", case.told);
        self.check(&edited, &check, &mut prediction)?;
        Ok(prediction)
    }

    /// Gathers the facts, and checks.
    fn check(
        &mut self,
        xml: &str,
        arguments: &str,
        prediction: &mut Prediction,
    ) -> Result<(), String> {
        let gather = "domdiff host --with all --for - --format json > $FACTS";
        let gathered = self.shell(self.case.to, gather, xml);
        if gathered.status != 0 {
            return Err(format!("no facts: {}", gathered.stderr));
        }
        let check =
            format!("domdiff check --source-host local --host $FACTS --format json {arguments}");
        let answer = self.shell(Side::Src, &check, "");
        self.read(&answer, prediction)
    }

    /// Adds what one report says.
    fn read(&mut self, answer: &Answer, prediction: &mut Prediction) -> Result<(), String> {
        let report: Value = serde_json::from_str(&answer.stdout)
            .map_err(|e| format!("no report ({e}): {} {}", answer.stdout, answer.stderr))?;
        let report = report.get(0).unwrap_or(&report);
        let summary = &report["summary"];
        // Of a pair the question is whether libvirt and QEMU take the one for the other.
        let is_pair = !report["old"].is_null() && summary["migratable"] != "no";
        let word = match is_pair {
            true => &summary["libvirt"],
            false => &summary["migratable"],
        };
        let goes = match word.as_str() {
            Some("yes" | "same" | "accepts") => Some(true),
            Some("no" | "refuses") => Some(false),
            _ => None,
        };
        if answer.status != i32::from(goes == Some(false)) {
            let wrong = format!("exit status {} with {summary}", answer.status);
            self.wrong.push(wrong);
        }
        prediction.goes = match (prediction.goes, goes) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let on_hosts = report["hosts"].as_array().into_iter().flatten();
        let lists = on_hosts.map(|host| &host["findings"]);
        let lists = std::iter::once(&report["findings"]).chain(lists);
        let findings = lists.filter_map(Value::as_array).flatten().cloned();
        prediction.findings.extend(findings);
        Ok(())
    }

    /// Whether domdiff says what is expected, and why.
    fn judge(&mut self, prediction: &Prediction) {
        let findings = &prediction.findings;
        let (word, levels): (_, &[&str]) = match prediction.goes {
            Some(true) => ("yes", &[]),
            Some(false) => ("no", &["error"]),
            None => ("unknown", &["error", "warning"]),
        };
        let counts = |f: &&Value| f["level"].as_str().is_some_and(|l| levels.contains(&l));
        let rules = findings.iter().filter(counts);
        let rules: Vec<&str> = rules.filter_map(|f| f["rule"].as_str()).collect();
        self.predicted = format!("{word} {}", rules.join(" ")).trim().to_owned();
        let expected = match self.case.expected {
            Expected::Goes => true,
            Expected::Refused { rule, by, .. } => {
                let found = findings
                    .iter()
                    .find(|f| f["rule"] == rule && f["level"] == "error");
                match found {
                    None => self.wrong.push(format!("{rule} is not among the reasons")),
                    Some(f) if f["enforced_by"] != by.word() => {
                        let who = &f["enforced_by"];
                        let wrong = format!("{rule} is said to be stopped by {who}");
                        self.wrong.push(wrong);
                    }
                    Some(_) => {}
                }
                false
            }
        };
        if prediction.goes != Some(expected) {
            let said = |f: &Value| format!("{} {} {}", f["level"], f["rule"], f["message"]);
            let said: Vec<String> = findings.iter().map(said).collect();
            self.wrong.push(format!("domdiff says {word}: {said:#?}"));
        }
    }
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<(), String> {
    fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}
