import Foundation

/// Domain names with letters outside ASCII, in the form the domain name system knows them by (RFC 5891).
public enum InternationalDomain {
    /// `padaria-são-joão.com.br` as `xn--padaria-so-joo-yhbe.com.br`; nil when a label holds what no domain name has.
    public static func ascii(_ domain: some StringProtocol) -> String? {
        let labels = domain.precomposedStringWithCanonicalMapping.lowercased()
            .split(separator: ".", omittingEmptySubsequences: false)
        var ascii: [String] = []
        for label in labels {
            if label.utf8.allSatisfy({ $0 < 0x80 }) {
                ascii.append(String(label))
            } else {
                guard isLabel(label), let encoded = encoded(label.unicodeScalars.map(\.value)) else { return nil }
                ascii.append("xn--\(encoded)")
            }
        }
        return ascii.joined(separator: ".")
    }

    /// Letters with their marks, digits and hyphens, and not what only looks like a space or a dot.
    private static func isLabel(_ label: Substring) -> Bool {
        // 63 octets are the most a label has, and none has fewer octets than letters.
        guard label.unicodeScalars.count <= 63, !label.hasPrefix("-"), !label.hasSuffix("-"),
            let first = label.unicodeScalars.first
        else { return false }
        let isMark: (Unicode.Scalar) -> Bool = { $0.properties.generalCategory == .nonspacingMark }
        return !isMark(first)
            && label.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber:
                    true
                default: scalar == "-"
                }
            }
    }

    // MARK: - Punycode (RFC 3492)

    private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)

    private static func encoded(_ scalars: [UInt32]) -> String? {
        let basic = scalars.filter { $0 < 0x80 }
        var output = basic.map { UInt8(truncatingIfNeeded: $0) }
        var handled = basic.count
        if handled > 0 { output.append(UInt8(ascii: "-")) }
        var (next, delta, bias) = (UInt32(0x80), 0, 72)
        while handled < scalars.count {
            guard let least = scalars.filter({ $0 >= next }).min() else { return nil }
            delta += Int(least - next) * (handled + 1)
            next = least
            for scalar in scalars {
                if scalar < next { delta += 1 }
                guard scalar == next else { continue }
                output += digits(of: delta, bias: bias)
                bias = adapted(delta, points: handled + 1, isFirst: handled == basic.count)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func digits(of delta: Int, bias: Int) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = delta
        for k in stride(from: base, to: Int.max, by: base) {
            let threshold = min(max(k - bias, tMin), tMax)
            if rest < threshold { break }
            digits.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
        }
        return digits + [digit(rest)]
    }

    /// `a` … `z`, then `0` … `9`.
    private static func digit(_ value: Int) -> UInt8 { UInt8(truncatingIfNeeded: value < 26 ? 97 + value : 22 + value) }

    private static func adapted(_ delta: Int, points: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / points
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }
}
