/// Who sends webhooks of calls, by the format they come in.
public enum HookKind: String, Sendable, CaseIterable {
    /// The generic CTI of Zammad's documentation, which many bridges and PBXs speak.
    case cti
    case sipgate
    case placetel
    case twilio
    case threeCX = "3cx"
    /// `mod_json_cdr` and `mod_xml_cdr`.
    case freeswitch

    /// What it is called in sentences.
    public var title: String {
        switch self {
        case .cti: "CTI webhook"
        case .sipgate: "sipgate.io"
        case .placetel: "Placetel"
        case .twilio: "Twilio"
        case .threeCX: "3CX"
        case .freeswitch: "FreeSWITCH CDR"
        }
    }

    /// Whether requests are signed with a secret of the line besides the token in the address.
    public var isSigned: Bool { self == .placetel || self == .twilio }

    /// The longest body taken, in bytes.
    ///
    /// Events have some hundred bytes; the largest CDR recorded has 38 kB, one of a call through many menus some times that.
    public var longestBody: Int { self == .freeswitch ? 1_048_576 : 65_536 }
}
