#if HTTP
import Hummingbird

extension RequestContext {
    /// The IP address from which a request came; empty for a Unix socket; `nil` if this kind of context does not know.
    var callerAddress: String? {
        guard let address = (self as? any RemoteAddressRequestContext)?.remoteAddress else { return nil }
        return address.ipAddress ?? ""
    }
}
#endif
