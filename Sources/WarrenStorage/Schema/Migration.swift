/// A step from one version of the schema to the next.
///
/// Migrations are only ever appended: a file in the field has applied a prefix of the list.
struct Migration {
    /// A unique name; recorded in the file with the number of the migration.
    var name: String
    /// Statements separated by semicolons.
    var sql: String
}
