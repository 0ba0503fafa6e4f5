//! Writes the cases of re-anchoring into a folder, one JSON file each, for the measurements.
//!
//! `cargo run --release --example anchoring_cases -- FOLDER [SEED]`
#[path = "../tests/cases/mod.rs"]
mod cases;

use std::path::Path;

use cases::{KINDS, Kind, Tongue, case};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target/anchoring-cases".to_owned());
    let seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    std::fs::create_dir_all(&folder)?;
    for tongue in [Tongue::Vi, Tongue::En] {
        for kind in KINDS {
            // English has no tones to move.
            if kind == Kind::Tones && tongue == Tongue::En {
                continue;
            }
            for (size, passages) in [(100_000, 300), (1_000_000, 1_000)] {
                let case = case(tongue, kind, size, passages, seed);
                let path = Path::new(&folder).join(format!("{}.json", case.id));
                std::fs::write(path, serde_json::to_string(&case)?)?;
            }
        }
    }
    Ok(())
}
