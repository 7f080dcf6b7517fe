/// A page's script and every module it imports as one script, so that a browser asks for one file instead of twenty.
///
/// Made by the service itself, so that the files stay as they are written and nothing has to be built. Each module becomes
/// a function that runs once, in the order of the imports, and returns what it exports. Our modules write imports and
/// exports in one way, a line each; what is written otherwise is not bundled, and the modules are served one by one.
struct ModuleBundle {
    /// Changes whenever what is made of the same modules does.
    static let form = "1"
    /// Modules of one page at the most: some twenty today.
    private static let most = 200

    /// A module's text by its name in the entry's folder; nil when there is none.
    private let source: (String) -> String?
    private var order: [String] = []
    private var bodies: [String] = []
    private var underway: Set<String> = []

    /// The one script for the page whose script is `entry`; nil when a module is missing, imports in a circle, or is
    /// written in another way.
    static func text(of entry: String, source: @escaping (String) -> String?) -> String? {
        var bundle = ModuleBundle(source: source)
        guard bundle.add(entry) != nil else { return nil }
        return bundle.bodies.joined()
    }

    private init(source: @escaping (String) -> String?) { self.source = source }

    /// Adds a module after those it imports; returns the constant that holds what it exports.
    private mutating func add(_ name: String) -> String? {
        if let known = order.firstIndex(of: name) { return "module\(known)" }
        guard let text = source(name), order.count < Self.most, underway.insert(name).inserted else { return nil }
        var body = ""
        var exports: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("import ") {
                guard let statement = Import(line), let constant = add(statement.module) else { return nil }
                if let names = statement.names { body += "const { \(names) } = \(constant);" }
            } else if line.hasPrefix("export ") {
                guard let statement = Export(line) else { return nil }
                exports += statement.names
                body += statement.rest
            } else {
                body += line
            }
            body += "\n"
        }
        underway.remove(name)
        let constant = "module\(order.count)"
        order.append(name)
        bodies.append(
            "const \(constant) = await (async () => {\n\(body)return { \(exports.joined(separator: ", ")) };\n})();\n"
        )
        return constant
    }

    /// `import { a, b as c } from "./x.js";` or `import "./x.js";`.
    private struct Import {
        let module: String
        /// As a pattern that takes an object apart: `a, b: c`.
        let names: String?

        init?(_ line: Substring) {
            guard let match = line.wholeMatch(of: /import (?:\{ ([^{}]+) \} from )?"\.\/([a-z0-9-]+\.js)";\s*/) else {
                return nil
            }
            module = String(match.2)
            names = match.1.map { String($0).replacing(" as ", with: ": ") }
        }
    }

    /// `export function f(…`, `export const c = …`, `export class C …` or `export { a, b };`; names that are changed later
    /// (`export let`) would be copied.
    private struct Export {
        let names: [String]
        let rest: String

        init?(_ line: Substring) {
            if let match = line.wholeMatch(of: /export \{ ([A-Za-z0-9_$, ]+) \};\s*/) {
                names = match.1.split(separator: ",").map { String($0.filter { $0 != " " }) }
                rest = ""
            } else if let match = line.prefixMatch(
                of: /export (?:async function\*?|function\*?|const|class) ([A-Za-z0-9_$]+)/
            ) {
                names = [String(match.1)]
                rest = String(line.dropFirst("export ".count))
            } else {
                return nil
            }
        }
    }
}
