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
    /// The event push of the P-Series.
    case yeastar

    /// What it is called in sentences.
    public var title: String {
        switch self {
        case .cti: "CTI webhook"
        case .sipgate: "sipgate.io"
        case .placetel: "Placetel"
        case .twilio: "Twilio"
        case .threeCX: "3CX"
        case .freeswitch: "FreeSWITCH CDR"
        case .yeastar: "Yeastar"
        }
    }

    /// Why a line that only reports its calls cannot be asked for something.
    public func cannot(_ action: String, line: String) -> BridgeError {
        .unsupported(line: line, action: action, why: "\(title) only reports calls")
    }

    /// Whether what is answered to a call that begins can refuse it.
    public var canRefuse: Bool {
        switch self {
        case .cti, .sipgate, .placetel, .twilio: true
        case .threeCX, .freeswitch, .yeastar: false
        }
    }

    /// Whether requests are signed with a secret of the line besides the token in the address.
    public var isSigned: Bool { signatureHeader != nil }

    /// The header a signature stands in; nil for a sender that signs nothing.
    public var signatureHeader: String? {
        switch self {
        case .placetel: PlacetelSignature.header
        case .twilio: TwilioSignature.header
        case .yeastar: YeastarSignature.header
        case .cti, .sipgate, .threeCX, .freeswitch: nil
        }
    }

    /// The longest body taken, in bytes.
    ///
    /// Events have some hundred bytes; the largest CDR recorded has 38 kB, one of a call through many menus some times that.
    public var longestBody: Int { self == .freeswitch ? 1_048_576 : 65_536 }
}
