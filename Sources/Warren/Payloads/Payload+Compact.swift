import WarrenSupport

extension Payload {
    /// The same JSON without space between its tokens, so that it fits into a line. Tokens stay as they are written.
    ///
    /// - Throws: `JSONProblem` if this is not JSON.
    package func compact(maximumDepth: Int = 512) throws(JSONProblem) -> Payload {
        try JSONValidator.check(bytes, maximumDepth: maximumDepth)
        // Most payloads are from encoders that write no space.
        guard bytes.contains(where: Payload.isSpace) else { return self }
        var compacted: [UInt8] = []
        compacted.reserveCapacity(bytes.count)
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                compacted.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if !Payload.isSpace(byte) {
                compacted.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
        }
        return Payload(bytes: compacted)
    }

    /// This payload as a member of a larger JSON text: as it is written, or, if it is not JSON (which only damage can
    /// cause), as a string.
    package var embedded: Payload {
        if let compacted = try? compact() { return compacted }
        var text: [UInt8] = []
        JSONText.append(json, to: &text)
        return Payload(bytes: text)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
