import Codecs
import Foundation

/// What an item of a ticket's thread is.
public enum EntryKind: String, Sendable, Codable, CaseIterable {
    case opened
    /// What the customer or the desk says to the other.
    case reply
    /// Only the desk sees it.
    case note
    case asked
    case solved
    /// Solved by the clock: the question found no answer.
    case unanswered
    case confirmed
    case closed
    case cancelled
    case taken
    case assigned
    /// Moved to another department.
    case moved
    /// Moved to another level of the same department.
    case raised
    /// Priority, type, topic or watchers.
    case changed
    case dueSet = "due_set"
    case reiterated
    case reopened
    case restarted
    /// Another contact of the customer about it.
    case linked
    /// Another ticket has to do with it.
    case referred
    case split
    /// This one ended in another.
    case merged
    /// Another one ended in this.
    case absorbed
    /// Two that were one go on apart: they are not the same customer's.
    case parted
    case reminded
    case file
    case secretRead = "secret_read"
    /// Praise or complaint after the end (C8).
    case opinion
    case escalated
    /// A move was taken back before anybody was told.
    case undone
    /// Who asked for it proved who they are.
    case identified

    /// Whether the customer may know of it at all.
    public var isPublic: Bool {
        switch self {
        case .opened, .reply, .asked, .solved, .unanswered, .confirmed, .closed, .cancelled, .moved, .dueSet,
            .reiterated, .reopened, .restarted, .linked, .split, .merged, .absorbed, .parted, .reminded, .file,
            .opinion:
            true
        case .note, .taken, .assigned, .raised, .changed, .referred, .secretRead, .escalated, .undone,
            .identified:
            false
        }
    }

    /// Whether what was written with it is the customer's to read; the reason of a move is the desk's own.
    var bodyIsPublic: Bool { isPublic && self != .moved && self != .split && self != .dueSet }

    /// Whether a person has something to read in it: it makes the ticket unread for the others.
    public var isWorthReading: Bool {
        switch self {
        case .reply, .note, .asked, .reiterated, .reopened, .restarted, .linked, .file, .absorbed, .cancelled,
            .confirmed, .opinion:
            true
        default: false
        }
    }

    /// Whether it is news to the customer when the desk does it: the ticket is bold until they read it (B6).
    public var isNews: Bool {
        switch self {
        case .reply, .asked, .solved, .unanswered, .cancelled, .moved, .dueSet, .reopened, .restarted, .reminded,
            .merged,
            .absorbed, .split, .file:
            true
        default: false
        }
    }

    static func list(_ kinds: some Sequence<EntryKind>) -> String {
        kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }

    static let publicList = list(allCases.filter(\.isPublic))
    static let newsList = list(allCases.filter(\.isNews))
    static let readList = list(allCases.filter(\.isWorthReading))
}

/// Who wrote an entry.
public enum EntryAuthor: String, Sendable, Codable, CaseIterable {
    case customer
    case technician
    case program
    case system
}

/// What an entry says besides what was written with it; which members are there follows from its kind.
public struct EntryFacts: Sendable, Equatable, Codable {
    /// What something was and has become, in the desk's own codes.
    public struct Change: Sendable, Equatable, Codable {
        public var from: String?
        public var to: String?

        public init(_ from: String?, _ to: String?) {
            self.from = from
            self.to = to
        }
    }

    public var department: Change?
    public var level: Change?
    public var priority: Change?
    public var type: Change?
    public var topic: Change?
    /// Milliseconds since 1970; `to` is absent for “A combinar”.
    public var due: Change?
    /// Who got it.
    public var person: String?
    public var personID: Int64?
    /// Who watches it now and did not, and the other way round.
    public var watches: [String]?
    public var watchesNoMore: [String]?
    /// Another ticket's number.
    public var number: String?
    /// A contact's number.
    public var protocolNumber: String?
    /// How often it was reiterated.
    public var count: Int64?
    /// The name of who did it for the customer, and the protocol of the contact they did it in.
    public var onBehalf: String?
    public var within: String?
    /// Masked: the address a quick link was sent to, when it was done by that link.
    public var link: String?
    /// The number it was written to, before that one was merged.
    public var oldNumber: String?
    /// Of a thread that several tickets make: the number of the merged one it stands in; said when it is read, not kept.
    public var mergedNumber: String?
    /// An answer kept from a form whose topic changed.
    public var kept: Int?
    public var dropped: [String]?
    public var file: String?
    /// `praise` or `complaint`.
    public var opinion: String?
    /// Which clock, which step: `solution`, `late`.
    public var clock: String?
    public var step: String?
    /// What somebody says they spent on it; the desk's own.
    public var minutes: Int64?
    /// The vault's references of passwords that were taken out of what was written.
    public var sealed: [String]?
    /// How it came by e-mail.
    public var mail: Mailed?

    public struct Mailed: Sendable, Equatable, Codable {
        /// Masked: the sender's address as the mail says.
        public var from: String?
        /// The sender is not whom the notice was sent to, and nobody has checked who it is.
        public var isUnverified: Bool?
        /// Files that were not taken, by their names.
        public var leftOut: [String]?
        /// What the sender's program quoted beneath; the desk's own.
        public var quoted: String?

        public init(from: String? = nil, isUnverified: Bool? = nil, leftOut: [String]? = nil, quoted: String? = nil) {
            self.from = from
            self.isUnverified = isUnverified
            self.leftOut = leftOut
            self.quoted = quoted
        }
    }

    public init() {}

    /// What is said of something that came by e-mail.
    init(mail: Mailed) { self.mail = mail }

    /// As programs read them: `{"department":{"from":"a","to":"b"}}`, names with underscores.
    public var json: [UInt8] {
        // Texts and numbers always encode.
        (try? JSONCoding.data(self, names: .underscored)).map(Array.init) ?? Array("{}".utf8)
    }

    static func decode(_ text: String?) -> EntryFacts {
        if text == StoredList.nothing { return EntryFacts() }
        return StoredList.decode(EntryFacts.self, text) ?? EntryFacts()
    }
}
