import Testing

@Suite struct WarrenHostPlaceholderTests {}
