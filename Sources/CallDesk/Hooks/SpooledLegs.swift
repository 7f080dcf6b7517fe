import Foundation

/// Legs a FreeSWITCH could not post and wrote to its disk (`err-log-dir` of `xml_cdr.conf` and `json_cdr.conf`).
///
/// Source: FreeSWITCH mod_xml_cdr.c and mod_json_cdr.c, `[a_]<uuid>.cdr.xml` and `[a_]<uuid>.cdr.json`, one leg each;
/// rotated folders beside them.
struct SpooledLegs {
    /// One run's share; a switch that posted nothing for a month has some hundred thousand.
    static let most = 200_000
    static let endings = [".cdr.xml", ".cdr.json"]

    /// Oldest first, as the switch wrote them: the legs of one call stay together.
    let files: [URL]
    /// There are more than one run takes.
    let isCut: Bool

    /// What stands in a folder and the folders in it; nil where there is no such folder or it cannot be read.
    init?(folder: URL, most: Int = Self.most) {
        let keys: [URLResourceKey] = [.isRegularFileKey, .contentModificationDateKey]
        var isReadable = true
        guard (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) != nil,
            let walk = FileManager.default.enumerator(
                at: folder,
                includingPropertiesForKeys: keys,
                errorHandler: { _, _ in
                    isReadable = false
                    return false
                }
            )
        else { return nil }
        var found: [(at: Date, file: URL)] = []
        var isCut = false
        for case let file as URL in walk where Self.endings.contains(where: { file.lastPathComponent.hasSuffix($0) }) {
            guard let facts = try? file.resourceValues(forKeys: Set(keys)), facts.isRegularFile == true else {
                continue
            }
            guard found.count < most else {
                isCut = true
                break
            }
            found.append((facts.contentModificationDate ?? .distantPast, file))
        }
        guard isReadable else { return nil }
        files = found.sorted { ($0.at, $0.file.path) < ($1.at, $1.file.path) }.map(\.file)
        self.isCut = isCut
    }
}
