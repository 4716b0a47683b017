import Testing

@Suite struct WarrenStoragePlaceholderTests {}
