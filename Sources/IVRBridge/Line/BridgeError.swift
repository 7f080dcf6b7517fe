/// Why a line could not do what it was asked.
public enum BridgeError: Error, Equatable, Sendable {
    /// The line is not signed in; it connects by itself, try again then.
    case notConnected(line: String)
    /// The connection ended before the answer came; whether the action was done is not known.
    case disconnected(line: String, action: String)
    /// The PBX did not answer in time; whether the action was done is not known.
    case timedOut(line: String, action: String)
    /// The PBX answered that it will not.
    case refused(line: String, action: String, message: String)
    /// More actions wait than the PBX answers.
    case tooManyActions(line: String)
    /// The action cannot be written in the PBX's protocol.
    case unwritable(line: String, why: String)
    /// This kind of PBX, or this one as it is set up, cannot do it.
    case unsupported(line: String, action: String, why: String)
    /// Nobody waits for the answer any more.
    case cancelled
}

extension BridgeError {
    /// Whether what was asked may have been done all the same: nobody heard the answer.
    public var mayBeDone: Bool {
        switch self {
        case .disconnected, .timedOut, .cancelled: true
        case .notConnected, .refused, .tooManyActions, .unwritable, .unsupported: false
        }
    }
}

extension BridgeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notConnected(let line): "line \(line) is not connected; it tries again by itself"
        case .disconnected(let line, let action): "line \(line) broke before \(action) was answered"
        case .timedOut(let line, let action): "line \(line) did not answer \(action) in time"
        case .refused(let line, let action, let message): "line \(line) refused \(action): \(message)"
        case .tooManyActions(let line): "line \(line) has too many unanswered actions; try again in a moment"
        case .unwritable(let line, let why): "line \(line) cannot be asked that: \(why)"
        case .unsupported(let line, let action, let why): "line \(line) cannot do \(action): \(why)"
        case .cancelled: "the action was given up"
        }
    }
}
