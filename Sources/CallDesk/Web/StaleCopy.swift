import DeskCore
import HTTPTypes

/// What somebody is told who changes a record from a copy that has grown old: what it says now, and where that differs.
enum StaleCopy {
    /// A record's revision in a body; absent, the change holds whatever the record says.
    static let property = Schema.Property.optional(
        "revision",
        .integer(minimum: 0),
        "As it was read; refused with 409 when somebody changed the record since."
    )

    static func revision(_ body: FieldReader) -> Int64? { body.integer("revision", in: 0...Int64.max) }

    /// Makes a change; when the copy it was made of is old, tells what `current`, the record's JSON, says now.
    static func change<Value>(
        _ sent: JSONValue,
        _ make: () async throws -> Value,
        current: () async throws -> [UInt8]
    ) async throws -> Value {
        do {
            return try await make()
        } catch CustomerError.stale {
            throw problem(sent: sent, current: try await current())
        } catch AccountError.stale {
            throw problem(sent: sent, current: try await current())
        }
    }

    /// The refusal, naming the members of `sent` that say something else than the record does now.
    ///
    /// `bytes`: the record's JSON as it is now, which the answer carries as `current`.
    static func problem(sent: JSONValue, current bytes: [UInt8]) -> Problem {
        let now = (try? JSONParser.parse(bytes))?.object ?? [:]
        var faults: [FieldFault] = []
        for (name, value) in (sent.object ?? [:]).sorted(by: { $0.key < $1.key }) where name != "revision" {
            guard let there = now[name], !same(value, there) else { continue }
            faults.append(FieldFault(name, says(there)))
        }
        var problem = Problem(
            .conflict,
            "stale",
            LocalizedText(
                "Alguém mudou este cadastro depois que você o abriu",
                ptPT: "Alguém mudou este registo depois de o abrir",
                en: "Somebody changed this record since you opened it"
            ),
            detail: LocalizedText(
                "Nada foi salvo. Veja o que mudou e salve de novo se ainda for o caso.",
                ptPT: "Nada foi guardado. Veja o que mudou e guarde de novo se ainda for o caso.",
                en: "Nothing was saved. See what changed, and save again if it still holds."
            ),
            errors: faults
        )
        if !bytes.isEmpty { problem.members = [("current", bytes)] }
        return problem
    }

    /// A document is sent as a text and told as an object.
    private static func same(_ sent: JSONValue, _ there: JSONValue) -> Bool {
        guard let parts = there.object, sent.string != nil else { return sent == there }
        return parts.values.contains(sent)
    }

    private static func says(_ value: JSONValue) -> LocalizedText {
        let text =
            switch value {
            case .string(let text), .number(let text): text
            case .array(let items): items.compactMap(\.string).joined(separator: ", ")
            case .object(let parts): parts["display"]?.string ?? ""
            case .bool(true): "✓"
            case .bool(false), .null: ""
            }
        guard !text.isEmpty else {
            return LocalizedText("Agora está vazio.", ptPT: "Agora está vazio.", en: "It is empty now.")
        }
        return LocalizedText("Agora é: \(text)", ptPT: "Agora é: \(text)", en: "Now it is: \(text)")
    }
}
