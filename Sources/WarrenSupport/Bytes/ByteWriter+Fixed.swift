extension ByteWriter {
    /// Appends a number in a fixed number of bytes, the lowest first.
    package mutating func fixed<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Appends bytes without their count.
    package mutating func raw(_ data: [UInt8]) { bytes.append(contentsOf: data) }
}
