//! Rounds in which every contestant has its turn.

use harness::Workload;

use crate::Result;
use crate::contestant::{BASELINE, Contestant, Process, Turn};
use crate::options::{Options, Setting};

/// What was measured of one database.
pub struct Set {
    pub setting: &'static Setting,
    pub contestants: Vec<(&'static Contestant, String)>,
    pub rows: Vec<(Workload, Vec<Cell>)>,
}

/// One contestant in one workload.
pub enum Cell {
    Times { median: u64, tenth: u64, ratio: f64, rounds: usize },
    Unsupported(String),
}

impl Set {
    pub fn measure(setting: &'static Setting, mut processes: Vec<Process>, options: &Options) -> Result<Self> {
        let mut rows = Vec::new();
        for workload in options.workloads() {
            eprintln!("{}: {}", setting.title, workload.title());
            rows.push((workload, measure(workload, &mut processes, options)?));
        }
        let contestants = processes.iter().map(|process| (process.contestant, process.database.clone())).collect();
        Ok(Self { setting, contestants, rows })
    }
}

/// A contestant's state in one workload.
struct Entry {
    /// The position among the processes.
    process: usize,
    iterations: u64,
    /// Fewer than all, where they would take too long.
    rounds: usize,
    times: Vec<u64>,
}

fn measure(workload: Workload, processes: &mut [Process], options: &Options) -> Result<Vec<Cell>> {
    let (mut entries, mut unsupported) = (Vec::new(), Vec::new());
    let mut checksums: Vec<(&str, u64)> = Vec::new();
    for (position, process) in processes.iter_mut().enumerate() {
        match process.run(workload, 1)? {
            Turn::Unsupported(reason) => unsupported.push((position, reason)),
            Turn::Done { checksum, .. } => {
                checksums.push((process.contestant.name, checksum));
                let (iterations, time) = calibrate(workload, process, options.turn)?;
                let rounds = usize::try_from(options.budget / time.max(1))?.max(3).min(options.rounds);
                entries.push(Entry { process: position, iterations, rounds, times: Vec::new() });
            }
        }
    }
    agree(workload, &checksums)?;
    for round in 0..options.rounds {
        let count = entries.len();
        for turn in 0..count {
            let entry = &mut entries[(round + turn) % count];
            if round >= entry.rounds {
                continue;
            }
            let process = &mut processes[entry.process];
            if let Turn::Done { nanoseconds, checksum } = process.run(workload, entry.iterations)? {
                agree(workload, &[checksums[0], (process.contestant.name, checksum)])?;
                entry.times.push(nanoseconds);
            }
        }
    }
    let baseline = entries.iter().find(|entry| processes[entry.process].contestant.name == BASELINE);
    let baseline = baseline.map(|entry| entry.times.clone()).unwrap_or_default();
    let times = entries.into_iter().map(|entry| (entry.process, times(entry.times, &baseline)));
    let mut cells: Vec<_> =
        times.chain(unsupported.into_iter().map(|(at, why)| (at, Cell::Unsupported(why)))).collect();
    cells.sort_by_key(|(position, _)| *position);
    Ok(cells.into_iter().map(|(_, cell)| cell).collect())
}

/// All contestants must have found, or written, the same.
fn agree(workload: Workload, checksums: &[(&str, u64)]) -> Result<()> {
    match checksums.iter().find(|(_, checksum)| *checksum != checksums[0].1) {
        None => Ok(()),
        Some((name, _)) => Err(format!("{}: {} and {name} differ", workload.name(), checksums[0].0).into()),
    }
}

/// How many iterations take as long as a turn shall, once everything is warm, and how long that is.
fn calibrate(workload: Workload, process: &mut Process, turn: u64) -> Result<(u64, u64)> {
    let mut iterations = 1;
    loop {
        let Turn::Done { nanoseconds, .. } = process.run(workload, iterations)? else { return Ok((iterations, turn)) };
        let wanted = (turn / nanoseconds.max(1)).clamp(1, 10_000);
        if wanted <= iterations * 2 {
            return Ok((wanted, wanted * nanoseconds));
        }
        iterations = wanted.min(iterations * 10);
    }
}

fn times(mut times: Vec<u64>, baseline: &[u64]) -> Cell {
    let mut ratios: Vec<f64> = times.iter().zip(baseline).map(|(time, base)| *time as f64 / *base as f64).collect();
    ratios.sort_by(f64::total_cmp);
    times.sort_unstable();
    Cell::Times {
        rounds: times.len(),
        median: times[times.len() / 2],
        tenth: times[times.len() / 10],
        ratio: ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN),
    }
}
