/// The secrets a subscriber had before, each of which signs on for a day, as `webhook.old_secret` holds them.
///
/// The newest first, with blanks between; the row's `old_until` is the end of the first, each other one names its own behind
/// an `@`, in milliseconds since 1970: `vault:… vault:…@1700000000000`.
struct FormerSecrets: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var stored: String
        var until: Moment
    }

    /// Each is a signature of some fifty octets in a header, of which receivers take eight thousand.
    static let most = 10

    private(set) var entries: [Entry]

    /// Those that still sign.
    init(_ text: String?, until: Moment?, at now: Moment) {
        entries = (text ?? "").split(separator: " ").compactMap { word in
            let parts = word.split(separator: "@", maxSplits: 1)
            guard let stored = parts.first,
                let end = parts.count > 1 ? Int64(parts[1]).map(Moment.init(milliseconds:)) : until, end > now
            else { return nil }
            return Entry(stored: String(stored), until: end)
        }
    }

    /// The one that was the subscriber's until now.
    ///
    /// Beyond `most` the second newest goes: the eldest is what a receiver that was never given a new one still has.
    mutating func add(_ stored: String, until: Moment) {
        entries = [Entry(stored: stored, until: until)] + entries.suffix(Self.most - 1)
    }

    var text: String? {
        guard let first = entries.first else { return nil }
        return ([first.stored] + entries.dropFirst().map { "\($0.stored)@\($0.until.milliseconds)" })
            .joined(separator: " ")
    }

    /// The end of the first, which is the last to end.
    var until: Moment? { entries.first?.until }
}
