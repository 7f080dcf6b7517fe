import Codecs
import Testing

@testable import DeskCore

@Suite("Documents that every ticket writes")
struct StoredListTests {
    static let awkward = "“Nota” \"613\"\\ c:\\x / <b>\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f} ção 🙂"

    static let samples: [FormAnswer] = [
        FormAnswer(fieldID: "nota", kind: .text, label: "Número?", display: awkward, value: "613", purpose: awkward),
        FormAnswer(fieldID: "quando", kind: .date, label: "", display: "20/11/2026", value: "2026-11-20"),
    ]

    @Test("are the very text the coder makes, and come back as they were", arguments: [[], StoredListTests.samples])
    func answers(_ answers: [FormAnswer]) throws {
        let text = StoredList.encode(answers)
        #expect(text == (try JSONCoding.text(answers)))
        #expect(StoredList.decode([FormAnswer].self, text) ?? [] == answers)
    }

    @Test("lists of texts too", arguments: [[], [""], [StoredListTests.awkward, "a"]])
    func texts(_ texts: [String]) throws {
        let text = StoredList.encode(texts)
        #expect(text == (try JSONCoding.text(texts)))
        #expect(StoredList.decode([String].self, text) ?? [] == texts)
    }

    @Test(
        "promised times too",
        arguments: [
            ServiceLevel(firstAnswer: nil, solution: nil),
            ServiceLevel(firstAnswer: ServiceTerm("30min", counting: .business), solution: nil),
            ServiceLevel(
                firstAnswer: ServiceTerm("4h", counting: .calendar),
                solution: ServiceTerm("2d", counting: .business)
            ),
        ]
    )
    func levels(_ level: ServiceLevel) throws {
        let text = StoredList.encode(level)
        #expect(text == (try JSONCoding.text(level)))
        #expect(StoredList.decode(ServiceLevel.self, text) == level)
    }

    @Test("an entry that says nothing but its kind is an empty document, others are whole")
    func facts() throws {
        #expect(StoredList.encode(EntryFacts()) == "{}")
        #expect(EntryFacts.decode("{}") == EntryFacts())
        var facts = EntryFacts()
        facts.minutes = 5
        #expect(EntryFacts.decode(StoredList.encode(facts)) == facts)
    }

    @Test("a text in quotes reads as it was")
    func quoted() throws {
        #expect(try JSONCoding.value(String.self, from: JSONCoding.quoted(Self.awkward)) == Self.awkward)
    }
}
