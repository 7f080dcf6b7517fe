import Foundation

/// Files that the PBX is to read: they belong to whom their folder belongs to.
enum PBXFile {
    /// Writes a file that may hold a password: readable by owner and group alone.
    ///
    /// Debian's `/etc/asterisk` is Asterisk's own, and Asterisk does not run as root: a file of root's would not be read.
    static func write(_ text: String, to target: URL) throws {
        try Data(text.utf8).write(to: target, options: .atomic)
        try hand(target, permissions: 0o640)
    }

    /// Gives a file or folder to the owner of the folder it lies in, as far as this user may.
    static func hand(_ target: URL, permissions: Int) throws {
        let files = FileManager.default
        let folder = try files.attributesOfItem(atPath: target.deletingLastPathComponent().path)
        try files.setAttributes([.posixPermissions: permissions], ofItemAtPath: target.path)
        guard let owner = folder[.ownerAccountID] as? NSNumber, let group = folder[.groupOwnerAccountID] as? NSNumber
        else { return }
        // Only root may give files away; a member of the group may give them to the group.
        if chown(target.path, uid_t(owner.uint32Value), gid_t(group.uint32Value)) != 0 {
            _ = chown(target.path, uid_t.max, gid_t(group.uint32Value))
        }
    }
}
