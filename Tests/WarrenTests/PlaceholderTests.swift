import Testing

@Suite struct WarrenPlaceholderTests {}
