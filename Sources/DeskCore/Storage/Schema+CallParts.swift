extension Schema {
    /// Who took part in a call when it was made, whoever has the phone today.
    static let callParts = [
        """
        CREATE TABLE call_part (
            call_id BIGINT NOT NULL REFERENCES call (id),
            account_id BIGINT NOT NULL REFERENCES account (id),
            PRIMARY KEY (call_id, account_id)
        )
        """
    ]
}
