/// Enters a device into the register.
func createDevice(_ id: String) -> String {
    "\(id) registered"
}
