import DeskCore
import HTTPTypes

/// What a refused move means to whoever asked for it.
extension TicketRefusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .noSuchTicket: .notFound
        case .noSuchAttendance: .invalid("attendance_id", text)
        case .emptyEntry: .invalid("body", text)
        case .missing(let need): .invalid(need.member, text)
        case .tooLong(let need, _): .invalid(need.member, text)
        case .noSuchPerson, .personElsewhere: .invalid("account_id", text)
        case .keyReused: IdempotencyKey.reused
        case .noSuchWatcher(let isWhole, let place), .blindWatcher(let isWhole, let place):
            .invalid(isWhole ? "watchers[\(place)]" : "watch[\(place)]", text)
        case .noSuchDepartment: .invalid("department", text)
        case .noSuchTopic: .invalid("topic", text)
        case .noSuchEntry, .tooMany: .invalid("entries", text)
        case .noSuchFile: .invalid("files", text)
        case .pastDue, .farDue: .invalid("due_at", text)
        case .itself, .otherIsOver, .confidential: .invalid("other_id", text)
        case .notAllowed, .notSent: Problem(.forbidden, code, text)
        case .heldByAnother: InterviewDeskError.heldByAnother(accountID: 0).problem
        case .mistypedNumber: Problem(.notFound, "mistyped-number", text)
        case .notUndone: .invalid("moves", text)
        case .anotherCustomer, .over, .needsContact, .notNow, .tooLate, .reopenInstead, .stale, .nothingChanges,
            .undoneTooLate, .identityTooLow:
            Problem(.conflict, code, text)
        }
    }

    private var code: String {
        switch self {
        case .anotherCustomer: "another-customer"
        case .over: "ticket-closed"
        case .notAllowed: "not-allowed"
        case .needsContact: "needs-contact"
        case .notNow: "not-now"
        case .tooLate: "too-late"
        case .reopenInstead: "reopen-instead"
        case .stale: "stale"
        case .nothingChanges: "nothing-changes"
        case .undoneTooLate: "undone-too-late"
        case .identityTooLow: "identity-too-low"
        case .notSent: "not-sent"
        default: "refused"
        }
    }

    var text: LocalizedText {
        switch self {
        case .noSuchTicket:
            LocalizedText("Este chamado não existe.", ptPT: "Este pedido não existe.", en: "There is no such ticket.")
        case .noSuchAttendance:
            LocalizedText(
                "Este atendimento não existe, ou terminou há mais de um dia.",
                en: "There is no such attendance, or it ended more than a day ago."
            )
        case .anotherCustomer:
            LocalizedText(
                "O chamado pertence a outro cliente",
                ptPT: "O pedido pertence a outro cliente",
                en: "The ticket belongs to another customer"
            )
        case .over:
            LocalizedText(
                "O chamado terminou: abra um novo que se refira a ele",
                ptPT: "O pedido terminou: abra um novo que se refira a ele",
                en: "The ticket has ended: open a new one that refers to it"
            )
        case .emptyEntry, .missing: FieldText.missing
        case .notAllowed:
            LocalizedText("Você não pode fazer isto", ptPT: "Não pode fazer isto", en: "You may not do this")
        case .needsContact:
            LocalizedText(
                "Só o cliente pode fazer isto; durante um atendimento dele, informe-o e você o faz por ele",
                ptPT: "Só o cliente pode fazer isto; durante um atendimento dele, indique-o e fá-lo por ele",
                en: "Only the customer may do this; within a contact of theirs, name it and you do it for them"
            )
        case .notNow:
            LocalizedText(
                "A situação do chamado não permite isto agora",
                ptPT: "O estado do pedido não permite isto agora",
                en: "The ticket's state does not allow this now"
            )
        case .tooLate:
            LocalizedText(
                "O prazo para isto terminou: abra um novo chamado que se refira a este",
                ptPT: "O prazo para isto terminou: abra um novo pedido que se refira a este",
                en: "The time for this is over: open a new ticket that refers to this one"
            )
        case .reopenInstead:
            LocalizedText(
                "Fechou há pouco: reabra-o em vez de reiniciar",
                en: "It closed a short while ago: reopen it instead"
            )
        case .tooLong(_, let limit):
            LocalizedText(
                "No máximo \(limit) caracteres.",
                ptPT: "No máximo \(limit) caracteres.",
                en: "At most \(limit) characters."
            )
        case .stale:
            LocalizedText(
                "Alguém mudou o chamado enquanto você escrevia: veja o que mudou e envie de novo",
                ptPT: "Alguém mudou o pedido enquanto escrevia: veja o que mudou e envie de novo",
                en: "Someone changed the ticket while you were writing: look at it and send again"
            )
        case .noSuchPerson, .noSuchWatcher:
            LocalizedText(
                "Não há pessoa ativa com este identificador.",
                en: "There is no active person with this identifier."
            )
        case .personElsewhere:
            LocalizedText(
                "Esta pessoa não é deste departamento.",
                en: "This person does not work in this department."
            )
        case .noSuchDepartment:
            LocalizedText("Não há este departamento.", en: "There is no such department.")
        case .noSuchTopic: LocalizedText("Não há este assunto.", en: "There is no such topic.")
        case .noSuchEntry:
            LocalizedText(
                "Não há este andamento neste chamado, ou ele não pode ir.",
                ptPT: "Não há este andamento neste pedido, ou ele não pode ir.",
                en: "There is no such entry in this ticket, or it cannot go."
            )
        case .noSuchFile:
            LocalizedText(
                "Não há este arquivo neste chamado.",
                ptPT: "Não há este ficheiro neste pedido.",
                en: "There is no such file of this ticket."
            )
        case .pastDue:
            LocalizedText("Este momento já passou.", en: "That time has passed.")
        case .farDue: FieldText.tooFarOff
        case .itself: LocalizedText("É o mesmo chamado.", ptPT: "É o mesmo pedido.", en: "That is the same ticket.")
        case .confidential:
            LocalizedText(
                "Um chamado confidencial só se une a outro confidencial da mesma pessoa.",
                ptPT: "Um pedido confidencial só se junta a outro confidencial da mesma pessoa.",
                en: "A confidential ticket is merged only with another confidential one of the same person."
            )
        case .otherIsOver:
            LocalizedText(
                "O outro chamado já terminou.",
                ptPT: "O outro pedido já terminou.",
                en: "The other ticket has ended."
            )
        case .nothingChanges:
            LocalizedText("Já está assim: nada mudaria", en: "It already is: nothing would change")
        case .tooMany(let limit):
            LocalizedText("No máximo \(limit) de uma vez.", en: "At most \(limit) at once.")
        case .undoneTooLate:
            LocalizedText(
                "Já não dá para desfazer: o cliente foi ou está sendo avisado",
                ptPT: "Já não é possível anular: o cliente foi ou está a ser avisado",
                en: "It cannot be undone any more: the customer has been told, or is being told"
            )
        case .notUndone(let move):
            LocalizedText(
                "\(move.rawValue) se faz num chamado de cada vez.",
                ptPT: "\(move.rawValue) faz-se num pedido de cada vez.",
                en: "\(move.rawValue) is done one ticket at a time."
            )
        case .keyReused: IdempotencyKey.reused.title
        case .blindWatcher:
            LocalizedText(
                "Esta pessoa não vê os chamados deste departamento.",
                ptPT: "Esta pessoa não vê os pedidos deste departamento.",
                en: "This person cannot see tickets of this department."
            )
        case .identityTooLow:
            LocalizedText(
                "Este assunto pede identidade confirmada: envie um código ao cliente e confirme-o no atendimento",
                ptPT: "Este assunto pede identidade confirmada: envie um código ao cliente e confirme-o no atendimento",
                en: "This topic asks for a confirmed identity: send the customer a code and confirm it in the contact"
            )
        case .heldByAnother: problem.title
        case .notSent:
            LocalizedText(
                "O cliente ainda está escrevendo este pedido e não o enviou",
                ptPT: "O cliente ainda está a escrever este pedido e não o enviou",
                en: "The customer is still writing this request and has not sent it"
            )
        case .mistypedNumber:
            LocalizedText(
                "Um dígito deste número está errado.",
                en: "A digit of this number is wrong."
            )
        }
    }
}

