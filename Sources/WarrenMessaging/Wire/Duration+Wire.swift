extension Duration {
    /// Whole milliseconds from 0 to `Int64.max`, as headers say them.
    var wireMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, isTooMuch) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return isTooMuch || overflows ? .max : sum
    }
}
