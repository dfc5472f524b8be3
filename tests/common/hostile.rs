//! What a stranger writes into a definition or a file name to become more than text, reports in
//! which it stands, and the same reports with harmless words in its place.

use domdiff::Options;
use domdiff::canon::{Domain, Release};
use domdiff::cpu::CpuMap;
use domdiff::host::read_operand;
use domdiff::migration::Migration;
use domdiff::report::{Acceptance, Canonical, Finding, Place, Report, Secrets, canonical_xml};
use domdiff::sets::compare_sets;
use domdiff::xml::{Document, Limits, Source};

use super::testdata;

/// Texts that mean something to a terminal, a Markdown or HTML reader, a workflow runner.
pub const TEXTS: &[&str] = &[
    // Terminals.
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{9b}31m",
    "\r\u{8}\u{8}overwritten",
    "tab\tbell\u{7}nul\u{0}del\u{7f}",
    "\u{202e}txet desrever",
    "\u{2066}isolate\u{2069}\u{200b}zero\u{feff}width",
    "\u{2028}separator\u{2029}\u{85}next",
    // Markdown.
    "*bold* **strong** _emphasis_ __strong__ ~~gone~~ ~gone~",
    "a|b|c || d \\| e \\\\| f",
    "\n|---|---|\n| a | b |\n",
    "`code` ``co`de`` ```fence",
    "\n```\nfence\n```\n",
    "~~~\nfence",
    "[text](https://evil.example) ![image](https://evil.example/x.png)",
    "[text](javascript:alert(1))",
    "[text]: https://evil.example \"title\"",
    "\n\n[ref]: javascript:alert(1)\n\n[ref]",
    "[^1]\n\n[^1]: footnote",
    "# heading",
    "\n# heading\n",
    "\n\nsetext\n===\nother\n---\n",
    "- item\n- item",
    "1. item\n2) item",
    "+ item",
    "- [ ] task",
    "> quote\n> [!WARNING]\n> quoted",
    "    indented code",
    "\n\n    indented code\n\n",
    "***",
    "line  \nbreak\\\nbreak",
    "https://evil.example/?a=b&c=d http://evil.example www.evil.example ftp://evil.example",
    "mailto:me@evil.example me@evil.example xmpp:me@evil.example",
    "<https://evil.example> <me@evil.example>",
    "@octocat @org/team @everyone",
    "#1 GH-1 owner/repository#1 !1 $1 %1 &1 ~label",
    "0123456789abcdef0123456789abcdef01234567 owner@0123456789abcdef0123456789abcdef01234567",
    ":tada: :+1: $\\alpha$ $$x$$ $`x`$",
    "\\*not escaped\\* \\` \\| \\",
    "ends with a backslash\\",
    "ends with a backtick`",
    "ends with an entity &amp",
    "&lt;b&gt; &#60;b&#62; &#x3c; &copy; &NewLine; &Tab; &#10;",
    // HTML.
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- comment --> <!-- domdiff --> --> --!> <!--",
    "</details></summary><details open><summary>",
    "</td></tr></table>",
    "</code></pre>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" x='y' '>\">",
    "<svg/onload=alert(1)><math><style><title></title>",
    "<a href='javascript:alert(1)'>x</a>",
    "<![CDATA[x]]> ]]> <?php ?> <!DOCTYPE html>",
    "{{7*7}} ${7*7} <%= 7 %>",
    // Workflow commands.
    "::error file=x,line=1::injected",
    "\n::error::injected\n",
    "\r::add-mask::e",
    "\r\n::set-output name=x::y",
    "\n##[error]injected\n##vso[task.setvariable variable=x]y",
    "%0A::error::injected %0D %25 %3A %2C",
    ":,:: ,title=injected::",
    "\n::stop-commands::x\n",
    "\n##teamcity[message]\n\u{1b}[0Ksection_start:1:x\r\u{1b}[0K",
    // Names and paths.
    "../../../etc/passwd",
    "/etc/passwd",
    "HEAD:vm.xml",
    "-",
    "--format=json",
    "dom:web01",
    "file://evil.example/x javascript:alert(1) data:text/html,x",
    "C:\\windows\\system32",
    "a b\"c'd;e$(f)`g`",
    // What XML and JSON readers mind.
    "]]>",
    "{\"a\": [1, 2]}, \"b\": null",
    "\\u0000 \\n \\\" \u{10ffff} \u{fffd} \u{e000} \u{e0041}",
    "",
    " ",
    "\n",
];

