extension Schema {
    /// The streets of postal codes, as the newest file that was read says them.
    static let postalCodes = [
        """
        CREATE TABLE postal_code (
            edition BIGINT NOT NULL,
            code TEXT NOT NULL,
            street TEXT NOT NULL,
            district TEXT NOT NULL,
            city TEXT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (edition, code)
        )
        """,
        // One row at the most: none before the first file, as a copy goes into a database without rows. A file is read beside the edition that is looked into, and takes its place when it is whole.
        """
        CREATE TABLE postal_edition (
            id SMALLINT PRIMARY KEY,
            edition BIGINT NOT NULL,
            latest BIGINT NOT NULL
        )
        """,
    ]
}
