//! The `domdiff` command.

fn main() {}
