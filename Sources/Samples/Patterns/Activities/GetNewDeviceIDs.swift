/// Asks for the IDs of devices that are new.
func getNewDeviceIDs(_ count: Int) throws -> [String] {
    try findWork(count).map { "device-\($0)" }
}