/// The text as it can stand in XML: characters that no document can hold are replaced.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' | '<' | '>' | '&' | '\'' | '"' => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

/// A definition with the text wherever one is free to write what one likes; `version` makes each
/// of these differ.
fn definition(text: &str, version: u32) -> String {
    let text = xml(text);
    format!(
        "<domain type='kvm'>
  <name>vm{text}</name>
  <title>{text}{version}</title>
  <description>first\n{text}{version}\nlast</description>
  <metadata><x:note xmlns:x='urn:x' by='{text}{version}'>{text}{version}</x:note></metadata>
  <memory unit='MiB'>{}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <loader readonly='yes' type='pflash'>/{text}/{version}</loader>
  </os>
  <cpu mode='custom' match='exact'><model>{text}</model></cpu>
  <devices>
    <emulator>/usr/{text}{version}</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='writeback'/>
      <source file='/images/{text}{version}'/>
      <target dev='{text}' bus='virtio'/>
      <serial>{text}{version}</serial>
    </disk>
    <disk type='network' device='disk'>
      <source protocol='https' name='{text}{version}'><host name='{text}' port='{version}'/></source>
      <target dev='vdb' bus='virtio'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:01'/>
      <source bridge='{text}{version}'/>
      <model type='virtio'/>
    </interface>
    <filesystem type='mount'><source dir='/{text}{version}'/><target dir='{text}'/></filesystem>
    <channel type='unix'><target type='virtio' name='{text}{version}'/></channel>
    <gadget a='{text}{version}'>{text}{version}</gadget>
  </devices>
  <description>{text}</description>
</domain>
",
        512 + version
    )
}

fn source(name: &str, text: String) -> Source {
    Source::from_bytes(name, text.into_bytes()).expect("a text")
}

