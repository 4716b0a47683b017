import AMQPMessages
import CRabbitMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Encodes outgoing frames with librabbitmq's codec.
///
/// On a plain connection everything goes into one buffer that is sent without ever blocking: one system call per round
/// instead of three per message, and an alarm of the broker cannot block the thread. On a TLS connection the library
/// writes, because it does not expose its SSL handle; such a write waits for the socket.
final class FrameWriter {
    let arena = WireArena()
    private let wire: WireConnection
    private let buffer = OutboundBuffer()
    private let frameMax: Int
    private var scratch: UnsafeMutableRawPointer?
    /// Whether anything was written since the last check.
    private(set) var hasWritten = false

    init(_ wire: WireConnection) {
        self.wire = wire
        frameMax = wire.frameMax
        scratch = wire.isTLS ? .allocate(byteCount: frameMax, alignment: 16) : nil
    }

    deinit { scratch?.deallocate() }

    /// The number of bytes that the socket has not taken yet.
    var waitingCount: Int { buffer.count }

    /// Writes a method.
    ///
    /// - Throws: `invalidMessage` when it does not fit a frame: nothing was written then.
    func send<Method: BitwiseCopyable>(_ method: Method, _ number: UInt32, _ channel: UInt16) throws(AMQPError) {
        var method = method
        hasWritten = true
        if wire.isTLS {
            try check(amqp_send_method(wire.state, channel, number, &method))
            return
        }
        let frame = buffer.reserve(frameMax + 8)
        frame.storeBytes(of: number.bigEndian, toByteOffset: 7, as: UInt32.self)
        let room = amqp_bytes_t(len: frameMax - 12, bytes: frame + 11)
        let length = amqp_encode_method(number, &method, room)
        guard length >= 0 else { throw Self.unencodable }
        finish(frame, type: UInt8(AMQP_FRAME_METHOD), channel, payload: 4 + Int(length))
    }

