/// Where a line's PBX is and how to sign in.
public struct PBXAddress: Sendable {
    public var name: String
    public var host: String
    public var port: Int
    public var user: String
    public var secret: String
    public var usesTLS: Bool
    /// A certificate authority of one's own instead of the system's.
    public var authority: String?
    /// What channels that lead outside are called or begin with, as `PJSIP/operadora`; empty: it is told from the calls.
    public var trunks: [String]
    /// What is dialled before numbers outside.
    public var dialPrefix: String

    public init(
        name: String,
        host: String,
        port: Int,
        user: String,
        secret: String,
        usesTLS: Bool = false,
        authority: String? = nil,
        trunks: [String] = [],
        dialPrefix: String = ""
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.user = user
        self.secret = secret
        self.usesTLS = usesTLS
        self.authority = authority
        self.trunks = trunks
        self.dialPrefix = dialPrefix
    }
}
