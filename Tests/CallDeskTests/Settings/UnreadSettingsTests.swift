import Foundation
import Testing

@Suite("Settings that something reads")
struct UnreadSettingsTests {
    /// Read by nothing yet; this list only gets shorter.
    private static let waiting: Set<String> = []

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/CallDesk")

    private static func text(of url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

    /// What the settings hold, by the names of their values.
    private static let names: [String] = {
        let source = text(of: root.appending(path: "App/Settings/Settings.swift"))
        return source.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.first == "var" || words.first == "let", words.count > 1, !line.contains("static") else {
                return nil
            }
            return String(words[1].prefix { $0.isLetter || $0.isNumber })
        }
    }()

    /// Everything but the settings' own folder.
    private static let rest: String = {
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
        return files.compactMap { $0 as? URL }
            .filter { $0.pathExtension == "swift" && !$0.path.hasSuffix("Settings/Settings.swift") }
            .filter { !$0.path.hasSuffix("Settings/SettingsReader.swift") }
            .map(text).joined()
    }()

    private static func isRead(_ name: String) -> Bool {
        rest.ranges(of: ".\(name)").contains { range in
            guard range.upperBound < rest.endIndex else { return true }
            let next = rest[range.upperBound]
            return !next.isLetter && !next.isNumber
        }
    }

    @Test("a key that is read from the file is used somewhere, or waits by name")
    func used() {
        #expect(Self.names.count > 60)
        let unused = Self.names.filter { !Self.isRead($0) && !Self.waiting.contains($0) }
        #expect(unused == [])
    }

    @Test("what waits is not used yet: once it is, it leaves the list")
    func waiting() {
        for name in Self.waiting { #expect(!Self.isRead(name), "\(name)") }
    }
}