    /// Writes a message: method, header, body in the necessary number of frames.
    ///
    /// - Throws: `invalidMessage` when it cannot be written: nothing was written then.
    func publish(_ message: OutboundMessage, channel: UInt16) throws(AMQPError) {
        defer { arena.recycle() }
        guard message.exchange.utf8.count <= 255, message.routingKey.utf8.count <= 255 else {
            throw AMQPError(.invalidMessage, "exchange and routing key have at most 255 bytes each")
        }
        var properties = try arena.properties(message.properties)
        if let scratch {
            // The method cannot be withdrawn once it is written, so the properties are checked first.
            let room = amqp_bytes_t(len: frameMax - 20, bytes: scratch)
            guard amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), &properties, room) >= 0 else {
                throw Self.unencodable
            }
        }
        let mark = buffer.mark
        try send(
            amqp_basic_publish_t(
                ticket: 0, exchange: arena.bytes(message.exchange), routing_key: arena.bytes(message.routingKey),
                mandatory: message.isMandatory ? 1 : 0, immediate: 0),
            AMQP_BASIC_PUBLISH_METHOD, channel)
        do {
            try header(&properties, bodySize: message.body.count, channel)
        } catch {
            buffer.rollBack(to: mark)
            throw error
        }
        try body(message.body, channel)
    }

    func heartbeat() throws(AMQPError) {
        hasWritten = true
        if wire.isTLS {
            var frame = amqp_frame_t()
            frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
            try check(amqp_send_frame(wire.state, &frame))
        } else {
            finish(buffer.reserve(8), type: UInt8(AMQP_FRAME_HEARTBEAT), 0, payload: 0)
        }
    }

    /// Writes as much as the socket takes without waiting; the rest stays.
    func flush() throws(AMQPError) {
        while buffer.count > 0 {
            #if canImport(Darwin)
            let flags = MSG_DONTWAIT
            #else
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            #endif
            let sent = Self.send(wire.descriptor, buffer.bytes, flags)
            if sent > 0 {
                buffer.removeFirst(sent)
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                return
            } else if errno != EINTR {
                throw AMQPError(.connectionLost, "writing to the broker failed: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Whether anything was written since the last call; that counts as a sign of life.
    func takeHasWritten() -> Bool {
        defer { hasWritten = false }
        return hasWritten
    }

    private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32) -> Int {
        #if canImport(Darwin)
        Darwin.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #elseif canImport(Musl)
        Musl.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #else
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #endif
    }

    private func header(
        _ properties: inout amqp_basic_properties_t, bodySize: Int, _ channel: UInt16
    ) throws(AMQPError) {
        if wire.isTLS {
            let status = withUnsafeMutablePointer(to: &properties) { properties in
                var frame = amqp_frame_t()
                frame.frame_type = UInt8(AMQP_FRAME_HEADER)
                frame.channel = channel
                frame.payload.properties.class_id = UInt16(AMQP_BASIC_CLASS)
                frame.payload.properties.body_size = UInt64(bodySize)
                frame.payload.properties.decoded = UnsafeMutableRawPointer(properties)
                return amqp_send_frame(wire.state, &frame)
            }
            return try check(status)
        }
        let frame = buffer.reserve(frameMax + 8)
        frame.storeBytes(of: UInt16(AMQP_BASIC_CLASS).bigEndian, toByteOffset: 7, as: UInt16.self)
        frame.storeBytes(of: 0, toByteOffset: 9, as: UInt16.self)
        frame.storeBytes(of: UInt64(bodySize).bigEndian, toByteOffset: 11, as: UInt64.self)
        let room = amqp_bytes_t(len: frameMax - 20, bytes: frame + 19)
        let length = amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), &properties, room)
        guard length >= 0 else { throw Self.unencodable }
        finish(frame, type: UInt8(AMQP_FRAME_HEADER), channel, payload: 12 + Int(length))
    }

    private func body(_ body: [UInt8], _ channel: UInt16) throws(AMQPError) {
        var offset = 0
        while offset < body.count {
            let count = min(body.count - offset, frameMax - 8)
            if wire.isTLS {
                let status = body.withUnsafeBytes { bytes in
                    var frame = amqp_frame_t()
                    frame.frame_type = UInt8(AMQP_FRAME_BODY)
                    frame.channel = channel
                    frame.payload.body_fragment = amqp_bytes_t(
                        len: count, bytes: UnsafeMutableRawPointer(mutating: bytes.baseAddress?.advanced(by: offset)))
                    return amqp_send_frame(wire.state, &frame)
                }
                try check(status)
            } else {
                let frame = buffer.reserve(count + 8)
                body.withUnsafeBytes { bytes in
                    if let start = bytes.baseAddress { (frame + 7).copyMemory(from: start + offset, byteCount: count) }
                }
                finish(frame, type: UInt8(AMQP_FRAME_BODY), channel, payload: count)
            }
            offset += count
        }
    }

    /// Writes the seven bytes before and the one byte after a payload (specification, section 4.2.3).
    private func finish(_ frame: UnsafeMutableRawPointer, type: UInt8, _ channel: UInt16, payload: Int) {
        frame.storeBytes(of: type, as: UInt8.self)
        frame.storeBytes(of: channel.bigEndian, toByteOffset: 1, as: UInt16.self)
        frame.storeBytes(of: UInt32(truncatingIfNeeded: payload).bigEndian, toByteOffset: 3, as: UInt32.self)
        frame.storeBytes(of: UInt8(AMQP_FRAME_END), toByteOffset: 7 + payload, as: UInt8.self)
        buffer.commit(payload + 8)
    }

    private func check(_ status: Int32) throws(AMQPError) {
        if status == AMQP_STATUS_TABLE_TOO_BIG.rawValue || status == AMQP_STATUS_BAD_AMQP_DATA.rawValue {
            throw Self.unencodable
        }
        guard status == AMQP_STATUS_OK.rawValue else { throw AMQPError.library(status, while: "writing") }
    }

    private static var unencodable: AMQPError {
        AMQPError(.invalidMessage, "names, properties and headers must fit into one frame")
    }
}
