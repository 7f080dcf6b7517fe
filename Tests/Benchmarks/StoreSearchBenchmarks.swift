import DeskCore
import Foundation

/// Search as the desk grows: the same questions among few and among many tickets.
enum StoreSearchBenchmarks {
    /// Fills an empty database up to each of `sizes` in turn and prints how long questions take there.
    static func run(_ name: String, on database: any Database, sizes: [Int] = [10_000, 1_000_000]) async throws {
        var text = TicketText()
        var stored = 0
        let clock = ContinuousClock()
        for size in sizes {
            let start = clock.now
            let before = stored
            while stored < size {
                let texts = (0..<min(250, size - stored)).map { _ in text.next() }
                let first = stored
                try await database.write { session in
                    for (offset, text) in texts.enumerated() {
                        try SearchIndex.put(kind: .ticket, id: Int64(first + offset + 1), text: text, in: session)
                    }
                }
                stored += texts.count
            }
            let rate = Int(Double(stored - before) / ((clock.now - start) / .seconds(1)))
            print("search \(name) tickets=\(size) put/s=\(rate)")
            for question in ["emi", "emissao", "nota fiscal", "erro nota sistema", "a7b", "a7b3", "palavra0 emissao"] {
                try await ask(question, name, size, on: database)
            }
        }
    }

    private static func ask(_ question: String, _ name: String, _ size: Int, on database: any Database) async throws {
        let clock = ContinuousClock()
        var waits: [Duration] = []
        var found = 0
        for _ in 0..<100 {
            let start = clock.now
            found = try await database.read { session in
                try SearchIndex.find(kind: .ticket, words: question, before: nil, limit: 50, in: session).count
            }
            waits.append(clock.now - start)
        }
        waits.sort()
        let (median, late) = (waits[50] / .milliseconds(1), waits[98] / .milliseconds(1))
        let figures = "median_ms=\((median * 100).rounded() / 100) p99_ms=\((late * 100).rounded() / 100)"
        print("search \(name) tickets=\(size) “\(question)” found=\(found) \(figures)")
    }

    /// Texts with a few frequent words, many rare ones and a number of their own, the same on every run.
    private struct TicketText {
        private static let frequent = [
            "emissão", "nota", "fiscal", "sistema", "erro", "senha", "acesso", "não", "tela",
        ]
        private var state: UInt64 = 7
        private var number = 0

        mutating func next() -> String {
            number += 1
            var words = ["chamado \(number)", String(random(), radix: 36)]
            for _ in 0..<20 {
                let draw = random()
                // One word in two is a frequent one; the others follow a long tail.
                let isFrequent = draw % 2 == 0
                let index = Int(draw >> 8)
                let rare = 40_000 / (index % 4_000 + 1) * 7 % 40_000 + index % 17
                words.append(isFrequent ? Self.frequent[index % Self.frequent.count] : "palavra\(rare)")
            }
            return words.joined(separator: " ")
        }

        private mutating func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 16
        }
    }
}
