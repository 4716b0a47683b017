#if HTTP
public import Hummingbird
public import NIOCore

/// What a request of ``ManagementServer`` comes with: the address of its sender, besides what every request has.
public struct ManagementContext: RemoteAddressRequestContext {
    /// What every request has.
    public var coreContext: CoreRequestContextStorage
    /// The address of the sender, if the connection has one.
    public let remoteAddress: SocketAddress?

    /// The context of a request that came over a connection.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
#endif
