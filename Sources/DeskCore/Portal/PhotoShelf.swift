import Foundation

/// Photos of people, each a small square picture the desk made itself, in the folder `photos`.
public struct PhotoShelf: Sendable {
    /// The largest picture that is kept: a square of 256 pixels is some 20 kB.
    public static let largest = 262_144

    private let files: AttachmentFolder
    private let persons: PersonDesk

    /// `health`: that of the folder's disk.
    public init(folder: URL, persons: PersonDesk, health: FolderHealth = FolderHealth()) {
        files = AttachmentFolder(folder, health: health)
        self.persons = persons
    }

    /// Whether bytes are a picture people take or keep of themselves; they are never served as they came.
    public static func isPicture(_ name: String, _ bytes: [UInt8]) throws(AttachmentError) -> Bool {
        let kind = try AttachmentKind.accepted(name: name, bytes: bytes)
        return ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"].contains(kind.mediaType)
    }

    /// The picture of a person.
    ///
    /// - Throws: `AttachmentError.missing` when there is none.
    public func photo(of person: Person) throws(AttachmentError) -> [UInt8] {
        guard let name = person.photo else { throw .missing }
        return try files.bytes(name)
    }

    /// Gives a person another picture, nil for none; the former one goes when nobody else has the same.
    public func set(_ bytes: [UInt8]?, of id: Int64) async throws {
        let name = bytes.map(AttachmentFolder.hash)
        if let bytes, let name { try files.keep(bytes, as: name) }
        let now = persons.clock.now
        let former = try await persons.change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> String? in
                let former = try session.row("SELECT photo FROM person WHERE id = $1", [.integer(id)])?.text(0)
                try session.execute(
                    "UPDATE person SET photo = $1, updated_at = $2 WHERE id = $3",
                    [.text(name), .moment(now), .integer(id)]
                )
                try AuditTrail.record(
                    "person.photo",
                    subject: PersonDesk.subject(id),
                    by: .person(id),
                    at: now,
                    in: session
                )
                guard let former, former != name else { return nil }
                let isOthers = try session.row("SELECT 1 FROM person WHERE photo = $1", [.text(former)]) != nil
                return isOthers ? nil : former
            }
        }
        guard let former, try files.setAside(former) else { return }
        try files.remove(former)
    }

    /// Removes a picture whose person is gone, unless somebody else has the same.
    func letGo(_ name: String) async throws {
        let isOthers = try await persons.database.read { session in
            try session.row("SELECT 1 FROM person WHERE photo = $1", [.text(name)]) != nil
        }
        guard !isOthers else { return }
        // One that was set aside already, and could not be removed then, goes all the same.
        _ = try files.setAside(name)
        try files.remove(name)
    }
}
