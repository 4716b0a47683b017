/// The variables that begin with `WARREN_` and are no part of a configuration.
enum OtherVariables {
    /// The names that our programs, scripts and tests know.
    private static let names: Set<String> = [
        "WARREN_CONFIG", "WARREN_PASSWORD",
        // scripts/broker
        "WARREN_BROKER_CONTROL", "WARREN_BROKER_HOME", "WARREN_BROKER_NODES", "WARREN_BROKER_START_SECONDS",
        "WARREN_BROKER_TLS_DIR", "WARREN_BROKER_TLS_URL", "WARREN_RABBITMQ_BIN",
        // scripts/test and the tests
        "WARREN_BEFORE", "WARREN_BEFORE_BIN", "WARREN_CHAOS", "WARREN_CHROMIUM", "WARREN_DEBUG_INFO",
        "WARREN_GRACE_SECONDS", "WARREN_MODEL_SECONDS", "WARREN_PICTURES", "WARREN_PYTHON", "WARREN_RECORD",
        "WARREN_RECORD_GOLDEN", "WARREN_TEST_SECONDS",
    ]

    /// Whether a variable belongs to something else: to our tools, or to Kubernetes, which describes each service of a namespace
    /// in every container (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables). For one with
    /// the name `warren-broker`, say, there is `WARREN_BROKER_PORT_5672_TCP_ADDR`.
    static func isKnown(_ name: String, _ value: String) -> Bool {
        if names.contains(name) { return true }
        if isOfService(name, value) { return true }
        let words = name.split(separator: "_").dropFirst()
        if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
        return words.contains("PORT") && words.contains { ["TCP", "UDP", "SCTP"].contains($0) }
    }

    /// Whether a variable has the address of a service of Kubernetes: `WARREN_HTTP_PORT=tcp://10.0.0.1:80`, for a service
    /// `warren-http`. Our own variables for ports have numbers.
    static func isOfService(_ name: String, _ value: String) -> Bool {
        name.contains("_PORT") && ["tcp://", "udp://", "sctp://"].contains { value.hasPrefix($0) }
    }
}
