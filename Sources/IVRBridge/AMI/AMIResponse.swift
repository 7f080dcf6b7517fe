/// What the PBX answered to an action, with the items of its list where it has one.
public struct AMIResponse: Sendable, Equatable {
    public var packet: AMIPacket
    /// Events of the list, in order, without the one that ends it.
    public var items: [AMIPacket]

    public var isSuccess: Bool { packet.response == "Success" }
    /// What the PBX says to it, in its own words.
    public var message: String? { packet["Message"] }
}

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
    /// The action cannot be written.
    case action(AMIActionError)
    /// Nobody waits for the answer any more.
    case cancelled
}

extension BridgeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notConnected(let line): "line \(line) is not connected; it tries again by itself"
        case .disconnected(let line, let action): "line \(line) broke before \(action) was answered"
        case .timedOut(let line, let action): "line \(line) did not answer \(action) in time"
        case .refused(let line, let action, let message): "line \(line) refused \(action): \(message)"
        case .tooManyActions(let line): "line \(line) has too many unanswered actions; try again in a moment"
        case .action(let error): "the action cannot be written: \(error)"
        case .cancelled: "the action was given up"
        }
    }
}
