import DeskCore
import Logging

extension CallTeller {
    /// The teller of a desk; `count` hears of every change.
    init(_ app: App, logger: Logger, count: @escaping @Sendable (CallChange) -> Void) {
        let region = app.region
        self.init(
            hub: app.hub,
            phones: app.phones,
            callers: { numbers in
                // What cannot be read now is not the same as a number nobody has.
                guard let found = try? await app.customers.candidates(of: numbers) else { return nil }
                return found.mapValues { $0.prefix(5).map { Caller($0, language: app.language) } }
            },
            covered: { calls in try? await RecordViews.covering(calls, app.attendances) },
            display: { PhoneNumber.display($0, region: region) },
            count: count,
            logger: logger
        )
    }
}

extension CallTeller.Caller {
    fileprivate init(_ candidate: Candidate, language: Language) {
        self.init(
            customerID: candidate.customerID,
            contactID: candidate.contactID,
            name: candidate.contactName ?? candidate.name,
            reasons: candidate.reasons.map { $0.text(in: language) }
        )
    }
}
