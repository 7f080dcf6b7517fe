import CallModel
import Codecs
import Foundation

/// One leg of a call that is over, as `mod_json_cdr` or `mod_xml_cdr` posts it.
///
/// Two layers are undone: the encoding of the post (`encode`), and the percent-encoding of every variable's value. The
/// Content-Type is no help: it is curl's own when `disable-100-continue` is set.
public struct SwitchLeg: Sendable, Equatable {
    /// A stretch of the leg in one place of the dialplan.
    struct Stretch: Sendable, Equatable {
        var destination: String?
        var callerName: String?
        var callerNumber: String?
        /// Microseconds since 1970; 0 for never.
        var bridgedAt: Int64 = 0
        /// Whom the leg rang there, in order.
        var rang: [String] = []
        /// The leg itself was rung for another.
        var wasRung = false
    }

    var uuid: String
    /// The caller's leg of the call; the leg itself where it is the caller's.
    var root: String
    var isCaller: Bool
    /// Oldest first; the module writes the newest first.
    var stretches: [Stretch] = []
    var variables: [String: String] = [:]

    /// How many variables are looked at; a leg of a real switch has some two hundred.
    private static let mostVariables = 2_000

    init(_ request: HookRequest) throws(HookError) {
        let document = try Self.document(request)
        if document.first == UInt8(ascii: "{") {
            // With `encode` true the module encodes the whole, but not what is encoded in it already: after one decoding
            // the values' own quotes stand bare.
            let read = JSONText.parse(document) ?? JSONText.parse(JSONText.quotesMended(document))
            guard let cdr = read as? [String: Any] else { throw .unreadable("CDR in JSON") }
            try self.init(json: cdr)
        } else {
            guard let cdr = SwitchXML.parse(document) else { throw .unreadable("CDR in XML") }
            try self.init(xml: cdr)
        }
    }

    /// The document without what the module wrapped it in.
    private static func document(_ request: HookRequest) throws(HookError) -> [UInt8] {
        var body = request.body[...]
        while let first = body.first, HookFields.isBlank(first) { body = body.dropFirst() }
        let mark = Array("cdr=".utf8)
        if body.starts(with: mark) {
            body = body.dropFirst(mark.count)
            switch body.first {
            // `encode` false: the document as it is.
            case UInt8(ascii: "<"), UInt8(ascii: "{"): break
            // A document begins with `%3C` or `%7B` when it is percent-encoded; base64 has no percent sign.
            case UInt8(ascii: "%"): body = PercentEncoding.bytes(body, plusIsBlank: false)[...]
            default:
                // Base64 travels unescaped: a plus sign is one.
                guard let bytes = Base64.bytes(PercentEncoding.bytes(body, plusIsBlank: false)) else {
                    throw .unreadable("CDR")
                }
                body = bytes[...]
            }
        }
        while let first = body.first, HookFields.isBlank(first) { body = body.dropFirst() }
        guard body.first == UInt8(ascii: "<") || body.first == UInt8(ascii: "{") else { throw .unreadable("CDR") }
        return [UInt8](body)
    }

    /// The document as it is kept: unwrapped, and where its quotes stand bare made whole; what is none stays as it came.
    static func plainDocument(_ request: HookRequest) -> [UInt8] {
        guard let document = try? document(request) else { return request.body }
        let isWhole = document.first != UInt8(ascii: "{") || JSONText.parse(document) != nil
        return isWhole ? document : JSONText.quotesMended(document)
    }

    private init(json: [String: Any]) throws(HookError) {
        let raw = json["variables"] as? [String: Any] ?? [:]
        var variables: [String: String] = [:]
        for (name, value) in raw.prefix(Self.mostVariables) { variables[name] = Self.plain(value as? String) }
        let flows = json["callflow"] as? [[String: Any]] ?? []
        let stretches = flows.reversed().map { flow -> Stretch in
            let profile = flow["caller_profile"] as? [String: Any] ?? [:]
            let times = flow["times"] as? [String: Any] ?? [:]
            let called = profile["originatee"] as? [String: Any] ?? [:]
            let profiles = called["originatee_caller_profiles"] as? [[String: Any]] ?? []
            return Stretch(
                destination: profile["destination_number"] as? String,
                callerName: profile["caller_id_name"] as? String,
                callerNumber: profile["caller_id_number"] as? String,
                bridgedAt: (times["bridged_time"] as? String).flatMap(HookNumber.moment) ?? 0,
                rang: profiles.compactMap { $0["destination_number"] as? String },
                wasRung: profile["originator"] != nil
            )
        }
        try self.init(variables: variables, stretches: stretches)
    }

    private init(xml: SwitchXML) throws(HookError) {
        var variables: [String: String] = [:]
        for child in xml.child("variables")?.children.prefix(Self.mostVariables) ?? [] {
            variables[child.name] = Self.plain(child.text)
        }
        let stretches = xml.children.filter { $0.name == "callflow" }.reversed().map { flow -> Stretch in
            let profile = flow.child("caller_profile")
            let profiles = profile?.child("originatee")?.children.filter { $0.name == "originatee_caller_profile" }
            return Stretch(
                destination: profile?.child("destination_number")?.text,
                callerName: profile?.child("caller_id_name")?.text,
                callerNumber: profile?.child("caller_id_number")?.text,
                bridgedAt: (flow.child("times")?.child("bridged_time")?.text).flatMap(HookNumber.moment) ?? 0,
                rang: profiles?.compactMap { $0.child("destination_number")?.text } ?? [],
                wasRung: profile?.child("originator") != nil
            )
        }
        try self.init(variables: variables, stretches: stretches)
    }

    private init(variables: [String: String], stretches: [Stretch]) throws(HookError) {
        guard let uuid = variables["uuid"] else { throw .missing(field: "variables.uuid") }
        self.uuid = uuid
        self.variables = variables
        self.stretches = Array(stretches.suffix(64))
        let rung = stretches.contains { !$0.rang.isEmpty }
        isCaller =
            rung || variables["direction"] == "inbound"
            || (variables["originator"] == nil && !stretches.contains(where: \.wasRung))
        // One in a hundred call_uuids is wrong (signalwire/freeswitch#1042): the others come first.
        let root = ["originating_leg_uuid", "originator", "cc_member_session_uuid", "bridge_uuid", "call_uuid"].lazy
            .compactMap { variables[$0] }.first
        self.root = isCaller ? uuid : root ?? uuid
    }

    /// A variable's value, which is percent-encoded in the document unless `encode-values` is off; a name that has a
    /// percent sign without a code in it stays.
    private static func plain(_ value: String?) -> String? {
        guard let value, !value.isEmpty else { return nil }
        return PercentEncoding.lenient(Array(value.utf8), plusIsBlank: false)
    }

    /// A moment of the leg, nil for never.
    func moment(_ name: String) -> Int64? {
        variables[name].flatMap(HookNumber.moment)
    }

    /// The phone a leg that was rung belongs to.
    var phone: String? {
        variables["dialed_user"] ?? variables["presence_id"].map { String($0.prefix { $0 != "@" }) }
            ?? stretches.first?.destination
    }

    /// The leg is a phone of the house, by who signed in with it.
    var isPhone: Bool { variables["user_name"] != nil }
}
