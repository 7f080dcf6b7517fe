import Foundation
import Mustache

@testable import CallDesk

/// A template's tags, as deep as they stand in each other.
struct PageTag {
    enum Kind: Character {
        case value = "v"
        /// `{{{…}}}`, which is not escaped.
        case raw = "{"
        case section = "#"
        case inverted = "^"
        case partial = ">"
        case parent = "<"
        case block = "$"
    }

    var kind: Kind
    var name: String
    var inside: [PageTag] = []

    /// Reads `{{…}}` of a template's text; nil when something is opened and not closed, or the other way round.
    static func read(_ text: String) -> [PageTag]? {
        var open = [PageTag(kind: .block, name: "")]
        for match in text.matches(of: /\{\{(\{?)([#^\/>&!<$]?)\s*([^}]*?)\s*\}?\}\}/) {
            let name = String(match.3)
            let isRaw = !match.1.isEmpty || match.2 == "&"
            switch match.2 {
            case "!": continue
            case "/":
                guard open.count > 1, let closed = open.popLast(), closed.name == name else { return nil }
                open[open.count - 1].inside.append(closed)
            case "#", "^", "<", "$":
                guard let kind = match.2.first.flatMap(Kind.init) else { return nil }
                open.append(PageTag(kind: kind, name: name))
            default:
                let kind: Kind = match.2 == ">" ? .partial : isRaw ? .raw : .value
                open[open.count - 1].inside.append(PageTag(kind: kind, name: name))
            }
        }
        return open.count == 1 ? open[0].inside : nil
    }
}

/// Walks the tags of templates through the members of what they are rendered with.
struct TagWalk {
    /// By name, without ending.
    let templates: [String: String]
    /// What is wrong, in words.
    private(set) var faults: [String] = []
    /// Templates that were walked.
    private(set) var walked: Set<String> = []
    private var used: Set<String> = []
    /// Members of parts that the page they stand on does not show: another page that has such a part may.
    private var parts: [(page: String, path: String)] = []
    private var shownNames: Set<String> = []

    private struct Level {
        var path: String
        var value: Any
    }

    init(_ templates: [String: String]) { self.templates = templates }

    /// How a page's own values stand beside those that all pages have.
    enum Place {
        /// By their own names.
        case beside
        /// Below `page`.
        case below
    }

    /// Walks `page`, whose every list and every optional must hold something, with the values that all pages have.
    mutating func walk(_ page: any Page, _ surroundings: (any PagePart)?, _ place: Place = .beside) {
        let name = type(of: page).template
        let own = PageMembers(page).values
        var all = surroundings.map { PageMembers($0).values } ?? [:]
        for double in place == .below ? [] : Set(own.keys).intersection(all.keys) {
            faults.append("\(name): '\(double)' is every page's name")
        }
        used = []
        var stack = [Level(path: "page", value: PageMembers(page))]
        if place == .below {
            all["page"] = PageMembers(page)
            stack = []
        }
        walk(name, [Level(path: "", value: all)] + stack, [:])
        shownNames.formUnion(used.compactMap { $0.split(separator: ".").last.map(String.init) })
        for path in Self.paths(own, "page").subtracting(used).sorted() {
            if place == .below, path.count(where: { $0 == "." }) > 1 {
                parts.append((name, path))
            } else {
                faults.append("\(name): no tag shows '\(path.dropFirst(5))'")
            }
        }
    }

    /// Says what of the parts that pages share is shown on none of them.
    mutating func finish() {
        for part in parts where !shownNames.contains(String(part.path.split(separator: ".").last ?? "")) {
            faults.append("\(part.page): no page shows '\(part.path.dropFirst(5))'")
        }
    }

    private mutating func walk(_ template: String, _ stack: [Level], _ blocks: [String: [PageTag]]) {
        guard let text = templates[template] else {
            faults.append("there is no template '\(template)'")
            return
        }
        guard let tags = PageTag.read(text) else {
            faults.append("\(template): a tag is not closed")
            return
        }
        walked.insert(template)
        walk(tags, template, stack, blocks)
    }

    private mutating func walk(_ tags: [PageTag], _ template: String, _ stack: [Level], _ blocks: [String: [PageTag]]) {
        for tag in tags {
            switch tag.kind {
            case .value:
                if find(tag.name, template, stack)?.value is PageMembers, tag.name != "." {
                    faults.append("\(template): '\(tag.name)' is no text")
                }
            case .raw: walk(keptBy: tag.name, template, stack)
            case .inverted:
                _ = find(tag.name, template, stack)
                walk(tag.inside, template, stack, blocks)
            case .section:
                guard let found = find(tag.name, template, stack) else { continue }
                walk(found, tag, template, stack, blocks)
            case .partial: walk(tag.name, stack, blocks)
            case .parent:
                let own = tag.inside.filter { $0.kind == .block }.map { ($0.name, $0.inside) }
                walk(tag.name, stack, blocks.merging(own) { outer, _ in outer })
            case .block: walk(blocks[tag.name] ?? tag.inside, template, stack, blocks)
            }
        }
    }

    /// Only a kept part stands in a page as it is: its own template escaped what it shows, and sees nothing besides the words.
    private mutating func walk(keptBy name: String, _ template: String, _ stack: [Level]) {
        let found = name == "." ? stack.last : find(name, template, stack)
        guard let found, let part = found.value as? PageMembers, let own = part.template else {
            faults.append("\(template): '\(name)' is shown as it is and is no part that is kept")
            return
        }
        let words = stack.first.flatMap { Self.member("words", of: $0) }.map { ["words": $0.value] } ?? [:]
        walk(own, [Level(path: "", value: words), Level(path: found.path, value: part.values)], [:])
    }

    private mutating func walk(
        _ found: Level,
        _ tag: PageTag,
        _ template: String,
        _ stack: [Level],
        _ blocks: [String: [PageTag]]
    ) {
        switch found.value {
        case is Bool: walk(tag.inside, template, stack, blocks)
        case let nothing as any MustacheCustomRenderable where nothing.isNull:
            faults.append("\(template): the sample has nothing in '\(tag.name)'")
        case let list as [Any]:
            // A tree ends in leaves; what is missing in them stands in their elders.
            if list.isEmpty, !found.path.contains("children.") {
                faults.append("\(template): the sample has nothing in '\(tag.name)'")
            }
            for item in list {
                walk(tag.inside, template, stack + [Level(path: found.path, value: item)], blocks)
            }
        default: walk(tag.inside, template, stack + [found], blocks)
        }
    }

    /// What a tag's name means where it stands.
    private mutating func find(_ name: String, _ template: String, _ stack: [Level]) -> Level? {
        guard name != "." else {
            if let last = stack.last, last.value is PageMembers || Self.members(last.value) != nil {
                faults.append("\(template): '.' is no text")
            }
            return stack.last
        }
        var names = name.split(separator: ".").map(String.init)[...]
        guard let first = names.popFirst(),
            var found = stack.reversed().lazy.compactMap({ Self.member(first, of: $0) }).first
        else {
            faults.append("\(template): nothing is called '\(name)'")
            return nil
        }
        used.insert(found.path)
        for next in names {
            guard let below = Self.member(next, of: found) else {
                faults.append("\(template): nothing is called '\(name)'")
                return nil
            }
            found = below
            used.insert(found.path)
        }
        return found
    }

    /// What stands in a part, and in the words of a language; nil for what has no members or does not show them to tags.
    private static func members(_ value: Any) -> [String: Any]? {
        if let part = value as? PageMembers { return part.template == nil ? part.values : nil }
        return (value as? WordTree)?.values ?? value as? [String: Any]
    }

    private static func member(_ name: String, of level: Level) -> Level? {
        guard let value = members(level.value)?[name] else { return nil }
        return Level(path: level.path.isEmpty ? name : "\(level.path).\(name)", value: value)
    }

    private static func paths(_ values: [String: Any], _ path: String) -> Set<String> {
        var found: Set<String> = []
        for (name, value) in values {
            let here = "\(path).\(name)"
            found.insert(here)
            for part in value as? [Any] ?? [value] {
                if let part = (part as? PageMembers)?.values ?? members(part) { found.formUnion(paths(part, here)) }
            }
        }
        return found
    }
}
