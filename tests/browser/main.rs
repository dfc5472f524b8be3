//! The HTML page in a real browser: three reports in both widths and colour schemes, with and
//! without scripts, and on paper.
//!
//! Pictures of what was seen are kept in `target/browser/`. `DOMDIFF_UPDATE=1 cargo test --test
//! browser` writes the one in README.md anew.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps fails with the place"
)]

#[path = "../common/mod.rs"]
mod common;
mod devtools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{hostile, testdata};
use devtools::Browser;
use domdiff::report::{Canonical, Format, Look, Report, render_all};
use serde_json::json;

/// Where pages and pictures are kept.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../browser");
    fs::create_dir_all(&folder).unwrap();
    fs::canonicalize(folder).unwrap()
}

/// What the command prints, as a file.
fn printed(name: &str, arguments: &[&str]) -> PathBuf {
    let file = folder().join(format!("{name}.html"));
    let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(arguments)
        .args([
            "--format",
            "html",
            "--fail-on",
            "never",
            "--no-config",
            "-o",
        ])
        .arg(&file)
        .current_dir(testdata(""))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    file
}

fn pair() -> PathBuf {
    printed("pair", &["domains/web01-old.xml", "domains/web01-new.xml"])
}

fn check() -> PathBuf {
    let domains = [
        "domains/web01-new.xml",
        "domains/web-small.xml",
        "domains/windows-desktop.xml",
        "domains/passthrough.xml",
        "domains/numa-database.xml",
        "domains/nova-compute.xml",
    ];
    let hosts = [
        "--host=hosts/vm-epyc.json",
        "--host=hosts/kvm-skylake-domcaps.xml",
        "--host=hosts/vm-epyc-capabilities.xml",
    ];
    let arguments: Vec<&str> = ["check"].into_iter().chain(domains).chain(hosts).collect();
    printed("check", &arguments)
}

/// A large one, of texts that try to be more, in every place of the report.
fn hostile_page() -> PathBuf {
    let all = hostile::TEXTS.concat();
    let text = format!("{}{}", all.replace('\n', " "), "x".repeat(300));
    let mut report = hostile::comparison("vm");
    report.findings = report
        .findings
        .iter()
        .cycle()
        .take(1_500)
        .cloned()
        .collect();
    let mut report = hostile::with_texts(&report, &|_| text.clone());
    let side = |n| {
        format!(
            "<domain>\n{}</domain>\n",
            format!("  <a b='{n}'>{text}</a>\n").repeat(40)
        )
    };
    report.canonical = Some(Canonical {
        old: side(1),
        new: side(2),
    });
    let check = hostile::with_texts(&hostile::check("vm"), &|_| text.clone());
    let reports: Vec<Report> = vec![report, check];
    let mut page = Vec::new();
    render_all(&reports, Format::Html, &Look::default(), &mut page).unwrap();
    let file = folder().join("hostile.html");
    fs::write(&file, page).unwrap();
    file
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_page_is_readable_in_both_widths_and_colour_schemes() {
    let measure = include_str!("measure.js");
    let mut browser = Browser::start(&folder());
    for file in [pair(), check(), hostile_page()] {
        let name = name(&file);
        let mut backgrounds = Vec::new();
        for scheme in ["light", "dark"] {
            for (width, height) in [(1280, 800), (390, 844)] {
                let about = format!("{name}, {scheme}, {width} pixels");
                browser.show(width, height, "screen", scheme);
                browser.open(&file);
                let complaints = browser.complaints();
                assert!(complaints.is_empty(), "{about}: {complaints:#?}");
                let picture = browser.screenshot();
                // What is folded has to be readable too.
                browser.value(
                    "document.querySelectorAll('details').forEach((d) => { d.open = true; })",
                );
                let seen = browser.value(measure);
                assert!(seen["texts"].as_u64() > Some(50), "{about}: {seen:#}");
                assert_eq!(seen["verdictInView"], true, "{about}: {seen:#}");
                assert_eq!(seen["overflow"], 0, "{about}: {seen:#}");
                for problem in ["pale", "small", "outside"] {
                    assert_eq!(seen[problem], json!([]), "{about}: {problem}");
                }
                backgrounds.push(seen["background"].clone());
                fs::write(
                    folder().join(format!("{name}-{width}-{scheme}.png")),
                    &picture,
                )
                .unwrap();
                if (name.as_str(), scheme, width) == ("pair", "light", 1280) {
                    readme_picture(&picture);
                }
            }
        }
        assert_eq!(backgrounds[0], backgrounds[1], "{name}");
        assert_ne!(backgrounds[1], backgrounds[2], "{name}");
    }
}

/// The picture in README.md is one of these: it is there, small, and written on demand.
fn readme_picture(picture: &[u8]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("docs/images/report.png");
    if std::env::var_os("DOMDIFF_UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, picture).unwrap();
    }
    let length = fs::metadata(&file).unwrap().len();
    assert!(length < 150_000, "{length} bytes");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.contains("(docs/images/report.png)"));
}

