import Warren

/// Gives the operations of the entity `Counter` their bodies: its state is a number.
func registerCounterEntity(with registrar: some FunctionRegistrar) {
    registrar.register(Patterns.addToCounter) { count, amount, _ in
        count += amount
        return count
    }
    registrar.register(Patterns.getCounter) { count, _ in count }
    registrar.register(Patterns.resetCounter) { count, _ in count = 0 }
}
