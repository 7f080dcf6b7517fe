import NIOCore

/// The outbound socket as the menu speaks it: `connect`, the channel, then one command and one answer at a time.
///
/// The dialplan's `socket` is without `async`: each `sendmsg` is answered when its application is over, and no event is
/// asked for (docs of mod_event_socket; recorded from FreeSWITCH 1.10.12).
public struct ESLMenuTongue: MenuTongue {
    public typealias Start = ESLChannelData
    public typealias Command = ESLMenuCommand
    public typealias Reply = ESLMenuReply
    public typealias Call = ESLMenuCall

    public static let name = "outbound socket"
    public static let setting = "outbound_socket"
    public static let greeting = Array("connect\n\n".utf8)

    private var decoder = ESLFrameDecoder()
    private var hasStarted = false

    public init() {}

    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer,
        _ take: (MenuWord<ESLChannelData, ESLMenuReply>) -> Void
    ) throws(PhoneCallError) {
        var sink = Sink(hasStarted: hasStarted)
        decoder.feed(bytes, into: &sink)
        hasStarted = sink.hasStarted
        for word in sink.words { take(word) }
        if let fault = sink.fault { throw .notEventSocket(fault) }
    }

    public static func ear(of wire: MenuWire<ESLMenuTongue>) -> any ChannelHandler { ESLMenuEar(wire) }

    public static func call(_ start: ESLChannelData, over wire: MenuWire<ESLMenuTongue>) -> ESLMenuCall {
        ESLMenuCall(channel: start, wire: wire)
    }

    private struct Sink: ESLFrameSink {
        var hasStarted: Bool
        var words: [MenuWord<ESLChannelData, ESLMenuReply>] = []
        var fault: ESLFrameError.Kind?
        private var head: ArraySlice<UInt8> = []

        init(hasStarted: Bool) { self.hasStarted = hasStarted }

        mutating func wants(_ name: UnsafeBufferPointer<UInt8>) -> Bool { false }
        mutating func take(_ event: ESLEvent) {}
        mutating func take(head: ArraySlice<UInt8>) { self.head = head }
        mutating func fault(_ error: ESLFrameError) { fault = fault ?? error.kind }

        mutating func take(_ reply: ESLReply) {
            switch reply.kind {
            case .command where !hasStarted:
                guard let channel = ESLChannelData(head) else { return fault = .garbage }
                hasStarted = true
                words.append(.start(channel))
            case .command, .answer:
                words.append(
                    .reply(
                        ESLMenuReply(
                            text: reply.kind == .command ? reply.text : String(decoding: reply.body, as: UTF8.self)
                        )
                    )
                )
            case .farewell: words.append(.hangUp)
            case .rejection, .authentication, .job, .other: break
            }
        }
    }
}

private final class ESLMenuEar: MenuEar {
    let wire: MenuWire<ESLMenuTongue>
    var tongue = ESLMenuTongue()

    init(_ wire: MenuWire<ESLMenuTongue>) { self.wire = wire }
}

/// What the switch tells of a channel when it is asked to connect.
public struct ESLChannelData: Sendable, Equatable {
    /// A dialplan of ours sets three; what a caller's phone may add is not looked at.
    private static let longestValue = 1_024

    private var headers: [String: String] = [:]

    /// Nil for a head that names no channel.
    init?(_ head: ArraySlice<UInt8>) {
        for line in head.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            // Of a repeated name the first is the channel's own.
            guard Self.wanted.contains(name), headers[name] == nil else { continue }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            headers[name] = value.last == 0x0D ? Self.text(value.dropLast()) : Self.text(value)
        }
        guard headers["Unique-ID"]?.isEmpty == false else { return nil }
    }

    private static func text(_ value: ArraySlice<UInt8>) -> String {
        value.withUnsafeBufferPointer { ESLText.percentDecoded($0, longest: longestValue) }
    }

    private static let wanted: Set<String> = [
        "Unique-ID", "Channel-Name", "Caller-Caller-ID-Number", "Caller-Caller-ID-Name",
        "Caller-Destination-Number", "Caller-Privacy-Hide-Number", "variable_sip_gateway_name", "variable_sip_gateway",
        "variable_calldesk_line", "variable_calldesk_script", "variable_calldesk_language", "variable_sound_prefix",
    ]

    /// The channel's Unique-ID, by which commands and the line know it.
    public var uniqueID: String { headers["Unique-ID"] ?? "" }

    subscript(_ name: String) -> String? { headers[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// As the dialplan set it: `calldesk_script` (`ivr` when it is not set), `calldesk_line`, `calldesk_language`.
    var request: ScriptRequest {
        var request = ScriptRequest(self["variable_calldesk_script"] ?? "ivr")
        request.query["line"] = request.query["line"] ?? self["variable_calldesk_line"]
        request.query["lang"] = request.query["lang"] ?? self["variable_calldesk_language"]
        return request
    }

    var caller: PhoneCaller {
        let number = self["Caller-Caller-ID-Number"]
        let isHidden = self["Caller-Privacy-Hide-Number"] == "true" || number?.lowercased() == "anonymous"
        let gateway = self["variable_sip_gateway_name"] ?? self["variable_sip_gateway"]
        return PhoneCaller(
            number: number?.lowercased() == "anonymous" ? nil : number,
            name: self["Caller-Caller-ID-Name"].flatMap { $0 == number || $0 == "Anonymous" ? nil : $0 },
            isWithheld: isHidden,
            dialled: self["Caller-Destination-Number"],
            // Behind a trunk stands whoever calls: without a gateway the channel's name is their number.
            party: gateway.map { "sofia/gateway/\($0)" }
        )
    }
}
