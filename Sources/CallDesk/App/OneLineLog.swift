import Logging

/// A log handler that keeps every entry on its one line, whatever values came from outside: what would begin a new line or
/// move a terminal's cursor is shown as a code point in braces.
struct OneLineLog: LogHandler {
    private var inner: any LogHandler

    init(_ inner: any LogHandler) { self.inner = inner }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue.mapValues(Self.plain) }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue.map(Self.plain) }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(Self.plain(event.message.description))"
        event.metadata = event.metadata?.mapValues(Self.plain)
        inner.log(event: event)
    }

    private static func plain(_ value: Logger.MetadataValue) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(plain(text))
        case .stringConvertible(let value): .string(plain(value.description))
        case .array(let values): .array(values.map(plain))
        case .dictionary(let values): .dictionary(values.mapValues(plain))
        }
    }

    /// Nearly every value is plain and is handed on as it is.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isOdd) else { return text }
        return text.unicodeScalars.reduce(into: "") { plain, scalar in
            if isOdd(scalar) {
                plain += "{\(String(scalar.value, radix: 16))}"
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
    }

    /// Controls, line and paragraph separators, and marks that turn the direction of what follows.
    private static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all of a log is ASCII, and every request writes into it.
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }
}
