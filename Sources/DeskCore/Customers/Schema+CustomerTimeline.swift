extension Schema {
    /// One customer's story is read from its newest line on, whatever the desk's size.
    static let customerTimeline = [
        "CREATE INDEX ticket_customer_created ON ticket (customer_id, created_at, id) WHERE customer_id IS NOT NULL",
        "CREATE INDEX notice_customer ON notice (customer_id, created_at, id) WHERE customer_id IS NOT NULL",
        "CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL",
    ]
}
