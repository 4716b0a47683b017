#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Counts instances.
extension ManagementAPI {
    /// The number of instances by status.
    @Sendable func counts(_ request: APIRequest) async throws -> Response {
        let (counts, incomplete) = try await client.counts(InstanceCountQuery(try conditions(request.query)))
        var body = JSONObjectWriter()
        body.add("total", counts.cells.reduce(0) { $0 + $1.count })
        body.add("counts", Self.counts(counts.cells, withZeros: true))
        body.add("atLeast", counts.isCut)
        Self.add(incomplete: incomplete, to: &body)
        return Response(api: body)
    }

    /// The number of instances by the time of their creation, and of those that failed or were ended by the time of that.
    @Sendable func histogram(_ request: APIRequest) async throws -> Response {
        var conditions = try self.conditions(request.query)
        let buckets = try request.query.integer("buckets", in: 1...500) ?? 60
        let to = conditions.createdTo ?? Timestamp(Date())
        let from = conditions.createdFrom ?? Timestamp(microseconds: max(.min + Self.day, to.microseconds) - Self.day)
        let (span, isTooLong) = to.microseconds.subtractingReportingOverflow(from.microseconds)
        guard span > 0, !isTooLong else {
            throw APIProblem.invalid(
                "createdFrom", "'createdFrom' is not before 'createdTo'.", remedy: "Send a time before it.")
        }
        // Rounded up, so that the last bucket reaches to the end.
        let width = max(1, (span - 1) / Int64(buckets) + 1)
        conditions.createdFrom = from
        conditions.createdTo = to
        let (counts, incomplete) = try await client.counts(
            InstanceCountQuery(conditions, bucketMicroseconds: width))
        let cells = Dictionary(grouping: counts.cells, by: \.bucket)
        let ended = Dictionary(grouping: counts.ended ?? [], by: \.bucket)
        let number = Int(clamping: span / width) + 1
        var body = JSONObjectWriter()
        body.add("from", ISO8601.text(from))
        body.add("to", ISO8601.text(to))
        var seconds: [UInt8] = []
        JSONText.append(Double(width) / 1_000_000, to: &seconds)
        body.add("width", raw: seconds)
        body.add(
            "buckets",
            (0..<min(number, buckets)).map { index in
                // An instance of the very end is in the last bucket.
                let isLast = index == min(number, buckets) - 1
                func found(_ cells: [Int: [InstanceCounts.Cell]]) -> Payload {
                    Self.counts((cells[index] ?? []) + (isLast ? cells[index + 1] ?? [] : []), withZeros: false)
                }
                var object = JSONObjectWriter()
                object.add("start", ISO8601.text(Timestamp(microseconds: from.microseconds + Int64(index) * width)))
                object.add("counts", found(cells))
                object.add("ended", found(ended))
                return object
            })
        body.add("atLeast", counts.isCut)
        Self.add(incomplete: incomplete, to: &body)
        return Response(api: body)
    }

    private static let day: Int64 = 86_400_000_000

    private static func counts(_ cells: [InstanceCounts.Cell], withZeros: Bool) -> Payload {
        var object = JSONObjectWriter()
        for status in RuntimeStatus.allCases {
            let count = cells.reduce(0) { $0 + ($1.status == status ? $1.count : 0) }
            if withZeros || count > 0 { object.add(status.rawValue, count) }
        }
        return object.payload
    }
}
#endif
