/// A customer's account: a human being who signs in on the portal, and the contacts they are.
public struct Person: Sendable, Hashable, Identifiable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Made, and waiting for its owner to choose a password.
        case pending
        case active
        /// Kept out by the desk.
        case blocked
    }

    public var id: Int64
    /// Lower case; nil until it is chosen.
    ///
    /// One with an @ is the person's own e-mail.
    public var login: String?
    public var name: String
    /// Canonical; no two people share one.
    ///
    /// Nil for who has a telephone only.
    public var email: String?
    public var state: State
    public var language: Language?
    /// The directory that knows the password; nil for the desk's own.
    public var domain: String?
    /// The file of the photo, by its name in the folder of photos.
    public var photo: String?
    /// Which notices they want by which channel.
    public var wishes: NoticeWishes
    public var createdAt: Moment
    public var updatedAt: Moment
    public var activatedAt: Moment?

    static let columns = """
        person.id, person.login, person.name, person.email, person.state, person.language, person.domain, person.photo,
        person.created_at, person.updated_at, person.activated_at, person.preferences
        """
    /// How many columns `columns` names.
    static let columnCount = 12

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "person.id")
        login = row.text(1)
        name = try row.need(row.text(2), "person.name")
        email = row.text(3)
        state = try row.need(row.text(4).flatMap(State.init), "person.state")
        language = row.text(5).flatMap(Language.init)
        domain = row.text(6)
        photo = row.text(7)
        createdAt = try row.need(row.moment(8), "person.created_at")
        updatedAt = try row.need(row.moment(9), "person.updated_at")
        activatedAt = row.moment(10)
        wishes = StoredList.decode(NoticeWishes.self, row.text(11)) ?? .everything
    }
}
