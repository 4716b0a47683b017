import Testing

@Suite struct WarrenMessagingPlaceholderTests {}
