import DeskCore
import HTTPTypes
import Hummingbird

/// Which bytes of a file a request asks for (RFC 9110 §14): players seek by it, and downloads that broke off go on.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    /// It begins behind the file's end.
    case outside

    /// What `Range` means for a file of `size` bytes.
    ///
    /// One range of bytes is given; several, another unit and what cannot be read are answered with the whole, as they may
    /// be. `If-Range` names a copy by a mark that our files do not carry, so that it never holds.
    init(_ request: Request, size: Int) {
        let isPlain = request.method == .get && request.headers[.ifRange] == nil
        self = isPlain ? Self(request.headers[.range], size: size) : .whole
    }

    init(_ header: String?, size: Int) {
        // `bytes=` and two numbers of 19 digits, with room for blanks.
        guard let header, header.utf8.count <= 64 else {
            self = .whole
            return
        }
        let parts = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let ends = parts.last.map { $0.split(separator: "-", omittingEmptySubsequences: false).map(Self.number) }
        guard parts.count == 2, parts[0].lowercased() == "bytes", let ends, ends.count == 2 else {
            self = .whole
            return
        }
        switch (ends[0], ends[1]) {
        case (.some(let first), .some(let last)) where first <= last:
            self = first < size ? .part(first..<min(size, last == .max ? size : last + 1)) : .outside
        case (.some(let first), .nothing):
            self = first < size ? .part(first..<size) : .outside
        case (.nothing, .some(let count)):
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .outside
        default: self = .whole
        }
    }

    private enum End {
        case some(Int)
        case nothing
        case wrong
    }

    /// A number of bytes; one that is larger than any file counts as the largest there is.
    private static func number(_ text: Substring) -> End {
        let digits = text.trimming { $0 == " " || $0 == "\t" }
        guard !digits.isEmpty else { return .nothing }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return .wrong }
        return .some(Int(digits) ?? .max)
    }

    /// The status and headers for a file of `size` bytes, and which of them to send.
    ///
    /// - Throws: `Problem` 416 for a range behind the end.
    func answer(size: Int) throws(Problem) -> (status: HTTPResponse.Status, headers: HTTPFields, bytes: Range<Int>) {
        switch self {
        case .whole: return (.ok, [.acceptRanges: "bytes", .contentLength: String(size)], 0..<size)
        case .part(let bytes):
            let place = "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(size)"
            let headers: HTTPFields = [
                .acceptRanges: "bytes", .contentRange: place, .contentLength: String(bytes.count),
            ]
            return (.partialContent, headers, bytes)
        case .outside: throw Self.problem(size: size)
        }
    }

    private static func problem(size: Int) -> Problem {
        Problem(
            .rangeNotSatisfiable,
            "range",
            LocalizedText(
                "O arquivo não tem esses bytes",
                ptPT: "O ficheiro não tem esses bytes",
                en: "The file does not have these bytes"
            ),
            detail: LocalizedText(
                "Ele tem \(size) bytes. Peça-o desde o começo.",
                ptPT: "Tem \(size) bytes. Peça-o desde o início.",
                en: "It has \(size) bytes. Ask for it from the start."
            ),
            headers: [.contentRange: "bytes */\(size)", .acceptRanges: "bytes"]
        )
    }
}

extension Substring {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
        var text = self
        while let first = text.first, isBlank(first) { text.removeFirst() }
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}

extension Operation.Parameter {
    static let range = Self(
        name: "Range",
        place: .header,
        schema: .string(maximum: 64),
        about: "One range of bytes (`bytes=100-`), answered with 206; more than one gets the whole file."
    )
}
