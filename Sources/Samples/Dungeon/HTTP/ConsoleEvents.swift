#if HTTP
import Hummingbird
import ServiceLifecycle
import Warren
import WarrenClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The console as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
extension ConsoleFeed {
    /// The stream that a browser's `EventSource` reads. One that comes back says which line it had last.
    func response(to request: Request) -> Response {
        let last = request.headers.first { $0.name.canonicalName == "last-event-id" }?.value
        let items = listen(after: last)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                // Something at once, so that the browser knows that it is connected.
                try await writer.write(ByteBuffer(string: ": the console\n\n"))
                // A stream that goes on would keep the server from stopping.
                for await item in items.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(string: Self.event(item)))
                }
                try await writer.finish(nil)
            })
    }

    /// An item as an event. Each is one line of text: JSON has its line breaks escaped, and so has an instance ID.
    static func event(_ item: Item) throws -> String {
        guard case .line(let line) = item else { return ": still here\n\n" }
        let data = try JSONEncoder().encode(ConsoleEvent(line))
        return "id: \(line.id)\ndata: \(String(decoding: data, as: UTF8.self))\n\n"
    }
}

/// What the page is told of a line.
struct ConsoleEvent: Codable, Sendable, Hashable {
    var text: String
    /// `info`, `warning` or `error`.
    var level: String
    /// When it was printed: a time of ISO 8601.
    var at: String
    /// The instance that printed it.
    var instance: String
    /// Which of the instance's lines it is.
    var number: String

    init(_ line: ConsoleLine) {
        text = line.text
        level = line.level.rawValue
        at = line.at.date.formatted(.iso8601)
        instance = line.instanceID
        number = line.number
    }
}
#endif
