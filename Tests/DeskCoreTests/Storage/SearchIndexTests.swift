import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Search finds by the beginnings of words", .timeLimit(.minutes(5)))
struct SearchIndexTests {
    @Test(
        "case, accents and order of words do not matter, and every word must be there",
        arguments: TestDatabase.engines
    )
    func words(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        try await database.write { session in
            try SearchIndex.put(kind: .ticket, id: 1, text: "Não emite a NOTA fiscal", in: session)
            try SearchIndex.put(
                kind: .ticket,
                id: 2,
                text: "Emissão de nota: erro 539, protocolo 2026-000123",
                in: session
            )
            try SearchIndex.put(kind: .customer, id: 3, text: "José Conceição & Filhos", in: session)
        }
        let expected: [(String, SearchKind, [Int64])] = [
            ("nota", .ticket, [2, 1]), ("NOTA emi", .ticket, [2, 1]), ("emissao", .ticket, [2]), ("nao", .ticket, [1]),
            ("ÑÃO", .ticket, [1]), ("539", .ticket, [2]), ("000123", .ticket, [2]), ("nota boleto", .ticket, []),
            ("conceicao jose", .customer, [3]), ("jose", .ticket, []), ("ota", .ticket, []), ("", .ticket, []),
            ("...", .ticket, []), ("a", .ticket, [1]), ("e", .ticket, []), ("d emis", .ticket, [2]),
        ]
        for (words, kind, ids) in expected {
            #expect(try await find(words, kind, on: database) == ids, "“\(words)”")
        }
    }

    @Test("no question can be read as something else than words", arguments: TestDatabase.engines)
    func hostile(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let text = "O'Brien \"AND\" NOT (near) OR col:val * ^ {a b} 'x' \\ & | ! <-> :* ; DROP TABLE ticket; --"
        try await database.write { try SearchIndex.put(kind: .call, id: 1, text: text, in: $0) }
        for question in [
            text, "\"", "'", "*", "^brien", "words:brien", "brien OR nothing", "near(o brien)", "brien*", "{brien}",
            "-brien", "brien & !drop", "brien:*", "\\", "\u{0}brien", "brien\u{0}",
            String(repeating: "brien ", count: 2_000),
            String(repeating: "\"", count: 10_000), String(repeating: "z", count: 10_000), "😀", "क्षि", "長い文", "ﷺ",
            "\u{202E}x",
        ] {
            _ = try await find(question, .call, on: database)
        }
        #expect(try await find("brien drop near", .call, on: database) == [1])
        #expect(try await find("brien OR nothing", .call, on: database) == [])
    }

    @Test("text of any length is kept within bounds and found by its words", arguments: TestDatabase.engines)
    func long(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let long = String(repeating: "ç", count: 300) + " " + (0..<5_000).map { "palavra\($0)" }.joined(separator: " ")
        try await database.write { try SearchIndex.put(kind: .ticket, id: 1, text: long, in: $0) }
        #expect(try await find(String(repeating: "c", count: 300), .ticket, on: database) == [1])
        #expect(try await find("palavra7", .ticket, on: database) == [1])
        #expect(try await find("palavra4999", .ticket, on: database) == [], "past the bound")
    }

    @Test(
        "what is put again or removed is found by its new words only, also within one write",
        arguments: TestDatabase.engines
    )
    func changes(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        try await database.write { try SearchIndex.put(kind: .ticket, id: 5, text: "antigo", in: $0) }
        try await settle(database)
        let found = try await database.write { session in
            try SearchIndex.put(kind: .ticket, id: 5, text: "novo", in: session)
            return try SearchIndex.find(kind: .ticket, words: "novo", before: nil, limit: 9, in: session)
        }
        #expect(found == [5])
        for _ in 0..<2 {
            #expect(try await find("antigo", .ticket, on: database) == [])
            #expect(try await find("novo", .ticket, on: database) == [5])
            try await settle(database)
        }
        try await database.write { try SearchIndex.remove(kind: .ticket, id: 5, in: $0) }
        try await database.write { try SearchIndex.remove(kind: .ticket, id: 99, in: $0) }
        for _ in 0..<2 {
            #expect(try await find("novo", .ticket, on: database) == [])
            try await settle(database)
        }
    }

