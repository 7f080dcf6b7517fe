import Foundation

/// Text laid out for a terminal of so many columns.
enum TerminalText {
    /// A line parted between words; what goes on stands under where the text began, and a word longer than the line is left whole.
    static func wrapped(_ line: String, width: Int) -> [String] {
        let indent = line.prefix { $0 == " " || $0 == "●" }
        let start = indent.count + mark(line.dropFirst(indent.count))
        let room = max(20, width)
        guard line.count > room else { return [line] }
        var lines: [String] = []
        var current = String(line.prefix(start))
        var isEmpty = true
        for word in line.dropFirst(start).split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, current.count + 1 + word.count > room {
                lines.append(current)
                (current, isEmpty) = (String(repeating: " ", count: start), true)
            }
            current += isEmpty ? word : " " + word
            isEmpty = false
        }
        return lines + [current]
    }

    /// How long the number or sign before a text is: `1) `, `⚠ `.
    private static func mark(_ text: Substring) -> Int {
        guard let blank = text.firstIndex(of: " "), text.distance(from: text.startIndex, to: blank) <= 3 else {
            return 0
        }
        let head = text[..<blank]
        let isMark =
            head.allSatisfy { $0.isNumber || $0 == ")" || $0 == "." }
            || head.allSatisfy { !$0.isLetter && !$0.isNumber }
        return isMark ? text.distance(from: text.startIndex, to: blank) + 1 : 0
    }

    /// The terminal's columns; 80 where it does not say.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
