/// Why many moves were refused whole: the first that cannot be made.
public struct MovesRefusal: Error, Equatable, CustomStringConvertible {
    /// Its place among those that were asked for, from 0.
    public var place: Int
    /// Its ticket's number; nil for a ticket that is not there, or not theirs to know of.
    public var number: String?
    public var reason: TicketRefusal

    public var description: String { "move \(place + 1): \(reason); none was made" }

    init(_ reason: TicketRefusal, of order: MoveOrder, at place: Int, in session: any SQLSession) throws(StoreError) {
        self.place = place
        self.reason = reason
        switch reason {
        case .noSuchTicket, .notAllowed: break
        default: number = try TicketDirectory.find(order.ticketID, in: session)?.number
        }
    }
}
