extension Schema {
    /// What callers say of a contact.
    static let satisfaction = [
        // The caller's answer to the survey after a call, 1 to 5; one for each contact, the last one counts.
        """
        CREATE TABLE satisfaction (
            attendance_id BIGINT PRIMARY KEY REFERENCES attendance (id),
            rating SMALLINT NOT NULL,
            channel TEXT NOT NULL,
            given_at BIGINT NOT NULL
        )
        """
    ]
}
