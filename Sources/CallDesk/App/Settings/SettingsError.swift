/// One wrong thing in the settings: which key, where, what to write.
struct SettingsFault: Sendable, Equatable, CustomStringConvertible {
    var key: String
    /// `calldesk.yaml:12:5`, or the environment variable's name.
    var place: String
    var problem: String

    var description: String { "\(place): \(key): \(problem)" }
}

/// Everything that is wrong with the settings, at once; the service does not start with any of it.
struct SettingsError: Error, CustomStringConvertible {
    var faults: [SettingsFault]

    var description: String { faults.map(\.description).joined(separator: "\n") }
}
