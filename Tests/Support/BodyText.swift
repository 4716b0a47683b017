#if HTTP
package import Hummingbird

/// Keeps what a response writes.
package final class BodyText: ResponseBodyWriter {
    package private(set) var buffer = ByteBuffer()

    package init() {}

    package func write(_ part: ByteBuffer) async throws {
        var part = part
        buffer.writeBuffer(&part)
    }

    package func finish(_ trailers: HTTPFields?) async throws {}
}
#endif
