/// The Damm check digit of protocol numbers: notices every single wrong digit and every two swapped neighbours.
public enum DammCheck {
    /// The check digit for the digits of `text`; anything that is no ASCII digit does not count.
    public static func digit(for text: String) -> Int {
        var state = 0
        for byte in text.utf8 where DocumentText.isDigit(byte) {
            state = table[state][Int(byte) - 48]
        }
        return state
    }

    /// Whether the last digit of `text` is the check digit of those before it.
    public static func isValid(_ text: String) -> Bool {
        text.utf8.lazy.filter(DocumentText.isDigit).prefix(2).count == 2 && digit(for: text) == 0
    }

    /// The quasigroup of order 10 from Damm's dissertation; its diagonal is zero.
    private static let table = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ]
}
