/// Why a command was not sent, or what became of it instead of an answer.
///
/// Holds no number, name or value: descriptions end up in logs.
public enum PhoneCallError: Error, Sendable, Equatable {
    /// The caller hung up: nothing can be played or asked any more; variables can still be set.
    case hungUp
    /// The PBX closed the connection, or it broke.
    case disconnected
    /// The PBX did not answer a command in its time; the session is over.
    case timedOut(command: String)
    /// The session reached its longest time.
    case sessionTooLong
    /// The PBX does not know the command, does not allow it now, or was not given what it needs.
    case refused(command: String, code: Int)
    /// A CR, LF or NUL in an argument would forge another command; it is refused, never stripped.
    case lineBreak(command: String)
    /// Asterisk cuts longer lines.
    case commandTooLong(command: String)
    /// A second command before the first was answered.
    case busy(command: String)
    /// What arrived is no AGI.
    case notAGI(AGIFrameError)
    /// What arrived is no Event Socket.
    case notEventSocket(ESLFrameError.Kind)
}

extension PhoneCallError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .hungUp: "the caller hung up"
        case .disconnected: "the PBX closed the connection"
        case .timedOut(let command): "the PBX did not answer \(command) in time"
        case .sessionTooLong: "the session was longer than any call's menu; it was ended"
        case .refused(let command, let code): "the PBX refused \(command) with \(code)"
        case .lineBreak(let command): "an argument of \(command) holds a line break or NUL"
        case .commandTooLong(let command): "\(command) is longer than \(AGICommand.longestLine) bytes"
        case .busy(let command): "\(command) was sent before the last command was answered"
        case .notAGI(let fault): "what arrived is no AGI: \(fault)"
        case .notEventSocket(let fault): "what arrived is no Event Socket: \(fault)"
        }
    }
}
