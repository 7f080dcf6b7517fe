import NIOCore

/// How a PBX and the menu talk over one connection: which call it is, then one command and one answer at a time.
public protocol MenuTongue: Sendable {
    /// What is told of the call.
    associatedtype Start: Sendable
    associatedtype Command: MenuCommand
    associatedtype Reply: Sendable
    associatedtype Call: Sendable

    /// As sentences call it, and the settings.
    static var name: String { get }
    static var setting: String { get }
    /// What we say first; empty when the PBX begins.
    static var greeting: [UInt8] { get }

    init()

    /// Takes bytes as they were read and hands out what they complete.
    ///
    /// - Throws: `PhoneCallError`; the connection is of no use from there on.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ take: (MenuWord<Start, Reply>) -> Void)
        throws(PhoneCallError)

    /// What reads the connection for its wire; for one connection alone.
    static func ear(of wire: MenuWire<Self>) -> any ChannelHandler

    /// The call over its connection.
    static func call(_ start: Start, over wire: MenuWire<Self>) -> Call
}

/// What arrives from a PBX.
public enum MenuWord<Start: Sendable, Reply: Sendable>: Sendable {
    /// Once, at the beginning.
    case start(Start)
    case reply(Reply)
    /// The caller hung up.
    case hangUp
}

/// What is asked of a PBX for one call.
public protocol MenuCommand: Sendable {
    /// What it is called in errors.
    var name: String { get }
    /// Until when an answer must have come.
    var patience: Duration { get }
    /// Whether it does something to the caller's ear or waits for their keys: pointless after a hang-up.
    var needsCaller: Bool { get }

    /// The bytes to send.
    ///
    /// - Throws: `PhoneCallError`; a value that cannot be sent as it is is not sent.
    func encoded() throws(PhoneCallError) -> [UInt8]
}
