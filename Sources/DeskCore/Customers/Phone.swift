/// A telephone number registered for a customer (A2), of the customer as a whole or of one contact.
public struct Phone: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var customerID: Int64
    public var contactID: Int64?
    /// Nil for numbers that have none (0800, 4004).
    public var e164: String?
    /// E.164, else national digits: what incoming numbers are compared with.
    public var lookup: String
    public var kind: PhoneNumber.Kind
    public var label: String?
    /// False for what somebody said of themselves on the portal, until a code or the desk confirms it.
    public var isConfirmed: Bool
    public var createdAt: Moment

    static let columns = """
        phone.id, phone.customer_id, phone.contact_id, phone.e164, phone.lookup, phone.kind, phone.label, phone.created_at,
        phone.confirmed
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "phone.id")
        customerID = try row.need(row.integer(1), "phone.customer_id")
        contactID = row.integer(2)
        e164 = row.text(3)
        lookup = try row.need(row.text(4), "phone.lookup")
        kind = row.text(5).flatMap(PhoneNumber.Kind.init) ?? .unknown
        label = row.text(6)
        createdAt = try row.need(row.moment(7), "phone.created_at")
        isConfirmed = row.bool(8)
    }

    /// Whether a text message can reach it.
    public func canReceiveSMS(region: Region) -> Bool {
        e164.flatMap { PhoneNumber.parse($0, region: region) }?.canReceiveSMS ?? false
    }

    /// As people of the region write it.
    public func display(region: Region) -> String { PhoneNumber.display(lookup, region: region) }
}
