/// Why a ticket was not opened or changed.
public enum TicketRefusal: Error, Equatable, CustomStringConvertible {
    case noSuchAttendance
    case noSuchTicket
    /// The customer's tickets are not those of this contact's customer.
    case anotherCustomer
    /// An ended ticket takes no entry (D6): open a new one that refers to it.
    case over(TicketState)
    case emptyEntry
    /// Whoever asks may not do this, whatever the state.
    case notAllowed(TicketMove)
    /// Only the customer may, or the desk for them within a contact.
    case needsContact(TicketMove)
    /// Not from this state.
    case notNow(TicketMove, TicketState)
    case tooLate(TicketMove)
    /// So soon after closing it is reopened, with the same person.
    case reopenInstead(until: Moment)
    case missing(TicketNeed)
    case tooLong(TicketNeed, limit: Int)
    /// Somebody changed it since it was read; `current` is its revision now.
    case stale(current: Int64)
    case noSuchPerson
    /// Of those who are to watch the one at this place: of the whole list, or of those added to it.
    case noSuchWatcher(isWhole: Bool, place: Int)
    case personElsewhere
    case noSuchDepartment
    case noSuchTopic
    case noSuchEntry
    case noSuchFile
    /// A due time that has passed.
    case pastDue
    /// A due time so far off that no desk means it.
    case farDue
    /// A ticket is not merged into, linked with or split from itself.
    case itself
    /// The ticket it would be merged into has ended.
    case otherIsOver
    /// What was asked in confidence would be read by whom it does not concern.
    case confidential
    case nothingChanges
    case tooMany(limit: Int)
    /// The time to take it back is over, or it was taken back before.
    case undoneTooLate
    /// This move is not taken back.
    case notUndone(TicketMove)
    /// A number with a mistyped digit.
    case mistypedNumber
    /// A colleague has the contact in hand.
    case heldByAnother
    /// The customer writes it at the portal and has not sent it yet.
    case notSent
    /// Who asks is not as sure to be the customer as the topic wants.
    case identityTooLow(IdentityLevel)
    /// The client's name for this wish was used for another one.
    case keyReused
    /// Of those who are to watch, the one at this place may not read the ticket.
    case blindWatcher(isWhole: Bool, place: Int)

    public var description: String {
        switch self {
        case .noSuchAttendance: "there is no such contact; load the page again"
        case .noSuchTicket: "there is no such ticket; check its number"
        case .anotherCustomer: "that ticket belongs to another customer"
        case .over(let state): "the ticket is \(state.rawValue); open a new one that refers to it"
        case .emptyEntry: "write something first"
        case .notAllowed(let move): "you may not \(move.rawValue) this ticket"
        case .needsContact(let move): "only the customer may \(move.rawValue) it; do it within a contact of theirs"
        case .notNow(let move, let state): "a ticket that is \(state.rawValue) cannot be changed by \(move.rawValue)"
        case .tooLate(let move): "the time to \(move.rawValue) it is over; open a new one that refers to it"
        case .reopenInstead: "it closed a short while ago; reopen it instead"
        case .missing(let need): "\(need.rawValue) is missing"
        case .tooLong(let need, let limit): "\(need.rawValue) is longer than \(limit) characters"
        case .stale: "somebody changed the ticket since you read it; look at it again"
        case .noSuchPerson: "there is no such person, or they do not work here any more"
        case .noSuchWatcher(_, let place): "watcher \(place + 1) is nobody, or does not work here any more"
        case .personElsewhere: "that person does not work in this department"
        case .noSuchDepartment: "there is no such department"
        case .noSuchTopic: "there is no such topic"
        case .noSuchEntry: "there is no such entry in this ticket"
        case .noSuchFile: "there is no such file of this ticket"
        case .pastDue: "that time has passed; choose a later one"
        case .farDue: "that time is more than \(DeskHorizon.years) years off; choose a sooner one"
        case .itself: "that is the same ticket"
        case .confidential: "a confidential ticket is merged only with another confidential one of the same person"
        case .otherIsOver: "the ticket it would go into has ended"
        case .nothingChanges: "nothing would change"
        case .tooMany(let limit): "at most \(limit) at once"
        case .undoneTooLate: "the time to take it back is over"
        case .notUndone(let move): "\(move.rawValue) cannot be made for many at once"
        case .mistypedNumber: "a digit of the number is mistyped"
        case .keyReused: "this key was used for something else; use a new one for each new wish"
        case .blindWatcher(_, let place): "watcher \(place + 1) may not read tickets of this department"
        case .heldByAnother: "a colleague holds this contact; ask them to hand it over"
        case .notSent: "the customer has not sent this request yet"
        case .identityTooLow(let needed): "the topic asks for a \(needed.word) identity; confirm who it is first"
        }
    }
}