    @Test("a write that is undone is not found", arguments: TestDatabase.engines)
    func undone(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        await #expect(throws: StoreError.self) {
            try await database.write { session in
                try SearchIndex.put(kind: .ticket, id: 1, text: "fantasma", in: session)
                throw StoreError.conflict
            }
        }
        #expect(try await find("fantasma", .ticket, on: database) == [])
    }

    @Test("pages of random questions are what looking at every text gives", arguments: TestDatabase.engines)
    func model(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let seed = TestSeed.next()
        var random = SplitMix64(seed: seed)
        let letters = Array("abç")
        func word() -> String {
            String(
                (0..<Int.random(in: 1...6, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
            )
        }
        var texts: [Int64: String] = [:]
        for _ in 0..<12 {
            var changes: [(Int64, String)] = []
            for _ in 0..<60 {
                let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in word() }.joined(separator: " ")
                changes.append((Int64.random(in: 1...400, using: &random), text))
            }
            for (id, text) in changes { texts[id] = text }
            let kept = changes
            try await database.write { session in
                for (id, text) in kept { try SearchIndex.put(kind: .ticket, id: id, text: text, in: session) }
            }
            for _ in 0..<25 {
                let question = (0..<Int.random(in: 1...3, using: &random)).map { _ in word() }.joined(separator: " ")
                let before = Bool.random(using: &random) ? Int64.random(in: 1...400, using: &random) : nil
                let limit = Int.random(in: 1...30, using: &random)
                let asked = SearchWords.asked(of: question)
                let expected = texts.filter { id, text in
                    let words = SearchWords.kept(of: text).split(separator: " ")
                    return id < before ?? .max && asked.allSatisfy { $0.isIn(words) }
                }.keys.sorted(by: >).prefix(limit)
                let found = try await database.read { session in
                    try SearchIndex.find(kind: .ticket, words: question, before: before, limit: limit, in: session)
                }
                #expect(found == Array(expected), "seed \(seed), “\(question)”")
            }
        }
    }

    @Test("changes move on to the full-text table by themselves, and a damaged one does not stop the desk")
    func moving() async throws {
        let database = try await SQLiteDatabase.inMemory()
        for id in 1...200 as ClosedRange<Int64> {
            try await database.write { try SearchIndex.put(kind: .ticket, id: id, text: "nota \(id)", in: $0) }
        }
        let left = try await database.read { try $0.row("SELECT count(*) FROM search_recent")?.integer(0) }
        #expect((left ?? .max) < Int64(SQLiteSearchMerge.due))
        #expect(try await find("nota", .ticket, on: database).count == 100)
        // Moving on fails from here on: the table it needs is gone.
        try await database.write { try $0.execute("DROP TABLE search_word") }
        for id in 201...400 as ClosedRange<Int64> {
            try await database.write { try SearchIndex.put(kind: .ticket, id: id, text: "nota \(id)", in: $0) }
        }
        let waiting = try await database.read { try $0.row("SELECT count(*) FROM search_recent")?.integer(0) }
        #expect((waiting ?? 0) >= 200)
        #expect(try await find("400", .ticket, on: database) == [400])
    }

    private func find(_ words: String, _ kind: SearchKind, on database: any Database) async throws -> [Int64] {
        try await database.read { try SearchIndex.find(kind: kind, words: words, before: nil, limit: 100, in: $0) }
    }

    /// Moves changes on to SQLite's full-text tables at once.
    private func settle(_ database: any Database) async throws {
        guard database.engine == .sqlite else { return }
        try await database.write { try SQLiteSearchMerge.move(in: $0) }
    }

    @Test("after an import everything is found, not only what was looked through last", arguments: TestDatabase.engines)
    func bulk(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        for start in stride(from: 1, through: 5_000, by: 1_000) {
            try await database.write { session in
                for id in start..<(start + 1_000) {
                    try SearchIndex.put(kind: .customer, id: Int64(id), text: "cliente n\(id)x", in: session)
                }
            }
        }
        // On SQLite words move on after their writer has been answered, and before the next is.
        try await database.write { _ in }
        for id in [1, 999, 2_500, 5_000] {
            let found = try await database.read { session in
                try SearchIndex.find(kind: .customer, words: "n\(id)x", before: nil, limit: 5, in: session)
            }
            #expect(found == [Int64(id)])
        }
    }
}
