import Warren

extension Duration {
    /// Whole milliseconds from 0 to `Int64.max`, as headers have them.
    var wireMilliseconds: Int64 { max(0, wholeMilliseconds) }
}
