import Mustache

/// A page's values as the template engine takes them: read from the types once, not at every tag.
enum PageMembers {
    /// The members of `part` by name, and of the parts in it.
    static func of(_ part: any PagePart) -> [String: Any] {
        var members: [String: Any] = [:]
        for child in Mirror(reflecting: part).children {
            if let name = child.label { members[name] = shown(child.value) }
        }
        return members
    }

    private static func shown(_ value: Any) -> Any {
        switch value {
        case let text as String: return text.isEmpty ? NothingToShow() : text
        case let part as any PagePart: return of(part)
        case let parts as [any PagePart]: return parts.map(of)
        default:
            let mirror = Mirror(reflecting: value)
            guard mirror.displayStyle == .optional else { return value }
            return mirror.children.first.map { shown($0.value) } ?? NothingToShow()
        }
    }
}

/// Renders as nothing, and is nothing to a section.
private struct NothingToShow: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}
