import CLoader

/// Pages of the program and its libraries that only the start needed: code that ran once, tables that were looked through.
///
/// They are the files' own, and the kernel keeps them in its cache as long as it has room. As long as they are mapped they
/// count as the process's memory, and are the last that the kernel gives to others.
enum StartPages {
    /// Takes them out of the process; those that are used after all are mapped again when they are touched.
    static func letGo() { _ = cloader_let_go() }
}
