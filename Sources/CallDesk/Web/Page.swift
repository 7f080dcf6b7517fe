/// A part of a page as its template sees it: each stored member is a name that the template's tags may use, as the compiler
/// encodes it.
///
/// To a section an empty text is nothing, as what is not there is, and hides an outer member of the same name. A test walks
/// every tag of every template through the members of its page's type.
protocol PagePart: Encodable, Sendable {}

/// A whole page: the values of one template.
protocol Page: PagePart {
    /// A file of `Resources/pages`, `portal` or `plain`, without its ending.
    static var template: String { get }
}

/// One of the things that can be chosen in a list or a group of buttons.
struct PageChoice: ToldPart {
    var value: String
    var label: String
    var isChosen: Bool

    func tell(_ shape: ShapeReader) {
        shape.take(value)
        shape.take(label)
        shape.take(isChosen)
    }
}

extension PageChoice {
    /// Every value of a vocabulary, with the one that is chosen.
    static func all<Value: CaseIterable & RawRepresentable<String> & Equatable>(
        _ type: Value.Type,
        chosen: Value?,
        label: (Value) -> String
    ) -> [PageChoice] {
        Value.allCases.map { PageChoice(value: $0.rawValue, label: label($0), isChosen: $0 == chosen) }
    }
}

/// The options of a list in a form.
struct PageOptions: KeptPart, ToldPart {
    static let template = "options"

    var choices: [PageChoice]

    func tell(_ shape: ShapeReader) { shape.take(choices) }
}
