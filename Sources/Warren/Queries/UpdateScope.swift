/// Tells a handler of an update that waits, and the tasks that it starts, from the body.
enum UpdateScope {
    @TaskLocal static var isInHandler = false
}
