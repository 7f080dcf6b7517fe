/// What happens at the desk that somebody of it may want to be told of besides the bell.
public enum StaffHappening: String, Sendable, Codable, CaseIterable {
    /// A call rings for them.
    case call
    /// A ticket is new in their department: opened, moved there, restarted.
    case new
    /// The customer wrote, added a file, called about it, ended it or went on with it.
    case customer
    case reiterated
    /// They were given a ticket.
    case assigned
    /// A deadline is near or over.
    case deadline
    /// Anything else on a ticket they have or watch.
    case other

    public init(_ kind: BellKind) {
        self =
            switch kind {
            case .opened, .moved, .restarted: .new
            case .reply, .linked, .file, .reopened, .confirmed, .cancelled, .opinion: .customer
            case .reiterated: .reiterated
            case .assigned: .assigned
            case .atRisk, .late, .escalated: .deadline
            case .changed, .note, .asked, .solved, .unanswered, .merged, .split: .other
            }
    }

    public func title(_ language: Language) -> String {
        switch self {
        case .call: LocalizedText("Uma ligação para mim", ptPT: "Uma chamada para mim", en: "A call for me")[language]
        case .new:
            LocalizedText(
                "Chamado novo no departamento",
                ptPT: "Pedido novo no departamento",
                en: "A new ticket in the department"
            )[language]
        case .customer: LocalizedText("O cliente escreveu", en: "The customer wrote")[language]
        case .reiterated: LocalizedText("O cliente reiterou", en: "The customer asked again")[language]
        case .assigned:
            LocalizedText("Recebi um chamado", ptPT: "Recebi um pedido", en: "I was given a ticket")[language]
        case .deadline: LocalizedText("Prazo em risco ou vencido", en: "A deadline near or missed")[language]
        case .other:
            LocalizedText(
                "Outra mudança no que acompanho",
                ptPT: "Outra alteração no que acompanho",
                en: "Another change in what I watch"
            )[language]
        }
    }
}

extension BellKind {
    /// What rang, as a bell's line and a mail say it.
    public func title(_ language: Language) -> String {
        switch self {
        case .opened: LocalizedText("Chamado novo", ptPT: "Pedido novo", en: "New ticket")[language]
        case .moved: LocalizedText("Chegou de outro departamento", en: "Came from another department")[language]
        case .assigned: LocalizedText("É seu agora", en: "It is yours now")[language]
        case .reply: LocalizedText("O cliente respondeu", en: "The customer replied")[language]
        case .linked: LocalizedText("O cliente falou disso outra vez", en: "The customer spoke of it again")[language]
        case .file: LocalizedText("Novo anexo", en: "New file")[language]
        case .reiterated: LocalizedText("Reiterado", en: "Asked again")[language]
        case .reopened: LocalizedText("Reaberto", en: "Reopened")[language]
        case .restarted: LocalizedText("Recomeçado", en: "Restarted")[language]
        case .cancelled: LocalizedText("Cancelado", en: "Cancelled")[language]
        case .confirmed: LocalizedText("O cliente confirmou a solução", en: "The customer confirmed it")[language]
        case .changed: LocalizedText("Dados mudaram", ptPT: "Dados alterados", en: "Details changed")[language]
        case .note: LocalizedText("Nota interna", en: "Internal note")[language]
        case .asked: LocalizedText("Pergunta ao cliente", en: "Question to the customer")[language]
        case .solved: LocalizedText("Resolvido", en: "Solved")[language]
        case .unanswered: LocalizedText("Resolvido sem resposta", en: "Solved without an answer")[language]
        case .merged: LocalizedText("Unido a outro", en: "Merged")[language]
        case .split: LocalizedText("Separado", en: "Split")[language]
        case .opinion: LocalizedText("Opinião do cliente", en: "The customer's opinion")[language]
        case .escalated: LocalizedText("Escalonado pelo prazo", ptPT: "Escalado pelo prazo", en: "Escalated")[language]
        case .atRisk: LocalizedText("Prazo em risco", en: "Deadline at risk")[language]
        case .late: LocalizedText("Prazo vencido", en: "Deadline missed")[language]
        }
    }
}

/// By which ways somebody is told of what, besides the bell, which always rings.
public struct StaffWishes: Sendable, Equatable, Codable {
    public var mail: Set<StaffHappening> = []
    /// The browser's own notifications.
    public var desktop: Set<StaffHappening> = []
    public var sound: Set<StaffHappening> = []

    public init() {}
}

/// Each person's wishes.
public struct StaffWishDesk: Sendable {
    private let database: any Database

    public init(database: any Database) { self.database = database }

    public func wishes(of accountID: Int64) async throws(StoreError) -> StaffWishes {
        try await database.read { session in try Self.wishes(of: accountID, in: session) }
    }

    static func wishes(of accountID: Int64, in session: any SQLSession) throws(StoreError) -> StaffWishes {
        let row = try session.row("SELECT wishes FROM staff_wish WHERE account_id = $1", [.integer(accountID)])
        return StoredList.decode(StaffWishes.self, row?.text(0)) ?? StaffWishes()
    }

    public func save(_ wishes: StaffWishes, of accountID: Int64) async throws(StoreError) {
        try await database.write { session in
            try session.execute(
                """
                INSERT INTO staff_wish (account_id, wishes) VALUES ($1, $2)
                ON CONFLICT (account_id) DO UPDATE SET wishes = excluded.wishes
                """,
                [.integer(accountID), .text(StoredList.encode(wishes))]
            )
        }
    }
}
