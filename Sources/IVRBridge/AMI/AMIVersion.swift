/// Which version of the manager interface a PBX speaks, as its greeting and `CoreSettings` say.
public struct AMIVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    public var major: Int
    public var minor: Int

    /// The oldest that is followed: before 2.0 (Asterisk 12) events carry no Linkedid, so that no leg can be told to
    /// belong to a call.
    public static let oldest = AMIVersion(major: 2, minor: 0)

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// `11.0.0`, or nil for what is no version.
    public init?(_ text: some StringProtocol) {
        let parts = text.trimmingPrefix(" ").split(separator: ".", maxSplits: 2)
        guard let first = parts.first, let major = Int(first), (0...999).contains(major) else { return nil }
        self.major = major
        minor = parts.count > 1 ? Int(parts[1].prefix { $0.isNumber }) ?? 0 : 0
    }

    /// `Asterisk Call Manager/5.0.4`; nil for a greeting that names no version, as a proxy's may.
    public init?(greeting: String) {
        guard let slash = greeting.lastIndex(of: "/") else { return nil }
        self.init(greeting[greeting.index(after: slash)...])
    }

    public static func < (one: AMIVersion, two: AMIVersion) -> Bool {
        (one.major, one.minor) < (two.major, two.minor)
    }

    public var description: String { "\(major).\(minor)" }

    /// What to say of a PBX that is too old to be followed, nil of any other.
    public var trouble: String? {
        guard self < Self.oldest else { return nil }
        return "the PBX speaks AMI \(self) (Asterisk 11 or older), which tells too little to follow its calls; "
            + "AMI \(Self.oldest) (Asterisk 12) or newer is needed"
    }
}
