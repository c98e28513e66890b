#![no_main]

use attestry_exchange::foreign;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    foreign::scenario_csv(bytes);
});
