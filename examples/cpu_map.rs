//! Writes the built-in CPU map anew: `cargo run --example cpu_map -- DIR [SOURCE]`.
//!
//! DIR is the CPU map of an installed libvirt (Debian: /usr/share/libvirt/cpu_map) or a folder in
//! domdiff's own JSON form. SOURCE names the release the facts come from, since libvirt's files do
//! not: `"CPU map of the libvirt project, version 12.8.0"`. With `--json OUT` the map is written
//! in the JSON form to the folder OUT instead.

use std::error::Error;
use std::path::{Path, PathBuf};

use domdiff::cpu::map::{CpuMap, json_files, rust_source};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let json = match words.iter().position(|word| word == "--json") {
        Some(at) if at + 1 < words.len() => {
            words.remove(at);
            Some(PathBuf::from(words.remove(at)))
        }
        _ => None,
    };
    let folder = words
        .first()
        .ok_or("usage: cpu_map DIR [SOURCE] [--json OUT]")?;
    let mut map = CpuMap::load(Path::new(folder))?;
    if let Some(source) = words.get(1) {
        map = map.with_source(source);
    }
    match json {
        Some(out) => {
            std::fs::create_dir_all(&out)?;
            for file in json_files(&map) {
                std::fs::write(out.join(file.name), file.text)?;
            }
        }
        None => {
            let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cpu/map/table");
            for (name, text) in rust_source(&map)? {
                std::fs::write(table.join(name), text)?;
            }
        }
    }
    Ok(())
}
