import Testing

@Suite struct AMQPPlaceholderTests {}
