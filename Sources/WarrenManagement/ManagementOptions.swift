/// How the management routes answer. Every value has a working default.
public struct ManagementOptions: Sendable {
    /// How many bytes of a body are taken; more is answered with 413. Default 1 MiB, which is what a host takes.
    public var maximumBodyBytes = 1 << 20
    /// Whether the URLs in responses are made from `X-Forwarded-Host` and `X-Forwarded-Proto` where a request has them.
    /// Only behind a proxy that sets them: otherwise callers choose what they say. Default false.
    public var useForwardedHost = false
    /// The longest time that a request waits for an instance to end; a longer `timeout` is taken as this. Default 230 s:
    /// load balancers tend to close a connection that is silent for longer.
    public var maximumWait: Duration = .seconds(230)

    /// The defaults.
    public init() {}
}
