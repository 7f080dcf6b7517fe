/// Somebody who works at the desk and signs in.
public struct Account: Sendable, Hashable, Identifiable {
    public enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        case technician
        case supervisor
        case administrator

        private var rank: Int {
            switch self {
            case .technician: 0
            case .supervisor: 1
            case .administrator: 2
            }
        }

        public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

        public func title(in language: Language) -> String {
            switch self {
            case .technician: LocalizedText("Técnico", en: "Technician")[language]
            case .supervisor: LocalizedText("Supervisor", en: "Supervisor")[language]
            case .administrator: LocalizedText("Administrador", en: "Administrator")[language]
            }
        }
    }

    /// What a ringing call does on this technician's screen.
    public enum Pop: String, Sendable, Hashable, Codable, CaseIterable {
        case off
        case banner
        /// The banner, and on answer a draft that waits.
        case draft
        /// The banner, and on answer the call's screen.
        case open

        public func title(in language: Language) -> String {
            switch self {
            case .off: LocalizedText("Desligado", en: "Off")[language]
            case .banner: LocalizedText("Só o aviso", en: "Banner only")[language]
            case .draft: LocalizedText("Aviso e rascunho", en: "Banner and draft")[language]
            case .open: LocalizedText("Abrir a tela", ptPT: "Abrir o ecrã", en: "Open the screen")[language]
            }
        }
    }

    public var id: Int64
    /// Lower case, without accents or blanks.
    public var login: String
    public var name: String
    public var email: String?
    public var role: Role
    public var language: Language?
    public var pop: Pop
    public var departments: [String]
    public var queues: [String]
    public var disabledAt: Moment?
    public var createdAt: Moment
    /// Counts its changes: a change that names an older one was made of an old copy.
    public var revision: Int64

    public var isDisabled: Bool { disabledAt != nil }

    static let columns = """
        account.id, account.login, account.name, account.email, account.role, account.language, account.pop,
        account.departments, account.queues, account.disabled_at, account.created_at,
        account.revision
        """
    /// How many columns `columns` names.
    static let columnCount = 12

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "account.id")
        login = try row.need(row.text(1), "account.login")
        name = try row.need(row.text(2), "account.name")
        email = row.text(3)
        role = try row.need(row.text(4).flatMap(Role.init), "account.role")
        language = row.text(5).flatMap(Language.init)
        pop = row.text(6).flatMap(Pop.init) ?? .open
        departments = try StoredList.texts(row.text(7), "account.departments")
        queues = try StoredList.texts(row.text(8), "account.queues")
        disabledAt = row.moment(9)
        createdAt = try row.need(row.moment(10), "account.created_at")
        revision = try row.need(row.integer(11), "account.revision")
    }
}

/// One phone of a technician: the PBX's name of it, on one line or on any.
public struct AccountExtension: Sendable, Hashable, Codable {
    /// The PBX line's name in the settings; empty for any line.
    public var line: String
    /// `PJSIP/1001`, or the bare extension `1001`.
    public var party: String

    public init(line: String = "", party: String) {
        self.line = line
        self.party = party
    }
}
