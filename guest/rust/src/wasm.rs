//! What is there in a module alone: the host's functions, as `docs/abi.md` has them, and memory. All that is unsafe in this
//! crate is here.
#![allow(unsafe_code)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::UnsafeCell;

use crate::answer::Level;
use crate::bump::Bump;
use crate::metric::MetricType;
use crate::read::Source;

mod imports {
    /// What WASI calls a ciovec.
    #[repr(C)]
    pub struct Vector {
        pub at: *const u8,
        pub len: usize,
    }

    #[link(wasm_import_module = "solti")]
    extern "C" {
        pub fn spec_get(pointer: *const u8, len: usize, buf: *mut u8, limit: usize) -> i32;
        pub fn config_get(pointer: *const u8, len: usize, buf: *mut u8, limit: usize) -> i32;
        pub fn task_get(pointer: *const u8, len: usize, buf: *mut u8, limit: usize) -> i32;
        pub fn env_get(key: *const u8, len: usize, buf: *mut u8, limit: usize) -> i32;
        pub fn reply(text: *const u8, len: usize);
        pub fn log(level: i32, text: *const u8, len: usize);
        pub fn metric_add(name: *const u8, len: usize, labels: *const u8, labels_len: usize, value: f64);
        pub fn metric_set(name: *const u8, len: usize, labels: *const u8, labels_len: usize, value: f64);
        pub fn metric_observe(name: *const u8, len: usize, labels: *const u8, labels_len: usize, value: f64);
    }

    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    extern "C" {
        pub fn fd_write(fd: i32, vectors: *const Vector, n: usize, written: *mut usize) -> i32;
    }
}

/// Marks the ABI.
#[no_mangle]
extern "C" fn solti_abi_v1() {}

pub fn get(source: Source, key: &str, buf: &mut [u8]) -> i32 {
    let get = match source {
        Source::Spec => imports::spec_get,
        Source::Config => imports::config_get,
        Source::Task => imports::task_get,
        Source::Env => imports::env_get,
    };
    // SAFETY: the host reads key, and writes at most buf.len() bytes to buf. It keeps neither.
    unsafe { get(key.as_ptr(), key.len(), buf.as_mut_ptr(), buf.len()) }
}

pub fn reply(text: &str) {
    // SAFETY: the host copies the text.
    unsafe { imports::reply(text.as_ptr(), text.len()) }
}

pub fn log(level: Level, text: &str) {
    // SAFETY: the host copies the text.
    unsafe { imports::log(level as i32, text.as_ptr(), text.len()) }
}

pub fn metric(metric: MetricType, name: &str, labels: &str, value: f64) {
    let record = match metric {
        MetricType::Counter => imports::metric_add,
        MetricType::Gauge => imports::metric_set,
        MetricType::Histogram => imports::metric_observe,
    };
    // SAFETY: the host copies both texts.
    unsafe { record(name.as_ptr(), name.len(), labels.as_ptr(), labels.len(), value) }
}

pub fn print(text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let vector = imports::Vector { at: rest.as_ptr(), len: rest.len() };
        let mut written = 0;
        // SAFETY: the host reads the one vector and its text, and writes the one number.
        let errno = unsafe { imports::fd_write(1, &vector, 1, &mut written) };
        if errno != 0 || written == 0 {
            return;
        }
        rest = rest.get(written..).unwrap_or_default();
    }
}

/// What the panic handler of a crate without std calls: logs the panic as an error, and traps.
pub fn panicked(info: &core::panic::PanicInfo) -> ! {
    log(Level::Error, &alloc::string::ToString::to_string(info));
    wasm32::unreachable()
}

/// The memory of a crate without std, as its `#[global_allocator]`. It is a bump allocator: taking memory costs next to
/// nothing, and what was taken is used anew once everything is freed. That is the case at the end of each call of a runner
/// that keeps nothing in statics, which it should not do anyway. One that does keep something there takes more memory with
/// each call.
pub struct Arena(UnsafeCell<Bump>);

// SAFETY: a runner is one thread: the host admits no module with shared memory.
unsafe impl Sync for Arena {}

impl Arena {
    /// Returns an arena without memory.
    pub const fn new() -> Arena {
        Arena(UnsafeCell::new(Bump::new()))
    }
}

impl Default for Arena {
    fn default() -> Arena {
        Arena::new()
    }
}

/// Grows the memory by at least `size` bytes.
fn more(size: usize) -> Option<(usize, usize)> {
    const PAGE: usize = 65536;
    let pages = size.div_ceil(PAGE);
    let before = wasm32::memory_grow(0, pages);
    if before == usize::MAX {
        return None;
    }
    Some((before * PAGE, (before + pages) * PAGE))
}

// SAFETY: memory that grew belongs to nobody else. Bump gives no byte of it to two pieces, and none to be used anew before
// it was freed, as its tests show. The references to it end within each method, and none of them calls another.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match (*self.0.get()).alloc(layout.size(), layout.align(), more) {
            Some(at) => at as *mut u8,
            None => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        (*self.0.get()).free(at as usize, layout.size());
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if (*self.0.get()).extend(at as usize, layout.size(), size) {
            return at;
        }
        let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
        if !new.is_null() {
            core::ptr::copy_nonoverlapping(at, new, size.min(layout.size()));
            self.dealloc(at, layout);
        }
        new
    }
}
