extension Schema {
    /// When a line told of each call last: an end that never came is known by nothing else.
    static let reportedCalls = ["ALTER TABLE call ADD COLUMN reported_at BIGINT"]
}
