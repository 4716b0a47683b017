#if HTTP
import Hummingbird
import ServiceLifecycle
import WarrenSupport

/// Writes server-sent events: `event`, `id`, `data` and an empty line each.
enum ServerSentEvents {
    /// One event. JSON has no line ends outside of strings that are needed, so they are left out.
    static func event(_ kind: String, id: String? = nil, data: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + 64)
        buffer.writeString("event: \(kind)\n")
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("data: ")
        buffer.writeBytes(
            data.lazy.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 })
        buffer.writeString("\n\n")
        return buffer
    }

    static func response(_ body: ResponseBody) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/event-stream"
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        // Proxies that collect answers before they pass them on let this one through.
        if let name = HTTPFields.Element.Name("x-accel-buffering") { headers[name] = "no" }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// A response with the events of a feed, until the reader goes away or the server stops.
    static func response(of feed: LiveFeed, _ filter: LiveFilter) throws -> Response {
        let reader = LiveReader(filter)
        let place = FeedPlace(feed, try feed.add(reader))
        return response(
            ResponseBody { writer in
                defer { place.leave() }
                // Sends the headers at once.
                try await writer.write(ByteBuffer(string: ": warren\n\n"))
                try await write(reader, to: &writer)
                try await writer.finish(nil)
            })
    }

    @concurrent
    private static func write(_ reader: LiveReader, to writer: inout any ResponseBodyWriter) async throws {
        for await item in reader.items.cancelOnGracefulShutdown() {
            let missed = reader.takeMissed()
            if missed > 0 { try await writer.write(event("lagged", data: Array("{\"missed\":\(missed)}".utf8))) }
            switch item {
            case .event(let event): try await writer.write(Self.event(event.kind, data: event.data))
            case .ready: try await writer.write(event("ready", data: Array("{}".utf8)))
            case .heartbeat: try await writer.write(ByteBuffer(string: ": still here\n\n"))
            case .closed(let problem): try await writer.write(event("closed", data: problem.json(nil).bytes))
            }
        }
    }
}
#endif
