/// What the PBX answered to a command.
public enum AGIReply: Sendable, Equatable {
    /// `200 result=…`: the result as it stands, what follows in parentheses, and where a sound stopped.
    case success(result: String, data: String?, endpos: Int?)
    /// `510`: no such command.
    case unknownCommand
    /// `511`: not on a channel that is gone.
    case deadChannel
    /// `520`: used wrongly; the lines of the usage it prints.
    case usage([String])
    /// Any other status.
    case other(code: Int, text: String)

    public var code: Int {
        switch self {
        case .success: 200
        case .unknownCommand: 510
        case .deadChannel: 511
        case .usage: 520
        case .other(let code, _): code
        }
    }
}

extension AGIReply {
    /// One line of an answer.
    enum Line: Equatable {
        case reply(AGIReply)
        /// The last line of an answer with a caller's hang-up written onto it.
        case replyAndHangUp(AGIReply)
        /// `100`: the answer is still to come.
        case interim
        /// `520-…`: more lines follow.
        case usageBegins(String)
        case hangUp
        /// No line of an answer.
        case stray
    }

    /// `200 result=` and a short plain result: what almost every answer is, read without making text of the whole line.
    static func readPlain(_ line: some BidirectionalCollection<UInt8>) -> AGIReply? {
        let head: StaticString = "200 result="
        // Keys of one answer, or a number; anything longer or stranger takes the long way.
        guard line.count >= head.utf8CodeUnitCount, line.count <= head.utf8CodeUnitCount + 32 else { return nil }
        var index = line.startIndex
        for place in 0..<head.utf8CodeUnitCount {
            guard line[index] == head.utf8Start[place] else { return nil }
            line.formIndex(after: &index)
        }
        let result = line[index...]
        for byte in result {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "#"):
                continue
            default: return nil
            }
        }
        return .success(result: String(decoding: result, as: UTF8.self), data: nil, endpos: nil)
    }

    /// Reads one line, without its line end.
    static func read(_ line: Substring) -> Line {
        if line == "HANGUP" { return .hangUp }
        guard line.utf8.count >= 3, let code = Int(line.prefix(3)), (100...999).contains(code) else { return .stray }
        let rest = line.dropFirst(3)
        guard rest.isEmpty || rest.first == " " || rest.first == "-" else { return .stray }
        let text = rest.dropFirst()
        switch code {
        case 100...199: return .interim
        case 200:
            guard text.hasPrefix("result=") else { return .stray }
            return readResult(text.dropFirst(7))
        case 510: return .reply(.unknownCommand)
        case 511: return .reply(.deadChannel)
        case 520: return rest.first == "-" ? .usageBegins(String(text)) : .reply(.usage([String(text)]))
        default: return .reply(.other(code: code, text: String(text)))
        }
    }

    /// `1 (José (o Zé)) endpos=800`: the value may hold parentheses, so the last one closes it.
    private static func readResult(_ text: Substring) -> Line {
        var result = text.prefix { $0 != " " }
        var rest = text.dropFirst(result.count).drop { $0 == " " }
        var data: Substring?
        if rest.first == "(" {
            if let end = rest.lastIndex(of: ")") {
                data = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...].drop { $0 == " " }
            } else {
                // A value with a line break in it: its rest is no line of ours.
                data = rest.dropFirst()
                rest = ""
            }
        }
        let endpos = rest.hasPrefix("endpos=") ? Int(rest.dropFirst(7).prefix { $0.isNumber }) : nil
        let isGlued = data == nil && result.hasSuffix("HANGUP")
        if isGlued { result = result.dropLast(6) }
        let reply = AGIReply.success(result: String(result), data: data.map(String.init), endpos: endpos)
        return isGlued ? .replyAndHangUp(reply) : .reply(reply)
    }
}
