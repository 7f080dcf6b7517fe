import Testing

@testable import DeskCore

@Suite("Secrets in an interview")
struct InterviewSecretTests {
    private func atSecret() throws -> Interview {
        var interview = try InterviewFixture.interview(topicID: "erro")
        for answer: Answer in [.confirm, .text("Falha"), .text("hoje"), .text("não")] { _ = interview.receive(answer) }
        #expect(interview.prompt.id == .field("senha"))
        return interview
    }

    @Test("go to the vault and leave a reference; neither snapshot, prompt nor request holds them")
    func sealed() throws {
        var interview = try atSecret()
        let actions = interview.receive(.text("  s3nha secreta "))
        #expect(actions.contains(.seal(SealRequest(prompt: .field("senha"), value: "  s3nha secreta "))))
        #expect(interview.prompt.id == .field("senha"))
        #expect(!"\(actions)".contains("s3nha") && !String(reflecting: interview).contains("s3nha"))
        #expect(try !interview.draft.json().contains("s3nha"))
        _ = interview.received(sealed: "cofre-7", for: .field("senha"))
        #expect(interview.prompt.id == .summary)
        #expect(interview.prompt(for: .field("senha"))?.current == AnswerDisplay.secret)
        let answer = try #require(interview.formAnswers.first { $0.fieldID == "senha" })
        #expect(answer.value == "cofre-7" && answer.display == AnswerDisplay.secret)
    }

    @Test("that are replaced, hidden, late or given up are destroyed")
    func discarded() throws {
        var interview = try atSecret()
        _ = interview.receive(.text("um"))
        _ = interview.received(sealed: "cofre-1", for: .field("senha"))
        _ = interview.receive(.text("dois"), to: .field("senha"))
        #expect(
            interview.received(sealed: "cofre-2", for: .field("senha")).contains(.discardSecret(reference: "cofre-1"))
        )
        var hidden = interview
        #expect(hidden.receive(.text("sim"), to: .field("parado")).contains(.discardSecret(reference: "cofre-2")))
        #expect(hidden.received(sealed: "cofre-3", for: .field("senha")) == [.discardSecret(reference: "cofre-3")])
        var ended = interview
        #expect(ended.end(.callDropped).contains(.discardSecret(reference: "cofre-2")))
        #expect(interview.receive(.skip, to: .field("senha")).contains(.discardSecret(reference: "cofre-2")))
    }

    @Test("that a newer catalogue does not ask for are destroyed once the answers are kept without them")
    func forgotten() throws {
        var interview = try atSecret()
        _ = interview.received(sealed: "cofre-1", for: .field("senha"))
        let newer = try InterviewFixture.catalogue {
            $0.replacing("<field id=\"senha\" kind=\"secret\"", with: "<field id=\"senha\" kind=\"text\"")
        }
        var resumed = Interview(
            resuming: interview.draft,
            catalogue: newer,
            checks: InterviewFixture.checks,
            today: InterviewFixture.today
        )
        let actions = resumed.receive(.text("não"), to: .field("parado"))
        #expect(actions == [.save(resumed.draft), .discardSecret(reference: "cofre-1")])
        #expect(resumed.receive(.text("sim"), to: .field("parado")) == [.save(resumed.draft)])
    }

    @Test("that the vault did not take are asked for again")
    func failure() throws {
        var interview = try atSecret()
        _ = interview.receive(.text("um"))
        _ = interview.receivedSealFailure(for: .field("senha"))
        #expect(interview.prompt.fault?.code == .notSealed)
        #expect(interview.prompt.id == .field("senha"))
    }
}
