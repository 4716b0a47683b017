import AMQPMessages
import CRabbitMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A logged-in librabbitmq connection. It never leaves the thread that created it.
final class WireConnection {
    let state: amqp_connection_state_t
    let descriptor: Int32
    let isTLS: Bool
    let frameMax: Int
    let channelMax: Int
    /// Whole seconds, as negotiated; 0: none.
    let heartbeat: Int

    /// What the broker says of itself when it is connected to.
    var server: BrokerIdentity {
        guard let table = amqp_get_server_properties(state) else { return BrokerIdentity(properties: [:]) }
        return BrokerIdentity(properties: FieldTable(table.pointee, WireTexts()))
    }

    /// Connects and logs in. Blocks at most for the configured timeout, once for TCP and TLS, once for the login.
    init(_ configuration: AMQPConfiguration) throws(AMQPError) {
        guard let state = amqp_new_connection() else { throw AMQPError(.connectionLost, "no memory for a connection") }
        do {
            try Self.openSocket(state, configuration)
            try Self.login(state, configuration)
        } catch {
            amqp_destroy_connection(state)
            throw error
        }
        self.state = state
        descriptor = amqp_get_sockfd(state)
        isTLS = configuration.tls != nil
        frameMax = Int(amqp_get_frame_max(state))
        channelMax = Int(amqp_get_channel_max(state))
        heartbeat = Int(amqp_get_heartbeat(state))
        #if canImport(Darwin)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        if !isTLS {
            // The library would write its heartbeats into the middle of a frame that our own buffer has sent in part.
            amqp_tune_connection(state, Int32(clamping: channelMax), Int32(clamping: frameMax), 0)
        }
    }

    deinit { amqp_destroy_connection(state) }

    /// The next frame, or `nil` when the socket has no more at present. Call `release` once it is copied.
    func nextFrame() throws(AMQPError) -> amqp_frame_t? {
        var frame = amqp_frame_t()
        var now = timeval(tv_sec: 0, tv_usec: 0)
        let status = amqp_simple_wait_frame_noblock(state, &frame, &now)
        if status == AMQP_STATUS_OK.rawValue { return frame }
        if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        throw AMQPError.library(status, while: "reading from the broker")
    }

    /// Whether the library holds frames that are read already, which polling the socket does not show.
    var hasBufferedFrames: Bool { amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0 }

    func release(_ frame: amqp_frame_t) { amqp_maybe_release_buffers_on_channel(state, frame.channel) }

    private static func openSocket(
        _ state: amqp_connection_state_t, _ configuration: AMQPConfiguration
    ) throws(AMQPError) {
        let socket = configuration.tls == nil ? amqp_tcp_socket_new(state) : amqp_ssl_socket_new(state)
        guard let socket else { throw AMQPError(.tlsFailure, "the TLS library did not start") }
        if let tls = configuration.tls { try setUp(tls, on: socket) }
        var timeout = timeval(configuration.connectTimeout)
        let status = amqp_socket_open_noblock(socket, configuration.host, Int32(clamping: configuration.port), &timeout)
        guard status != AMQP_STATUS_OK.rawValue else { return }
        let place = "connecting to \(configuration.redactedURL)"
        switch status {
        case AMQP_STATUS_SOCKET_ERROR.rawValue:
            throw AMQPError(.connectionRefused, "\(place): nothing accepts connections there")
        default:
            throw AMQPError.library(status, while: place)
        }
    }

    private static func setUp(_ tls: TLSOptions, on socket: OpaquePointer) throws(AMQPError) {
        amqp_ssl_socket_set_verify_peer(socket, tls.unsafeSkipsPeerVerification ? 0 : 1)
        amqp_ssl_socket_set_verify_hostname(
            socket, tls.verifiesHostName && !tls.unsafeSkipsPeerVerification ? 1 : 0)
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == AMQP_STATUS_OK.rawValue else {
            throw AMQPError(.tlsFailure, "the TLS library does not speak TLS 1.2")
        }
        if !tls.unsafeSkipsPeerVerification || tls.authorityFile != nil {
            let system = TLSOptions.systemAuthorityFiles.first { access($0, R_OK) == 0 }
            guard let file = tls.authorityFile ?? system else {
                throw AMQPError(.tlsFailure, "no authorities to trust were found; name a CA file")
            }
            try readable(file, "CA file")
            guard amqp_ssl_socket_set_cacert(socket, file) == AMQP_STATUS_OK.rawValue else {
                throw AMQPError(.tlsFailure, "the CA file \(file) holds no PEM certificates")
            }
        }
        if let certificate = tls.certificateFile, let key = tls.keyFile {
            try readable(certificate, "certificate file")
            try readable(key, "key file")
            guard amqp_ssl_socket_set_key(socket, certificate, key) == AMQP_STATUS_OK.rawValue else {
                throw AMQPError(.tlsFailure, "certificate \(certificate) and key \(key) do not fit together")
            }
        }
    }

    private static func readable(_ file: String, _ what: String) throws(AMQPError) {
        guard access(file, R_OK) == 0 else {
            throw AMQPError(.tlsFailure, "the \(what) \(file) cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    private static func login(_ state: amqp_connection_state_t, _ configuration: AMQPConfiguration) throws(AMQPError) {
        var timeout = timeval(configuration.connectTimeout)
        amqp_set_handshake_timeout(state, &timeout)
        let arena = WireArena()
        var properties = try arena.table(clientProperties(configuration))
        let reply = crabbitmq_login_plain(
            state, configuration.virtualHost, 2047, Int32(clamping: configuration.frameMax),
            Int32(clamping: configuration.heartbeat.components.seconds), &properties, configuration.user,
            configuration.password.unsafeText)
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION: throw refusal(reply.reply, configuration)
        default:
            let status = reply.library_error
            var error = AMQPError.library(status, while: "logging in at \(configuration.redactedURL)")
            if status == AMQP_STATUS_SOCKET_ERROR.rawValue || status == AMQP_STATUS_CONNECTION_CLOSED.rawValue {
                error.message += "; perhaps the port speaks another protocol (TLS, or none of AMQP)"
            }
            throw error
        }
    }

    private static func refusal(_ method: amqp_method_t, _ configuration: AMQPConfiguration) -> AMQPError {
        guard method.id == AMQP_CONNECTION_CLOSE_METHOD else {
            return AMQPError(.protocolViolation, "the login was answered with method \(method.id)")
        }
        let close = method.decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
        var error = AMQPError.reply(Int(close.reply_code), String(close.reply_text), closesConnection: true)
        // During the login 403 concerns the credentials; later it concerns permissions.
        if close.reply_code == 403 { error.code = .badCredentials }
        error.message = "logging in at \(configuration.redactedURL): \(error.message)"
        return error
    }

    private static func clientProperties(_ configuration: AMQPConfiguration) -> FieldTable {
        // Without these capabilities the broker reports neither alarms nor cancelled consumers.
        var properties: FieldTable = [
            "product": "Warren",
            "platform": "Swift",
            "capabilities": .table([
                "authentication_failure_close": true,
                "basic.nack": true,
                "connection.blocked": true,
                "consumer_cancel_notify": true,
                "publisher_confirms": true,
            ]),
        ]
        if let name = configuration.connectionName { properties["connection_name"] = .string(name) }
        return properties
    }
}

extension timeval {
    init(_ duration: Duration) {
        let parts = duration.components
        self.init(tv_sec: .init(parts.seconds), tv_usec: .init(parts.attoseconds / 1_000_000_000_000))
    }
}
