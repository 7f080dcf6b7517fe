import Foundation

/// Writes protocol and ticket numbers for the transaction that uses them: unique, durable, each counted up in its series.
public struct NumberDesk: Sendable {
    public let format: ProtocolFormat
    /// How ticket numbers are written.
    public let tickets: ProtocolFormat
    private let calendar: Calendar

    /// `timeZone`: decides in which year a call at midnight falls.
    public init(format: ProtocolFormat, tickets: ProtocolFormat = .standardTicket, timeZone: TimeZone) {
        self.format = format
        self.tickets = tickets
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// The next protocol number; it exists once the surrounding transaction is committed.
    func nextProtocol(at moment: Moment, in session: any SQLSession) throws(StoreError) -> String {
        let year = year(moment)
        return format.number(
            year: year,
            sequence: try session.next(inSeries: format.counterName("protocol", year: year))
        )
    }

    /// Puts a ticket into the table under the next number, counted from 1001 so that none looks like an extension of the
    /// house.
    ///
    /// Numbers of another format that an older setting gave out stay theirs: one that is taken is passed over.
    ///
    /// `insert`: inserts under the number, `ON CONFLICT DO NOTHING`, and returns what came of it; nil when the number is taken.
    func numberTicket<Outcome>(
        at moment: Moment,
        in session: any SQLSession,
        _ insert: (_ number: String) throws(StoreError) -> Outcome?
    ) throws(StoreError) -> Outcome {
        let year = year(moment)
        let series = tickets.counterName("ticket", year: year)
        for _ in 0..<Self.mostTaken {
            let sequence = 1_000 + (try session.next(inSeries: series))
            if let made = try insert(tickets.number(year: year, sequence: sequence)) { return made }
        }
        throw .unavailable(
            what: "a free ticket number",
            remedy: "\(Self.mostTaken) in a row are taken; set another 'ticket.format'"
        )
    }

    /// Numbers in a row that another format may have taken: all a desk ever gave out; the end of a search that finds none.
    private static let mostTaken = 1_000_000

    private func year(_ moment: Moment) -> Int {
        calendar.component(.year, from: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }
}
