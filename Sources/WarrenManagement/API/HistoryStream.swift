#if HTTP
import Hummingbird
import Logging
import Warren
import WarrenClient
import WarrenSupport

/// A history that is sent part by part while it is read, so that its length does not matter.
struct HistoryStream: Sendable {
    let client: TaskHubClient
    /// The first part.
    let first: OrchestrationStatus
    /// Whether it is sent as server-sent events, and not as lines.
    let isEvents: Bool
    let logger: Logger

    private struct BrokenOff: Error {}

    var body: ResponseBody {
        ResponseBody { writer in
            var number = 0
            var part = first
            do {
                while true {
                    let events = part.history ?? []
                    if !events.isEmpty { try await writer.write(text(of: events, from: &number)) }
                    guard let next = part.historyNext else { break }
                    guard let more = try await client.historyPart(of: first.instanceID, from: next),
                        more.executionID == first.executionID
                    else {
                        throw Self.changed
                    }
                    part = more
                }
            } catch let error where isEvents && !(error is CancellationError) {
                let problem = APIProblem(error, logger: logger)
                try await writer.write(ServerSentEvents.event("problem", data: problem.json(nil).bytes))
                return try await writer.finish(nil)
            }
            // Lines have no place for an error: the response is left unfinished, which clients report.
            if isEvents {
                try await writer.write(ServerSentEvents.event("end", data: Array("{\"events\":\(number)}".utf8)))
            }
            try await writer.finish(nil)
        }
    }

    static var changed: APIProblem {
        APIProblem(
            .conflict, .historyChanged, "The instance continued as new or was purged meanwhile.", remedy: "Ask again.")
    }

    private func text(of events: [Payload], from number: inout Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        for event in events {
            HistoryLines(isEvents: isEvents).write(event, number: number, to: &buffer)
            number += 1
        }
        return buffer
    }
}
#endif
