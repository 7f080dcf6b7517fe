/// What the PBX answered to an action, with the items of its list where it has one.
public struct AMIResponse: Sendable, Equatable {
    public var packet: AMIPacket
    /// Events of the list, in order, without the one that ends it.
    public var items: [AMIPacket]

    public var isSuccess: Bool { packet.response == "Success" }
    /// What the PBX says to it, in its own words.
    public var message: String? { packet["Message"] }
}
