import DeskCore
import HTTPTypes
import Hummingbird

/// E-mails and SMS: the send log, each one's fate, sending again.
struct NoticeOperations: OperationSet {
    let app: App
    /// Told when something is due at once.
    let wake: @Sendable () -> Void

    private var outbox: NoticeOutbox { app.outbox }

    var operations: [Operation] { [list, show, resend] }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/notices",
            id: "listNotices",
            tag: "notices",
            summary: "The send log, the newest first; recipients are masked.",
            who: [.program(.noticesRead)],
            parameters: [
                .after, .limit,
                .init(name: "channel", schema: .words(NoticeChannel.allCases.map(\.rawValue)), about: "Only this way."),
                .init(
                    name: "state",
                    schema: .words(NoticeState.allCases.map(\.rawValue)),
                    about: "Only in this state."
                ),
            ],
            answer: .page("Notice")
        ) { ask in
            let page = ask.page
            let found = try await outbox.log(
                before: page.after,
                limit: page.limit,
                channel: ask.choice("channel", NoticeChannel.self),
                state: ask.choice("state", NoticeState.self)
            )
            return .page(found, next: page.next(found)) { $0.write($1, language: ask.language) }
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/notices/{id}",
            id: "getNotice",
            tag: "notices",
            summary: "One notice's fate.",
            who: [.program(.noticesRead)],
            answer: .one("Notice"),
            problems: [.notFound]
        ) { ask in
            guard let fate = try await outbox.fate(ask.id()) else { throw Problem.notFound }
            return .one { $0.write(fate, language: ask.language) }
        }
    }

    private var resend: Operation {
        Operation(
            method: .post,
            path: "/notices/{id}/resend",
            id: "resendNotice",
            tag: "notices",
            summary: "Sends a notice again that was given up or did not arrive.",
            who: [.program(.noticesWrite), .staff(.technician)],
            status: .accepted,
            answer: .one("Notice"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try ask.id()
            guard let fate = try await outbox.fate(id) else { throw Problem.notFound }
            try await mayResend(fate, ask.caller)
            switch try await outbox.resend(id, at: app.clock.now) {
            case .failure(let refusal): throw Self.cannotResend(refusal)
            case .success(let copy):
                wake()
                guard let fate = try await outbox.fate(copy) else { throw Problem.notFound }
                return .one(.accepted) { $0.write(fate, language: ask.language) }
            }
        }
    }

    /// A technician sends again what belongs to a ticket or contact of theirs, while the customer is on the line.
    private func mayResend(_ fate: NoticeFate, _ caller: Caller) async throws {
        switch caller {
        case .program: return
        case .customer: throw Problem.forbidden
        case .staff(let staff):
            if staff.role >= .supervisor { return }
            if let id = fate.ticketID, let ticket = try await app.directory.find(id), caller.mayRead(ticket) { return }
            if let id = fate.attendanceID, try await app.attendances.find(id)?.accountID == staff.account.id { return }
            throw Problem.forbidden
        }
    }

    private static func cannotResend(_ refusal: ResendRefusal) -> Problem {
        Problem(
            .conflict,
            "cannot-resend",
            LocalizedText(
                "Este aviso não pode ser reenviado agora",
                ptPT: "Este aviso não pode ser reenviado agora",
                en: "This notice cannot be sent again now"
            ),
            detail: why(refusal)
        )
    }

    private static func why(_ refusal: ResendRefusal) -> LocalizedText {
        switch refusal {
        case .secret:
            LocalizedText(
                "Códigos e links de acesso não são guardados depois do envio: peça um novo código ou link.",
                ptPT:
                    "Os códigos e as ligações de acesso não são guardados depois do envio: peça um novo código ou ligação.",
                en: "Codes and access links are not kept once they are sent: ask for a new code or link."
            )
        case .addressGone:
            LocalizedText(
                "O endereço para onde foi não é mais do cliente, e não há outro no lugar. Cadastre o novo e reenvie.",
                ptPT:
                    "O endereço para onde foi já não é do cliente, e não há outro no lugar. Registe o novo e reenvie.",
                en:
                    "The address it went to is the customer's no more, and there is no other in its place. Add the new one, then send it again."
            )
        case .withheld:
            LocalizedText(
                "Não tem destinatário: o motivo está ao lado do estado.",
                ptPT: "Não tem destinatário: o motivo está ao lado do estado.",
                en: "It has no recipient: the reason stands beside its state."
            )
        case .underWay, .unknown:
            LocalizedText(
                "Ainda está a caminho. Veja o estado dele.",
                ptPT: "Ainda está a caminho. Veja o estado dele.",
                en: "It is still on its way. Look at its state."
            )
        }
    }
}
