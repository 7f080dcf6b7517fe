import DeskCore
import HTTPTypes
import Hummingbird

/// E-mails and SMS: the send log, each one's fate, sending again.
struct NoticeOperations: OperationSet {
    let outbox: NoticeOutbox
    let clock: DeskClock

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
            who: [.program(.noticesWrite)],
            status: .accepted,
            answer: .one("Notice"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try ask.id()
            guard try await outbox.fate(id) != nil else { throw Problem.notFound }
            switch try await outbox.resend(id, at: clock.now) {
            case .failure: throw Self.cannotResend
            case .success(let copy):
                guard let fate = try await outbox.fate(copy) else { throw Problem.notFound }
                return .one(.accepted) { $0.write(fate, language: ask.language) }
            }
        }
    }

    private static let cannotResend = Problem(
        .conflict,
        "cannot-resend",
        LocalizedText(
            "Este aviso não pode ser reenviado agora",
            ptPT: "Este aviso não pode ser reenviado agora",
            en: "This notice cannot be sent again now"
        ),
        detail: LocalizedText(
            "Ainda está a caminho, ou não tem destinatário. Veja o estado dele.",
            ptPT: "Ainda está a caminho, ou não tem destinatário. Veja o estado dele.",
            en: "It is still on its way, or has no recipient. Look at its state."
        )
    )
}
