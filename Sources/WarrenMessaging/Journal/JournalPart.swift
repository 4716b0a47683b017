/// A part of one commit that is too large for a record. The commit counts with its last part.
package struct JournalPart: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        case first, middle, last
    }

    package var place: Place
    package var bytes: [UInt8]

    package init(_ place: Place, _ bytes: [UInt8]) {
        self.place = place
        self.bytes = bytes
    }

    /// The maximum size of a part. A commit of that size still fits into a record together with its length.
    static let maximumBytes = JournalCodec.maximumPayloadBytes - JournalCodec.maximumCountBytes

    /// Splits a commit that is larger than a part.
    static func split(_ commit: [UInt8]) -> [JournalPart] {
        let size = maximumBytes
        return stride(from: 0, to: commit.count, by: size).map { start in
            let rest = commit.count - start
            let place = start == 0 ? Place.first : rest <= size ? .last : .middle
            return JournalPart(place, Array(commit[start..<start + min(size, rest)]))
        }
    }
}
