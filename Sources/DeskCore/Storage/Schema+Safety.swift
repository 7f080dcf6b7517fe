extension Schema {
    /// Keys that die with what they sealed, and which folder belongs to which database.
    static let safety = [
        // The key a password was sealed with; NULL: the one key of releases before.
        "ALTER TABLE secret ADD COLUMN key_name TEXT",
        // Which keys there are, and a digest of each, so that two folders cannot have two keys of one name.
        """
        CREATE TABLE vault_key (
            name TEXT PRIMARY KEY,
            mark TEXT NOT NULL,
            made_at BIGINT NOT NULL
        )
        """,
        // One row: the name this desk gave itself, which its data folder carries as well.
        """
        CREATE TABLE desk_identity (
            id BIGINT PRIMARY KEY,
            mark TEXT NOT NULL
        )
        """,
    ]

    /// The half of a password's key that is its own and dies with it; NULL: sealed by a release before, with its day's key alone.
    static let secretHalves = ["ALTER TABLE secret ADD COLUMN half TEXT"]
}
