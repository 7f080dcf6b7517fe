import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Streets of postal codes from a file")
struct PostalImportTests {
    private static let file = """
        CEP;Logradouro;Bairro;Cidade;UF
        30130-010;Praça Sete de Setembro;Centro;Belo Horizonte;MG
        1310100;Avenida Paulista;Bela Vista;São Paulo;SP
        35930000;;;João Monlevade;MG
        123;Rua Sem Código;Centro;Ouro Preto;MG
        30130020;Rua Sem Cidade;Centro;;MG
        30130-010;Praça Sete;Centro;Belo Horizonte;MG
        """

    private func run(_ codes: PostalCodes, _ text: String, piece: Int = 7) async throws -> (PostalImport.Report, [Int])
    {
        var rest = Array(text.utf8)[...]
        let refused = Mutex<[Int]>([])
        let report = try await PostalImport(into: codes).run(
            next: {
                guard !rest.isEmpty else { return nil }
                defer { rest = rest.dropFirst(piece) }
                return Array(rest.prefix(piece))
            },
            onRefusal: { line in refused.withLock { $0.append(line) } }
        )
        return (report, refused.withLock { $0 })
    }

    @Test(
        "what is known is told and can be deleted; a file read meanwhile is not put in place",
        arguments: TestDatabase.engines
    )
    func deleted(engine: DatabaseEngine) async throws {
        let time = TestClock()
        let database = try await TestDatabase.make(engine)
        let codes = PostalCodes(database: database, clock: time.clock)
        #expect(try await codes.file() == nil)
        #expect(try await !codes.clear(by: .system("test")))
        _ = try await run(codes, Self.file)
        #expect(try await codes.file() == PostalFile(codes: 4, at: time.now))
        let running = PostalImport(into: codes)
        let (edition, before) = try await running.begin()
        #expect(try await codes.clear(by: .system("test")))
        await #expect(throws: ImportError.self) {
            try await running.put(edition, inPlaceOf: before, PostalImport.Report(), by: .system("test"))
        }
        #expect(try await codes.file() == nil)
        #expect(try await codes.find(try #require(CEP("30130010"))) == nil)
        let left = try await database.read { try $0.row("SELECT COUNT(*) FROM postal_code")?.integer(0) }
        #expect(left == 0)
        _ = try await run(codes, Self.file)
        #expect(try await codes.find(try #require(CEP("30130010")))?.street == "Praça Sete")
    }

    @Test(
        "a file is looked into once it is whole; the next one takes its place",
        arguments: TestDatabase.engines
    )
    func replaces(engine: DatabaseEngine) async throws {
        let codes = PostalCodes(database: try await TestDatabase.make(engine), clock: .system)
        let square = try #require(CEP("30130010"))
        #expect(try await codes.isEmpty())
        #expect(try await codes.find(square) == nil)

        let (report, refused) = try await run(codes, Self.file)
        #expect(report == PostalImport.Report(taken: 4, refused: 2))
        #expect(refused == [5, 6])
        #expect(try await !codes.isEmpty())
        let found = try await codes.find(square)
        #expect(found?.street == "Praça Sete", "the last line of a code counts")
        #expect(found?.cep == "30130010")
        let avenue = try await codes.find(try #require(CEP("01310-100")))
        #expect(avenue?.city == "São Paulo", "the zero a spreadsheet took off is put back")
        #expect(try await codes.find(try #require(CEP("35930000")))?.street.isEmpty == true)

        // A file that breaks off leaves everything as it was.
        let broken = PostalImport(into: codes)
        var pieces = 0
        await #expect(throws: ImportError.self) {
            try await broken.run(next: { () throws(ImportError) in
                pieces += 1
                guard pieces == 1 else { throw .unreadableFile(path: "x", reason: "gone") }
                return Array("cep,cidade,uf\n30130010,Outra,MG\n".utf8)
            })
        }
        #expect(try await codes.find(square)?.city == "Belo Horizonte")

        _ = try await run(codes, "cep,uf,cidade\n30130010,MG,Contagem\n", piece: 65_536)
        #expect(try await codes.find(square)?.city == "Contagem")
        #expect(try await codes.find(try #require(CEP("01310-100"))) == nil)
        let left = try await codes.database.read { session in
            try session.row("SELECT COUNT(*) FROM postal_code")?.integer(0)
        }
        #expect(left == 1, "what was before is gone, the broken file's too")
    }

    @Test(
        "a file without the columns or without a line that fills them is refused",
        arguments: ["", "cep;cidade\n30130010;BH\n", "cep;cidade;uf\n", "cep;cidade;uf\n1;2;3\n", "x"]
    )
    func nothing(text: String) async throws {
        let codes = PostalCodes(database: try await TestDatabase.make(.sqlite), clock: .system)
        await #expect {
            try await run(codes, text)
        } throws: { error in
            if case ImportError.noColumns(["cep", "cidade", "uf"]) = error { true } else { false }
        }
        #expect(try await codes.isEmpty())
    }

    @Test("of two files read at once the one that is whole first counts, and the other says so")
    func overtaken() async throws {
        let codes = PostalCodes(database: try await TestDatabase.make(.sqlite), clock: .system)
        let first = PostalImport(into: codes)
        let one = try await first.begin()
        _ = try await run(codes, "cep;cidade;uf\n30130010;Contagem;MG\n")
        await #expect {
            try await first.put(one.edition, inPlaceOf: one.before, PostalImport.Report(), by: .system("test"))
        } throws: { error in
            if case ImportError.overtaken = error { true } else { false }
        }
        #expect(try await codes.find(try #require(CEP("30130010")))?.city == "Contagem")
    }
}
