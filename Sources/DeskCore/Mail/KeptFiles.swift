/// A mail's files by the rules of the portal: those on disk, and the names of those that are not taken.
struct KeptFiles: Sendable {
    var kept: [AttachmentStore.KeptFile] = []
    var leftOut: [String] = []
    /// Names shown of what is left out.
    private static let names = 10

    /// - Throws: `AttachmentError.cannotWrite`: the disk's fault is none of the file's, and the mail is tried again.
    mutating func keep(_ files: [IncomingMail.File], in store: AttachmentStore) throws(AttachmentError) {
        for file in files {
            guard kept.count < AttachmentStore.most else {
                leave(file.name)
                continue
            }
            do throws(AttachmentError) {
                kept.append(try store.keep(file.bytes, name: file.name))
            } catch .tooLarge, .tooMany, .empty, .kindNotAllowed, .disguised {
                leave(file.name)
            }
        }
    }

    private mutating func leave(_ name: String) {
        if leftOut.count < Self.names { leftOut.append(AttachmentKind.displayName(name)) }
    }

    /// As many as the contact has room for, and the names of the others.
    func fit(_ attendanceID: Int64, in session: any SQLSession) throws(StoreError) -> (
        taken: [AttachmentStore.KeptFile], left: [String]
    ) {
        let room = try AttachmentStore.room(attendanceID, in: session)
        var copy = self
        for file in kept.dropFirst(room) { copy.leave(file.name) }
        return (Array(kept.prefix(room)), copy.leftOut)
    }
}
