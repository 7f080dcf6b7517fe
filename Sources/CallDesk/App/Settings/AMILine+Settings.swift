import IVRBridge

extension AMILine {
    /// The line that a PBX of the settings is.
    init(_ pbx: Settings.PBX) {
        self.init(
            name: pbx.line,
            host: pbx.host,
            port: pbx.port,
            user: pbx.user,
            secret: pbx.secret,
            usesTLS: pbx.tls,
            authority: pbx.tlsAuthority,
            trunks: pbx.trunks,
            dialPrefix: pbx.dialPrefix
        )
    }
}
