//! What a host offers: facts read by CPUID, or from a file.
