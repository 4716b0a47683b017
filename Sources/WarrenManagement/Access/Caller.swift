#if HTTP
/// The sender of a request, as far as it is known.
struct Caller: Sendable {
    /// The key with which it came; `nil` where none is needed.
    var key: AccessKey?
    /// The address from which it came; `nil` if the server does not say.
    var address: String?

    /// Distinguishes callers for the limit of requests.
    var identity: String { key?.id ?? address ?? "-" }

    /// The rights, in their order: all of them where no key is needed.
    var scopes: [AccessScope] {
        guard let key else { return AccessScope.allCases }
        return AccessScope.allCases.filter(key.allows)
    }
}
#endif
