import Foundation

/// The process's open files: every connection, every stream and every database connection is one.
enum OpenFiles {
    /// With fewer in all, doctor warns: a few thousand desks would not all be let in.
    static let advised = 8_192
    /// With fewer left, new connections are about to be turned away.
    static let fewLeft = 256

    /// Raises the soft limit to the hard one; the kernel's default of 1,024 is for programs that know nothing else.
    ///
    /// - Returns: the limit that holds now.
    @discardableResult
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return 0 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(kind, &limit)
        }
        return self.limit
    }

    /// How many may be open at once.
    static var limit: Int {
        var limit = rlimit()
        return getrlimit(kind, &limit) == 0 ? Int(clamping: limit.rlim_cur) : 0
    }

    /// How many are open now; nil where the kernel does not say.
    static var open: Int? { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count }

    /// What `/ready` says of them.
    static func report(open: Int?, limit: Int) -> ReadinessReport {
        guard let open else { return .ready("at most \(limit)") }
        let left = max(0, limit - open)
        guard left < fewLeft else { return .ready("\(left) of \(limit) left") }
        return .failing(
            "\(left) of \(limit) left",
            remedy: "raise LimitNOFILE of the service; until then new connections are turned away"
        )
    }

    /// What doctor says of a limit; nil when it is enough.
    static func trouble(limit: Int) -> String? {
        guard limit < advised else { return nil }
        return "the limit of open files is \(limit); set LimitNOFILE to \(advised) or more (see docs/operations.md)"
    }

    private static var kind: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
