#![no_main]

use attestry_ledger::foreign;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| foreign::note(bytes));
