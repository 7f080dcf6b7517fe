/// What is wrong with a stream that should be AMI, and at which byte the faulty line begins.
///
/// The decoder drops the packet around the fault and goes on at the next blank line.
public enum AMIFrameError: Error, Equatable, Sendable {
    /// A line longer than `AMIFrameDecoder.longestLine`.
    case lineTooLong(offset: Int)
    /// A packet longer than `AMIFrameDecoder.largestPacket`.
    case packetTooLarge(offset: Int)
    /// More lines than `AMIFrameDecoder.mostHeaders`.
    case tooManyHeaders(offset: Int)
    /// A line without a header's name.
    case noHeader(offset: Int)
    /// A block of headers that is neither event nor response nor action.
    case noPacket(offset: Int)

    /// Bytes of the stream before the fault.
    public var offset: Int {
        switch self {
        case .lineTooLong(let offset), .packetTooLarge(let offset), .tooManyHeaders(let offset), .noHeader(let offset),
            .noPacket(let offset):
            offset
        }
    }
}

extension AMIFrameError: CustomStringConvertible {
    /// What was found; never the bytes themselves, which may hold numbers and names.
    public var description: String {
        let what =
            switch self {
            case .lineTooLong: "a line over \(AMIFrameDecoder.longestLine) bytes"
            case .packetTooLarge: "a packet over \(AMIFrameDecoder.largestPacket) bytes"
            case .tooManyHeaders: "a packet of more than \(AMIFrameDecoder.mostHeaders) lines"
            case .noHeader: "a line that is no header"
            case .noPacket: "headers that make no event, response or action"
            }
        return "\(what) at byte \(offset); skipped to the next packet"
    }
}
