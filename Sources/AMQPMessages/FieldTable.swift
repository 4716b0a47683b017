/// A header table. Keys are short strings (at most 255 bytes); written in sorted order, so that equal tables have
/// equal bytes.
public typealias FieldTable = [String: FieldValue]