#[test]
fn folding_and_filter_work() {
    let mut browser = Browser::start(&folder());
    browser.show(1280, 800, "screen", "light");
    browser.open(&check());
    let count =
        "[...document.querySelectorAll('.item')].filter((item) => item.checkVisibility()).length";
    let open = "document.querySelectorAll('.rule[open]').length";
    browser.value("document.querySelector('[name=unfold]').click()");
    let all = browser.value(count).as_u64().unwrap();
    let total = browser.value("document.querySelectorAll('.item').length");
    assert_eq!(total, all);
    assert_eq!(browser.value("document.querySelector('output').value"), "");

    let of = |selector: &str| format!("document.querySelectorAll('{selector}').length");
    let errors = browser
        .value(&of(".item[data-level=error]"))
        .as_u64()
        .unwrap();
    assert!(errors > 0);
    browser.value("document.querySelector('[value=error]').click()");
    assert_eq!(browser.value(count), all - errors);
    let told = format!("{} of {all} findings", all - errors);
    assert_eq!(
        browser.value("document.querySelector('output').value"),
        told.as_str()
    );
    assert_eq!(browser.value(&of(".group.error:not([hidden])")), 0);
    browser.value("document.querySelector('[value=error]').click()");
    assert_eq!(browser.value(count), all);

    let choose = |what: &str, value: &str| {
        format!(
            "{{ const field = document.querySelector('[name={what}]'); field.value = '{value}'; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
        )
    };
    browser.value(&choose("impact", "migration"));
    let of_impact = browser.value(&of(".item[data-impact=migration]"));
    assert!(of_impact.as_u64() > Some(0) && of_impact.as_u64() < Some(all));
    assert_eq!(browser.value(count), of_impact);
    browser.value(&choose("impact", ""));
    browser.value(&choose("text", "DISK/local-storage"));
    let found = browser.value(count).as_u64().unwrap();
    assert!(found > 0 && found < all, "{found} of {all}");
    browser.value(&choose("text", "nothing is called so"));
    assert_eq!(browser.value(count), 0);
    browser.value(&choose("text", ""));

    browser.value("document.querySelector('[name=fold]').click()");
    assert_eq!(browser.value(open), 0);
    // A cell of the matrix leads to its host, and what it leads to is unfolded.
    browser.value("document.querySelector('.matrix td a').click()");
    let target = "document.querySelector(document.querySelector('.matrix td a').hash).getBoundingClientRect().top";
    browser
        .value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert!(browser.value(target).as_f64().unwrap().abs() < 800.0);
    assert!(
        browser.complaints().is_empty(),
        "{:#?}",
        browser.complaints()
    );
}

