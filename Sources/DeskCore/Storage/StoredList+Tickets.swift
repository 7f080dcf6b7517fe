import Codecs

/// What every ticket writes as JSON, written by hand: the very text the coder makes, without its boxes.
extension StoredList {
    static func encode(_ texts: [String]) -> String {
        array(texts) { text, out in JSONCoding.append(quoted: text, to: &out) }
    }

    static func encode(_ answers: [FormAnswer]) -> String {
        array(answers) { answer, out in
            let members: [(name: String, text: String?)] = [
                ("display", answer.display), ("fieldID", answer.fieldID), ("kind", answer.kind.rawValue),
                ("label", answer.label), ("purpose", answer.purpose), ("value", answer.value),
            ]
            var mark = UInt8(ascii: "{")
            for case (let name, let text?) in members {
                out.append(mark)
                JSONCoding.append(quoted: name, to: &out)
                out.append(UInt8(ascii: ":"))
                JSONCoding.append(quoted: text, to: &out)
                mark = UInt8(ascii: ",")
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    static func encode(_ level: ServiceLevel) -> String {
        func member(_ name: String, _ term: ServiceTerm?) -> String? {
            guard let term else { return nil }
            let (counting, unit) = (term.counting.rawValue, term.unit.rawValue)
            return #""\#(name)":{"amount":\#(term.amount),"counting":"\#(counting)","unit":"\#(unit)"}"#
        }
        let terms = [member("firstAnswer", level.firstAnswer), member("solution", level.solution)].compactMap(\.self)
        return "{\(terms.joined(separator: ","))}"
    }

    /// Most entries say nothing but their kind and their text.
    static func encode(_ facts: EntryFacts) -> String {
        facts == EntryFacts() ? nothing : coded(facts)
    }

    private static func array<Item>(_ items: [Item], _ write: (Item, inout [UInt8]) -> Void) -> String {
        var out: [UInt8] = []
        var mark = UInt8(ascii: "[")
        for item in items {
            out.append(mark)
            write(item, &out)
            mark = UInt8(ascii: ",")
        }
        if items.isEmpty { out.append(mark) }
        out.append(UInt8(ascii: "]"))
        return String(decoding: out, as: UTF8.self)
    }
}
