/// Installs what a device runs.
func installSoftware(_ device: String) -> String {
    "\(device) and ready"
}
