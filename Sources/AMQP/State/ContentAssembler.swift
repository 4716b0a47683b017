import AMQPMessages

/// Assembles a message from its method, its header and the frames of its body.
///
/// On one channel the three follow each other with no other content frame between them; other methods may come between
/// messages only. (AMQP 0-9-1 specification, section 2.3.5.2 "Content Framing".)
struct ContentAssembler {
    /// The method that announces content.
    enum Start: Equatable {
        case delivery(consumerTag: String, tag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String)
        case returned(code: Int, text: String, exchange: String, routingKey: String)
    }

    /// A whole message.
    struct Content: Equatable {
        var start: Start
        var properties: MessageProperties
        var body: [UInt8]
    }

    /// The result of a frame.
    enum Step: Equatable {
        case more
        case complete(Content)
        case violation(String)
    }

    private enum State {
        case idle
        case header(Start)
        case body(Content, missing: Int)
    }

    private var state = State.idle
    private let bodyLimit: Int

    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    mutating func begin(_ start: Start) -> Step {
        guard case .idle = state else { return .violation("a message begins inside another") }
        state = .header(start)
        return .more
    }

    mutating func header(bodySize: UInt64, _ properties: MessageProperties) -> Step {
        guard case .header(let start) = state else { return .violation("a content header without its method") }
        guard bodySize <= UInt64(bodyLimit) else {
            return .violation("a body of \(bodySize) bytes is over the limit of \(bodyLimit)")
        }
        var content = Content(start: start, properties: properties, body: [])
        guard bodySize > 0 else {
            state = .idle
            return .complete(content)
        }
        // The size that the peer announces is reserved up to a mebibyte; more is allocated as it arrives.
        if bodySize > 4096 { content.body.reserveCapacity(min(Int(bodySize), 1 << 20)) }
        state = .body(content, missing: Int(bodySize))
        return .more
    }

    mutating func body(_ bytes: UnsafeRawBufferPointer) -> Step {
        guard case .body(var content, let missing) = state else { return .violation("a body frame without its header") }
        guard bytes.count <= missing else { return .violation("a body is longer than announced") }
        state = .idle
        content.body.append(contentsOf: bytes)
        guard bytes.count < missing else { return .complete(content) }
        state = .body(content, missing: missing - bytes.count)
        return .more
    }
}
