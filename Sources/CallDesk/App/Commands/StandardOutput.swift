// The C library's standard output is a variable to Swift; nothing ever sets it.
@preconcurrency import Glibc

/// What `print` writes to, as the C library keeps it.
enum StandardOutput {
    /// Hands on what was printed so far; false when some of it, now or before, could not be written.
    static func isWhole() -> Bool { fflush(stdout) == 0 && ferror(stdout) == 0 }
}
