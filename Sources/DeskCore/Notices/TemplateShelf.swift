import Synchronization

/// The templates in force: ours, and the desk's own words where somebody edited them.
///
/// Read from memory, since every ticket's transaction needs them; `reload` takes up what another node saved.
public final class TemplateShelf: Sendable {
    /// A template somebody saved and this version cannot use any more; ours is used instead.
    public struct Rejected: Sendable, Equatable {
        public var key: NoticeTemplateKey
        public var fault: TemplateFault
    }

    private let edited = Mutex<[NoticeTemplateKey: (source: NoticeTemplate, parsed: ParsedTemplate)]>([:])

    public init() {}

    /// Ours, read once; each is checked by a test, so that none can be missing here.
    private static let standard: [NoticeTemplateKey: ParsedTemplate] = {
        var parsed: [NoticeTemplateKey: ParsedTemplate] = [:]
        for key in NoticeTemplateKey.all {
            parsed[key] = try? ParsedTemplate(StandardTemplates.template(key), for: key)
        }
        return parsed
    }()

    /// The template in force, as written.
    public func template(_ key: NoticeTemplateKey) -> NoticeTemplate {
        edited.withLock { $0[key]?.source } ?? StandardTemplates.template(key)
    }

    /// Whether the desk uses words of its own.
    public func isEdited(_ key: NoticeTemplateKey) -> Bool {
        edited.withLock { $0[key] != nil }
    }

    func parsed(_ key: NoticeTemplateKey) -> ParsedTemplate {
        edited.withLock { $0[key]?.parsed } ?? Self.standard[key] ?? .empty
    }

    /// Takes up the saved templates; called at the start, after an edit, and now and then for other nodes' edits.
    ///
    /// - Returns: the saved ones that cannot be used, for the log.
    @discardableResult
    public func reload(from database: any Database) async throws(StoreError) -> [Rejected] {
        let rows = try await database.read { session in
            try session.rows("SELECT name, channel, language, subject, body, html FROM template")
        }
        var loaded: [NoticeTemplateKey: (source: NoticeTemplate, parsed: ParsedTemplate)] = [:]
        var rejected: [Rejected] = []
        for row in rows {
            guard let event = row.text(0).flatMap(NoticeEvent.init),
                let channel = row.text(1).flatMap(NoticeChannel.init),
                let language = row.text(2).flatMap(Language.init), let body = row.text(4)
            else { continue }
            let key = NoticeTemplateKey(event, channel, language)
            let source = NoticeTemplate(subject: row.text(3), body: body, html: row.text(5))
            do throws(TemplateFault) {
                loaded[key] = (source, try ParsedTemplate(source, for: key))
            } catch {
                rejected.append(Rejected(key: key, fault: error))
            }
        }
        let taken = loaded
        edited.withLock { $0 = taken }
        return rejected
    }

    /// Saves the desk's own words.
    ///
    /// `copy`: the tag of those they were made of; nil for whoever means to write over whatever there is.
    ///
    /// - Returns: the first fault, and then nothing is saved.
    /// - Throws: `ContentTag.Stale`, `StoreError`.
    public func save(
        _ template: NoticeTemplate,
        for key: NoticeTemplateKey,
        of copy: ContentTag? = nil,
        by accountID: Int64?,
        at moment: Moment,
        in database: any Database
    ) async throws -> TemplateFault? {
        do throws(TemplateFault) {
            _ = try ParsedTemplate(template, for: key)
        } catch {
            return error
        }
        let isDone = try await database.write { session in
            if let copy {
                let row = try session.row(
                    "SELECT subject, body, html FROM template WHERE name = $1 AND channel = $2 AND language = $3",
                    [.text(key.event.rawValue), .text(key.channel.rawValue), .text(key.language.rawValue)]
                )
                let now = row.map { NoticeTemplate(subject: $0.text(0), body: $0.text(1) ?? "", html: $0.text(2)) }
                guard (now ?? StandardTemplates.template(key)).tag == copy else { return false }
            }
            try session.execute(
                """
                INSERT INTO template (name, channel, language, subject, body, html, updated_by, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (name, channel, language) DO UPDATE SET subject = excluded.subject, body = excluded.body,
                    html = excluded.html, updated_by = excluded.updated_by, updated_at = excluded.updated_at
                """,
                [
                    .text(key.event.rawValue), .text(key.channel.rawValue), .text(key.language.rawValue),
                    .text(template.subject), .text(template.body), .text(template.html), .integer(accountID),
                    .moment(moment),
                ]
            )
            return true
        }
        guard isDone else { throw ContentTag.Stale() }
        try await reload(from: database)
        return nil
    }

    /// Goes back to our words.
    public func restore(_ key: NoticeTemplateKey, in database: any Database) async throws(StoreError) {
        _ = try await database.write { session in
            try session.execute(
                "DELETE FROM template WHERE name = $1 AND channel = $2 AND language = $3",
                [.text(key.event.rawValue), .text(key.channel.rawValue), .text(key.language.rawValue)]
            )
        }
        try await reload(from: database)
    }
}

extension NoticeTemplate {
    public var tag: ContentTag { ContentTag(of: [subject, body, html]) }
}