fn document(source: &Source) -> Document<'_> {
    Document::parse(source, &Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// The comparison of two definitions full of the text, in files of that name.
pub fn comparison(text: &str) -> Report {
    let (old, new) = (definition(text, 1), definition(text, 2));
    let old = source(&format!("old/{text}"), old);
    let new = source(text, new);
    let (old, new) = (document(&old), document(&new));
    let canonical = |document| {
        let domain = Domain::new(document, Release::V12_8);
        canonical_xml(&domain, &mut Secrets::Mask)
    };
    Report {
        canonical: Some(Canonical {
            old: canonical(&old),
            new: canonical(&new),
        }),
        ..domdiff::compare(&old, &new, &Options::default())
    }
}

/// The check of such a definition against two hosts of that name, of which none fits.
pub fn check(text: &str) -> Report {
    let host = |name: &str| {
        let file = testdata("hosts").join(name);
        let mut facts = read_operand(&file.to_string_lossy()).expect("host facts");
        facts.name = text.to_owned();
        facts
    };
    let hosts = [host("vm-epyc.json"), host("kvm-skylake-domcaps.xml")];
    let migration = Migration::default();
    let circumstances = domdiff::Circumstances {
        migration: &migration,
        hosts: &hosts,
        source: None,
        map: CpuMap::builtin(),
    };
    let source = source(text, definition(text, 1));
    let options = Options::default();
    domdiff::check(&document(&source), &circumstances, &options).unwrap_or_else(|error| {
        panic!("{error:?}");
    })
}

/// Two sets of such definitions: one changed, one added, one removed.
pub fn set(text: &str) -> Vec<Report> {
    let named = |name: &str, version| {
        let file = text;
        let text = definition(text, version).replacen("<name>vm", &format!("<name>{name}"), 1);
        source(&format!("{name}/{file}"), text)
    };
    let old = [named("a", 1), named("b", 1)];
    let new = [named("a", 2), named("c", 1)];
    let parse = |sources: &'static [Source]| sources.iter().map(document).collect::<Vec<_>>();
    let (old, new) = (parse(Vec::from(old).leak()), parse(Vec::from(new).leak()));
    let reports = compare_sets(&old, &new, &Options::default());
    reports.into_iter().map(|(_, report)| report).collect()
}

/// The comparison of two definitions with values of ten million characters, of which none is
/// harmless, and with a disk of such a name. They are read with the tenth of it, which is enough
/// to wait for.
pub fn enormous() -> Report {
    let repeated = |times| xml(&"<b>|`@me #1 \u{202e}\n::error::x".repeat(times));
    let (text, name) = (repeated(40_000), repeated(4_000));
    let definition = |version: u32| {
        let disk = match version {
            1 => format!("<disk><source file='/a'/><target dev='{name}'/></disk>"),
            _ => String::new(),
        };
        format!(
            "<domain type='kvm'><name>vm</name><title>{text}{version}</title>
<memory>{version}</memory><os><type>hvm</type></os><devices>{disk}</devices></domain>"
        )
    };
    let report = super::compare(&definition(1), &definition(2));
    with_texts(&report, &|text| match text.len() {
        100_000.. => text.repeat(10),
        _ => text.to_owned(),
    })
}

/// All kinds of reports about one text.
pub fn reports(text: &str) -> Vec<Report> {
    let mut reports = vec![comparison(text), check(text)];
    reports.extend(set(text));
    let accepted = reports[0].findings.iter_mut().step_by(2);
    accepted.for_each(|finding| {
        finding.accepted = true;
        finding.acceptance = Some(Acceptance {
            reason: text.to_owned(),
            owner: Some(text.to_owned()),
            expires: None,
        });
    });
    reports
}

/// The report with every text in it that is from outside put through `map`, all else as it is.
pub fn with_texts(report: &Report, map: &dyn Fn(&str) -> String) -> Report {
    let mut report = report.clone();
    let set = |text: &mut String| *text = map(text);
    let all = |texts: &mut Vec<String>| texts.iter_mut().for_each(set);
    for input in [&mut report.old, &mut report.new].into_iter().flatten() {
        set(&mut input.path);
        input.name.iter_mut().for_each(set);
        input.uuid.iter_mut().for_each(set);
    }
    report
        .findings
        .iter_mut()
        .for_each(|finding| texts_of(finding, map));
    report
        .unmodelled
        .iter_mut()
        .for_each(|part| set(&mut part.path));
    report.notes.iter_mut().for_each(|note| set(&mut note.text));
    for host in &mut report.hosts {
        set(&mut host.name);
        set(&mut host.cpu.message);
        for texts in [
            &mut host.cpu.missing,
            &mut host.cpu.forbidden,
            &mut host.cpu.extra,
        ] {
            all(texts);
        }
        all(&mut host.cpu.unknown);
        all(&mut host.cpu.notes);
        let sources = std::mem::take(&mut host.cpu.sources);
        host.cpu.sources = sources
            .into_iter()
            .map(|(name, by)| (map(&name), map(&by)))
            .collect();
        host.findings
            .iter_mut()
            .for_each(|finding| texts_of(finding, map));
        host.cell
            .worst
            .iter_mut()
            .for_each(|worst| set(&mut worst.message));
        host.cell
            .steps
            .iter_mut()
            .for_each(|step| set(&mut step.help));
    }
    report
}

fn texts_of(finding: &mut Finding, map: &dyn Fn(&str) -> String) {
    let set = |text: &mut String| *text = map(text);
    for text in [&mut finding.path, &mut finding.message, &mut finding.help] {
        set(text);
    }
    set(&mut finding.fingerprint);
    finding.apply.command.iter_mut().for_each(set);
    let differed = value(&finding.old) != value(&finding.new);
    for place in [&mut finding.old, &mut finding.new].into_iter().flatten() {
        place.value.iter_mut().for_each(set);
        place
            .snippet
            .iter_mut()
            .for_each(|snippet| set(&mut snippet.text));
    }
    // What differed still does.
    if differed
        && value(&finding.old) == value(&finding.new)
        && let Some(text) = finding.new.as_mut().and_then(|place| place.value.as_mut())
    {
        let last = text.pop();
        text.push(if last == Some('h') { 'g' } else { 'h' });
    }
    if let Some(acceptance) = &mut finding.acceptance {
        set(&mut acceptance.reason);
        acceptance.owner.iter_mut().for_each(set);
    }
}

fn value(place: &Option<Place>) -> Option<&String> {
    place.as_ref().and_then(|place| place.value.as_ref())
}

/// A text of which no reader can make anything but a word, as long as the other one. A text of
/// several lines is shown otherwise than one of a line, as a long one is: it becomes a long one.
pub fn harmless(text: &str) -> String {
    const LONG: usize = 100;
    let letter = |c: char| char::from(b'g' + (u32::from(c) % 20) as u8);
    let mut word: String = text.chars().map(letter).collect();
    while text.contains('\n') && word.len() < LONG {
        word.push('g');
    }
    word
}
