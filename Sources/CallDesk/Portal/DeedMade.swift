import DeskCore

/// What a form of a ticket's page says, beside what was recorded by the same form before.
struct DeedMade: Sendable {
    /// The form was sent before with something else in it: that is recorded, and this is not.
    struct Another: Error {
        static let text = LocalizedText(
            "Esta página já tinha sido enviada com outro conteúdo, que está registrado. O que está aqui ainda não foi "
                + "enviado: confira e envie de novo.",
            ptPT:
                "Esta página já tinha sido enviada com outro conteúdo, que está registado. O que está aqui ainda não foi "
                + "enviado: verifique e envie de novo.",
            en: "This page had been sent before with something else, which is recorded. What is here has not been sent "
                + "yet: check it and send it again."
        )
    }

    private let form: MultipartForm
    private let deed: String
    private let doer: TicketDoer
    private let ticket: Ticket
    private let attachments: AttachmentStore

    init(
        _ form: MultipartForm,
        _ deed: String,
        by doer: TicketDoer,
        on ticket: Ticket,
        attachments: AttachmentStore
    ) {
        (self.form, self.deed, self.doer, self.ticket, self.attachments) = (form, deed, doer, ticket, attachments)
    }

    /// The files a form says it has from an earlier try, without those its sender takes out: they go with what nobody
    /// sends again within a day, and until then count among what may wait.
    static func kept(_ form: MultipartForm) -> Set<Int64> {
        func ids(_ name: String) -> Set<Int64> {
            let named = form.fields.filter { $0.name == name }
            return Set(named.prefix(AttachmentStore.most).compactMap { Int64($0.value) })
        }
        return ids("kept").subtracting(ids("remover"))
    }

    /// Whether an entry is what this form says: its words, its kind of opinion, its files.
    func isRecorded(by entry: Entry) async throws -> Bool {
        let wish = form["passwords"].flatMap(PasswordSpotter.Wish.init)
        let text = form["text"] ?? ""
        guard deed != "opinion" else {
            return entry.facts.opinion == form["kind"]
                && entry.says(PasswordOffer.recorded(text, wish, most: .max))
        }
        guard entry.says(PasswordOffer.recorded(text, wish)) else { return false }
        guard deed == TicketMove.reply.rawValue else { return true }
        let recorded = try await attachments.list(entryID: entry.id)
        var sent = Set(form.files.prefix(AttachmentStore.most).map { AttachmentStore.hash($0.bytes) })
        let kept = Self.kept(form)
        let known = try await attachments.waiting(on: ticket.id, for: doer.scope) + recorded
        sent.formUnion(known.filter { kept.contains($0.id) }.map(\.sha256))
        return sent == Set(recorded.map(\.sha256))
    }
}
