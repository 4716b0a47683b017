public import ServiceLifecycle

#if HTTP
public import WarrenManagement
#endif

/// A server of a sample that says where it listens once it does.
public protocol WebService: Service {
    /// The address, such as `http://127.0.0.1:7071`; `nil` if it ended before it listened. Asked once.
    var address: String? { get async }
}

#if HTTP
extension ManagementServer: WebService {}
#endif
