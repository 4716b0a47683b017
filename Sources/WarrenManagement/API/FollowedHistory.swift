#if HTTP
import Hummingbird
import Logging
import ServiceLifecycle
import Warren
import WarrenClient
import WarrenSupport

/// A history that is sent while it grows, until its instance has ended.
///
/// Server-sent events: `history` for each event; `execution` before the first event of another execution; then one `end`,
/// or one `problem`. Lines: the events alone. While nothing happens a comment or an empty line shows both ends that the
/// other is there.
struct FollowedHistory: Sendable {
    let instanceID: String
    /// The first part, and the rest of the history.
    let first: HistoryTail.Part
    let tail: HistoryTail
    let isEvents: Bool
    /// Given back with the response.
    let place: StreamPlace
    let logger: Logger

    var body: ResponseBody {
        ResponseBody { writer in
            defer { withExtendedLifetime(place) {} }
            do {
                let last = try await write(to: &writer)
                if isEvents { try await writer.write(ServerSentEvents.event("end", data: last.bytes)) }
            } catch let error where isEvents && !(error is BrokenConnection) && !Task.isCancelled {
                // Lines have no place for an error: the response is left unfinished, which clients report.
                let problem = error is CancellationError ? Self.stopping : APIProblem(error, logger: logger)
                try await writer.write(ServerSentEvents.event("problem", data: problem.json(nil).bytes))
            }
            try await writer.finish(nil)
        }
    }

    /// A response that cannot be written any more: its reader is gone.
    private struct BrokenConnection: Error {}

    /// - Returns: the data of the event that ends the stream.
    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws -> JSONObjectWriter {
        var number = 0
        var part = first
        var tail = tail
        while true {
            var buffer = text(of: part, from: &number)
            if buffer.readableBytes == 0 { buffer.writeString(isEvents ? ": still here\n\n" : "\n") }
            do {
                try await writer.write(buffer)
            } catch {
                throw BrokenConnection()
            }
            if part.isAtEnd, part.status.runtimeStatus.isTerminal {
                var end = JSONObjectWriter()
                end.add("events", number)
                end.add("runtimeStatus", part.status.runtimeStatus.rawValue)
                return end
            }
            let (isBehind, current) = (!part.isAtEnd, tail)
            let read = try await cancelWhenGracefulShutdown { () async throws -> (HistoryTail.Part?, HistoryTail) in
                var tail = current
                return (try await isBehind ? tail.next() : tail.news(), tail)
            }
            guard let next = read.0 else { throw APIProblem.unknownInstance(instanceID) }
            (part, tail) = (next, read.1)
        }
    }

    private func text(of part: HistoryTail.Part, from number: inout Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        if part.isNextExecution, isEvents {
            number = 0
            var execution = JSONObjectWriter()
            execution.add("executionId", part.status.executionID)
            var text = ServerSentEvents.event("execution", data: execution.bytes)
            buffer.writeBuffer(&text)
        }
        for event in part.events {
            HistoryLines(isEvents: isEvents).write(event, number: number, to: &buffer)
            number += 1
        }
        return buffer
    }

    static var stopping: APIProblem {
        APIProblem(
            .serviceUnavailable, .stopping, "This server stops.", remedy: "Follow the history at another server.")
    }
}
#endif
