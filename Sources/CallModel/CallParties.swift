/// The party of a call that is not the desk: who called, or whom the desk called.
public struct OtherParty: Sendable, Hashable {
    /// In E.164, where it can be one.
    public var number: String?
    /// As it was sent, or dialled without what the line puts before numbers outside.
    public var numberRaw: String?
    /// As the dialplan made it be shown.
    public var numberShown: String?
    public var name: String?
    public var isWithheld: Bool

    public init(
        number: String?,
        numberRaw: String?,
        numberShown: String? = nil,
        name: String? = nil,
        isWithheld: Bool = false
    ) {
        self.number = number
        self.numberRaw = numberRaw
        self.numberShown = numberShown
        self.name = name
        self.isWithheld = isWithheld
    }
}

extension CallSnapshot {
    /// Who the other party is.
    public var other: OtherParty {
        direction == .outbound
            ? OtherParty(number: dialledNumber, numberRaw: dialledOutside ?? dialled)
            : OtherParty(
                number: number,
                numberRaw: numberRaw,
                numberShown: numberShown,
                name: callerName,
                isWithheld: isWithheld
            )
    }

    /// The desk's own party that had the call last: who dialled an outgoing call or was passed it, who talked to the caller of
    /// another.
    public var deskParty: String? { direction == .outbound ? passedTo ?? callerParty : lastParty }

    /// The party whose technician has the call now, nil while nobody has it.
    public var holder: String? { deskParty ?? answeredBy }
}

/// How a line's numbers are read, once, where they enter.
public struct LineNumbers: Sendable {
    /// A number in E.164, nil for what can be none.
    public let e164: @Sendable (String) -> String?
    /// What the line puts before numbers outside.
    public let dialPrefix: String

    public init(dialPrefix: String = "", e164: @escaping @Sendable (String) -> String?) {
        self.dialPrefix = dialPrefix
        self.e164 = e164
    }

    /// What was dialled to the outside, without the line's prefix.
    public func outside(_ text: String) -> String {
        guard !dialPrefix.isEmpty, text.hasPrefix(dialPrefix), text.utf8.count > dialPrefix.utf8.count else {
            return text
        }
        return String(text.dropFirst(dialPrefix.count))
    }

    /// The number of what was dialled to the outside, without the line's prefix.
    public func dialled(_ text: String) -> String? { e164(outside(text)) }

    /// The call with the number of what it dialled outside.
    public func read(_ call: CallSnapshot) -> CallSnapshot {
        guard call.direction == .outbound, let dialled = call.dialled else { return call }
        var call = call
        call.dialledOutside = outside(dialled)
        call.dialledNumber = self.dialled(dialled)
        return call
    }
}

/// Whose phone a party of a PBX is: the names under which it may be registered, the surest first.
///
/// `PJSIP/1001` is how channels name a phone; `1001` is how people and some queues do. A name registered for this very
/// line comes before one for any line, and the whole name before the bare one.
public struct PhoneName: Sendable, Hashable {
    /// A name on a line; the line is empty for any.
    public struct Place: Sendable, Hashable {
        public var line: String
        public var party: String

        public init(line: String, party: String) {
            self.line = line
            self.party = party
        }
    }

    /// What the PBXs put before an extension: only these are tried for a bare one.
    private static let technologies = ["PJSIP/", "SIP/", "IAX2/", "sofia/internal/"]

    public let party: String
    /// The extension alone.
    public let bare: String

    public init(_ party: String) {
        self.party = party
        bare = party.split(separator: "/").last.map(String.init) ?? party
    }

    /// The extension of a phone that a PBX names by technology and extension, nil for another party.
    public static func bare(ofPhone party: String) -> String? {
        guard let technology = technologies.first(where: { party.hasPrefix($0) }) else { return nil }
        let bare = party.dropFirst(technology.count)
        return bare.isEmpty || bare.contains("/") ? nil : String(bare)
    }

    /// What people call it: the extension without technology and without the context of a `Local` channel.
    public var plain: String { String(bare.prefix { $0 != "@" }) }

    /// Where to look on a line, in order: the first that is registered is it.
    public func places(line: String) -> [Place] {
        let names = party == bare ? [party] : [party, bare]
        var places = names.map { Place(line: line, party: $0) }
        if !line.isEmpty { places += names.map { Place(line: "", party: $0) } }
        // A queue may name its member `1001` where the phone is registered as PJSIP/1001.
        guard party == bare else { return places }
        let whole = Self.technologies.map { $0 + bare }
        places += whole.map { Place(line: line, party: $0) }
        if !line.isEmpty { places += whole.map { Place(line: "", party: $0) } }
        return places
    }
}
