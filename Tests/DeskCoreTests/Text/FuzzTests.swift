import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Mutants of what forms and files say", .timeLimit(.minutes(60)))
struct FuzzTests {
    @Test("no catalogue stops its reader: it is read, or refused with a place")
    func catalogue() throws {
        let shipped = try #require(CatalogueResources.shipped)
        var mutator = Mutator([shipped, Array(shipped.prefix(8 * 1024))])
        for _ in 0..<max(20, Mutator.rounds / 10) {
            let bytes = mutator.next()
            let faults = CatalogueReader.check(bytes, file: "x")
            if faults.isEmpty { #expect(throws: Never.self) { _ = try CatalogueReader.read(bytes, file: "x") } }
            #expect(faults.allSatisfy { !$0.report(in: .ptBR).isEmpty })
        }
    }

    @Test("no table stops its reader, and where it is cut changes nothing")
    func csv() throws {
        var mutator = Mutator(try ["customers/clientes.csv", "customers/latin1.csv"].map(Fixtures.bytes))
        for _ in 0..<Mutator.rounds {
            let bytes = mutator.next()
            let cut = mutator.cut(bytes)
            func read(_ pieces: [ArraySlice<UInt8>]) -> String {
                var reader = CSVReader()
                var records: [String] = []
                for piece in pieces { records += reader.feed(piece).map { "\($0)" } }
                return (records + reader.finish().map { "\($0)" }).joined(separator: "\n")
            }
            #expect(read([bytes[..<cut], bytes[cut...]]) == read([bytes[...]]), "cut at \(cut)")
        }
    }

    @Test("no template stops its reader, and one that is read fills without a variable nobody allowed")
    func templates() {
        let corpus = NoticeEvent.allCases.map { event in
            StandardTemplates.template(NoticeTemplateKey(event, .mail, .ptBR)).body
        }
        var mutator = Mutator(corpus.map { Array($0.utf8) })
        for _ in 0..<Mutator.rounds * 2 {
            let source = String(decoding: mutator.next(), as: UTF8.self)
            let allowed = Set(NoticeVariable.allCases)
            guard let text = try? TemplateText(source, part: "body", allowed: allowed) else { continue }
            let values = Dictionary(allowed.map { ($0, "<\($0)>") }) { first, _ in first }
            _ = text.filled(values, escape: { $0.replacing("<", with: "&lt;") })
        }
    }

    @Test("no text of a person stops its reader: what is read twice is the same")
    func people() {
        let corpus = [
            "(11) 98765-4321", "+55 31 99271-0322", "0800 591 2117", "529.982.247-25", "11.222.333/0001-81",
            "José da Silva <jose@exemplo.com.br>", "jose@exemplo.com.br", "20/11/2026", "ação çedilha",
        ].map { Array($0.utf8) }
        var mutator = Mutator(corpus)
        for _ in 0..<Mutator.rounds * 2 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            for region in [Region("BR-31"), Region("PT")].compactMap(\.self) {
                if let number = PhoneNumber.parse(text, region: region), let e164 = number.e164 {
                    #expect(PhoneNumber.parse(e164, region: region)?.e164 == e164)
                }
                if let document = Document(text, region: region) {
                    #expect(Document(document.canonical, region: region) == document)
                }
            }
            if let email = EmailAddress(text) { #expect(EmailAddress(email.canonical) == email) }
            #expect(TextFolding.words(text).allSatisfy { !$0.isEmpty })
        }
    }
}
