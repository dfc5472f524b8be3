//! The report as JSON: the keys are a contract.

use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::escape::{disarmed, is_unsafe};
use super::{Look, Report};

/// Prints a report as one indented object.
pub(super) fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    if look.summary {
        pretty(&report.without_details(), out)
    } else {
        pretty(report, out)
    }
}

/// Prints reports as an indented array.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if look.summary {
        let reports: Vec<Report> = reports.iter().map(Report::without_details).collect();
        pretty(&reports, out)
    } else {
        pretty(&reports, out)
    }
}

/// Prints a report as one line.
pub(super) fn render_line(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    if look.summary {
        print(&report.without_details(), CompactFormatter, out)
    } else {
        print(report, CompactFormatter, out)
    }
}

/// Prints a value as indented JSON and a newline. What could do harm on a
/// terminal is written as `\uXXXX`, controls that JSON allows raw included.
///
/// # Errors
///
/// What writing to `out` says.
pub fn pretty(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    print(value, PrettyFormatter::new(), out)
}

fn print(
    value: &impl Serialize,
    formatter: impl Formatter,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, Visible(formatter));
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// A formatter that also escapes what [`is_unsafe`] names.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // A string never begins a line.
        let fragment = &*disarmed(fragment, false, |_| "\\u005b");
        if fragment.is_ascii() && !fragment.contains('\x7f') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        let mut start = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&fragment.as_bytes()[start..at])?;
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            start = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[start..])
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        char_escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(writer, char_escape)
    }

    // What a formatter lays out is left to the one inside.
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_dangerous_comes_through_and_everything_comes_back() {
        let mut nasty: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        nasty.push_str("##[error]");
        let mut out = Vec::new();
        pretty(&nasty, &mut out).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.trim_end().chars().any(is_unsafe));
        assert!(!json.contains("##["));
        assert!(serde_json::from_str::<String>(&json).unwrap() == nasty);
    }
}
