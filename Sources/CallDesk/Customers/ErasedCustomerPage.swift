import DeskCore

/// What is left to say of a customer whose data was erased.
struct ErasedCustomerPage: Page {
    static let template = "customer-erased"

    var name: String
    /// When, and of how much.
    var erased: String
    /// That some of it is still gone through.
    var isUnderWay: Bool
    var recordings: [String]
    var hasRecordings: Bool
}

extension ErasedCustomerPage {
    init(_ customer: Customer, _ state: ErasureState?, words: Words, time: DeskTime) {
        self.init(
            name: customer.name,
            erased: words(
                "customers.erase.erased",
                [
                    "date": (customer.erasedAt ?? state?.beganAt).map(time.dateAndTime) ?? "",
                    "tickets": String(state?.tickets ?? 0), "contacts": String(state?.contacts ?? 0),
                    "calls": String(state?.calls ?? 0),
                ]
            ),
            isUnderWay: state.map { $0.endedAt == nil } ?? false,
            recordings: state?.recordings ?? [],
            hasRecordings: state?.recordings.isEmpty == false
        )
    }
}
