extension AMQPError {
    /// The kinds of errors. Each is documented with its cause; `remedy` states the remedy.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case invalidConfiguration, connectionRefused, badCredentials, missingVirtualHost, permissionDenied
            case notFound, preconditionFailed, resourceLocked, timeout, tlsFailure, connectionLost, closedByBroker
            case closed, channelClosed, consumerCancelled, brokerFailure, invalidMessage, protocolViolation
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// A URL or an option cannot be understood.
        package static let invalidConfiguration = Code(.invalidConfiguration)
        /// No process listens at host and port, or the host name is unknown.
        package static let connectionRefused = Code(.connectionRefused)
        /// The broker does not accept user name and password.
        package static let badCredentials = Code(.badCredentials)
        /// The virtual host does not exist.
        package static let missingVirtualHost = Code(.missingVirtualHost)
        /// The user may not do that.
        package static let permissionDenied = Code(.permissionDenied)
        /// The exchange or queue does not exist.
        package static let notFound = Code(.notFound)
        /// The exchange or queue exists with other arguments, or a delivery tag is unknown.
        package static let preconditionFailed = Code(.preconditionFailed)
        /// Another connection holds the queue exclusively.
        package static let resourceLocked = Code(.resourceLocked)
        /// The broker did not answer in time.
        package static let timeout = Code(.timeout)
        /// The TLS handshake failed: certificate, authority, host name or version.
        package static let tlsFailure = Code(.tlsFailure)
        /// The connection broke: the socket failed or heartbeats were missing.
        package static let connectionLost = Code(.connectionLost)
        /// The broker closed the connection on purpose: by shutdown, or by request of an operator.
        package static let closedByBroker = Code(.closedByBroker)
        /// This side closed the connection.
        package static let closed = Code(.closed)
        /// The broker closed the channel for another reason than those above.
        package static let channelClosed = Code(.channelClosed)
        /// The broker cancelled the consumer: its queue was deleted or moved.
        package static let consumerCancelled = Code(.consumerCancelled)
        /// The broker failed internally (541), for example because a queue has no leader yet.
        package static let brokerFailure = Code(.brokerFailure)
        /// The message cannot be written as AMQP.
        package static let invalidMessage = Code(.invalidMessage)
        /// The broker sent a frame that the protocol does not allow at that place.
        package static let protocolViolation = Code(.protocolViolation)

        package var description: String { kind.rawValue }

        var remedy: String {
            switch kind {
            case .invalidConfiguration: "Correct the setting named here"
            case .connectionRefused: "Start the broker, or correct host and port of the URL"
            case .badCredentials: "Correct user name and password; guest may only connect over loopback"
            case .missingVirtualHost: "Create it with rabbitmqctl add_vhost, or correct the path of the URL"
            case .permissionDenied: "Grant it with rabbitmqctl set_permissions"
            case .notFound: "Provision the topology first, or correct the name"
            case .preconditionFailed: "Make the arguments equal, or delete and provision the object anew"
            case .resourceLocked: "Use another queue name, or end the connection that holds it"
            case .timeout: "Look at the broker's load and at its log; the call may be repeated"
            case .tlsFailure: "Check CA file, certificate, and that the URL names a host of the certificate"
            case .connectionLost, .closedByBroker: "Reconnect; publish again what was not confirmed"
            case .closed: "Open a new connection or channel to go on"
            case .channelClosed: "Open a new channel to go on"
            case .consumerCancelled: "Consume again once the queue exists"
            case .brokerFailure: "Repeat the call; if it stays so, look at the broker's log"
            case .invalidMessage: "Shorten the field named here, or put it into the body"
            case .protocolViolation: "Reconnect, and report this with both versions"
            }
        }

        var isTransient: Bool {
            switch kind {
            case .connectionRefused, .timeout, .connectionLost, .closedByBroker, .channelClosed, .brokerFailure,
                .resourceLocked, .protocolViolation:
                true
            case .invalidConfiguration, .badCredentials, .missingVirtualHost, .permissionDenied, .notFound,
                .preconditionFailed, .tlsFailure, .closed, .consumerCancelled, .invalidMessage:
                false
            }
        }
    }
}
