import Crypto

/// “Complete a operação 3 + [ ] = 8” (C1): a question people answer at sight, without pictures or scripts.
///
/// It comes from the token of the visitor's form, so that it is the same when the form is shown again and needs no memory.
struct ArithmeticProof {
    let first: Int
    let sum: Int

    init(_ token: String) {
        let bytes = Array(SHA256.hash(data: Array("sum\0\(token)".utf8)))
        first = Int(bytes[0] % 9) + 1
        sum = first + Int(bytes[1] % 9) + 1
    }

    func accepts(_ typed: String) -> Bool { Int(typed.filter { !$0.isWhitespace }) == sum - first }
}
