import DeskCore
import Logging

extension Logger {
    /// Notes a try to sign in: on which side, whether it opened and whose account it was, and from which address.
    ///
    /// The login is not told, as people write passwords into the wrong field; the failures of one are counted in the database.
    func signIn(_ side: Side, _ outcome: SignInOutcome, from peer: PeerAddress) {
        var metadata: Metadata = ["side": "\(side.rawValue)", "address": "\(peer.text)"]
        switch outcome {
        case .opened(let id):
            metadata["account"] = "\(id)"
            notice("signed in", metadata: metadata)
        case .refused: notice("sign-in refused", metadata: metadata)
        case .ended(let id):
            metadata["account"] = "\(id)"
            notice("signed out", metadata: metadata)
        }
    }
}

/// What came of it.
enum SignInOutcome: Sendable {
    /// The account's id, or the person's on the portal.
    case opened(Int64)
    case refused
    case ended(Int64)
}
