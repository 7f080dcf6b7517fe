import Foundation

/// Hands out protocol and ticket numbers inside the transaction that uses them: unique, durable, without gaps that matter.
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
        return format.number(year: year, sequence: try next(format.counterName("protocol", year: year), in: session))
    }

    /// The next ticket number, counted from 1001 so that none looks like an extension of the house.
    ///
    /// Numbers of another format that an older setting gave out stay theirs: one that is taken is passed over.
    func nextTicket(at moment: Moment, in session: any SQLSession) throws(StoreError) -> String {
        let year = year(moment)
        let counter = tickets.counterName("ticket", year: year)
        while true {
            let number = tickets.number(year: year, sequence: 1_000 + (try next(counter, in: session)))
            if try session.row("SELECT 1 FROM ticket WHERE number = $1", [.text(number)]) == nil { return number }
        }
    }

    private func year(_ moment: Moment) -> Int {
        calendar.component(.year, from: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }

    /// Counters are rows, not engine sequences: a rolled-back write gives its number back, on both engines alike.
    private func next(_ counter: String, in session: any SQLSession) throws(StoreError) -> Int64 {
        let row = try session.row(
            """
            INSERT INTO counter (name, value) VALUES ($1, 1)
            ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
            """,
            [.text(counter)]
        )
        guard let value = row?.integer(0) else { throw .corrupt(what: "counter") }
        return value
    }
}
