import DeskCore
import HTTPTypes
import Hummingbird

/// What is done about a mail that waits for somebody.
struct MailOperations: OperationSet {
    let app: App

    var operations: [Operation] { [again, drop] }

    private var again: Operation {
        Operation(
            method: .post,
            path: "/mails/{id}/again",
            id: "readMailAgain",
            tag: "notices",
            summary: "Has a mail that waits read once more at the next look into the mailbox.",
            who: [.staff(.supervisor)],
            status: .noContent,
            answer: .nothing,
            problems: [.conflict]
        ) { ask in
            let id = try ask.id()
            guard try await app.mailLog.again(id, at: app.clock.now, by: ask.actor) else { throw Self.notWaiting }
            return Response(status: .noContent)
        }
    }

    private var drop: Operation {
        Operation(
            method: .post,
            path: "/mails/{id}/drop",
            id: "dropMail",
            tag: "notices",
            summary: "Wants nothing done about a mail that waits; it stays in the mailbox.",
            who: [.staff(.supervisor)],
            status: .noContent,
            answer: .nothing,
            problems: [.conflict]
        ) { ask in
            let id = try ask.id()
            guard try await app.mailLog.drop(id, at: app.clock.now, by: ask.actor) else { throw Self.notWaiting }
            return Response(status: .noContent)
        }
    }

    private static let notWaiting = Problem(
        .conflict,
        "mail-not-waiting",
        LocalizedText(
            "Este e-mail não está à espera de ninguém",
            ptPT: "Este e-mail não está à espera de ninguém",
            en: "This e-mail waits for nobody"
        ),
        detail: LocalizedText(
            "Alguém já cuidou dele. Atualize a página.",
            ptPT: "Alguém já tratou dele. Atualize a página.",
            en: "Somebody has seen to it. Reload the page."
        )
    )
}
