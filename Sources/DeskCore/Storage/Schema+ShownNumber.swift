extension Schema {
    /// The caller's number as the PBX's dialplan left it, beside the one the trunk sent.
    static let shownNumber = ["ALTER TABLE call ADD COLUMN number_shown TEXT"]
}
