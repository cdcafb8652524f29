//! Memory for large texts.

use std::hint::black_box;
use std::sync::Once;

/// A few texts of this size are more than glibc keeps by itself: 128 KiB, its `M_TRIM_THRESHOLD`.
const LARGE: usize = 32 << 10;

/// Twice as much is kept; glibc raises its threshold for no larger block than one of 32 MiB.
const KEPT: usize = 16 << 20;

/// Has the process keep the memory of large texts for the next ones. A fifth to a quarter of a large read goes into giving memory back to the
/// system and taking it anew, page by page, unless a large block was freed before: that raises the thresholds (`mallopt(3)`, `M_MMAP_THRESHOLD`).
/// This one is never written to, so that it costs nothing itself. Where the thresholds are set by the environment they stay what they are, and
/// other allocators take no notice.
pub(super) fn keep_for(length: usize) {
    static ONCE: Once = Once::new();
    if length >= LARGE {
        ONCE.call_once(|| drop(black_box(Vec::<u8>::with_capacity(KEPT))));
    }
}
