import Foundation

/// Hands out protocol and ticket numbers inside the transaction that uses them: unique, durable, without gaps that matter.
public struct NumberDesk: Sendable {
    public let format: ProtocolFormat
    private let calendar: Calendar

    /// `timeZone`: decides in which year a call at midnight falls.
    public init(format: ProtocolFormat, timeZone: TimeZone) {
        self.format = format
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// The next protocol number; it exists once the surrounding transaction is committed.
    func nextProtocol(at moment: Moment, in session: any SQLSession) throws(StoreError) -> String {
        let year = calendar.component(.year, from: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
        return format.number(year: year, sequence: try next(format.counterName(year: year), in: session))
    }

    /// The next ticket number: plain digits, counted from 1001 so that none looks like an extension of the house.
    func nextTicket(in session: any SQLSession) throws(StoreError) -> String {
        String(1000 + (try next("ticket", in: session)))
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
