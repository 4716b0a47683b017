/// SplitMix64: the same numbers for the same seed.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension SeededGenerator {
    /// A number from 0 to a bound, the bound excluded.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in so many calls, on average.
    package mutating func chance(oneIn count: Int) -> Bool { below(count) == 0 }

    package mutating func bytes(most count: Int) -> [UInt8] {
        (0..<below(count + 1)).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
