import DeskCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Whose phone a party is")
struct PhoneNameTests {
    private static let phones: [(login: String, phone: AccountExtension)] = [
        ("ana", AccountExtension(party: "PJSIP/1001")), ("bruno", AccountExtension(party: "1002")),
        ("carla", AccountExtension(line: "filial", party: "1001")),
        ("davi", AccountExtension(line: "filial", party: "PJSIP/1002")),
        ("elisa", AccountExtension(party: "SIP/1003")), ("fabio", AccountExtension(line: "filial", party: "IAX2/1003")),
        ("gil", AccountExtension(line: "filial", party: "sofia/internal/1004")),
    ]

    @Test(
        "the record and the pop give a call to the same technician",
        arguments: [
            ("PJSIP/1001", "matriz", "ana"), ("1001", "matriz", "ana"), ("PJSIP/1001", "filial", "carla"),
            ("1001", "filial", "carla"), ("PJSIP/1002", "matriz", "bruno"), ("PJSIP/1002", "filial", "davi"),
            ("SIP/1002", "filial", "bruno"), ("1002", "filial", "bruno"), ("1003", "matriz", "elisa"),
            ("1003", "filial", "fabio"), ("PJSIP/1003", "matriz", nil), ("sofia/internal/1004", "filial", "gil"),
            ("1004", "filial", "gil"), ("1004", "matriz", nil), ("PJSIP/trunk", "matriz", nil), ("", "matriz", nil),
        ] as [(String, String, String?)]
    )
    func oneRule(party: String, line: String, owner: String?) async throws {
        try await DeskUnderTest.with { test in
            for (login, phone) in Self.phones { _ = try await test.account(login, extensions: [phone]) }
            let recorded = try await test.app.accounts.account(party: party, line: line)
            let book = await test.app.phones.current()
            #expect(recorded?.login == owner)
            #expect(book.account(of: party, line: line) == recorded?.id)
        }
    }
}
