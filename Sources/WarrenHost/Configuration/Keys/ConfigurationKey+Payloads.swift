extension ConfigurationKey {
    /// The keys of payloads that are too large for messages.
    static let payloads: [ConfigurationKey] = [
        .text(
            \.payloads.directory, "payloads.directory", .any,
            "The folder for payloads that are too large for messages; all processes of the hub share it.",
            absent: "payloads travel whole"),
        .size(
            \.payloads.threshold, "payloads.threshold", 4 << 10...1 << 20,
            "The size above which a payload is stored there, and travels as a reference."),
    ]
}
