//! For authors of soltiwasm runners in Rust. `docs/abi.md` is the contract, `docs/writing-runners.md` has the commands
//! that build a runner.
//!
//! ```
//! use soltiwasm_guest::{reply, success, BuildStatus, RunStatus, SPEC};
//! #[no_mangle] extern "C" fn name() { reply("hello") }
//! #[no_mangle] extern "C" fn supports() -> bool { SPEC.has("/kind/hello") }
//! #[no_mangle] extern "C" fn build() -> BuildStatus { BuildStatus::Ok }
//! #[no_mangle] extern "C" fn run() -> RunStatus { success("hello, world") }
//! ```
//!
//! The author's crate has the type `cdylib` and is built for `wasm32-unknown-unknown`. `solti_abi_v1` is exported by this
//! one. Which function may be called in which phase is in `docs/abi.md`, section 4; the host ends a call that breaks it.
//!
//! # Tests
//!
//! Outside of a module there is no host. Natively this crate has one for unit tests instead, `fake::Host`: `cargo test`
//! is all that they need.
//!
//! # With std
//!
//! Nothing is to be set up. What std prints to its standard output is lost on this target, [`print`] isn't; a panic's
//! message is lost as well, unless
//!
//! ```
//! use soltiwasm_guest::{log, Level};
//! #[no_mangle] extern "C" fn _initialize() {
//!     std::panic::set_hook(Box::new(|info| log(Level::Error, &info.to_string())));
//! }
//! ```
//!
//! # Without std
//!
//! Modules become smaller. This crate needs `alloc` and nothing else of the library, so the author's crate says where
//! memory comes from and what a panic does, for which there are `Arena` and `panicked`:
//!
//! ```ignore
//! #![cfg_attr(target_arch = "wasm32", no_std)]
//!
//! #[cfg(target_arch = "wasm32")]
//! #[global_allocator]
//! static ARENA: soltiwasm_guest::Arena = soltiwasm_guest::Arena::new();
//!
//! #[cfg(target_arch = "wasm32")]
//! #[panic_handler]
//! fn panic(info: &core::panic::PanicInfo) -> ! {
//!     soltiwasm_guest::panicked(info)
//! }
//! ```
#![no_std]
#![deny(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(not(target_arch = "wasm32"))]
extern crate std;

mod answer;
#[cfg(any(target_arch = "wasm32", test))]
mod bump;
#[cfg(not(target_arch = "wasm32"))]
pub mod fake;
mod json;
mod metric;
mod object;
mod read;
mod task;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
use fake as host;
#[cfg(target_arch = "wasm32")]
use wasm as host;

pub use answer::{
    built, failure, fatal, internal, invalid, log, missing, print, reply, success, unsupported, BuildStatus, Level,
    RunStatus,
};
pub use metric::{Counter, Gauge, Histogram};
pub use object::Object;
pub use read::{pointer, Document, Env, Variable, CONFIG, ENV, SPEC, TASK};
pub use task::{Action, Process, Task, Wasm};
#[cfg(target_arch = "wasm32")]
pub use wasm::{panicked, Arena};
