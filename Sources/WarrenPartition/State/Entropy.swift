/// Random bits from a seed: xoshiro256**, by Blackman and Vigna. They are for IDs, which have to be unique but not
/// secret.
package struct Entropy: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter seed: 256 bits, not all of them 0.
    package init(seed: (UInt64, UInt64, UInt64, UInt64)) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        func rotated(_ bits: UInt64, _ count: UInt64) -> UInt64 { bits << count | bits >> (64 - count) }
        let result = rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    /// Makes the ID of an execution: 32 hexadecimal digits.
    package mutating func executionID() -> String {
        let halves = (next(), next())
        return String(unsafeUninitializedCapacity: 32) { buffer in
            var bits = halves.0
            for at in 0..<32 {
                if at == 16 { bits = halves.1 }
                let digit = UInt8(truncatingIfNeeded: bits & 15)
                buffer[at] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + (digit - 10)
                bits >>= 4
            }
            return 32
        }
    }
}
