/// What an AGI stream brings, in order.
public enum AGIEvent: Sendable, Equatable {
    /// Once, at the beginning.
    case environment(AGIEnvironment)
    case reply(AGIReply)
    /// The caller hung up; the answer to the command that waits still comes.
    case hangUp
}

/// Cuts an AGI stream into environment, answers and hang-ups: any split, lines glued together, LF or CR LF.
///
/// A value: the same bytes give the same events however they are cut. Only the piece of a line at the end of a read is
/// kept, with how far it was searched.
public struct AGIDecoder: Sendable {
    /// Asterisk's own buffers hold 8,192 bytes; a variable's value can be longer.
    public static let longestLine = 65_536
    /// Some thirty variables and up to 128 arguments (res_agi.c, MAX_ARGS).
    public static let mostVariables = 256
    /// The longest usage text of Asterisk's has some thirty lines.
    public static let mostUsageLines = 512
    /// Pieces of values with line breaks in them; whoever sends more is no PBX.
    public static let mostStrayLines = 4_096

    private enum Part { case environment, replies }

    private var part = Part.environment
    private var environment = AGIEnvironment()
    private var variables = 0
    private var usage: [String]?
    private var usageBytes = 0
    private var strays = 0
    private var pending: [UInt8] = []
    private var failed: AGIFrameError?

    public init() {}

    /// Bytes kept for a line that is not whole.
    public var bytesHeld: Int { pending.count + usageBytes }

    /// Takes bytes and hands out what they complete.
    ///
    /// - Throws: `AGIFrameError`; the stream is of no use from there on.
    public mutating func feed(_ bytes: some BidirectionalCollection<UInt8>, _ take: (AGIEvent) -> Void)
        throws(AGIFrameError)
    {
        if let failed { throw failed }
        do throws(AGIFrameError) {
            var rest = bytes[...]
            while let end = rest.firstIndex(of: 0x0A) {
                let piece = rest[..<end]
                guard pending.count + piece.count <= Self.longestLine else { throw .lineTooLong }
                if pending.isEmpty {
                    try receive(piece, take)
                } else {
                    pending.append(contentsOf: piece)
                    let line = pending
                    pending = []
                    try receive(line, take)
                }
                rest = rest[rest.index(after: end)...]
            }
            guard pending.count + rest.count <= Self.longestLine else { throw .lineTooLong }
            pending.append(contentsOf: rest)
        } catch {
            failed = error
            pending = []
            throw error
        }
    }

    /// Takes a line without its LF.
    ///
    /// Bytes that are not UTF-8 are repaired: a name may be Latin-1, and an answer is compared in ASCII only.
    private mutating func receive(_ whole: some BidirectionalCollection<UInt8>, _ take: (AGIEvent) -> Void)
        throws(AGIFrameError)
    {
        let line = whole.last == 0x0D ? whole.dropLast() : whole[...]
        switch part {
        case .environment: try receiveVariable(line, take)
        case .replies:
            if usage == nil, let reply = AGIReply.readPlain(line) { return take(.reply(reply)) }
            try receiveReply(String(decoding: line, as: UTF8.self)[...], take)
        }
    }

    /// Bytes, not characters: this runs some twenty times for each call.
    private mutating func receiveVariable(_ line: some BidirectionalCollection<UInt8>, _ take: (AGIEvent) -> Void)
        throws(AGIFrameError)
    {
        if line.isEmpty {
            guard variables > 0 else { throw .noEnvironment }
            part = .replies
            take(.environment(environment))
            environment = AGIEnvironment()
            return
        }
        variables += 1
        guard variables <= Self.mostVariables else { throw .tooManyVariables }
        guard line.starts(with: "agi_".utf8), let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            // The first line of a PBX is one of ours; later ones may be the rest of a forged name.
            guard variables > 1 else { throw .noEnvironment }
            return
        }
        let name = String(decoding: line[..<colon].dropFirst(4), as: UTF8.self)
        // As many as Asterisk sends without arguments, so that the table does not grow while they come.
        if environment.variables.isEmpty { environment.variables.reserveCapacity(24) }
        guard environment.variables[name] == nil else { return }
        var value = line[line.index(after: colon)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        environment.variables[name] = String(decoding: value, as: UTF8.self)
    }

    private mutating func receiveReply(_ whole: Substring, _ take: (AGIEvent) -> Void) throws(AGIFrameError) {
        var line = whole
        // A hang-up may stand before an answer without a line end of its own.
        if line.utf8.count > 6, line.hasPrefix("HANGUP"), line.dropFirst(6).first?.isNumber == true {
            take(.hangUp)
            line = line.dropFirst(6)
        }
        if usage != nil, line != "HANGUP" { return try receiveUsage(line, take) }
        switch AGIReply.read(line) {
        case .reply(let reply): take(.reply(reply))
        case .replyAndHangUp(let reply):
            take(.reply(reply))
            take(.hangUp)
        case .hangUp: take(.hangUp)
        case .interim: break
        case .usageBegins(let first):
            usage = [first]
            usageBytes = first.utf8.count
        case .stray:
            strays += 1
            guard strays <= Self.mostStrayLines else { throw .unexpectedLines }
        }
    }

    private mutating func receiveUsage(_ line: Substring, _ take: (AGIEvent) -> Void) throws(AGIFrameError) {
        if line == "520" || line.hasPrefix("520 ") {
            take(.reply(.usage(usage ?? [])))
            usage = nil
            usageBytes = 0
            return
        }
        usageBytes += line.utf8.count
        guard (usage?.count ?? 0) < Self.mostUsageLines, usageBytes <= Self.longestLine else { throw .tooManyLines }
        usage?.append(line.hasPrefix("520-") ? String(line.dropFirst(4)) : String(line))
    }
}
