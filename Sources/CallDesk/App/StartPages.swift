import CLoader

/// Pages of the program and its libraries that only the start needed: code that ran once, tables that were looked through.
///
/// They are the files' own, and the kernel keeps them in its cache as long as it has room. As long as they are mapped they
/// count as the process's memory, and are the last that the kernel gives to others.
enum StartPages {
    /// Lines, senders and the first round of every chore are under way by then.
    private static let afterStart = Duration.seconds(5)

    /// Takes them out of the process; those that are used after all are mapped again when they are touched.
    static func letGo() { _ = cloader_let_go() }

    /// Does so once the start is through, and then rests until it is cancelled.
    static func letGoOnce() async {
        try? await Task.sleep(for: afterStart)
        if !Task.isCancelled { letGo() }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    }
}
