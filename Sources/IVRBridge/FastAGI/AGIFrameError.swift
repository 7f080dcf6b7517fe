/// What is wrong with the bytes that arrived.
public enum AGIFrameError: Error, Sendable, Equatable, CustomStringConvertible {
    case lineTooLong
    case tooManyVariables
    case tooManyLines
    case noEnvironment
    case unexpectedLines

    public var description: String {
        switch self {
        case .lineTooLong: "a line of more than \(AGIDecoder.longestLine) bytes"
        case .tooManyVariables: "more than \(AGIDecoder.mostVariables) lines of environment"
        case .tooManyLines: "an answer of more than \(AGIDecoder.mostUsageLines) lines"
        case .noEnvironment: "the environment does not begin with agi_"
        case .unexpectedLines: "more than \(AGIDecoder.mostStrayLines) lines that nobody asked for"
        }
    }
}
