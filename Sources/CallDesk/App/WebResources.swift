import Foundation

/// Files that come with the program: pages, scripts, demonstration recordings.
enum WebResources {
    /// A folder of the resources; nil when the program was installed without them.
    ///
    /// Looks beside the program and beside the tests; the generated accessor would end the process instead.
    static func folder(_ name: String) -> URL? {
        var places = [Bundle.main.bundleURL]
        if let program = Bundle.main.executableURL {
            places.append(program.resolvingSymlinksInPath().deletingLastPathComponent())
        }
        if let resources = Bundle.main.resourceURL { places.append(resources) }
        return places.map { $0.appending(path: "CallDesk_CallDesk.resources/Resources/\(name)") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }
}
