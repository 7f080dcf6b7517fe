/// The row that counts a series up.
enum CounterRow {
    /// Gives the last of `$2` numbers of series `$1`, of which nobody had any.
    static let advance = """
        INSERT INTO counter (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value
        """
}
