import Synchronization

/// The answers a form's rules look at.
struct FormInput: Equatable {
    /// By field; fields without an answer are left out.
    var values: [String: AnswerValue]
    /// Values of `FieldExpression.facts` by name.
    var facts: [String: String]
    /// `2026-11-21`.
    var today: String
}

/// What the rules of a form say about a set of answers.
struct FormState: Equatable {
    /// Fields to ask or show; all others lose their answers.
    var relevant: Set<String> = []
    var required: Set<String> = []
    /// Fields whose answer breaks its constraint.
    var violated: Set<String> = []
    /// Canonical values of calculated fields.
    var calculated: [String: String] = [:]
}

/// The rules of one topic's form, compiled once and evaluated from any thread.
///
/// libxml2's evaluation context is not shared safely, so one evaluation at a time holds the lock, for some tens of
/// microseconds; topics do not wait for each other, and forms without expressions take no lock at all.
final class FormRules: Sendable {
    private let fields: [FieldRules]
    /// Indices into `fields`: whatever a rule reads comes first.
    private let order: [Int]
    private let hasRules: Bool
    /// nil inside when the form has no expressions.
    private let engine: Mutex<FormEngine?>
    /// What the rules said of the form without an answer, which is how every contact begins.
    private let blank = Mutex<[(input: FormInput, state: FormState)]>([])
    /// Channels by languages by kinds of customers, on one day; then it begins anew.
    private static let mostBlank = 24

    /// The expressions of one field.
    struct FieldRules: Sendable {
        var id: String
        var kind: FieldKind
        var relevant: FieldExpression?
        var required: FieldExpression?
        var constraint: FieldExpression?
        var calculate: FieldExpression?

        var all: [FieldExpression] { [relevant, required, constraint, calculate].compactMap(\.self) }
    }

    /// `fields` in the author's order with rewritten expressions, `order` as `FormOrder` found it; nil when libxml2
    /// refuses an expression.
    init?(fields: [FieldRules], order: [Int]) {
        self.fields = fields
        self.order = order
        hasRules = fields.contains { !$0.all.isEmpty }
        if hasRules {
            guard let built = FormEngine(fields: fields) else { return nil }
            engine = Mutex(built)
        } else {
            engine = Mutex(nil)
        }
    }

    private var everything: FormState { FormState(relevant: Set(fields.map(\.id))) }

    /// What the rules say about `input`.
    ///
    /// An expression that cannot be evaluated hides nothing and forbids nothing.
    func evaluate(_ input: FormInput) -> FormState {
        guard hasRules else { return everything }
        if input.values.isEmpty, let known = blank.withLock({ $0.first { $0.input == input }?.state }) { return known }
        guard let state = engine.withLock({ $0?.evaluate(fields: fields, order: order, input: input) }) else {
            return everything
        }
        if input.values.isEmpty {
            blank.withLock { kept in
                if kept.count >= Self.mostBlank || kept.first.map({ $0.input.today != input.today }) ?? false {
                    kept.removeAll()
                }
                kept.append((input, state))
            }
        }
        return state
    }
}
