import CallModel
import Codecs
import Crypto

/// Text from a wire made fit for a column, an index and a screen: bounded in bytes, without control characters.
///
/// PostgreSQL refuses an index row of more than some 2,700 bytes, and a header of a PBX, a gateway or a program can be as
/// long as its sender likes.
public enum WireText {
    /// A name, a number, a queue, a phone as the PBX writes it: longer than any PBX makes them, and four of them fit in
    /// one index row.
    public static let longest = 512
    /// An identity by which things are told apart: two of them fit in one index row.
    public static let longestKey = 255
    /// How many names one list may have: more phones than one queue rings.
    public static let longestList = 500

    /// The text's beginning, cut between characters.
    public static func line(_ raw: String, bytes most: Int = longest) -> String {
        // Most texts are short and plain, and come by the thousand each second.
        if raw.utf8.count <= most, raw.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return raw }
        let clean = CleanText.shortened(raw, to: most)
        if clean.utf8.count <= most { return clean }
        var cut = String.UnicodeScalarView()
        var left = most
        for scalar in clean.unicodeScalars {
            left -= UTF8.width(scalar)
            if left < 0 { break }
            cut.append(scalar)
        }
        return String(cut)
    }

    /// An identity: what is too long or holds control characters keeps its beginning and ends with a digest of the
    /// whole, so that two long ones stay two.
    ///
    /// What this returns is returned unchanged when given again.
    public static func key(_ raw: String) -> String {
        let clean = line(raw, bytes: longestKey)
        if clean == raw { return raw }
        let digest = Hexadecimal.text(SHA256.hash(data: Array(raw.utf8)).prefix(16))
        return line(clean, bytes: longestKey - digest.utf8.count - 1) + "~" + digest
    }
}

extension CallSignal {
    /// This signal with every text bounded by what both engines take, and a caller taken for withheld whose number says so in
    /// the words of any network; one that is already is returned as it is.
    public var bounded: CallSignal {
        var signal = self
        signal.line = WireText.key(line)
        signal.call = call.bounded
        return signal
    }
}

extension CallSnapshot {
    /// What a dialplan hands over: names it invents, few of them.
    private static let mostVariables = 64

    fileprivate var bounded: CallSnapshot {
        var call = self
        call.key = WireText.key(key)
        call.absorbed = absorbed.prefix(WireText.longestList).map(WireText.key)
        call.number = number.map { WireText.line($0) }
        call.numberRaw = numberRaw.map { WireText.line($0) }
        if call.direction == .inbound, call.number == nil, let sent = call.numberRaw {
            call.isWithheld = call.isWithheld || PhoneNumber.isWithheld(sent)
        }
        call.callerName = callerName.map { WireText.line($0) }
        call.dialled = dialled.map { WireText.line($0) }
        call.dialledOutside = dialledOutside.map { WireText.line($0) }
        call.dialledNumber = dialledNumber.map { WireText.line($0) }
        call.callerParty = callerParty.map { WireText.line($0) }
        call.queue = queue.map { WireText.line($0) }
        call.offered = offered.prefix(WireText.longestList).map { WireText.line($0) }
        call.ringing = ringing.prefix(WireText.longestList).map { WireText.line($0) }
        call.answeredBy = answeredBy.map { WireText.line($0) }
        call.passedTo = passedTo.map { WireText.line($0) }
        call.lastParty = lastParty.map { WireText.line($0) }
        call.transfers = transfers.prefix(WireText.longestList).map { transfer in
            var transfer = transfer
            transfer.from = transfer.from.map { WireText.line($0) }
            transfer.to = transfer.to.map { WireText.line($0) }
            return transfer
        }
        // A path on the PBX's disk.
        call.recording = recording.map { WireText.line($0, bytes: 2 * WireText.longest) }
        if !variables.isEmpty {
            let kept = variables.sorted { $0.key < $1.key }.prefix(Self.mostVariables)
            call.variables = Dictionary(
                kept.map { (WireText.key($0.key), WireText.line($0.value, bytes: 2 * WireText.longest)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
        return call
    }
}
