extension Schema {
    /// What was asked under a client's own name for its wish: asked for something else, it is refused and not taken for done.
    static let wishDigests = [
        "ALTER TABLE ticket ADD COLUMN creation_digest TEXT",
        "ALTER TABLE entry ADD COLUMN request_digest TEXT",
    ]
}
