import Foundation
import Yams

extension [String: String] {
    /// What a variable of the environment says; an empty one counts as not set.
    func given(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}

/// The settings file as a tree that remembers where each key stands and which were asked for; the environment wins.
///
/// `http.port` is also `CALLDESK_HTTP_PORT`, the second PBX line's host `CALLDESK_PBX_1_HOST`. A key that nobody asked for
/// is unknown, and said with its line.
final class SettingsTree {
    /// A settings file of ours is a few hundred lines.
    private static let largestFile = 1_048_576
    /// Variables that are not settings but steer the command or the tests.
    private static let otherVariables = ["CONFIG", "TOKEN", "URL", "TEST_", "LAB_"]

    private let root: Node?
    private let file: String
    private let environment: [String: String]
    /// Of those the ones that are set: an empty one is not, as an empty key of the file is not.
    private let set: [String: String]
    private var asked: Set<String> = []
    private var askedVariables: Set<String> = []
    private var lists: Set<String> = []
    /// Beginnings of variables that are read when something there is set.
    private var parts: Set<String> = []
    private(set) var faults: [SettingsFault] = []

    /// - Throws: `SettingsError` when the text is no YAML mapping.
    init(text: String?, file: String, environment: [String: String]) throws(SettingsError) {
        self.file = file
        self.environment = environment.filter { $0.key.hasPrefix("CALLDESK_") }
        set = self.environment.filter { !$0.value.isEmpty }
        guard let text else {
            root = nil
            return
        }
        guard text.utf8.count <= Self.largestFile else {
            throw SettingsError(faults: [.init(key: "-", place: file, problem: "the file is larger than 1 MiB")])
        }
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw SettingsError(faults: [Self.fault(error, file)])
        } catch {
            throw SettingsError(faults: [.init(key: "-", place: file, problem: "this is no valid YAML")])
        }
        if let root, root.mapping == nil, root.scalar?.string.isEmpty != true {
            throw SettingsError(faults: [
                .init(key: "-", place: Self.place(root, file), problem: "a list of 'key: value' lines is expected")
            ])
        }
    }

