/// Entries as sentences, made when they are shown, in the reader's language.
public struct EntrySentence: Sendable {
    private let time: DeskTime
    private let department: @Sendable (String) -> String?
    private let topic: @Sendable (String) -> String?

    /// `department` and `topic`: what the catalogue calls an identifier now.
    public init(
        time: DeskTime,
        department: @escaping @Sendable (String) -> String? = { _ in nil },
        topic: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.time = time
        self.department = department
        self.topic = topic
    }

    /// What happened, to the desk's people; nil for what speaks for itself (a reply, a note).
    public func text(_ entry: Entry) -> String? { sentence(entry.kind, entry.facts, toCustomer: false) }

    /// What happened, to the customer.
    public func text(_ entry: PublicEntry) -> String? { sentence(entry.kind, entry.facts, toCustomer: true) }

    private func sentence(_ kind: EntryKind, _ facts: EntryFacts, toCustomer: Bool) -> String? {
        var parts = [
            happening(kind, facts, toCustomer: toCustomer) ?? change(kind, facts) ?? relation(kind, facts, toCustomer)
        ].compactMap(\.self)
        if kind != .linked, let name = facts.onBehalf {
            let within = facts.within.map(SpokenDigits.grouped) ?? ""
            parts.append(
                say(
                    "Pelo cliente, por \(name), no atendimento \(within).",
                    "Pelo cliente, por \(name), no atendimento \(within).",
                    "For the customer, by \(name), in contact \(within)."
                )
            )
        }
        if let recipient = facts.link {
            // Whoever had the mail may have done it: a forwarded one writes as well as the first.
            parts.append(
                say(
                    "Pelo link enviado a \(recipient).",
                    "Pela ligação enviada a \(recipient).",
                    "By the link sent to \(recipient)."
                )
            )
        }
        if let mail = facts.mail { parts += mailed(mail, toCustomer: toCustomer) }
        if let old = facts.oldNumber {
            parts.append(say("Escrito no \(old).", "Escrito no \(old).", "Written to \(old)."))
        }
        if let merged = facts.mergedNumber { parts.append(say("Do \(merged).", "Do \(merged).", "Of \(merged).")) }
        if let minutes = facts.minutes, !toCustomer {
            let length = DeskTime.length(.seconds(minutes * 60))
            parts.append(say("Tempo gasto: \(length).", "Tempo gasto: \(length).", "Time spent: \(length)."))
        }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private func mailed(_ mail: EntryFacts.Mailed, toCustomer: Bool) -> [String] {
        var parts: [String] = []
        if let from = mail.from {
            parts.append(
                mail.isUnverified == true
                    ? say(
                        "Por e-mail de \(from), remetente não verificado.",
                        "Por e-mail de \(from), remetente não verificado.",
                        "By e-mail from \(from), not verified."
                    ) : say("Por e-mail de \(from).", "Por e-mail de \(from).", "By e-mail from \(from).")
            )
        }
        if let names = mail.leftOut, !names.isEmpty {
            let list = names.joined(separator: ", ")
            parts.append(
                say(
                    "Anexos que não foram aceitos: \(list).",
                    "Anexos que não foram aceites: \(list).",
                    "Attachments that were not taken: \(list)."
                )
            )
        }
        return parts
    }

    private func happening(_ kind: EntryKind, _ facts: EntryFacts, toCustomer: Bool) -> String? {
        switch kind {
        case .opened: say("Chamado aberto.", "Pedido aberto.", "The ticket was opened.")
        case .asked:
            toCustomer
                ? say(
                    "Temos uma pergunta; o prazo para enquanto aguardamos.",
                    "Temos uma pergunta; o prazo para enquanto aguardamos.",
                    "We have a question; the clock stands while we wait."
                )
                : say("Perguntou ao cliente.", "Perguntou ao cliente.", "Asked the customer.")
        case .solved: say("Resolvido.", "Resolvido.", "Solved.")
        case .unanswered:
            say(
                "Resolvido sem resposta à pergunta.",
                "Resolvido sem resposta à pergunta.",
                "Solved without an answer to the question."
            )
        case .confirmed:
            say(
                "O cliente confirmou a solução; fechado.",
                "O cliente confirmou a solução; fechado.",
                "The customer confirmed the solution; closed."
            )
        case .closed: say("Fechado ao fim do prazo.", "Fechado no fim do prazo.", "Closed at the end of its term.")
        case .cancelled: say("Cancelado.", "Cancelado.", "Cancelled.")
        case .taken: say("Assumiu o chamado.", "Assumiu o pedido.", "Took the ticket.")
        case .assigned:
            assigned(to: facts.person ?? "—")
        case .reiterated:
            say(
                "Demanda reiterada, \(facts.count ?? 1)ª vez.",
                "Pedido reiterado, \(facts.count ?? 1).ª vez.",
                "Reiterated, time \(facts.count ?? 1)."
            )
        case .reopened: say("Reaberto.", "Reaberto.", "Reopened.")
        case .restarted: say("Reiniciado.", "Reiniciado.", "Restarted.")
        case .reminded:
            say("Lembrete enviado.", "Lembrete enviado.", "A reminder was sent.")
        case .file:
            say(
                "Arquivo: \(facts.file ?? "").",
                "Ficheiro: \(facts.file ?? "").",
                "File: \(facts.file ?? "")."
            )
        case .secretRead: say("Viu a senha entregue.", "Viu a palavra-passe entregue.", "Read the password.")
        case .identified:
            say(
                "Identidade de quem pediu confirmada.",
                "Identidade de quem pediu confirmada.",
                "Who asked for it proved who they are."
            )
        case .opinion:
            facts.opinion == "praise"
                ? say("Elogio.", "Elogio.", "Praise.") : say("Reclamação.", "Reclamação.", "Complaint.")
        default: nil
        }
    }

    private func change(_ kind: EntryKind, _ facts: EntryFacts) -> String? {
        switch kind {
        case .moved:
            let to = facts.department?.to.map { department($0) ?? $0 } ?? "—"
            return given(say("Agora com: \(to).", "Agora com: \(to).", "Now with: \(to)."), facts)
        case .raised:
            let to = facts.level?.to ?? "—"
            return given(say("Passou ao nível \(to).", "Passou ao nível \(to).", "Moved to level \(to)."), facts)
        case .dueSet:
            guard let to = facts.due?.to.flatMap({ Int64($0) }) else {
                return say("Prazo a combinar.", "Prazo a combinar.", "Due date to be agreed.")
            }
            let day = time.dateAndTime(Moment(milliseconds: to))
            return say("Novo prazo: \(day).", "Novo prazo: \(day).", "Due now: \(day).")
        case .changed: return changes(facts)
        case .escalated: return escalation(facts)
        case .undone:
            return say(
                "Alteração desfeita antes de ser comunicada.",
                "Alteração anulada antes de ser comunicada.",
                "Change taken back before anybody was told."
            )
        default: return nil
        }
    }

    private func escalation(_ facts: EntryFacts) -> String {
        let share = facts.step ?? "100"
        var parts = [
            say(
                "Escalonado aos \(share) % do prazo.",
                "Escalado aos \(share) % do prazo.",
                "Escalated at \(share) % of its time."
            )
        ]
        if let to = facts.level?.to { parts.append(say("Nível \(to).", "Nível \(to).", "Level \(to).")) }
        if let to = facts.department?.to {
            let name = department(to) ?? to
            parts.append(say("Agora com \(name).", "Agora com \(name).", "Now with \(name)."))
        }
        let rest = changes(facts)
        return (parts + (rest.isEmpty ? [] : [rest])).joined(separator: " ")
    }

    private func changes(_ facts: EntryFacts) -> String {
        var parts: [String] = []
        if let to = facts.priority?.to {
            let title = TopicPriority(rawValue: to)?.title[time.language] ?? to
            parts.append(say("Prioridade: \(title).", "Prioridade: \(title).", "Priority: \(title)."))
        }
        if let to = facts.type?.to {
            let title = TicketType(rawValue: to)?.title[time.language] ?? to
            parts.append(say("Tipo: \(title).", "Tipo: \(title).", "Type: \(title)."))
        }
        if let to = facts.topic?.to {
            let title = topic(to) ?? to
            parts.append(say("Assunto: \(title).", "Assunto: \(title).", "Topic: \(title)."))
        }
        if let due = facts.due {
            let day = due.to.flatMap { Int64($0) }.map { time.dateAndTime(Moment(milliseconds: $0)) }
            let text = day ?? ServiceStatus.open.title(time.language)
            parts.append(say("Prazo: \(text).", "Prazo: \(text).", "Due: \(text)."))
        }
        if let names = facts.watches, !names.isEmpty {
            let list = names.joined(separator: ", ")
            parts.append(say("Acompanha: \(list).", "Acompanha: \(list).", "Watching: \(list)."))
        }
        if let names = facts.watchesNoMore, !names.isEmpty {
            let list = names.joined(separator: ", ")
            parts.append(say("Deixa de acompanhar: \(list).", "Deixa de acompanhar: \(list).", "No longer: \(list)."))
        }
        return parts.joined(separator: " ")
    }

    private func relation(_ kind: EntryKind, _ facts: EntryFacts, _ toCustomer: Bool) -> String? {
        let number = facts.number ?? "—"
        switch kind {
        case .linked:
            let shown = facts.protocolNumber.map(SpokenDigits.grouped) ?? ""
            return toCustomer
                ? say(
                    "Novo contato seu sobre este chamado, protocolo \(shown).",
                    "Novo contacto seu sobre este pedido, protocolo \(shown).",
                    "You contacted us again about this ticket, protocol \(shown)."
                )
                : say(
                    "Novo contato do cliente, protocolo \(shown).",
                    "Novo contacto do cliente, protocolo \(shown).",
                    "The customer contacted us again, protocol \(shown)."
                )
        case .referred: return say("Relacionado ao \(number).", "Relacionado com o \(number).", "Related to \(number).")
        case .split:
            return say(
                "Parte dele segue no \(number).",
                "Parte dele segue no \(number).",
                "Part of it goes on in \(number)."
            )
        case .merged:
            return say("Unido ao \(number), que vale.", "Unido ao \(number), que vale.", "Merged into \(number).")
        case .absorbed:
            return say(
                "O \(number) foi unido a este.",
                "O \(number) foi unido a este.",
                "\(number) was merged into this one."
            )
        case .parted:
            return toCustomer
                ? say(
                    "Volta a seguir em separado de outro chamado.",
                    "Volta a seguir em separado de outro pedido.",
                    "Goes on apart from another ticket again."
                )
                : say(
                    "Separado do \(number): não são do mesmo cliente.",
                    "Separado do \(number): não são do mesmo cliente.",
                    "Apart from \(number) again: they are not the same customer's."
                )
        default: return nil
        }
    }

    /// A place with whom it was given to there.
    private func given(_ place: String, _ facts: EntryFacts) -> String {
        facts.person.map { "\(place) \(assigned(to: $0))" } ?? place
    }

    private func assigned(to name: String) -> String {
        say("Atribuído a \(name).", "Atribuído a \(name).", "Assigned to \(name).")
    }

    private func say(_ ptBR: String, _ ptPT: String, _ en: String) -> String {
        NoticeWords(ptBR, ptPT, en)[time.language]
    }
}
