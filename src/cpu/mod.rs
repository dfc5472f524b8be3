//! CPU facts and the arithmetic on them: decode, compare, baseline.
