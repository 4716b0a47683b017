extension Array {
    /// The element at an index; an error if there are fewer, as a broken implementation may give.
    func at(_ index: Int) throws -> Element {
        guard indices.contains(index) else { throw ComplianceError("there are \(count) in the place of \(index + 1)") }
        return self[index]
    }
}
