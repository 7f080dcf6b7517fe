import DeskCore
import HTTPTypes
import Hummingbird

/// Who holds a contact: taking it, handing it over, taking it back, and taking over from somebody who has gone.
struct ClaimOperations: OperationSet {
    let app: App

    /// How long nothing may happen before a claim of somebody absent is anybody's.
    private static let stale = Duration.seconds(300)

    private var changes: DeskChanges { DeskChanges(hub: app.hub, clock: app.clock) }

    static let schemas: [(String, Schema)] = [
        ("Holding", .object([.init("id", .id), .init("account_id", .id), .init("taken_by", .text)])),
        ("HandOver", .object([.init("account_id", .id, "The colleague who gets it.")])),
    ]

    var operations: [Operation] {
        [
            operation("claim", id: "claimAttendance", "Takes a contact that is nobody's, or whose holder has gone.") {
                try await claim($0)
            },
            operation("hand-over", id: "handOverAttendance", "Hands a contact to a colleague.", body: .json("HandOver"))
            {
                try await handOver($0)
            },
            operation("take-back", id: "takeBackAttendance", "Takes back what was handed over a moment ago.") {
                try await takeBack($0)
            },
        ]
    }

    private func operation(
        _ verb: String,
        id: String,
        _ summary: String,
        body: Operation.Body? = nil,
        _ handle: @escaping Operation.Handler
    ) -> Operation {
        Operation(
            method: .post,
            path: "/attendances/{id}/\(verb)",
            id: id,
            tag: "desk",
            summary: summary,
            who: [.staff(.technician)],
            body: body,
            answer: .one("Holding"),
            problems: [.conflict],
            handle: handle
        )
    }

    private func claim(_ ask: Ask) async throws -> Response {
        let attendance = try await open(ask)
        let me = try ask.person()
        var from: Account?
        if let holder = attendance.accountID, holder != me.id {
            from = try await app.accounts.find(holder)
            guard try await isStale(attendance, holder: holder) || me.role >= .supervisor else {
                throw Problem.held(by: from?.name)
            }
        }
        let holder = try await app.attendances.claim(attendance.id, by: me.id, from: attendance.accountID)
        guard holder == me.id else { throw Problem.held(by: try await name(holder)) }
        changes.holder(of: attendance, .claimed, to: me, from: from)
        return .one { write(attendance, me, &$0) }
    }

    private func handOver(_ ask: Ask) async throws -> Response {
        let body = try ask.fields()
        let target = body.id("account_id", required: true)
        try body.finish()
        let attendance = try await open(ask)
        let me = try ask.person()
        guard attendance.accountID == me.id || me.role >= .supervisor else {
            throw Problem.held(by: try await name(attendance.accountID))
        }
        guard let target, let colleague = try await app.accounts.find(target), !colleague.isDisabled,
            colleague.id != attendance.accountID
        else { throw Problem.invalid("account_id", Self.noColleague) }
        let holder = attendance.accountID
        let from = holder == nil || holder == me.id ? me : try await account(holder)
        guard try await app.attendances.handOver(attendance.id, heldBy: holder, by: me.id, to: colleague.id) else {
            throw Problem.held(by: try await name(open(ask).accountID))
        }
        changes.holder(of: attendance, .handedOver, to: colleague, from: from)
        return .one { write(attendance, colleague, &$0) }
    }

    private func takeBack(_ ask: Ask) async throws -> Response {
        let attendance = try await open(ask)
        let me = try ask.person()
        guard let colleague = try await app.attendances.takeBack(attendance.id, by: me.id) else {
            throw Problem.tooLateToTakeBack
        }
        let from = try await account(colleague)
        changes.holder(of: attendance, .takenBack, to: me, from: from)
        return .one { write(attendance, me, &$0) }
    }

    /// - Throws: `Problem` 404 for none, 409 for one that has ended.
    private func open(_ ask: Ask) async throws -> Attendance {
        guard let attendance = try await app.attendances.find(ask.id()) else { throw Problem.notFound }
        if attendance.isCustomersOwn { throw TicketRefusal.notSent }
        guard try await app.attendances.isInHand(attendance) else { throw InterviewDeskError.ended.problem }
        return attendance
    }

    private func account(_ id: Int64?) async throws -> Account? {
        guard let id else { return nil }
        return try await app.accounts.find(id)
    }

    private func name(_ id: Int64?) async throws -> String? { try await account(id)?.name }

    /// A claim is stale when its holder's desk is closed and nothing was answered for a while.
    private func isStale(_ attendance: Attendance, holder: Int64) async throws -> Bool {
        guard await !app.presence.isPresent(holder) else { return false }
        let touched = try await app.drafts.find(attendanceID: attendance.id)?.updatedAt ?? attendance.startedAt
        return app.clock.now.since(touched) >= Self.stale
    }

    private func write(_ attendance: Attendance, _ holder: Account, _ json: inout JSONWriter) {
        json.object { json in
            json.field("id", attendance.id)
            json.field("account_id", holder.id)
            json.field("taken_by", holder.name)
        }
    }

    private static let noColleague = LocalizedText(
        "Escolha um colega com conta ativa.",
        ptPT: "Escolha um colega com conta ativa.",
        en: "Choose a colleague with an active account."
    )
}

extension Problem {
    static func held(by name: String?) -> Problem {
        let who = name ?? "—"
        return Problem(
            .conflict,
            "held-by-another",
            LocalizedText(
                "\(who) está com este atendimento",
                ptPT: "\(who) está com este atendimento",
                en: "\(who) has this contact"
            ),
            detail: LocalizedText(
                "Peça que o passe a você, ou espere: fica livre quando ninguém mexe nele.",
                ptPT: "Peça que lho passe, ou espere: fica livre quando ninguém lhe mexe.",
                en: "Ask for it to be handed over, or wait: it becomes free when nobody works on it."
            )
        )
    }

    static let tooLateToTakeBack = Problem(
        .conflict,
        "too-late",
        LocalizedText(
            "O prazo para pegar de volta passou",
            ptPT: "O prazo para o retomar passou",
            en: "It is too late to take it back"
        ),
        detail: LocalizedText(
            "Peça ao colega que o passe a você.",
            ptPT: "Peça ao colega que lho passe.",
            en: "Ask the colleague to hand it over."
        )
    )
}
