import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What is typed into a search")
struct TypedSearchTests {
    private func bench(_ engine: DatabaseEngine) async throws -> CustomerBench {
        try await CustomerBench(region: .brazil, engine: engine)
    }

    private func company(_ bench: CustomerBench) async throws -> Customer {
        let made = try await bench.customer(
            "Busca d'Ávila & Sant’Anna Ltda",
            kind: .company,
            document: "9X.YZK.48L/0001-05"
        )
        let id = made.id
        _ = try await bench.directory.addContact(
            ContactDraft(name: "Bia O'Neil", email: "bia.busca@padaria-são-joão.com.br"),
            to: id,
            by: bench.actor
        )
        _ = try await bench.directory.addPhone("(11) 98222-3344", to: id, by: bench.actor)
        _ = try await bench.directory.addPhone("0800 591 2117", to: id, by: bench.actor)
        _ = try await bench.directory.addContract(
            ContractDraft(number: "CT-000456/A", title: "x"),
            to: id,
            by: bench.actor
        )
        return made
    }

    private static let spellings = [
        "busca", "BUSCA davila", "d'avila", "d’ávila", "davila", "dávila", "santanna", "sant'anna", "santana anna",
        "oneil", "o'neil", "9XYZK48L000105", "9x.yzk.48l/0001-05", "9X.YZK.48L", "9xyzk48l",
        "bia.busca@padaria-são-joão.com.br", "BIA.BUSCA@xn--padaria-so-joo-yhbe.com.br", "11982223344",
        "(11) 98222-3344", "+5511982223344", "+55 (11) 98222-3344", "5511982223344", "011 98222-3344",
        "0xx11 98222-3344", "982223344", "98222-3344", "8222-3344", "tel. (11) 98222-3344", "98222 3344",
        "busca (11) 98222-3344", "3344", "busca 3344", "2117", "final 3344", "tel: 98222-3344",
        "CNPJ 9X.YZK.48L/0001-05", "contrato 456",
        "CT-000456/A", "nº 000456", "contrato nº 456", "0800 591 2117", "08005912117", "0800-591-2117",
    ]

    @Test(
        "a customer is found by whatever is known of them, in any spelling",
        arguments: TestDatabase.engines
    )
    func customers(engine: DatabaseEngine) async throws {
        let bench = try await bench(engine)
        let company = try await company(bench)
        _ = try await bench.customer("Outra Pessoa", document: "52998224725", sms: true)
        for typed in Self.spellings where typed != "santana anna" {
            #expect(try await bench.directory.search(typed).map(\.id) == [company.id], "\(typed)")
        }
        for typed in ["santana anna", "11982223345", "bia.busca@exemplo.com", "' ' '", "+", "()", "@"] {
            #expect(try await bench.directory.search(typed).isEmpty, "\(typed)")
        }
    }

