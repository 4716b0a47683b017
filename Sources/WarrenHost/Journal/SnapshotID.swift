/// The end of a snapshot stream's name: the epoch of the claim under which it was made, and a number.
struct SnapshotID: Sendable, Hashable {
    var epoch: UInt64
    var number: Int

    init(epoch: UInt64, number: Int) {
        self.epoch = epoch
        self.number = number
    }

    /// Reads the end of a stream's name; `nil` if it is none.
    init?(_ stream: String) {
        let parts = stream.split(separator: ".").last?.split(separator: "-") ?? []
        guard parts.count == 2, let epoch = parts.first.flatMap({ UInt64($0) }),
            let number = parts.last.flatMap({ Int($0) })
        else { return nil }
        self.init(epoch: epoch, number: number)
    }

    var text: String { "\(epoch)-\(number)" }

    /// The number of attempts of one claim, and of claims, that are looked for: an attempt that was interrupted leaves a
    /// stream that no record names.
    static let mostAttempts = 4
    private static let mostClaims: UInt64 = 32

    /// The snapshots that are of no use when this one counts, as far as there may be any.
    ///
    /// - Parameter last: the one that counted before it.
    func obsolete(since last: SnapshotID?) -> [SnapshotID] {
        let own = (1..<max(1, number)).suffix(64).map { SnapshotID(epoch: epoch, number: $0) }
        guard let last, last.epoch <= epoch else { return own }
        var found: [SnapshotID] = []
        if last.epoch < epoch {
            found += (last.number...(last.number + Self.mostAttempts)).map {
                SnapshotID(epoch: last.epoch, number: $0)
            }
            let first = max(last.epoch + 1, epoch - min(epoch, Self.mostClaims))
            if first < epoch {
                found += (first..<epoch).flatMap { epoch in
                    (1...Self.mostAttempts).map { SnapshotID(epoch: epoch, number: $0) }
                }
            }
        }
        return found + own
    }
}
