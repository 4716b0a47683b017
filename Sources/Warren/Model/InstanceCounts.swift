/// The number of instances that meet some conditions, by status and by the time of their creation.
public struct InstanceCounts: Sendable, Hashable, Codable {
    /// The instances of one status in one part of the time.
    public struct Cell: Sendable, Hashable, Codable {
        /// The status of the instances.
        public var status: RuntimeStatus
        /// The number of the part, from 0; 0 if the time is not divided.
        public var bucket: Int
        /// The number of the instances.
        public var count: Int

        /// The number of instances of one status in one part of the time.
        public init(status: RuntimeStatus, bucket: Int, count: Int) {
            self.status = status
            self.bucket = bucket
            self.count = count
        }
    }

    /// Ordered by part, then by status; empty ones are left out.
    public var cells: [Cell]
    /// The instances that failed, were terminated or were canceled, by the part of the time in which they did, whenever they
    /// were created. `nil` if the time is not divided; hosts of earlier versions send none.
    public var ended: [Cell]?
    /// Whether counting stopped at a bound, so that there are more.
    public var isCut: Bool
    /// Those of the query's `laterConditions` that the host has applied. Hosts of versions that ignored them name none.
    public var applied: [String]?

    /// The counts, in any order: they are put in order.
    public init(cells: [Cell] = [], ended: [Cell]? = nil, isCut: Bool = false) {
        self.ended = ended
        self.cells = cells
        self.isCut = isCut
    }

    /// Adds counts: those of equal parts and statuses become one.
    public mutating func add(_ other: InstanceCounts) {
        cells = Self.sum(cells + other.cells)
        if ended != nil || other.ended != nil { ended = Self.sum((ended ?? []) + (other.ended ?? [])) }
        isCut = isCut || other.isCut
    }

    private static func sum(_ cells: [Cell]) -> [Cell] {
        var sums: [Place: Int] = [:]
        for cell in cells { sums[Place(cell), default: 0] += cell.count }
        return sums.map { Cell(status: $0.key.status, bucket: $0.key.bucket, count: $0.value) }
            .sorted { ($0.bucket, $0.status.rawValue) < ($1.bucket, $1.status.rawValue) }
    }

    private struct Place: Hashable {
        let status: RuntimeStatus
        let bucket: Int

        init(_ cell: Cell) {
            (status, bucket) = (cell.status, cell.bucket)
        }
    }
}
