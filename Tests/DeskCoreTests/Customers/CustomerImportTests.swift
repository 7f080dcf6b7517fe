import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Import of customers")
struct CustomerImportTests {
    private static func fixture(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/customers/\(name)").path
    }

    /// Created, updated, unchanged, refused.
    private func counts(_ report: ImportReport) -> [Int] {
        [report.created, report.updated, report.unchanged, report.refused]
    }

    private func run(_ bench: CustomerBench, _ text: String) async throws -> ImportReport {
        var pieces = [Array(text.utf8)]
        return try await CustomerImport(directory: bench.directory).run(next: { pieces.popLast() })
    }

    @Test("every line is taken or refused with line, column and reason")
    func fixture() async throws {
        let bench = try await CustomerBench(region: Region(.brazil, areaCode: "31"))
        let told = Mutex(0)
        let report = try await CustomerImport(directory: bench.directory).run(
            file: Self.fixture("clientes.csv"),
            onRefusal: { _ in told.withLock { $0 += 1 } }
        )
        #expect(report.ignoredColumns == ["Código antigo"])
        #expect(counts(report) == [3, 1, 0, 5])
        func refusal(_ line: Int, _ column: String?, _ fault: ImportFault) -> ImportRefusal {
            ImportRefusal(line: line, column: column, fault: fault)
        }
        #expect(
            report.refusals == [
                refusal(7, "SMS", .notYesOrNo), refusal(7, "CPF/CNPJ", .customer(CustomerFault(.document, .invalid))),
                refusal(7, "E-mail", .customer(CustomerFault(.email, .departmental))),
                refusal(8, nil, .duplicate(ofLine: 6)), refusal(9, "Tipo", .notAKind),
                refusal(9, "Telefone", .customer(CustomerFault(.phone, .invalid))),
                refusal(10, nil, .unreadable("text_after_quote")), refusal(11, nil, .tooManyFields),
            ]
        )
        #expect(told.withLock { $0 } == report.refusals.count)
        for refusal in report.refusals {
            for language in Language.allCases { #expect(refusal.text(in: language).hasSuffix(".")) }
        }
        #expect(report.summary(in: .ptBR) == "9 linhas: 3 novas, 1 atualizadas, 0 sem mudança, 5 recusadas.")
    }

    @Test("what is taken is whole: accents, line breaks, phones, contract and SMS")
    func values() async throws {
        let bench = try await CustomerBench(region: Region(.brazil, areaCode: "31"))
        _ = try await CustomerImport(directory: bench.directory).run(file: Self.fixture("clientes.csv"))
        let ana = try #require(try await bench.directory.search("ana lucia conceicao").first)
        #expect(ana.address == "Rua A, 1\nCentro")
        #expect(ana.notes == "diz \"alô\" sempre")
        #expect(ana.origin == "import")
        let card = try #require(try await bench.directory.card(ana.id))
        #expect(card.phones.map(\.lookup) == ["+5531992710322", "+553132710322"])
        #expect(card.contacts.map(\.email) == ["ana@ex.br"])
        #expect(card.contracts.first?.sections == ["fiscal", "rede"])
        #expect(card.smsService == .active)
        let padaria = try #require(try await bench.directory.find(contractNumber: "C-200"))
        #expect(padaria.kind == .company)
        let its = try #require(try await bench.directory.card(padaria.id))
        #expect(its.phones.map(\.lookup) == ["+551130001000", "08005912117", "+5511987654321"])
        #expect(Set(its.contacts.compactMap(\.email)) == ["jose@padaria.br", "bia@padaria.br"])
        #expect(its.smsService == .contractWithoutSMS)
    }

    @Test("a second run changes nothing, a changed line updates what it says and leaves the rest")
    func idempotent() async throws {
        let bench = try await CustomerBench(region: Region(.brazil, areaCode: "31"))
        let first = try await CustomerImport(directory: bench.directory).run(file: Self.fixture("clientes.csv"))
        let second = try await CustomerImport(directory: bench.directory).run(file: Self.fixture("clientes.csv"))
        #expect(counts(second) == [0, 0, first.created + first.updated, first.refused])
        #expect(second.refusals == first.refusals)
        #expect(try await bench.directory.list().count == 3)
        let changed = try await run(
            bench,
            "nome;cpf;telefone;sms;contrato\nAna L. Conceição;52998224725;11 98765-1111;não;C-100\n"
        )
        #expect(counts(changed) == [0, 1, 0, 0])
        let ana = try #require(try await bench.directory.search("ana l conceicao").first)
        let card = try #require(try await bench.directory.card(ana.id))
        #expect(ana.notes == "diz \"alô\" sempre")
        #expect(card.phones.count == 3)
        #expect(card.contracts.first?.hasSMS == false)
        #expect(card.contracts.first?.sections == ["fiscal", "rede"])
        #expect(card.contacts.map(\.name) == ["Ana Lúcia Conceição"])
    }

