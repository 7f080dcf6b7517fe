import DeskCore
import Foundation
import IVRBridge

/// The dialplan files that are shipped, filled in from the settings.
struct DialplanFiles {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    let settings: Settings
    /// Where the files as shipped lie.
    let folder: URL
    /// Addresses between desk and PBX: what was said, and how the rest is found.
    var addresses = Addresses()

    struct Addresses {
        /// Where the PBX finds the menu, as said by whoever asks.
        var agi: String?
        /// From where the desk signs in, likewise.
        var permit: String?
        /// This machine's address as a host sees it.
        var toward: (String) -> String? = DeskAddress.toward
        /// The address of a host.
        var resolve: (String) -> String? = DeskAddress.address
    }

    /// The files of a kind of PBX that these settings have a use for.
    func names(for pbx: PBXKind) -> [String] {
        (pbx.dialplan?.files ?? []).filter { $0 != Self.switchMenu || settings.outboundSocket != nil }
    }

    /// Hands callers of a FreeSWITCH over to the menu, where there is one.
    private static let switchMenu = "calldesk-menu.xml"

    /// One file with everything filled in.
    ///
    /// - Throws: `Fault` for a file that is not there, a value that the format cannot hold, or a name nobody fills in.
    func text(_ file: String, for pbx: PBXKind, line name: String?) throws -> String {
        let source = folder.appending(path: pbx.rawValue).appending(path: file)
        guard try FileLook.isThere(source.path) else {
            throw Fault(description: "\(file) is not among the installed files")
        }
        guard let template = try? String(contentsOf: source, encoding: .utf8) else {
            throw Fault(description: "\(file) is installed and cannot be read; check its owner and rights")
        }
        let line = try line(for: pbx, name)
        var result = ""
        var rest = template[...]
        while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
            result += rest[..<open.lowerBound]
            let key = String(rest[open.upperBound..<close.lowerBound])
            if key == "name" {
                // The head's own explanation of the braces.
                result += "{{name}}"
            } else {
                guard let value = try value(key, for: pbx, line) else {
                    throw Fault(description: "\(file) asks for '\(key)'")
                }
                result += try Self.escaped(value, key: key, for: pbx)
            }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private func line(for pbx: PBXKind, _ name: String?) throws -> Settings.PBX {
        let lines = settings.pbx.filter { $0.kind == pbx }
        // A FreeSWITCH line needs no settings of ours to be written down; an Asterisk line has a user and a secret.
        let spare = pbx == .freeswitch && name == nil ? Settings.PBX(line: "matriz", port: 8021) : nil
        if let line = name.map({ name in lines.first { $0.line == name } }) ?? lines.first ?? spare { return line }
        throw Fault(
            description:
                "the settings have no \(pbx.rawValue) line\(name.map { " '\($0)'" } ?? ""); add it under 'pbx'"
        )
    }

    private func value(_ key: String, for pbx: PBXKind, _ line: Settings.PBX) throws -> String? {
        switch key {
        case "line": line.line
        case "queue": settings.ivr.queue
        case "queue_timeout": "600"
        case "agi": try menu(settings.fastAGI, "fastagi", Settings.Menu.fastAGIPort, line)
        case "socket":
            try menu(settings.outboundSocket, "outbound_socket", Settings.Menu.outboundSocketPort, line)
        case "user": line.user.isEmpty ? "calldesk" : line.user
        case "secret": line.secret.isEmpty ? "change-me" : line.secret
        case "permit": try permit(line)
        case "host": line.host
        case "port": String(line.port)
        case "url": settings.desk.url
        // CDRs are a line of their own: who follows calls by the Event Socket needs none.
        case "cdr":
            settings.pbx.first { $0.kind == .hook(.freeswitch) }.map { cdr in
                "\(settings.hookBase)/hooks/freeswitch/\(cdr.line)/\(cdr.token)"
            } ?? "\(settings.hookBase)/hooks/freeswitch/cdr/change-me"
        case "dialled": "5000"
        case "dial_context": line.dialContext
        case "trunk": Self.trunk(line)
        case "trunk_dial": pbx == .asterisk ? Self.dialled(line) : "sofia/gateway/\(Self.trunk(line))/$1"
        default: nil
        }
    }

    // MARK: - Addresses

    /// The address from which the desk signs in, with the mask of one machine.
    private func permit(_ line: Settings.PBX) throws -> String {
        let address: String
        if let given = addresses.permit {
            let parts = given.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard DeskAddress.isAddress(String(parts[0])) else {
                throw Fault(description: "--permit: '\(given)' is no address; the PBX does not look names up there")
            }
            if parts.count == 2 { return given }
            address = given
        } else if let own = addresses.toward(line.host) {
            address = own
        } else {
            throw Fault(
                description:
                    "it cannot be told from which address this machine reaches \(line.host); say it: --permit ADDRESS"
            )
        }
        return address.contains(":") ? "\(address)/128" : "\(address)/255.255.255.255"
    }

    /// Where the PBX finds the menu.
    ///
    /// `setting`: what the settings call it; `usual`: its port where they say none.
    private func menu(_ menu: Settings.Menu?, _ setting: String, _ usual: Int, _ line: Settings.PBX) throws -> String {
        let isHere = DeskAddress.isLoopback(line.host)
        let port = menu?.port ?? usual
        if let given = addresses.agi {
            guard isHere || !DeskAddress.isLoopback(Self.host(given)) else {
                throw Fault(description: "--agi: for the PBX at \(line.host) \(given) is the PBX itself")
            }
            return Self.hasPort(given) ? given : "\(DeskAddress.bracketed(given)):\(port)"
        }
        guard let menu else {
            if isHere { return "127.0.0.1:\(port)" }
            throw Fault(
                description:
                    "the settings have no '\(setting)', so that the PBX at \(line.host) would find no menu; add "
                    + "'\(setting): {host: 0.0.0.0, allow: [ADDRESS OF THE PBX]}', or say --agi HOST:PORT"
            )
        }
        try expectAllowed(line, by: menu, setting)
        if DeskAddress.isWildcard(menu.host) {
            if isHere { return "127.0.0.1:\(port)" }
            guard let own = addresses.toward(line.host) else {
                throw Fault(
                    description:
                        "it cannot be told at which address the PBX at \(line.host) reaches this machine; say it: "
                        + "--agi ADDRESS"
                )
            }
            return "\(DeskAddress.bracketed(own)):\(port)"
        }
        guard isHere || !DeskAddress.isLoopback(menu.host) else {
            throw Fault(
                description:
                    "\(setting).host is \(menu.host), which for the PBX at \(line.host) is the PBX itself; listen at 0.0.0.0 "
                    + "or at this machine's address, or say --agi HOST:PORT"
            )
        }
        return "\(DeskAddress.bracketed(menu.host)):\(port)"
    }

    private func expectAllowed(_ line: Settings.PBX, by menu: Settings.Menu, _ setting: String) throws {
        // A name that is not known here may be known where the service runs.
        guard let address = addresses.resolve(line.host), let allow = try? MenuAllowList(menu.allow) else { return }
        guard !allow.allows(address) else { return }
        throw Fault(
            description:
                "\(setting).allow does not name \(address), the PBX of line \(line.line), so that its calls would get no "
                + "menu; add it"
        )
    }

    private static func hasPort(_ text: String) -> Bool {
        text.hasPrefix("[") ? text.contains("]:") : text.filter { $0 == ":" }.count == 1
    }

    private static func host(_ text: String) -> String {
        if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
        return hasPort(text) ? String(text.prefix { $0 != ":" }) : text
    }

    // MARK: - The way outside

    private static func trunk(_ line: Settings.PBX) -> String {
        line.trunks.first?.split(separator: "/").last.map(String.init) ?? "trunk"
    }

    /// The number through the trunk, as its driver writes it.
    private static func dialled(_ line: Settings.PBX) -> String {
        let driver = line.trunks.first.flatMap { trunk in
            trunk.contains("/") ? trunk.split(separator: "/").first.map(String.init) : nil
        }
        guard let driver, driver != "PJSIP" else { return "PJSIP/${EXTEN}@\(trunk(line))" }
        return "\(driver)/\(trunk(line))/${EXTEN}"
    }

    /// A value may not end its line, its comment or its attribute.
    private static func escaped(_ value: String, key: String, for pbx: PBXKind) throws -> String {
        guard !value.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw Fault(description: "'\(key)' holds a control character")
        }
        return pbx.dialplan?.escaped(value) ?? value
    }
}
