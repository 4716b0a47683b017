import CRabbitMQ

extension AMQPError {
    /// Translates a status code of librabbitmq to an error.
    static func library(
        _ status: Int32, while doing: String, file: String = #fileID, line: Int = #line
    ) -> AMQPError {
        let text = "\(doing): \(String(cString: amqp_error_string2(status)))"
        let code: Code =
            switch status {
            case AMQP_STATUS_TIMEOUT.rawValue: .timeout
            case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED.rawValue: .connectionRefused
            case AMQP_STATUS_SSL_ERROR.rawValue, AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue,
                AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue, AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue:
                .tlsFailure
            case AMQP_STATUS_BAD_AMQP_DATA.rawValue, AMQP_STATUS_UNKNOWN_CLASS.rawValue,
                AMQP_STATUS_UNKNOWN_METHOD.rawValue, AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION.rawValue:
                .protocolViolation
            default: .connectionLost
            }
        return AMQPError(code, text, file: file, line: line)
    }
}
