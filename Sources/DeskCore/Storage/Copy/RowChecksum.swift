/// The sum of a table's rows, the same in whatever order and on whatever engine they are read.
struct RowChecksum: Sendable, Hashable {
    private(set) var count: Int64 = 0
    private var sum: UInt64 = 0

    /// Adds one row.
    ///
    /// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv) over kinds and values; rows are added up, so that their order
    /// does not count and no two equal rows cancel each other out.
    mutating func add(_ values: some Sequence<SQLValue>) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for value in values {
            switch value {
            case .null: mix([0])
            case .integer(let number):
                mix([1])
                mix(Self.bytes(UInt64(bitPattern: number)))
            case .real(let number):
                mix([2])
                mix(Self.bytes(number.bitPattern))
            case .text(let text):
                mix([3])
                mix(Self.bytes(UInt64(text.utf8.count)))
                mix(text.utf8)
            case .blob(let blob):
                mix([4])
                mix(Self.bytes(UInt64(blob.count)))
                mix(blob)
            }
        }
        count += 1
        sum &+= hash
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// Reads every row of a table along its key.
    static func sum(
        over table: CopyTable,
        in database: any Database,
        _ report: (Int64) -> Void
    ) async throws(StoreError) -> RowChecksum {
        var checksum = RowChecksum()
        // SQLite is read along its row numbers, PostgreSQL along the primary key.
        let (keys, columns) =
            switch database.engine {
            case .sqlite: (["rowid"], table.sourceColumns)
            case .postgres: (table.primaryKey, table.columns)
            }
        let order = keys.joined(separator: ", ")
        let rows = "SELECT \(order), \(columns.joined(separator: ", ")) FROM \(table.name)"
        var last: [SQLValue]?
        while true {
            let after = last
            let page = try await database.read { session in
                guard let after else { return try session.rows("\(rows) ORDER BY \(order) LIMIT \(pageSize)") }
                let places = after.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
                return try session.rows(
                    "\(rows) WHERE (\(order)) > (\(places)) ORDER BY \(order) LIMIT \(pageSize)",
                    after
                )
            }
            guard let end = page.last else { return checksum }
            for row in page { checksum.add(row.values.dropFirst(keys.count)) }
            last = Array(end.values.prefix(keys.count))
            report(checksum.count)
        }
    }

    private static let pageSize = 1_000
}
