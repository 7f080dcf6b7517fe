/// Keeps every catalogue that was in use, so that old answers can be read with the questions they were given to.
public struct CatalogueArchive: Sendable {
    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// Keeps a source under its version; one that is there already stays as it is.
    public func keep(_ bytes: [UInt8], version: String) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            try session.execute(
                "INSERT INTO form_version (version, source, taken_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING",
                [.text(version), .text(String(decoding: bytes, as: UTF8.self)), .moment(now)]
            )
        }
    }
}
