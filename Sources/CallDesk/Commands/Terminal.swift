import Foundation

/// Standard input and output of the commands.
enum Terminal {
    /// Writes a line to standard error.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Writes without a line break, at once.
    static func ask(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
