//! What the system says of this process. Where it does not say, nothing is measured: absent is not zero.

use crate::known::{PROCESS_CPU_MICROS, PROCESS_OPEN_FDS, PROCESS_RESIDENT_BYTES, PROCESS_THREADS};
use crate::meter::Meter;

/// Looks at time on processors, memory, open files and threads.
pub(crate) fn measure(meter: &Meter) {
    if let Some(status) = status() {
        meter.gauge(&PROCESS_RESIDENT_BYTES, &[]).set(status.resident_bytes as f64);
        meter.gauge(&PROCESS_THREADS, &[]).set(status.threads as f64);
    }
    if let Some(micros) = cpu_micros() {
        meter.counter(&PROCESS_CPU_MICROS, &[]).raise_to(micros);
    }
    if let Some(open) = open_files() {
        meter.gauge(&PROCESS_OPEN_FDS, &[]).set(open as f64);
    }
}

struct Status {
    resident_bytes: u64,
    threads: u64,
}

#[cfg(target_os = "linux")]
fn status() -> Option<Status> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let number = |name: &str| -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some(Status { resident_bytes: number("VmRSS:")? * 1024, threads: number("Threads:")? })
}

#[cfg(target_os = "linux")]
fn open_files() -> Option<usize> {
    // Less the folder itself, which is open while it is read.
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1))
}

/// Time on processors since the start, in microseconds.
#[cfg(target_os = "linux")]
fn cpu_micros() -> Option<u64> {
    /// What Linux counts in, whatever the machine's own clock does (`USER_HZ`).
    const TICKS_A_SECOND: u64 = 100;
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold spaces; what follows it does not. User and system time are the 14th and 15th field.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) * (1_000_000 / TICKS_A_SECOND))
}

#[cfg(not(target_os = "linux"))]
fn status() -> Option<Status> {
    None
}

#[cfg(not(target_os = "linux"))]
fn open_files() -> Option<usize> {
    None
}

#[cfg(not(target_os = "linux"))]
fn cpu_micros() -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_files_and_threads() {
        let before = cpu_micros().unwrap();
        let mut work = 1u64;
        let begun = std::time::Instant::now();
        while begun.elapsed().as_millis() < 60 {
            work = std::hint::black_box(work.wrapping_mul(31));
        }
        assert!(cpu_micros().unwrap() > before);
        let status = status().unwrap();
        assert!(status.resident_bytes > 1 << 20 && status.threads >= 1);
        let held = std::fs::File::open("/dev/null").unwrap();
        let open = open_files().unwrap();
        drop(held);
        assert!(open >= 4, "{open}");
    }
}
