/// MIME types of bodies.
package enum WireContentType {
    package static let json = "application/json"
    package static let text = "text/plain"
    /// The one content type with an envelope: for clients that can set nothing but a body and a queue.
    package static let structured = "application/vnd.warren+json"
    package static let cloudEvent = "application/cloudevents+json"
    package static let cloudEventBatch = "application/cloudevents-batch+json"
    package static let massTransit = "application/vnd.masstransit+json"
}
