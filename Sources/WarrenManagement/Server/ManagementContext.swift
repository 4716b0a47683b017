#if HTTP
import Hummingbird
import NIOCore

/// What a request of ``ManagementServer`` comes with: the address of its sender, besides what every request has.
struct ManagementContext: RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
#endif
