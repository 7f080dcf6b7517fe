import Codecs

/// What the PBX tells of a call before the first command.
public struct AGIEnvironment: Sendable, Equatable {
    /// The variables as they came, without `agi_`; of a repeated one the first counts.
    ///
    /// A caller's name with a line break in it could only repeat what Asterisk had written before it.
    public internal(set) var variables: [String: String] = [:]

    public init(_ variables: [String: String] = [:]) { self.variables = variables }

    public subscript(_ name: String) -> String? { variables[name] }

    public var channel: String { self["channel"] ?? "" }
    public var uniqueid: String { self["uniqueid"] ?? "" }
    public var language: String { self["language"] ?? "" }
    /// What was dialled.
    public var dialled: String? { known("dnid") ?? known("extension") }
    /// The caller's number as sent; nil when there is none or it is withheld.
    public var callerNumber: String? {
        guard let number = known("callerid"), number.lowercased() != "anonymous" else { return nil }
        return number
    }
    public var callerName: String? {
        guard let name = known("calleridname"), name != "Anonymous" else { return nil }
        return name
    }
    /// The caller asked not to be shown: bits 5 and 6 of the presentation say so (Q.931 4.5.10).
    public var isWithheld: Bool {
        if let presentation = self["callingpres"].flatMap({ Int($0) }), presentation & 0x60 != 0 { return true }
        return self["callerid"]?.lowercased() == "anonymous"
    }

    /// `argument(1)` is what stands after the address in the dialplan's AGI().
    public func argument(_ place: Int) -> String? { self["arg_\(place)"] }

    /// Asterisk writes `unknown` for what it does not know.
    private func known(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty, value != "unknown", value != "<unknown>" else { return nil }
        return value
    }

    /// Which script is asked for, and with what.
    public var request: ScriptRequest {
        if let script = self["network_script"] { return ScriptRequest(script) }
        return ScriptRequest(url: self["request"] ?? "")
    }
}

/// The script that `agi://host/path?name=value` asks for.
public struct ScriptRequest: Sendable, Equatable {
    /// Without slashes around it; empty when the address names none.
    public var path: String
    /// Percent-decoded; of a repeated name the first counts.
    public var query: [String: String]

    /// Reads `path?name=value&…`, as `agi_network_script` has it.
    public init(_ script: String) {
        let whole = script.prefix(Self.longest)
        let parts = whole.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = PercentEncoding.lenient((parts.first ?? "").utf8).split(separator: "/").joined(separator: "/")
        query = [:]
        guard parts.count == 2 else { return }
        for pair in parts[1].split(separator: "&").prefix(Self.mostArguments) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentEncoding.lenient((sides.first ?? "").utf8)
            guard !name.isEmpty, query[name] == nil else { continue }
            query[name] = sides.count == 2 ? PercentEncoding.lenient((sides[1]).utf8) : ""
        }
    }

    /// Reads `agi://host:port/path?name=value`.
    init(url: String) {
        guard let start = url.range(of: "://")?.upperBound, let slash = url[start...].firstIndex(of: "/") else {
            self.init("")
            return
        }
        self.init(String(url[url.index(after: slash)...]))
    }

    /// No dialplan of ours writes more; a longer one is cut.
    private static let longest = 1_024
    private static let mostArguments = 32
}

extension String {
    /// Where `text` first stands.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