    @Test("a removed phone or contact is found no more")
    func removed() async throws {
        let bench = try await bench(.sqlite)
        let company = try await company(bench)
        let card = try #require(try await bench.directory.card(company.id))
        let phone = try #require(card.phones.first)
        try await bench.directory.removePhone(phone.id, of: company.id, by: bench.actor)
        #expect(try await bench.directory.search("982223344").isEmpty)
        try await bench.directory.removeContact(try #require(card.contacts.first).id, by: bench.actor)
        #expect(try await bench.directory.search("oneil").isEmpty)
    }

    @Test("records of an earlier version are indexed anew, once")
    func rebuilt() async throws {
        let bench = try await bench(.sqlite)
        let company = try await company(bench)
        try await bench.database.write { session in
            try SearchIndex.put(kind: .customer, id: company.id, text: "nada", in: session)
        }
        #expect(try await bench.directory.search("982223344").isEmpty)
        let rebuild = SearchRebuild(database: bench.database, customers: bench.directory)
        #expect(try await rebuild.run() == 1)
        #expect(try await bench.directory.search("982223344").map(\.id) == [company.id])
        #expect(try await rebuild.run() == 0)
    }

    @Test("a hostile text has few readings, and ends")
    func hostile() {
        let long = String(repeating: "1 a' ", count: 5_000)
        #expect(TypedSearch(long, region: .brazil).readings.count <= 8)
        #expect(TypedSearch("", region: .brazil).readings == [""])
    }

    @Test("every ticket is found by what was said in it, by whom and from where", arguments: TestDatabase.engines)
    func tickets(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let clock = DeskClock { Moment(milliseconds: 1_795_236_570_000) }
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let desk = TicketDesk(
            database: database,
            numbers: numbers,
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: clock,
            announce: { _, _ in true }
        )
        let attendances = AttendanceDesk(database: database, numbers: numbers, clock: clock)
        let attendance = try await attendances.begin(channel: .walkIn, accountID: nil)
        var request = TicketDeskTests.request("k1", attendanceID: attendance.id)
        request.callerName = "José D’Ávila"
        request.callerPhone = "+5511982223344"
        let ticket = try await desk.open(request, by: nil).ticket
        _ = try await desk.make(
            MoveOrder(.reply, of: ticket.id, text: "O roteador foi substituído."),
            by: .program(name: "Ana", author: nil)
        )
        _ = try await desk.make(
            MoveOrder(.note, of: ticket.id, text: "Cliente grosseiro"),
            by: .program(name: "Ana", author: nil)
        )
        let directory = TicketDirectory(database: database, region: .brazil)
        func found(_ words: String) async throws -> Int {
            var query = TicketQuery()
            query.words = words
            return try await directory.list(query).count
        }
        let number = attendance.protocolNumber
        let grouped = SpokenDigits.grouped(number)
        for typed in [
            ticket.number, number, grouped, number.prefix(4) + "." + number.dropFirst(4), "jose davila",
            "d'avila", "#\(ticket.number)", "chamado \(ticket.number)", "protocolo \(grouped)", "prot. nº \(number)",
            "tel. 8222-3344", "final 3344", "(11) 98222-3344", "8222-3344", "11982223344", "roteador", "substituido",
            "fatura dobro",
        ] {
            #expect(try await found(String(typed)) == 1, "\(typed)")
        }
        // A note is for the staff: no search tells of it.
        #expect(try await found("grosseiro") == 0)
    }

    @Test(
        "a call is found by its number in any spelling, its protocol, and who called",
        arguments: TestDatabase.engines
    )
    func calls(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        try await database.write { session in
            for (key, number, name) in [("1", "+5511982223344", "JOSÉ PÃO"), ("2", "+5511955556666", nil)] {
                try session.execute(
                    """
                    INSERT INTO call (line, call_key, direction, number, caller_name, state, outcome, started_at)
                    VALUES ('pbx', $1, 'inbound', $2, $3, 'ended', 'answered', 1)
                    """,
                    [.text(key), .text(number), .text(name)]
                )
            }
        }
        let calls = CallDirectory(database: database)
        for typed in [
            "11982223344", "(11) 98222-3344", "+5511982223344", "98222-3344", "0xx11 98222-3344", "3344", "jose",
            "josé",
            "JOSE PAO",
        ] {
            let found = try await calls.search(typed, region: .brazil, limit: 10)
            #expect(found.map(\.number) == ["+5511982223344"], "\(typed)")
        }
        // An extension is found by what it called and by what it was given.
        try await database.write { session in
            for (key, raw, caller, last) in [
                ("3", "3344", "PJSIP/3344", "PJSIP/1002"), ("4", "11911112222", "PJSIP/trunk", "PJSIP/3344"),
            ] {
                try session.execute(
                    """
                    INSERT INTO call (line, call_key, direction, number_raw, caller_party, last_party, state, outcome, started_at)
                    VALUES ('pbx', $1, 'internal', $2, $3, $4, 'ended', 'answered', 1)
                    """,
                    [.text(key), .text(raw), .text(caller), .text(last)]
                )
            }
        }
        let byExtension = try await calls.search("3344", region: .brazil, limit: 10)
        #expect(Set(byExtension.map(\.key)) == ["1", "3", "4"])
        #expect(try await calls.search("ramal 3344", region: .brazil, limit: 10).count == 3)
        #expect(try await calls.search("344", region: .brazil, limit: 10).isEmpty)
        #expect(try await calls.search("nobody", region: .brazil, limit: 10).isEmpty)
        #expect(try await calls.search("%", region: .brazil, limit: 10).isEmpty)
    }
}
