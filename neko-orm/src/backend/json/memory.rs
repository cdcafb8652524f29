//! Memory for large texts.

use std::hint::black_box;
use std::sync::Once;

/// A few texts of this size are more than glibc keeps by itself: 128 KiB, its `M_TRIM_THRESHOLD`.
const LARGE: usize = 32 << 10;

/// Twice as much is kept, of each thread.
const KEPT: usize = 8 << 20;

/// Has the process keep the memory of large texts for the next ones. A fifth to a quarter of a large read goes into giving memory back to the
/// system and taking it anew, page by page, unless a large block was freed before: that raises the thresholds (`mallopt(3)`, `M_MMAP_THRESHOLD`).
/// This one is never written to, so that it costs nothing itself, and nothing depends on it. Where the thresholds are set by the environment they
/// stay what they are, and other allocators take no notice.
pub(super) fn keep_for(length: usize) {
    static ONCE: Once = Once::new();
    if length >= LARGE {
        ONCE.call_once(|| {
            let mut block = Vec::<u8>::new();
            let _is_there = block.try_reserve_exact(KEPT);
            drop(black_box(block));
        });
    }
}
