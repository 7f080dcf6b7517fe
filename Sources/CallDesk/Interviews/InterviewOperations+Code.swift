import DeskCore
import HTTPTypes

/// The code that raises a caller's identity.
extension InterviewOperations {
    var code: Operation {
        Operation(
            method: .post,
            path: "/interviews/{attendance}/code",
            id: "sendIdentityCode",
            tag: "interviews",
            summary:
                "Sends the identified customer a code by their registered e-mail and SMS; the caller reads it out, and as an answer to the question for proof it raises their identity.",
            who: [.staff(.technician), .program(.interviewsWrite)],
            parameters: [.account],
            answer: .list("Notice"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try await readable(ask)
            guard let attendance = try await app.attendances.find(id) else { throw Problem.notFound }
            guard attendance.isActedIn(at: app.clock.now) else { throw InterviewDeskError.ended.problem }
            if case .staff(let staff) = ask.caller, let holder = attendance.accountID, holder != staff.account.id {
                throw Problem.colleagues
            }
            // The contact's customer is its interview's: each step that settles on somebody writes them down.
            guard let customerID = attendance.customerID else {
                throw Problem(.conflict, "not-identified", Self.notIdentified)
            }
            let sending = try await IdentityCodes(entry: app.entry).send(
                attendanceID: id,
                customerID: customerID,
                contactID: attendance.contactID
            )
            switch sending {
            case .tooSoon: throw Problem(.conflict, "code-too-soon", Self.tooSoon)
            case .noChannel: throw Problem(.conflict, "no-channel", Self.noChannel)
            case .sent(let fates): return .list(fates) { $0.write($1, language: ask.language) }
            }
        }
    }

    var proof: Operation {
        Operation(
            method: .post,
            path: "/interviews/{attendance}/proof",
            id: "proveIdentity",
            tag: "interviews",
            summary:
                "Raises the caller's identity by what they say: something of their record, or the code that was sent. Holds while the contact goes on and a day longer.",
            who: [.staff(.technician), .program(.interviewsWrite)],
            parameters: [.account],
            body: .json("IdentityProof"),
            answer: .one("Attendance"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try await readable(ask)
            let body = try ask.fields()
            let said = body.text("said", maximum: 200, required: true) ?? ""
            try body.finish()
            switch try await app.interviews.prove(said, attendanceID: id, by: ask.author) {
            case .proved: break
            case .wrong: throw Problem.invalid("said", Self.wrong)
            case .nobody: throw Problem(.conflict, "not-identified", Self.notIdentified)
            case .over: throw InterviewDeskError.ended.problem
            }
            guard let attendance = try await app.attendances.find(id) else { throw Problem.notFound }
            return .one { $0.write(attendance) }
        }
    }

    private static let wrong = LocalizedText(
        "Não confere com o cadastro nem com o código enviado.",
        ptPT: "Não confere com o registo nem com o código enviado.",
        en: "It is neither in the record nor the code that was sent."
    )
    private static let notIdentified = LocalizedText(
        "Primeiro identifique quem está falando",
        ptPT: "Primeiro identifique quem está a falar",
        en: "Identify the caller first"
    )
    private static let tooSoon = LocalizedText(
        "O último código saiu há menos de um minuto. Espere um pouco antes de enviar outro.",
        ptPT: "O último código saiu há menos de um minuto. Espere um pouco antes de enviar outro.",
        en: "The last code was sent less than a minute ago. Wait a little before sending another."
    )
    private static let noChannel = LocalizedText(
        "Este cliente não tem e-mail cadastrado nem SMS no contrato: confirme de outro modo.",
        ptPT: "Este cliente não tem e-mail registado nem SMS no contrato: confirme de outro modo.",
        en: "This customer has no registered e-mail and no SMS in the contract: confirm in another way."
    )
}
