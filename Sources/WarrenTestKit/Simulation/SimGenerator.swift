/// A sequence of random numbers from a seed, for decisions before a run begins.
struct SimGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = SimDraws.mix(seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SimDraws.mix(state)
    }

    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
