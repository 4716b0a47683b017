#if HTTP
/// The settings of the management routes. Every value has a working default.
public struct ManagementOptions: Sendable {
    /// The maximum size of a body in bytes; a larger one is answered with 413. Default 1 MiB, the limit of a host.
    public var maximumBodyBytes = 1 << 20
    /// Whether the URLs in responses are made from `X-Forwarded-Host` and `X-Forwarded-Proto` where a request has them.
    /// Only behind a proxy that sets them: otherwise callers choose their content. Default false.
    public var useForwardedHost = false
    /// The longest time that a request waits for an instance to end; a longer `timeout` is taken as this. Default 230 s:
    /// load balancers tend to close a connection that is silent for longer.
    public var maximumWait: Duration = .seconds(230)
    /// Whether `GET /api/orchestrators/…` starts an orchestration, as `POST` does. Default false: a browser follows a
    /// link or a picture's address without asking, and the author of a page could start work on this machine.
    public var allowsStartByGet = false
    /// The origins of web pages that may start, control and purge, such as `https://ops.example.com`, besides pages of
    /// this very server; `null` stands for pages opened as a file, `*` for all pages. Default none; other pages get
    /// 403. Programs other than browsers send no origin, and are not affected.
    public var allowedOrigins: Set<String> = []
    /// The names under which requests to this server may start, control or purge, such as `warren.example.com`, besides
    /// `localhost` and IP addresses; with a port, that port only. Default none; a request under another name gets 403.
    /// This excludes pages with a name that was made to resolve to this machine.
    public var allowedHosts: Set<String> = []

    /// The defaults.
    public init() {}
}
#endif
