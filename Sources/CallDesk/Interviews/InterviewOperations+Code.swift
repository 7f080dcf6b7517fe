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
            guard attendance.state == .open else { throw InterviewDeskError.ended.problem }
            if case .staff(let staff) = ask.caller, let holder = attendance.accountID, holder != staff.account.id {
                throw Problem.colleagues
            }
            let state = try await app.interviews.state(attendanceID: id, by: ask.author, language: ask.language)
            guard let customer = state.interview.customer else {
                throw Problem(.conflict, "not-identified", Self.notIdentified)
            }
            let sending = try await IdentityCodes(entry: app.entry).send(
                attendanceID: id,
                customerID: customer.customerID,
                contactID: customer.contactID
            )
            switch sending {
            case .tooSoon: throw Problem(.conflict, "code-too-soon", Self.tooSoon)
            case .noChannel: throw Problem(.conflict, "no-channel", Self.noChannel)
            case .sent(let fates): return .list(fates) { $0.write($1, language: ask.language) }
            }
        }
    }

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
