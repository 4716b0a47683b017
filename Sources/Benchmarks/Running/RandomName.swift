/// Names that no other run has.
enum RandomName {
    static func make(_ prefix: String) -> String {
        prefix + String(UInt64.random(in: 0..<(1 << 40)), radix: 36)
    }
}