#[test]
fn the_page_is_used_by_keyboard() {
    let mut browser = Browser::start(&folder());
    browser.show(1280, 800, "screen", "light");
    browser.open(&pair());
    let focus = "document.activeElement.className + '|' + document.activeElement.tagName";
    browser.press("Tab", "");
    assert_eq!(browser.value(focus), "skip|A");
    let visible = "document.activeElement.getBoundingClientRect().left >= 0";
    assert_eq!(browser.value(visible), true);
    browser.press("Enter", "\r");
    assert_eq!(browser.value("document.activeElement.id"), "main");
    let mut seen = Vec::new();
    while browser.value("document.activeElement.tagName") != "SUMMARY" {
        browser.press("Tab", "");
        seen.push(browser.value("document.activeElement.name"));
        assert!(seen.len() < 20, "{seen:?}");
    }
    for field in ["level", "impact", "text", "fold", "unfold"] {
        assert!(seen.contains(&json!(field)), "{field} in {seen:?}");
    }
    let outline = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.value(outline), "solid");
    let open = "document.activeElement.parentElement.open";
    assert_eq!(browser.value(open), true);
    browser.press(" ", " ");
    assert_eq!(browser.value(open), false);
    let copy = "(async () => { const button = document.querySelector('.command button'); button.click(); \
                await new Promise((done) => setTimeout(done, 500)); \
                return button.textContent + '|' + getSelection(); })()";
    let copied = browser.value(copy);
    let copied = copied.as_str().unwrap();
    assert!(copied.starts_with("Copied|virsh "), "{copied}");
}

#[test]
fn everything_is_there_without_scripts() {
    let mut browser = Browser::start(&folder());
    browser.show(1280, 800, "screen", "light");
    browser.run_scripts(false);
    browser.open(&pair());
    let hidden = "[...document.querySelectorAll('.verdict, .rule > summary, .whole td.line:not(.none)')] \
                  .filter((element) => !element.checkVisibility()).length";
    assert_eq!(browser.value(hidden), 0);
    assert!(
        browser
            .value("document.querySelectorAll('.hunk ins').length")
            .as_u64()
            > Some(3)
    );
    assert_eq!(
        browser.value("document.getElementById('filter').checkVisibility()"),
        false
    );
    assert_eq!(
        browser.value("document.querySelectorAll('button').length"),
        2,
        "none to copy"
    );
    // What is folded unfolds.
    let closed = "document.querySelector('.info .rule:not([open])')";
    let place = format!(
        "(() => {{ const summary = {closed}.firstElementChild; summary.scrollIntoView({{ block: 'center' }}); \
         const box = summary.getBoundingClientRect(); return [box.left + 40, box.top + box.height / 2]; }})()"
    );
    let before = browser.value("document.querySelectorAll('.info .rule:not([open])').length");
    let at = browser.value(&place);
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({
            "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1,
        });
        browser.call("Input.dispatchMouseEvent", event);
    }
    let after = browser.value("document.querySelectorAll('.info .rule:not([open])').length");
    assert_eq!(after.as_u64(), before.as_u64().map(|count| count - 1));
}

#[test]
fn on_paper_all_findings_are_told() {
    /// A4 at 96 dots an inch.
    const PAPER: (u32, u32) = (794, 1123);
    let measure = include_str!("measure.js");
    let mut browser = Browser::start(&folder());
    for file in [pair(), check()] {
        let name = name(&file);
        browser.show(PAPER.0, PAPER.1, "print", "light");
        browser.open(&file);
        let seen = browser.value(measure);
        assert_eq!(seen["overflow"], 0, "{name}: {seen:#}");
        assert_eq!(seen["pale"], json!([]), "{name}");
        assert_eq!(seen["outside"], json!([]), "{name}");
        let folded = "document.querySelectorAll('.rule:not([open])').length";
        assert!(browser.value(folded).as_u64() > Some(0), "{name}");
        let untold = "[...document.querySelectorAll('.rule .where')].filter((element) => \
                      !element.checkVisibility({ contentVisibilityAuto: true }) || !element.offsetHeight).length";
        assert_eq!(browser.value(untold), 0, "{name}");
        let unusable = "[...document.querySelectorAll('.filter, button')] \
                        .filter((element) => element.checkVisibility()).length";
        assert_eq!(browser.value(unusable), 0, "{name}");
        let picture = browser.screenshot();
        fs::write(folder().join(format!("{name}-print.png")), picture).unwrap();
        let paper = browser.pdf();
        assert!(paper.starts_with(b"%PDF-"));
        fs::write(folder().join(format!("{name}.pdf")), paper).unwrap();
    }
}
