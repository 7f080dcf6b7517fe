import DeskCore

/// How much of a customer's record may be said: all but the document, or so much as tells one entry from another.
///
/// The card, the customer's page, the ticket's page and the API show a record through it.
struct RecordView: Sendable {
    static let hidden = "•••"
    /// Nobody is on the line: what work needs is shown, and the document by a look of its own.
    static let whole = RecordView(level: .verified)

    var level = IdentityLevel.known
    /// The number the caller calls from; who calls from it is told nothing by it.
    var number: String?

    var isOpen: Bool { IdentityRule.opensRecord(level) }

    func address(_ address: String?) -> String? { address.map { isOpen ? $0 : Self.hidden } }

    func email(_ email: String?) -> String? {
        email.map { isOpen ? $0 : EmailAddress($0)?.masked ?? Self.hidden }
    }

    /// Its number is what a caller proves themselves by.
    func contract(_ number: String) -> String { isOpen ? number : Self.hidden + number.suffix(2) }

    func shows(_ phone: Phone) -> Bool { isOpen || number == phone.lookup }

    func number(_ phone: Phone) -> String? { shows(phone) ? phone.e164 : nil }

    func display(_ phone: Phone, region: Region) -> String {
        let display = phone.display(region: region)
        return shows(phone) ? display : PhoneNumber.masked(display)
    }
}

/// The records somebody may see now: each as open as their contact with its customer allows.
///
/// A page about whoever is on the line is read aloud. While a technician talks to somebody who has not yet proven to be the
/// customer, that customer's record is as closed as on the card, wherever they look at it.
struct RecordViews: Sendable {
    private var held: [Int64: RecordView] = [:]

    init(_ attendances: AttendanceDesk, for caller: Caller) async throws {
        guard case .staff(let staff) = caller else { return }
        // The newest contact with a customer counts.
        for contact in try await attendances.held(by: staff.account.id) where held[contact.customerID] == nil {
            held[contact.customerID] = RecordView(level: contact.level, number: contact.number)
        }
    }

    func of(_ customerID: Int64) -> RecordView { held[customerID] ?? .whole }
}
