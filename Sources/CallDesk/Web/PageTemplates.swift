import DeskCore
import Foundation
import Mustache
import Synchronization

/// The templates of a folder, ready for each language: a text of the language stands in its template and is looked up no more.
final class PageTemplates: Sendable {
    private let texts: [String: String]
    private let words: WordLibrary?
    private let kept = KeptParts()
    /// Made when a page is first shown in a language: most desks use one, at most two.
    private let libraries = Mutex<[Language: MustacheLibrary]>([:])

    /// Reads `NAME.mustache` of a folder of the resources.
    ///
    /// - Throws: `PageFault` naming the one that cannot be read.
    init(of folder: String, words: WordLibrary? = nil) throws(PageFault) {
        let place = WebResources.folder(folder)?.path ?? ""
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: place), !names.isEmpty else {
            throw PageFault.unreadable(folder)
        }
        var texts: [String: String] = [:]
        for file in names where file.hasSuffix(".mustache") {
            guard let data = FileManager.default.contents(atPath: "\(place)/\(file)") else {
                throw PageFault.unreadable(file)
            }
            texts[String(file.dropLast(".mustache".count))] = String(decoding: data, as: UTF8.self)
        }
        self.texts = texts
        self.words = words
        PageText.register()
        _ = try library(.ptBR)
    }

    /// The page by its template, whose tags see its values beside what every page is told, or below a name.
    func html(
        _ page: any Page,
        below name: String? = nil,
        beside surroundings: (any PagePart)? = nil,
        in language: Language
    ) -> String {
        kept.html([surroundings, page].compactMap(\.self), in: language) { part in
            self.html(part, in: language)
        } render: {
            let values = marked(language)
            if let surroundings { values.take(surroundings) }
            if let name { values.take(page, below: name) } else { values.take(page) }
            return render(type(of: page).template, values, in: language)
        }
    }

    /// A part by its own template, which sees the part and the words and nothing of the page it stands on.
    func html(_ part: any KeptPart, in language: Language) -> String {
        kept.html([part], in: language) { nested in
            self.html(nested, in: language)
        } render: {
            let values = marked(language)
            if let words { values.take(PartSurroundings(words: words[language].tree)) }
            values.take(part)
            return render(type(of: part).template, values, in: language)
        }
    }

    /// Values whose texts are shown as marks of their places.
    private func marked(_ language: Language) -> PageMembers {
        PageMembers(
            keeper: { part in ShownText(renderText: self.html(part, in: language)) },
            marks: TextMark.Count()
        )
    }

    /// Nothing when there is no such template or its text is none, which tests find.
    private func render(_ template: String, _ values: PageMembers, in language: Language) -> String {
        (try? library(language))?.render(values, withTemplate: template) ?? ""
    }

    /// - Throws: `PageFault` naming the template that cannot be read.
    func library(_ language: Language) throws(PageFault) -> MustacheLibrary {
        let language = words == nil ? .ptBR : language
        if let made = libraries.withLock({ $0[language] }) { return made }
        var library = MustacheLibrary()
        for (name, text) in texts {
            let own = Self.filled(text, with: words?[language].texts ?? [:])
            do {
                library.register(try MustacheTemplate(string: PageText.pragma + own), named: name)
            } catch {
                throw PageFault.template(name, "\(error)")
            }
        }
        let made = library
        libraries.withLock { $0[language] = made }
        return made
    }

    /// A template with `{{words.key}}` as the language's text, which is escaped as every value is.
    ///
    /// A text that is not there, or that the engine would read as a tag, is left for the engine to look up.
    static func filled(_ template: String, with texts: [String: String]) -> String {
        let parts = template.components(separatedBy: "{{words.")
        return parts.dropFirst().reduce(into: parts.first ?? "") { filled, part in
            guard let end = part.range(of: "}}"), let text = texts[String(part[..<end.lowerBound])],
                !text.contains("{"), !filled.hasSuffix("{")
            else { return filled += "{{words." + part }
            filled += HTMLSigns.escaped(text) + part[end.upperBound...]
        }
    }
}

/// What a kept part's template sees besides the part.
struct PartSurroundings: PagePart {
    var words: WordTree
}

/// How values become text of a page: escaped by their bytes.
///
/// The engine's own way goes by what Swift calls a character and leaves a quote alone that has a combining mark behind it,
/// which ends an attribute in a browser.
struct PageText: MustacheContentType {
    /// What every template begins with, partials too, as the engine asks of each anew.
    static let pragma = "{{% CONTENT_TYPE: PAGE}}\n"

    static func register() { MustacheContentTypes.register(PageText(), named: "PAGE") }

    func escapeText(_ text: String) -> String { HTMLSigns.escaped(text) }
}
