import IVRBridge
import Logging

extension Settings.PBX {
    /// Where the PBX is and how to sign in.
    var address: PBXAddress {
        PBXAddress(
            name: line,
            host: host,
            port: port,
            user: user,
            secret: secret,
            usesTLS: tls,
            authority: self.tlsAuthority,
            trunks: trunks,
            dialPrefix: dialPrefix
        )
    }

    /// The line to it; it does nothing before it is run.
    func line(
        normalise: @escaping @Sendable (String) -> String? = { _ in nil },
        sinks: LineSinks,
        logger: Logger
    ) -> any PBXLine {
        kind.line(to: address, normalise: normalise, sinks: sinks, logger: logger)
    }
}
