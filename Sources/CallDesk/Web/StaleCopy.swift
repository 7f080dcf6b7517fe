import DeskCore
import HTTPTypes
import Hummingbird

/// The copy of a record that a change was made of, by its revision; and what somebody is told whose copy has grown old: what
/// the record says now, and where that differs.
///
/// `If-Match` names the revision as `ETag` told it (RFC 9110 §13.1.1, refused with 412), or `revision` in the body does (409).
struct StaleCopy: Sendable {
    /// A record's revision in a body; absent, the change holds whatever the record says.
    static let property = Schema.Property.optional(
        "revision",
        .integer(minimum: 0),
        "As it was read; refused with 409 when somebody changed the record since. `If-Match` says the same."
    )

    /// The one that was read; nil for a change that holds whatever the record says.
    let revision: Int64?
    /// Whether `If-Match` named it.
    private let isCondition: Bool
    private let sent: JSONValue

    /// Reads what a request names; `isWhole` for one that writes the whole record and so must name it.
    ///
    /// - Throws: `Problem` 412 for a tag that can be no record's, 422 for two that differ, 428 for a whole record without one.
    init(_ ask: Ask, _ body: FieldReader, isWhole: Bool = false) throws(Problem) {
        sent = ask.json
        let named = body.integer("revision", in: 0...Int64.max)
        let condition = ask.headers[.ifMatch]
        isCondition = condition != nil
        guard let condition, condition != "*" else {
            // “*” holds for whatever is there: whoever sends it means to write over it.
            if named == nil, isWhole, condition == nil { throw Self.needed }
            revision = named
            return
        }
        guard let tagged = Self.revision(of: condition) else { throw Self.strange }
        if let named, named != tagged { body.fault("revision", FieldText.expected("If-Match: \(tagged)")) }
        revision = tagged
    }

    /// The strong tag of a record's revision; `rest` is what else the answer depends on.
    static func tag(_ revision: Int64, _ rest: [String] = []) -> String {
        "\"\(([String(revision)] + rest).joined(separator: "-"))\""
    }

    /// The revision in a tag of ours; nil for a weak one, for several and for what is none.
    private static func revision(of tag: String) -> Int64? {
        guard tag.utf8.count <= longestTag, tag.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
        let digits = tag.dropFirst().dropLast().prefix { $0 != "-" }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int64(digits)
    }

    /// Ours have under a hundred bytes.
    private static let longestTag = 200

    /// Makes a change; when the copy it was made of is old, tells what `current`, the record's JSON, says now.
    func change<Value>(_ make: () async throws -> Value, current: () async throws -> [UInt8]) async throws -> Value {
        do {
            return try await make()
        } catch CustomerError.stale {
            throw refusal(Self.problem(sent: sent, current: try await current()))
        } catch AccountError.stale {
            throw refusal(Self.problem(sent: sent, current: try await current()))
        } catch StoreError.refused(CannedReplyRefusal.stale) {
            throw refusal(Self.problem(sent: sent, current: try await current()))
        } catch StoreError.refused(let error) {
            if let refused = error as? TicketRefusal, case .stale = refused { throw refusal(refused.problem) }
            // Whole books of rules say where they differ in no field of a form: they are read again.
            if let refused = error as? ServiceRulesRefusal, refused == .stale {
                var problem = refused.problem
                problem.members = [("current", try await current())]
                throw refusal(problem)
            }
            throw StoreError.refused(error)
        }
    }

    /// The tag that a whole record without revisions was read with; nil for `*`, which writes over whatever there is.
    ///
    /// - Throws: `Problem` 428 without one.
    static func content(_ ask: Ask) throws(Problem) -> ContentTag? {
        guard let condition = ask.headers[.ifMatch] else { throw needed }
        guard condition != "*" else { return nil }
        // What is no tag of ours is that of no copy.
        let isTag = condition.count > 2 && condition.hasPrefix("\"") && condition.hasSuffix("\"")
        return ContentTag(isTag ? String(condition.dropFirst().dropLast()) : condition)
    }

    /// Makes a change of a whole record that counts no revisions; when the copy it was made of is old, tells what `current`,
    /// the record's JSON, says now.
    ///
    /// - Throws: `Problem` 428 without a copy, 412 for an old one.
    static func change<Value>(
        _ ask: Ask,
        _ make: (ContentTag?) async throws -> Value,
        current: () async throws -> [UInt8]
    ) async throws -> Value {
        let copy = try content(ask)
        do {
            return try await make(copy)
        } catch is ContentTag.Stale {
            var problem = problem(sent: ask.json, current: try await current())
            problem.status = .preconditionFailed
            throw problem
        }
    }

    private func refusal(_ problem: Problem) -> Problem {
        var problem = problem
        if isCondition { problem.status = .preconditionFailed }
        return problem
    }

    private static let needed = Problem(
        .preconditionRequired,
        "revision-needed",
        LocalizedText(
            "Quem escreve o cadastro inteiro diz de qual revisão partiu",
            ptPT: "Quem escreve o registo inteiro diz de que revisão partiu",
            en: "Whoever writes the whole record says which revision it was made of"
        ),
        detail: LocalizedText(
            "Leia o cadastro e mande a ETag em If-Match ou revision no corpo; com PATCH, mande só o que muda.",
            ptPT: "Leia o registo e envie a ETag em If-Match ou revision no corpo; com PATCH, envie só o que muda.",
            en: "Read the record and send its ETag as If-Match, or revision in the body; with PATCH, only what changes."
        )
    )

    private static let strange = Problem(
        .preconditionFailed,
        "stale",
        LocalizedText(
            "If-Match não é a ETag de um cadastro",
            ptPT: "If-Match não é a ETag de um registo",
            en: "If-Match is no record's ETag"
        ),
        detail: LocalizedText(
            "Nada foi salvo. Leia o cadastro e mande a ETag que veio com ele, uma só, entre aspas.",
            ptPT: "Nada foi guardado. Leia o registo e envie a ETag que veio com ele, uma só, entre aspas.",
            en: "Nothing was saved. Read the record and send the one ETag it came with, in quotes."
        )
    )

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
        let text: String? =
            switch value {
            case .string(let text), .number(let text): text
            case .array(let items) where items.contains { $0.object != nil }: nil
            case .array(let items): items.compactMap(\.string).joined(separator: ", ")
            case .object(let parts): parts["display"]?.string
            case .bool(true): "✓"
            case .bool(false), .null: ""
            }
        guard let text else {
            return LocalizedText("Mudou enquanto isto.", ptPT: "Mudou entretanto.", en: "It changed meanwhile.")
        }
        guard !text.isEmpty else {
            return LocalizedText("Agora está vazio.", ptPT: "Agora está vazio.", en: "It is empty now.")
        }
        return LocalizedText("Agora é: \(text)", ptPT: "Agora é: \(text)", en: "Now it is: \(text)")
    }
}

extension Response {
    /// One record, with its revision as its tag.
    static func one(
        revision: Int64,
        _ status: HTTPResponse.Status = .ok,
        _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var response = try Response.one(status, write)
        response.headers[.eTag] = StaleCopy.tag(revision)
        return response
    }

    /// One record that counts no revisions, with the tag of what it says.
    static func one(
        tag: ContentTag,
        _ status: HTTPResponse.Status = .ok,
        _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> Response {
        var response = try Response.one(status, write)
        response.headers[.eTag] = "\"\(tag.text)\""
        return response
    }
}

extension ContentTag.Stale: ProblemDescribing {
    var problem: Problem {
        var problem = StaleCopy.problem(sent: .null, current: [])
        problem.status = .preconditionFailed
        return problem
    }
}
