import Foundation
import TestSupport
import Testing

@testable import DeskCore

/// A mail of Tests/Fixtures/mail and what it must be read as.
struct MailSample: Sendable, CustomTestStringConvertible {
    /// What is right; what is absent must be absent.
    struct Reading: Decodable, Equatable {
        struct Report: Decodable, Equatable {
            var recipient: String?
            var isFailure: Bool
            var status: String?
        }

        var sender: String?
        var name: String
        /// Not told where it is of no matter.
        var subject: String?
        var fresh: String?
        var quoted: Bool?
        var files: [String]?
        var automatic: String?
        var report: Report?
        var voicemail: String?
        var wantsNoAnswer: Bool?
        /// What becomes of it where nobody is registered and its signed address is ours.
        var fate: String
    }

    let name: String

    var testDescription: String { name }

    static let all: [MailSample] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/mail").standardizedFileURL
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".eml") }.sorted().map { MailSample(name: String($0.dropLast(4))) }
    }()

    func bytes() throws -> [UInt8] { try Fixtures.bytes("mail/\(name).eml") }

    func reading() throws -> Reading {
        try JSONDecoder().decode(Reading.self, from: Data(try Fixtures.bytes("mail/\(name).json")))
    }
}

@Suite("Mails as programs of the world write them")
struct MailCorpusTests {
    private static func rules() throws -> MailRules {
        MailRules(own: [try #require(EmailAddress("desk@exemplo.com.br"))])
    }

    /// What is known where each signed address is ours and nobody is registered.
    private static func facts(_ mail: IncomingMail) -> MailFacts {
        var facts = MailFacts()
        let ours = MailStanding.ours(NoticeAddressee(noticeID: 1, ticketID: 1, recipient: "maria@example.com"))
        if mail.recipients.contains(where: { $0.localPart.hasPrefix("desk+r") }) { facts.reply = ours }
        if mail.recipients.contains(where: { $0.localPart.hasPrefix("desk+b") }) { facts.bounce = ours }
        return facts
    }

    private static func name(_ fate: MailFate) -> String {
        switch fate {
        case .answer: "answer"
        case .returned: "returned"
        case .voicemail: "voicemail"
        case .request: "request"
        case .automatic: "automatic"
        case .refusedAddress(let outcome): outcome.rawValue
        case .refused: "refused"
        case .held: "held"
        }
    }

    @Test("there are many")
    func some() { #expect(MailSample.all.count >= 30) }

    @Test("each is read as its reader sees it, and comes to what it should", arguments: MailSample.all)
    func reading(sample: MailSample) throws {
        let mail = try MailReader.read(try sample.bytes())
        let right = try sample.reading()
        let cut = QuotedText(mail.text)
        #expect(mail.sender?.canonical == right.sender)
        #expect(mail.senderName == right.name)
        if let subject = right.subject { #expect(mail.subject == subject) }
        if let fresh = right.fresh { #expect(cut.fresh == fresh) }
        if let quoted = right.quoted { #expect((cut.quoted != nil) == quoted) }
        #expect(mail.files.map(\.name) == right.files ?? [])
        #expect(mail.automatic?.rawValue == right.automatic)
        #expect(mail.report?.recipient?.canonical == right.report?.recipient)
        #expect(mail.report?.isFailure == right.report?.isFailure && mail.report?.status == right.report?.status)
        #expect(mail.voicemail?.callerNumber == right.voicemail)
        #expect(mail.wantsNoAnswer == right.wantsNoAnswer ?? false)
        #expect(Self.name(try Self.rules().decide(mail, Self.facts(mail))) == right.fate)
    }

    @Test(
        "mutants of them are read within bounds and come to something, or are refused by name",
        .timeLimit(.minutes(5))
    )
    func mutants() throws {
        var mutator = Mutator(try MailSample.all.map { try $0.bytes() })
        let rules = try Self.rules()
        for _ in 0..<Mutator.rounds {
            guard let mail = try? MailReader.read(mutator.next()) else { continue }
            #expect(mail.recipients.count <= MailLimits.recipients && mail.files.count <= MailLimits.parts)
            #expect(!mail.text.unicodeScalars.contains("\0") && !mail.subject.unicodeScalars.contains("\0"))
            let isRequest = if case .request = rules.decide(mail, Self.facts(mail)) { true } else { false }
            let cut = CutMail(mail, isRequest: isRequest)
            #expect(cut.fresh.count <= MoveLimits.longestText && (cut.quoted?.count ?? 0) <= MoveLimits.longestText)
        }
    }
}
