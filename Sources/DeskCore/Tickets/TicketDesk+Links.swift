extension TicketDesk {
    /// Sends a new quick link to the address an old one was sent to, while that address is still the customer's.
    ///
    /// A link that has ended can be renewed, one that was withdrawn cannot. Asked again within minutes it sends no second
    /// one: a robot that submits every form fills no mailbox.
    ///
    /// - Returns: the address, masked, whether or not something was sent to it; nil when the token is no link's, or its
    ///   link was withdrawn.
    public func renewLink(_ token: String, of links: QuickLinks) async throws(StoreError) -> String? {
        guard let (link, address) = try await links.find(token), link.revokedAt == nil else { return nil }
        try await renew(link, at: address)
        return link.recipient
    }

    /// Links sent so long ago are not sent again yet, in seconds.
    static let renewalRest = 600
}
