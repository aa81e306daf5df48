#![no_main]

#[allow(dead_code, reason = "each target uses one of them")]
#[path = "all.rs"]
mod all;

libfuzzer_sys::fuzz_target!(|data: &[u8]| all::reference(data));
