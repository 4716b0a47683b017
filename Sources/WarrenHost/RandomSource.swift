import WarrenPartition

/// The source of a host's random numbers, for pauses and for IDs: the system's generator in production, a seed in a
/// simulation.
package struct RandomSource: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    /// - Parameter draw: returns the next number; called from any thread.
    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    /// The system's generator.
    package static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    package func next() -> UInt64 { draw() }

    /// A number from 0 to 1.
    func fraction() -> Double {
        var source = self
        return .random(in: 0...1, using: &source)
    }
}

extension Entropy {
    /// Makes random bits from a seed that a source gives.
    init(_ source: RandomSource) {
        self.init(seed: (source.next(), source.next(), source.next(), source.next() | 1))
    }
}
