#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// A status with a history that is too long to be kept: its events are requested, merged and sent part by part.
///
/// The response has begun by then, so an error can only be reported at its end: in the member `historyOmitted`, after
/// the events read so far.
struct LongHistory: Sendable {
    let walk: HistoryWalk
    /// The status without its history.
    let head: JSONObjectWriter
    /// Makes rows of events.
    let rows: HistoryJSON

    var body: ResponseBody {
        ResponseBody { writer in
            try await writer.write(ByteBuffer(bytes: head.openBytes + Array(",\"historyEvents\":[".utf8)))
            var rows = rows
            var isFirst = true
            var given = 0
            var problem: String?
            do {
                var parts = walk.parts()
                while let events = try await parts.next() {
                    let texts = JSONObjectWriter.list(rows.rows(of: events))
                    given += events.count
                    guard !texts.isEmpty else { continue }
                    try await writer.write(ByteBuffer(bytes: (isFirst ? [] : [UInt8(ascii: ",")]) + texts))
                    isFirst = false
                }
                if given < walk.events { problem = "The instance continued as new or was purged meanwhile." }
            } catch let error as ClientError {
                problem = error.message
            }
            var end = Array("]".utf8)
            if let problem {
                end += Array(",\"historyOmitted\":".utf8)
                JSONText.append(
                    "\(walk.events - given) of \(walk.events) events could not be read. \(problem) Ask again.", to: &end
                )
            }
            try await writer.write(ByteBuffer(bytes: end + [UInt8(ascii: "}")]))
            try await writer.finish(nil)
        }
    }
}
#endif
