#if HTTP
extension DashboardFiles {
    /// The contents by name. A file of the folder `Files` that is missing here is not served; a test compares the two.
    static var contents: [String: [UInt8]] {
        [:]
    }
}
#endif
