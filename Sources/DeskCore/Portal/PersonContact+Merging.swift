/// What becomes of the accounts of people whose records are made one, and two again.
extension PersonContact {
    /// Contacts of a private customer who come to a company see what they ask themselves, as any of its people do until
    /// somebody gives them more.
    ///
    /// - Returns: those who saw more before.
    static func narrow(_ contacts: [Int64], in session: any SQLSession) throws(StoreError) -> [Int64] {
        var narrowed: [Int64] = []
        for id in contacts {
            let changed = try session.execute(
                "UPDATE person_contact SET reach = $1 WHERE contact_id = $2 AND reach = $3",
                [.text(Reach.own.word), .integer(id), .text(Reach.all.word)]
            )
            if changed > 0 { narrowed.append(id) }
        }
        return narrowed
    }

    /// Gives back to those who are a customer's again what `narrow` took, unless somebody has chosen since.
    static func widen(_ contacts: [Int64], of customerID: Int64, in session: any SQLSession) throws(StoreError) {
        for id in contacts {
            try session.execute(
                """
                UPDATE person_contact SET reach = $1 WHERE contact_id = $2 AND reach = $3
                    AND contact_id IN (SELECT id FROM contact WHERE customer_id = $4)
                """,
                [.text(Reach.all.word), .integer(id), .text(Reach.own.word), .integer(customerID)]
            )
        }
    }

    /// Forgets what people said to be who have joined a customer by the desk's own hand: there is nothing left to prove.
    ///
    /// `moved`: contacts whose record is part of `customerID` now; `former`: the record that was made part of it.
    static func settleClaims(
        of moved: [Int64],
        in customerID: Int64,
        and former: Int64,
        session: any SQLSession
    ) throws(StoreError) {
        for id in moved {
            try session.execute("DELETE FROM person_claim WHERE contact_id = $1", [.integer(id)])
        }
        // Or it was the customer they meant who was made part of theirs.
        try session.execute(
            """
            DELETE FROM person_claim WHERE customer_id IN ($1, $2)
                AND contact_id IN (SELECT id FROM contact WHERE customer_id = $1)
            """,
            [.integer(customerID), .integer(former)]
        )
    }
}
