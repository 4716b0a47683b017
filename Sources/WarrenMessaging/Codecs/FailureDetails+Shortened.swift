package import Warren

extension FailureDetails {
    /// The size limit of a failure in messages and stores, in bytes: it has texts for people, not data.
    package static let maximumBytes = 192 << 10
    private static let maximumText = 16 << 10
    private static let maximumType = 255
    private static let maximumNesting = 16
    /// The size of each failure as JSON without its texts, in bytes.
    private static let overhead = 96

    /// The failure with its texts cut to a readable length, and without the causes that exceed the limit. A failure
    /// within the limits is returned unchanged.
    package func shortened() -> FailureDetails {
        var left = Self.maximumBytes
        if fits(&left, nesting: 0) { return self }
        left = Self.maximumBytes
        return cut(&left, nesting: 0)
    }

    private func fits(_ left: inout Int, nesting: Int) -> Bool {
        let stackSize = stack?.utf8.count ?? 0
        left -= type.utf8.count + message.utf8.count + stackSize + (details?.bytes.count ?? 0) + Self.overhead
        guard left >= 0, nesting < Self.maximumNesting, type.utf8.count <= Self.maximumType,
            message.utf8.count <= Self.maximumText, stackSize <= Self.maximumText
        else { return false }
        for cause in inner {
            guard cause.fits(&left, nesting: nesting + 1) else { return false }
        }
        return true
    }

    private func cut(_ left: inout Int, nesting: Int) -> FailureDetails {
        var cut = self
        cut.type = type.shortened(to: Self.maximumType)
        cut.message = message.shortened(to: min(Self.maximumText, max(0, left)))
        left -= cut.type.utf8.count + cut.message.utf8.count + Self.overhead
        cut.stack = left > 0 ? stack?.shortened(to: min(Self.maximumText, left)) : nil
        left -= cut.stack?.utf8.count ?? 0
        if let details { cut.details = details.bytes.count <= left ? details : nil }
        left -= cut.details?.bytes.count ?? 0
        cut.inner = []
        guard nesting + 1 < Self.maximumNesting else { return cut }
        for cause in inner {
            guard left > 0 else { break }
            cut.inner.append(cause.cut(&left, nesting: nesting + 1))
        }
        return cut
    }
}
