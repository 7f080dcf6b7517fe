/// Where unpredictable bytes come from, handed in so that tests know them.
public struct RandomSource: Sendable {
    private let draw: @Sendable (Int) -> [UInt8]

    public init(_ draw: @escaping @Sendable (Int) -> [UInt8]) { self.draw = draw }

    /// `count` bytes.
    public func bytes(_ count: Int) -> [UInt8] { draw(count) }

    /// The operating system's generator, fit for tokens and salts.
    public static let system = RandomSource { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<max(0, count)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
