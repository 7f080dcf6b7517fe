import Foundation
import IVRBridge

/// A call step by step, for a terminal: time, event, channel and place in the stream, then what each changed.
struct CallStoryText {
    let words: CallStepWords

    func text(_ call: ReplayedCall) -> String {
        var lines = ["\(call.call.key) (\(call.pbx))"]
        for step in call.steps {
            let time = step.at.map { Self.clock($0) + "  " } ?? ""
            let channel = step.channel.map { "  \(Self.plain($0))" } ?? ""
            let part = step.part.map { "  (in \(Self.plain($0)))" } ?? ""
            lines.append("  \(time)\(Self.plain(step.event))\(channel)\(part)  @\(step.offset)")
            lines += step.changes.map { "      \(Self.plain(words.sentence($0)))" }
        }
        if call.steps.count == CallStep.mostOfCall {
            lines.append("  (\(CallStep.mostOfCall) steps; later ones are not told)")
        }
        return lines.joined(separator: "\n")
    }

    /// A terminal obeys control characters, whoever sent them.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 })
        )
    }

    private static func clock(_ microseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(microseconds / 1_000) / 1_000)
            .formatted(.iso8601.time(includingFractionalSeconds: true).timeSeparator(.colon)) + "Z"
    }
}
