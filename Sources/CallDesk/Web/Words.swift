import Codecs
import Crypto
import DeskCore
import Foundation
import Mustache

/// Every text of the desk's pages and scripts in one language.
struct Words: Sendable {
    let language: Language
    /// By key, as the file has them: `tickets.title`.
    let texts: [String: String]
    /// Nested by the dots of the keys, as templates look them up: `{{words.tickets.title}}`.
    let tree: WordTree
    /// The texts scripts need (`ui.…`) as a module: `export default {…}`.
    let module: [UInt8]
    /// The same as gzip, for browsers that unpack it.
    let packedModule: [UInt8]?
    /// Changes with the module's content, so that browsers keep it for long.
    let version: String

    init(language: Language, texts: [String: String]) {
        self.language = language
        self.texts = texts
        tree = Self.nested(texts)
        var json = JSONWriter(capacity: 16_384)
        json.object { json in
            for (key, text) in texts.sorted(by: { $0.key < $1.key }) where key.hasPrefix("ui.") {
                json.field(String(key.dropFirst(3)), text)
            }
        }
        module = Array("export default ".utf8) + json.bytes + Array(";\n".utf8)
        packedModule = Gzip.compressed(module)
        version = Hexadecimal.text(SHA256.hash(data: module).prefix(8))
    }

    /// The text of `key` with `{name}` filled in; the key itself when there is none, which a test finds.
    func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
        guard var text = texts[key] else { return key }
        for (name, value) in values { text = text.replacing("{\(name)}", with: value) }
        return text
    }

    /// `key.one` or `key.other`, with `{count}` filled in.
    func counted(_ key: String, _ count: Int) -> String {
        self("\(key).\(count == 1 ? "one" : "other")", ["count": String(count)])
    }

    private static func nested(_ texts: [String: String]) -> WordTree {
        var tree: [String: any Sendable] = [:]
        let grouped = Dictionary(grouping: texts) { $0.key.prefix { $0 != "." } }
        for (head, pairs) in grouped {
            let rest = pairs.filter { $0.key.utf8.count > head.utf8.count }
            if rest.isEmpty {
                tree[String(head)] = pairs.first?.value
            } else {
                let below = rest.map { (String($0.key.dropFirst(head.count + 1)), $0.value) }
                tree[String(head)] = nested(Dictionary(below) { first, _ in first })
            }
        }
        return WordTree(tree)
    }
}

/// The texts of a language as templates look them up; a page has it whole, whatever it shows of it.
final class WordTree: MustacheParent, Encodable, Sendable {
    /// Texts, and trees of what stands below a name.
    let values: [String: any Sendable]

    init(_ values: [String: any Sendable]) { self.values = values }

    func child(named name: String) -> Any? { values[name] }

    /// Nothing of it: nobody writes it anywhere, pages look into it.
    func encode(to encoder: any Encoder) {}
}

/// The locale files read at the start.
struct WordLibrary: Sendable {
    private let words: [Language: Words]

    /// The program's own, read once for all who show them: some 3 MB.
    ///
    /// - Throws: `PageFault` naming the file that cannot be read.
    static func shipped() throws(PageFault) -> WordLibrary { try read.get() }

    private static let read = Result { () throws(PageFault) in
        try WordLibrary(folder: WebResources.folder("locales"))
    }

    /// Reads `pt-BR.json`, `pt-PT.json` and `en.json`: one flat object of strings each.
    ///
    /// - Throws: `PageFault` naming the file that cannot be read.
    init(folder: URL?) throws(PageFault) {
        var words: [Language: Words] = [:]
        for language in Language.allCases {
            let name = "\(language.rawValue).json"
            guard let data = folder.flatMap({ FileManager.default.contents(atPath: $0.appending(path: name).path) }),
                let members = (try? JSONParser.parse([UInt8](data)))?.object
            else { throw PageFault.unreadable(name) }
            var texts: [String: String] = [:]
            for (key, value) in members {
                guard let text = value.string else { throw PageFault.unreadable("\(name): \(key)") }
                texts[key] = text
            }
            words[language] = Words(language: language, texts: texts)
        }
        self.words = words
    }

    subscript(_ language: Language) -> Words { words[language] ?? Words(language: language, texts: [:]) }
}

/// Why the desk's pages cannot be shown: a file of the program is missing or damaged.
enum PageFault: Error, CustomStringConvertible {
    case unreadable(String)
    case template(String, String)

    var description: String {
        switch self {
        case .unreadable(let name): "the program's file \(name) is missing or damaged; install the program again"
        case .template(let name, let what): "the page \(name) cannot be read: \(what)"
        }
    }
}