    @Test("a file with a column for each kind of document takes the one that is filled, and asks where two are")
    func documentColumns() async throws {
        let bench = try await CustomerBench()
        let report = try await run(
            bench,
            """
            nome;cpf;cnpj;telefone
            Ana;529.982.247-25;;11987654321
            Padaria Luz;;11.222.333/0001-81;1132710322
            Mercado;não tem;11444777000161;
            Bento;111.444.777-35;11144477735;
            Caio;529.982.247-25;11.222.333/0001-81;
            Oficina;;11.222.333/0001-99;

            """
        )
        #expect(counts(report) == [4, 0, 0, 2])
        let customers = try await bench.directory.list()
        #expect(customers.map(\.name) == ["Ana", "Padaria Luz", "Mercado", "Bento"])
        #expect(customers.map(\.kind) == [.person, .company, .company, .person])
        #expect(
            customers.map { $0.document?.canonical } == [
                "52998224725", "11222333000181", "11444777000161", "11144477735",
            ]
        )
        #expect(
            report.refusals == [
                ImportRefusal(line: 6, column: "cnpj", fault: .customer(CustomerFault(.document, .several))),
                ImportRefusal(line: 7, column: "cnpj", fault: .customer(CustomerFault(.document, .invalid))),
            ]
        )
    }

    @Test("a Windows-1252 file with commas and English headers is read")
    func latin1() async throws {
        let bench = try await CustomerBench()
        let report = try await CustomerImport(directory: bench.directory).run(file: Self.fixture("latin1.csv"))
        #expect(report.created == 1)
        #expect(try await bench.directory.list().map(\.name) == ["José Coração – ME"])
        #expect(try await bench.directory.list().map(\.kind) == [.company])
    }

    @Test("an address or contract of somebody else refuses the line and changes nothing of theirs")
    func conflicts() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana", document: "52998224725", sms: true)
        _ = try await bench.directory.addContact(
            ContactDraft(name: "Ana", email: "ana@ex.br"),
            to: ana.id,
            by: bench.actor
        )
        let report = try await run(
            bench,
            "nome;cpf;e-mail;contrato\nBia;11144477735;ana@ex.br;\nCaio;123.456.789-09;;C-\(ana.id)\n"
        )
        #expect(
            report.refusals.map(\.fault) == [
                .customer(CustomerFault(.email, .taken)), .customer(CustomerFault(.contractNumber, .taken)),
            ]
        )
        #expect(report.refusals.map(\.column) == ["e-mail", "contrato"])
        #expect(try await bench.directory.list().count == 1)
    }

    @Test("people without a document are matched by name and phone together, never by one of them")
    func noDocument() async throws {
        let bench = try await CustomerBench()
        let text = "nome;telefone\nAna;11987654321\nAna;11987650000\nBia;11987654321\n"
        let first = try await run(bench, text)
        #expect(first.created == 3)
        let second = try await run(bench, text.replacing("11987654321", with: "+55 11 8765-4321"))
        #expect(counts(second) == [0, 0, 3, 0])
    }

    @Test("a department's address is taken when the operator says so")
    func departmental() async throws {
        let bench = try await CustomerBench()
        var pieces = [Array("nome;email\nLoja;vendas@ex.br\n".utf8)]
        let report = try await CustomerImport(directory: bench.directory, allowsDepartmental: true).run(
            next: { pieces.popLast() }
        )
        #expect(report.created == 1)
    }

    @Test(
        "a file without a column of names, or no file, is a named error",
        arguments: ["", "a;b\n1;2", "\n", "\"open"]
    )
    func noHeader(text: String) async throws {
        let bench = try await CustomerBench()
        await #expect(throws: ImportError.self) { _ = try await run(bench, text) }
        await #expect(throws: ImportError.self) {
            _ = try await CustomerImport(directory: bench.directory).run(file: "/nonexistent/clientes.csv")
        }
    }

    @Test("two thousand lines are read in batches, whatever their pieces", .timeLimit(.minutes(2)))
    func large() async throws {
        let bench = try await CustomerBench()
        var text = "nome;telefone;contrato;sms\n"
        for number in 0..<2_000 { text += "Cliente \(number);+5511987\(650_000 + number);K\(number);s\n" }
        var rest = Array(text.utf8)[...]
        let report = try await CustomerImport(directory: bench.directory).run(next: {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(1_000) }
            return Array(rest.prefix(1_000))
        })
        #expect(counts(report) == [2_000, 0, 0, 0])
        #expect(try await bench.directory.search("cliente 1999").count == 1)
    }

    @Test(
        "a cell is read as all the numbers in it, the later ones in the area of the first",
        arguments: [
            ("(31) 3271-0322 / 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322/98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322 / (11) 98765-4321 / 3333-4444", ["+553132710322", "+5511987654321", "+551133334444"]),
            ("(31) 3271-0322; 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322, 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322 ou 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322 e (31) 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322 - (31) 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322 (31) 98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322\n98765-4321", ["+553132710322", "+5531987654321"]),
            ("(31) 3271-0322/0323", ["+553132710322", "+553132710323"]),
            ("(31) 3271-0322 / 23", ["+553132710322", "+553132710323"]),
            ("(0xx31) 3271-0322 / 98765-4321 (WhatsApp)", ["+553132710322", "+5531987654321"]),
            ("tel. (31) 3271-0322 / cel. 98765-4321", ["+553132710322", "+5531987654321"]),
            ("031/3271-0322", ["+553132710322"]), ("031/3271/0322", ["+553132710322"]),
            ("(31) 3271-0322", ["+553132710322"]), ("31 3271 0322", ["+553132710322"]),
            ("(31) 3271 - 0322", ["+553132710322"]), ("+55 (31) 3271-0322", ["+553132710322"]),
            ("0800 591 2117 / 4004-1234", ["08005912117", "40041234"]),
            ("+351 912 345 678 / +55 31 3271-0322", ["+351912345678", "+553132710322"]),
            ("31987654321.0", ["+5531987654321"]),
        ]
    )
    func phoneCells(cell: String, numbers: [String]) async throws {
        let bench = try await CustomerBench()
        let report = try await run(bench, "nome;telefone\nAna;\"\(cell)\"\n")
        #expect(report.refusals == [])
        let ana = try #require(try await bench.directory.list().first)
        #expect(try await bench.directory.card(ana.id)?.phones.map(\.lookup) == numbers)
    }

    @Test("the words beside a number stay with it as its label")
    func labels() async throws {
        let bench = try await CustomerBench()
        let cell =
            "(31) 3271-0322 falar com Ana / Bia: (31) 98765-4321"
            + " / (31) 3271-0323 (WhatsApp) / recado com Davi e Elza / (31) 3271-0324 Ramal 22"
        let report = try await run(bench, "nome;telefone\nAna;\"\(cell)\"\n")
        #expect(report.refusals == [])
        let ana = try #require(try await bench.directory.list().first)
        let phones = try #require(try await bench.directory.card(ana.id)).phones
        #expect(phones.map(\.lookup) == ["+553132710322", "+5531987654321", "+553132710323", "+553132710324"])
        #expect(phones.map(\.label) == ["falar com Ana", "Bia", "recado com Davi; Elza", "ramal 22"])
    }

    @Test("an address copied with its name is read, the name is the contact's where the line names none")
    func copiedAddresses() async throws {
        let bench = try await CustomerBench()
        let report = try await run(
            bench,
            #"""
            nome;cnpj;contato;e-mail
            Padaria Luz;11222333000181;;"""Ana Sá"" <ana@luz.com.br>"
            Padaria Luz;11222333000181;Beatriz Lima;Bia <bia@luz.com.br>;
            Caio Souza;;;Caio <caio@ex.br>
            Davi Souza;;;mailto:davi@ex.br
            Elza Souza;;;Fábio Reis <fabio@ex.br>
            Gil Souza;;;gil@ex.br, gal@ex.br
            Hugo Souza;;;hugo 19@ex.br

            """#
        )
        #expect(
            report.refusals.map(\.fault) == [
                .customer(CustomerFault(.email, .several)), .customer(CustomerFault(.email, .invalid)),
            ]
        )
        var people: [String: String] = [:]
        for customer in try await bench.directory.list() {
            for contact in try await bench.directory.card(customer.id)?.contacts ?? [] {
                people[contact.email ?? ""] = contact.name
            }
        }
        #expect(
            people == [
                "ana@luz.com.br": "Ana Sá", "bia@luz.com.br": "Beatriz Lima", "caio@ex.br": "Caio Souza",
                "davi@ex.br": "Davi Souza", "fabio@ex.br": "Fábio Reis",
            ]
        )
    }

    @Test(
        "a cell that says there is nothing is an empty one",
        arguments: [
            "não tem", "-", "N/A", "--", "sem telefone", "Não possui", "#N/D", "nenhum", "(não informado)", "?",
        ]
    )
    func nothing(cell: String) async throws {
        let bench = try await CustomerBench()
        let report = try await run(
            bench,
            "nome;cpf;telefone;e-mail;contrato;sms\nAna;\(cell);\(cell);\(cell);\(cell);sim\n"
        )
        #expect(report.refusals == [])
        let ana = try #require(try await bench.directory.list().first)
        let card = try #require(try await bench.directory.card(ana.id))
        #expect(ana.document == nil && card.phones.isEmpty && card.contracts.isEmpty)
        #expect(card.contacts.compactMap(\.email) == [])
        // A name is no name then, and is asked for.
        #expect(try await run(bench, "nome\n\(cell)\n").created == 0)
    }

    @Test("many numbers in a cell are told as too many, and a cell of slashes ends")
    func hostileCells() async throws {
        let bench = try await CustomerBench()
        let many = (10..<40).map { "(31) 3271-03\($0)" }.joined(separator: " / ")
        let slashes = String(repeating: "/", count: 2_000)
        let report = try await run(bench, "nome;telefone\nAna;\(many)\nBia;\(slashes)\nCaio;1\(slashes)1\n")
        #expect(report.refusals.map(\.fault).contains(.customer(CustomerFault(.phone, .tooMany))))
        #expect(report.created == 0)
    }

    @Test(
        "zeros that a spreadsheet took off a document are put back, and it is told",
        arguments: [
            ("1234567890", "01234567890", Customer.Kind.person), ("123456797", "00123456797", .person),
            ("123.456.797", "00123456797", .person), ("416250000107", "00416250000107", .company),
            ("=\"01234567890\"", "01234567890", .person), ("1234567890.0", "01234567890", .person),
            ("'01234567890", "01234567890", .person),
        ]
    )
    func zeros(cell: String, document: String, kind: Customer.Kind) async throws {
        let bench = try await CustomerBench()
        let report = try await run(bench, "nome;CPF ou CNPJ\nAlda;\(cell)\n")
        #expect(counts(report) == [1, 0, 0, 0])
        let alda = try #require(try await bench.directory.list().first)
        #expect(alda.document?.canonical == document)
        #expect(alda.kind == kind)
        #expect(report.mendings.map(\.column) == (cell.contains("0123") ? [] : ["CPF ou CNPJ"]))
        #expect(report.remarks(in: .ptBR).count == report.mendings.count)
    }

    @Test("a number that a spreadsheet rounded or cut is told as such, not as a mistake of the customer's")
    func rounded() async throws {
        let bench = try await CustomerBench()
        let ana = try await bench.customer("Ana", document: "52998224725", sms: true)
        _ = try await bench.directory.addContract(
            ContractDraft(number: "000123", title: "x"),
            to: ana.id,
            by: bench.actor
        )
        let report = try await run(
            bench,
            "nome;documento;telefone;contrato\nBia;1,12223E+13;;\nCaio;;5,51199E+12;\nAna;52998224725;;123\n"
        )
        #expect(
            report.refusals.map(\.fault) == [
                .customer(CustomerFault(.document, .rounded)), .customer(CustomerFault(.phone, .rounded)),
                .customer(CustomerFault(.contractNumber, .zerosMissing)),
            ]
        )
        // Many zeros are proposed, not put back: 191 is a bank's whole number.
        let bank = try await run(bench, "nome;cnpj\nBanco;191\n")
        #expect(bank.refusals.map(\.fault) == [.customer(CustomerFault(.document, .zerosMissing))])
        // A form proposes as well.
        var checks = CustomerChecks(region: .brazil)
        _ = checks.customer(CustomerDraft(kind: .person, name: "Alda", document: "1234567890"))
        #expect(checks.faults == [CustomerFault(.document, .zerosMissing)])
    }

    @Test("what is lost with a line over several is told to its last line, in the operator's language")
    func told() async throws {
        let bench = try await CustomerBench()
        let report = try await run(bench, "nome;tipo;extra\nAna;\"x\ny\";\n")
        #expect(report.refusals.map { $0.text(in: .ptBR).prefix(12) } == ["linhas 2 a 3"])
        #expect(report.refusals.map { $0.text(in: .en).prefix(12) } == ["lines 2 to 3"])
        #expect(report.remarks(in: .en) == ["column not used: extra"])
        #expect(ImportError.noHeader.message(in: .ptBR).hasPrefix("A primeira linha"))
    }

    @Test("an open quote loses its own line, a line “sep=” none, with CR alone and in UTF-16 as well")
    func spreadsheets() async throws {
        let rows = (1...5).map { "Depois \($0);(11) 91112-000\($0);nota\r\n" }.joined()
        let open = "nome;telefone;observações\r\nIda;(11) 91111-0010;\"cliente antigo\r\n"
        let bench = try await CustomerBench()
        let report = try await run(bench, open + rows)
        #expect(counts(report) == [5, 0, 0, 1])
        for text in ["sep=;\r\nnome;telefone\r\nEva;(11) 91111-0005\r\n", "nome;telefone\rEva;(11) 91111-0005\r"] {
            #expect(counts(try await run(try await CustomerBench(), text)) == [1, 0, 0, 0])
        }
    }
}
