@main
struct WarrenCommand {
    static func main() {}
}
