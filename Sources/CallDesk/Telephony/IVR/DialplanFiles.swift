import Foundation
import IVRBridge

extension PBXKind {
    /// The files that are shipped for it, in the order they are explained.
    var dialplanFiles: [String] {
        switch self {
        case .asterisk: ["extensions-calldesk.conf", "manager-calldesk.conf", "queues-calldesk.conf"]
        case .freeswitch: ["calldesk.xml", "calldesk-outgoing.xml", "event_socket.conf.xml", "xml_cdr.conf.xml"]
        }
    }
}

/// The dialplan files that are shipped, filled in from the settings.
struct DialplanFiles {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    let settings: Settings
    /// Where the files as shipped lie.
    let folder: URL

    /// One file with everything filled in.
    ///
    /// - Throws: `Fault` for a file that is not there, a value that the format cannot hold, or a name nobody fills in.
    func text(_ file: String, for pbx: PBXKind, line name: String?) throws -> String {
        let source = folder.appending(path: pbx.rawValue).appending(path: file)
        guard let template = try? String(contentsOf: source, encoding: .utf8) else {
            throw Fault(description: "\(file) is not among the installed files")
        }
        let values = try values(for: pbx, line: name)
        var result = ""
        var rest = template[...]
        while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
            result += rest[..<open.lowerBound]
            let key = String(rest[open.upperBound..<close.lowerBound])
            if key == "name" {
                // The head's own explanation of the braces.
                result += "{{name}}"
            } else {
                guard let value = values[key] else { throw Fault(description: "\(file) asks for '\(key)'") }
                result += try Self.escaped(value, key: key, for: pbx)
            }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private func values(for pbx: PBXKind, line name: String?) throws -> [String: String] {
        let lines = settings.pbx.filter { $0.kind == pbx }
        // A FreeSWITCH line needs no settings of ours to be written down; an Asterisk line has a user and a secret.
        let spare = pbx == .freeswitch && name == nil ? Settings.PBX(line: "matriz", port: 8021) : nil
        guard let line = name.map({ name in lines.first { $0.line == name } }) ?? lines.first ?? spare else {
            throw Fault(
                description:
                    "the settings have no \(pbx.rawValue) line\(name.map { " '\($0)'" } ?? ""); add it under 'pbx'"
            )
        }
        let agi = settings.fastAGI ?? Settings.FastAGI()
        let trunk = line.trunks.first?.split(separator: "/").last.map(String.init) ?? "trunk"
        return [
            "line": line.line, "queue": settings.ivr.queue, "queue_timeout": "600",
            "agi": "\(agi.host == "0.0.0.0" ? Self.host(of: settings.desk.url) : agi.host):\(agi.port)",
            "user": line.user.isEmpty ? "calldesk" : line.user,
            "secret": line.secret.isEmpty ? "change-me" : line.secret,
            "permit": line.host == "127.0.0.1"
                ? "127.0.0.1/255.255.255.255" : "\(Self.host(of: settings.desk.url))/255.255.255.255",
            "host": line.host, "port": String(line.port), "url": settings.desk.url, "dialled": "5000",
            "dial_context": line.dialContext,
            "trunk_dial": pbx == .asterisk ? "PJSIP/${EXTEN}@\(trunk)" : "sofia/gateway/\(trunk)/$1",
        ]
    }

    private static func host(of url: String) -> String { URL(string: url)?.host ?? "127.0.0.1" }

    /// A value may not end its line, its comment or its attribute.
    private static func escaped(_ value: String, key: String, for pbx: PBXKind) throws -> String {
        guard !value.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw Fault(description: "'\(key)' holds a control character")
        }
        switch pbx {
        // In Asterisk's files a semicolon begins a comment unless escaped.
        case .asterisk: return value.replacing("\\", with: "\\\\").replacing(";", with: "\\;")
        case .freeswitch:
            return value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
        }
    }
}