/// Of many moves it is said which one cannot be made, by its ticket's number and its place, and that none was.
extension MovesRefusal: ProblemDescribing {
    var problem: Problem {
        var problem = reason.problem
        let message = problem.errors.first?.message ?? (reason == .noSuchTicket ? reason.text : problem.title)
        func said(_ language: Language, ticket: String, none: String) -> String {
            let text = message[language]
            let first = number.map { "\(ticket) \($0): \(text)" } ?? text
            return "\(first)\(first.hasSuffix(".") ? "" : ".") \(none)"
        }
        // The address led somewhere; a number in the body did not.
        if reason == .noSuchTicket { problem.detail = nil }
        let member = reason == .noSuchTicket ? "ticket_id" : problem.errors.first?.field
        problem.errors = [
            FieldFault(
                "moves[\(place)]" + (member.map { ".\($0)" } ?? ""),
                LocalizedText(
                    said(.ptBR, ticket: "Chamado", none: "Nada foi feito com nenhum deles."),
                    ptPT: said(.ptPT, ticket: "Pedido", none: "Nada foi feito com nenhum deles."),
                    en: said(.en, ticket: "Ticket", none: "Nothing was done to any of them.")
                )
            )
        ]
        return problem
    }
}

extension TicketNeed {
    /// What the body of a move calls it.
    var member: String {
        switch self {
        case .reason, .solution, .question, .text: "body"
        case .person: "account_id"
        case .place: "department"
        case .other: "other_id"
        case .facts: "facts"
        case .entries: "entries"
        case .contact: "attendance_id"
        }
    }
}