    private static func fault(_ error: YamlError, _ file: String) -> SettingsFault {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            SettingsFault(
                key: "-",
                place: "\(file):\(mark.line):\(mark.column)",
                problem: "this is no valid YAML"
            )
        case .duplicatedKeysInMapping(let keys, let context):
            SettingsFault(
                key: keys.joined(separator: ", "),
                place: "\(file):\(context.mark.line):\(context.mark.column)",
                problem: "it is written more than once, here for the first time; keep one"
            )
        default: SettingsFault(key: "-", place: file, problem: "this is no valid YAML")
        }
    }

    private static func place(_ node: Node, _ file: String) -> String {
        node.mark.map { "\(file):\($0.line):\($0.column)" } ?? file
    }

    /// Notes a fault; reading goes on so that all of them are told at once.
    func fault(_ path: [String], _ problem: String) {
        faults.append(.init(key: path.joined(separator: "."), place: place(of: path), problem: problem))
    }

    /// Where a key stands: its line, or its variable, or the file when it is missing.
    func place(of path: [String]) -> String {
        let variable = Self.variable(path)
        if set[variable] != nil { return variable }
        return node(path).map { Self.place($0, file) } ?? file
    }

    /// The text of a scalar, from the environment or the file.
    func text(_ path: [String]) -> String? {
        ask(path)
        let variable = Self.variable(path)
        askedVariables.insert(variable)
        // An empty secret would be one that everybody knows.
        if let value = set[variable] { return value }
        guard let node = node(path) else { return nil }
        guard let scalar = node.scalar else {
            fault(path, "one value is expected here")
            return nil
        }
        if scalar.string.isEmpty || node.tag == Tag(.null) { return nil }
        return scalar.string
    }

    /// How many items a list has, counting those that only the environment names.
    func count(_ path: [String]) -> Int {
        ask(path)
        lists.insert(path.joined(separator: "."))
        let listed = node(path)?.sequence?.count ?? 0
        if let node = node(path), node.sequence == nil, node.scalar?.string.isEmpty != true {
            fault(path, "a list ('- …') is expected here")
        }
        let prefix = Self.variable(path) + "_"
        parts.insert(prefix)
        let named =
            set.keys.compactMap { key -> Int? in
                guard key.hasPrefix(prefix) else { return nil }
                return Int(key.dropFirst(prefix.count).prefix { $0.isNumber }).map { $0 + 1 }
            }.max() ?? 0
        // No desk has more lines or entries than this; it bounds what one variable can ask for.
        return min(max(listed, named), 256)
    }

    /// The keys below a mapping, in order, then those that only the environment names, with `-` for each `_`.
    func keys(_ path: [String]) -> [String] {
        ask(path)
        let written = node(path)?.mapping?.keys.compactMap { $0.scalar?.string } ?? []
        let known = Set(written.map { Self.variable(path + [$0]) })
        let prefix = Self.variable(path) + "_"
        parts.insert(prefix)
        let named = set.keys.filter { $0.hasPrefix(prefix) && $0.count > prefix.count && !known.contains($0) }
        return written + named.sorted().map { $0.dropFirst(prefix.count).lowercased().replacing("_", with: "-") }
    }

    func has(_ path: [String]) -> Bool {
        ask(path)
        let prefix = Self.variable(path)
        parts.insert(prefix + "_")
        return node(path) != nil || set.keys.contains { $0 == prefix || $0.hasPrefix(prefix + "_") }
    }

    /// Everything in the file or the environment that was never asked for.
    func unknown() -> [SettingsFault] {
        var found: [SettingsFault] = []
        if let root { collect(root, [], &found) }
        for name in environment.keys.sorted() where !askedVariables.contains(name) {
            // Of a part that is not there, for want of anything that is set, nobody asks for the rest.
            if set[name] == nil, parts.contains(where: { name.hasPrefix($0) }) { continue }
            let rest = name.dropFirst("CALLDESK_".count)
            if Self.otherVariables.contains(where: { $0.hasSuffix("_") ? rest.hasPrefix($0) : rest == $0 }) { continue }
            found.append(.init(key: name, place: "environment", problem: "there is no such setting"))
        }
        return found
    }

    private func collect(_ node: Node, _ path: [String], _ found: inout [SettingsFault]) {
        if let mapping = node.mapping {
            for (key, value) in mapping {
                let name = key.scalar?.string ?? "?"
                let inner = path + [name]
                if asked.contains(inner.joined(separator: ".")) {
                    collect(value, inner, &found)
                } else {
                    found.append(
                        .init(
                            key: inner.joined(separator: "."),
                            place: Self.place(key, file),
                            problem: "there is no such setting"
                        )
                    )
                }
            }
        } else if let sequence = node.sequence {
            let name = path.joined(separator: ".")
            guard lists.contains(name) else {
                found.append(
                    .init(
                        key: name,
                        place: Self.place(node, file),
                        problem: "'key: value' is expected here, not a list"
                    )
                )
                return
            }
            for (index, value) in sequence.enumerated() { collect(value, path + [String(index)], &found) }
        }
    }

    private func ask(_ path: [String]) {
        for length in 1...max(1, path.count) { asked.insert(path.prefix(length).joined(separator: ".")) }
    }

    private static func variable(_ path: [String]) -> String {
        "CALLDESK_" + path.joined(separator: "_").uppercased().replacing("-", with: "_")
    }

    private func node(_ path: [String]) -> Node? {
        var node = root
        for part in path {
            if let sequence = node?.sequence {
                guard let index = Int(part), sequence.indices.contains(index) else { return nil }
                node = sequence[index]
            } else {
                node = node?.mapping?[Node(part)]
            }
        }
        return node
    }
}
