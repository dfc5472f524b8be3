//! domdiff's predictions against real migrations.
//!
//! Two isolated libvirt hosts with real QEMU guests (emulation, 16 MiB, a boot sector that
//! counts). For each case the facts of the destination are gathered and the guest is checked as an
//! operator would do it; then the guest is migrated. What domdiff calls migratable has to move and
//! to go on counting there; what it calls blocked has to be refused, for the reason that it gave.
//!
//! The cases are tables: `moves.rs` and `refusals.rs`. `DOMDIFF_CASES` runs only those whose names hold a
//! word, to work on one.

mod case;
mod gate;
mod hook;
mod hosts;
mod moves;
mod refusals;
mod run;

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use case::Case;
use hosts::Site;
use run::Outcome;

/// Pairs of hosts that work through the table side by side.
const LANES: usize = 2;

#[test]
fn every_prediction_comes_true() {
    let wanted = std::env::var("DOMDIFF_CASES").unwrap_or_default();
    let tables = moves::CASES.iter().chain(refusals::CASES);
    let cases: Vec<&Case> = tables.filter(|case| case.name.contains(&wanted)).collect();
    assert!(!cases.is_empty(), "no case is called {wanted}");
    let started = Instant::now();
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    hosts::check_machine();
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                let site = Site::up();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    let begin = Instant::now();
                    let mut outcome = run::run(&site, case);
                    outcome
                        .happened
                        .push_str(&format!(" [{:.1}s]", begin.elapsed().as_secs_f32()));
                    outcomes.lock().expect("no lane fails").push((at, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("no lane fails");
    outcomes.sort_by_key(|(at, _)| *at);
    let mut table = "\ncase | predicted | happened\n".to_owned();
    for (at, outcome) in &outcomes {
        let (predicted, happened) = (&outcome.predicted, &outcome.happened);
        table += &format!("{:<28} | {predicted:<40} | {happened}\n", cases[*at].name);
        for wrong in &outcome.wrong {
            table += &format!("    WRONG: {wrong}\n");
        }
    }
    let wrong = outcomes
        .iter()
        .filter(|(_, outcome)| !outcome.wrong.is_empty())
        .count();
    table += &format!(
        "{} cases, {} predictions right, in {} s\n",
        outcomes.len(),
        outcomes.len() - wrong,
        started.elapsed().as_secs()
    );
    // The table is for whoever reads the run, also of one that succeeds.
    let _ = std::io::stderr().write_all(table.as_bytes());
    assert_eq!(outcomes.len(), cases.len(), "cases without an outcome");
    assert_eq!(wrong, 0, "wrong predictions");
}
