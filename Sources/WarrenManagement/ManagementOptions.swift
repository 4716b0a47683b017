#if HTTP
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
    /// Whether `GET /api/orchestrators/…` starts an orchestration, as `POST` does. Default false: a browser follows a link
    /// or a picture's address without asking, and whoever writes one could start work on this machine.
    public var allowsStartByGet = false
    /// The origins of web pages that may start, steer and purge, such as `https://ops.example.com`, besides pages of this
    /// very server; `null` stands for pages opened as a file, `*` for all pages there are. Default none; other pages
    /// get 403. Programs that are no browsers send no origin, and are not concerned.
    public var allowedOrigins: Set<String> = []
    /// The names by which this server may be asked to start, steer or purge, such as `warren.example.com`, besides
    /// `localhost` and IP addresses; with a port, that port only. Default none; a request under another name gets 403. A page
    /// whose own name was made to point to this machine is kept out so.
    public var allowedHosts: Set<String> = []

    /// The defaults.
    public init() {}
}
#endif
