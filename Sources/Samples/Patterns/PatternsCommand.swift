@main
struct PatternsCommand {
    static func main() {}
}
