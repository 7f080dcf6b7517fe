/// An invitation nobody has answered follows its contact's address: what was mistyped leads nobody in.
extension PersonDesk {
    /// Takes a contact's address over for the account that waits for its owner; links that went elsewhere work no more.
    ///
    /// Where the account waits for somebody else too, or the address has one already, the contact leaves it: the next
    /// invitation finds the right one.
    static func readdress(
        _ contactID: Int64,
        to email: String?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        guard let person = try find(contactID: contactID, in: session), person.isUnanswered, person.email != email
        else { return }
        try PersonLinks.end(of: person.id, at: now, in: session)
        let owner = try email.flatMap { email throws(StoreError) in
            try one("person.email = $1", [.text(email)], in: session)
        }
        let isShared = try session.row(
            """
            SELECT 1 FROM person_contact JOIN contact ON contact.id = person_contact.contact_id
            WHERE person_contact.person_id = $1 AND person_contact.contact_id <> $2 AND contact.active = 1
            """,
            [.integer(person.id), .integer(contactID)]
        )
        guard owner == nil, isShared == nil else {
            try session.execute("DELETE FROM person_contact WHERE contact_id = $1", [.integer(contactID)])
            return try letGo(of: person.id, at: now, in: session)
        }
        try session.execute(
            "UPDATE person SET email = $1, updated_at = $2 WHERE id = $3",
            [.text(email), .moment(now), .integer(person.id)]
        )
    }

    /// Gives a person's new address to the contact that had the former one, else to one of theirs that has none: no two
    /// contacts share an address, and what others of theirs have stays.
    static func move(
        _ id: Int64,
        from former: String?,
        to email: EmailAddress,
        among customers: CustomerDirectory,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        // The desk may have corrected the contact before: then it has the new one.
        if try customers.contact(email: email, in: session) == nil {
            let row = try session.row(
                """
                UPDATE contact SET email = $1, revision = revision + 1 WHERE id = (
                    SELECT contact.id FROM contact JOIN person_contact ON person_contact.contact_id = contact.id
                    WHERE person_contact.person_id = $2 AND contact.active = 1
                        AND (contact.email = $3 OR contact.email IS NULL)
                    ORDER BY CASE WHEN contact.email = $3 THEN 0 ELSE 1 END, contact.id LIMIT 1)
                RETURNING customer_id
                """,
                [.text(email.canonical), .integer(id), .text(former)]
            )
            if let customerID = row?.integer(0) { try customers.index(customerID, in: session) }
        }
        // Another of their contacts goes on with it where the new one was a contact's already.
        if let old = former.flatMap({ EmailAddress($0) }), try customers.contact(email: old, in: session) != nil {
            return
        }
        for contact in try contacts(of: id, in: session) {
            try QuickLinks.withdraw(sentTo: former, of: contact.customerID, by: .person(id), at: now, in: session)
        }
        try MailLog.forget(former, in: session)
    }

    /// Takes a contact that speaks for nobody any more out of the invitation that waits for its owner; one that waits for
    /// nobody else works no more, and its address is free.
    static func withdraw(_ contactID: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        guard let waiting = try find(contactID: contactID, in: session), waiting.isUnanswered else { return }
        try session.execute("DELETE FROM person_contact WHERE contact_id = $1", [.integer(contactID)])
        if try contacts(of: waiting.id, in: session).isEmpty {
            try PersonLinks.end(of: waiting.id, at: now, in: session)
        }
        try letGo(of: waiting.id, at: now, in: session)
    }

    /// Gives a contact whose invitation waits to whoever has proved its address, as far as it was meant to see.
    ///
    /// - Returns: false for a contact that waits for nobody.
    static func handOver(
        _ contactID: Int64,
        to personID: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        guard let waiting = try find(contactID: contactID, in: session), waiting.isUnanswered else { return false }
        try PersonLinks.end(of: waiting.id, at: now, in: session)
        try session.execute(
            "UPDATE person_contact SET person_id = $1 WHERE contact_id = $2",
            [.integer(personID), .integer(contactID)]
        )
        try letGo(of: waiting.id, at: now, in: session)
        return true
    }

    /// An account that waits for nobody any more keeps no address from its owner.
    private static func letGo(of id: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            UPDATE person SET email = NULL, updated_at = $1
            WHERE id = $2 AND NOT EXISTS (
                SELECT 1 FROM person_contact JOIN contact ON contact.id = person_contact.contact_id
                WHERE person_contact.person_id = $2 AND contact.active = 1)
            """,
            [.moment(now), .integer(id)]
        )
    }
}

extension Person {
    /// Whether the desk's invitation is all there is of it: nobody has chosen a password, and no directory knows one.
    public var isUnanswered: Bool { activatedAt == nil && domain == nil && state != .active }
}
