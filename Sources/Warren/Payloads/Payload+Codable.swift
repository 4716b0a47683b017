extension Payload: Codable {
    public init(from decoder: any Decoder) throws { fatalError("engine helper writes this") }
    public func encode(to encoder: any Encoder) throws { fatalError("engine helper writes this") }
}
