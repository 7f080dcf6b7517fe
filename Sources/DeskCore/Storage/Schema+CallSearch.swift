extension Schema {
    /// A number's last four digits find its calls without looking at all of them.
    static let callSearch = [
        "CREATE INDEX call_number_end ON call (\(ContactSearch.tailColumn), id) WHERE number IS NOT NULL"
    ]
}
