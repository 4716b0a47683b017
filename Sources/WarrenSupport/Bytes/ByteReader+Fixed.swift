extension ByteReader {
    /// Reads a number of a fixed size, the lowest byte first.
    package mutating func fixed<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type = Number.self
    ) throws(ByteProblem) -> Number {
        let size = Number.bitWidth / 8
        guard size <= remaining else { throw problem(.endsEarly) }
        var number: Number = 0
        for index in 0..<size { number |= Number(truncatingIfNeeded: bytes[position + index]) << (8 * index) }
        position += size
        return number
    }

    /// Reads all bytes up to the end.
    package mutating func rest() -> [UInt8] {
        defer { position = bytes.count }
        return Array(bytes[position...])
    }

    /// The bytes between two places, counted from the position, as far as there are any. They are not read.
    package func unread(from start: Int, to end: Int) -> UnsafeRawBufferPointer {
        let end = min(max(end, 0), remaining)
        let start = min(max(start, 0), end)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[position + start..<position + end])
    }
}
