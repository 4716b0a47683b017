/// Makes names and places up.
enum Words {
    static func monster() -> String { "\(pick(adjectives)) \(pick(colours)) \(pick(beasts))" }
    static func weapon() -> String { "\(pick(weaponTypes)) \(pick(weapons))" }
    static func treasure() -> String { "\(pick(treasureTypes)) \(pick(treasures))" }

    static func room() -> Room {
        let type = pick(roomTypes)
        // What is in it ends with a full stop already, and gets a second one, as in the game that this one follows.
        return Room(
            name: "A \(type) room",
            description: "You are standing in a \(type) room with \(pick(walls)). \(pick(contents)).")
    }

    /// Any word of a list, the last one included. None has a comma: lists of names are kept with commas between them.
    private static func pick(_ words: [String]) -> String { words.randomElement() ?? "" }

    // One begins with a consonant wherever "a" stands before it.
    static let adjectives = [
        "Grim", "Hungry", "Lumbering", "Mossy", "Restless", "Sleepless", "Spiteful", "Toothless", "Venomous",
        "Whispering",
    ]
    static let colours = ["Amber", "Ashen", "Cobalt", "Crimson", "Emerald", "Ivory", "Violet"]
    static let beasts = [
        "Basilisk", "Gargoyle", "Ghoul", "Hydra", "Kobold", "Lindworm", "Manticore", "Ogre", "Troll", "Wraith",
        "Wyvern",
    ]
    static let weaponTypes = [
        "Balanced", "Blessed", "Cursed", "Gilded", "Jagged", "Notched", "Runed", "Rusty", "Silver",
    ]
    static let weapons = [
        "Crossbow", "Cutlass", "Dagger", "Flail", "Halberd", "Mace", "Sickle", "Spear", "Sword", "Trident", "Warhammer",
    ]
    static let treasureTypes = [
        "Carved", "Dusty", "Forgotten", "Glowing", "Golden", "Jewelled", "Royal", "Stolen", "Tarnished",
    ]
    static let treasures = ["Amulet", "Chalice", "Crown", "Goblet", "Idol", "Necklace", "Sceptre", "Tiara"]
    static let roomTypes = [
        "cramped", "crumbling", "damp", "dark", "dusty", "flooded", "frozen", "hidden", "mirrored", "narrow", "round",
        "silent", "smoky", "torchlit", "vaulted", "windowless",
    ]
    static let walls = [
        "walls of wet limestone", "walls scratched by claws", "walls that lean inwards", "walls covered in old maps",
        "walls of stacked bones", "walls hung with rotten tapestry", "walls that hum quietly", "walls of black glass",
        "walls green with moss", "walls of rough brick", "walls painted with eyes",
    ]
    static let contents = [
        "A cold draught comes from nowhere.", "A rope dangles from the ceiling.", "A broken lute lies in a corner.",
        "Water drips into a cracked bowl.", "Somebody has left a half-eaten loaf.", "A candle burns without a flame.",
        "The floor is covered with feathers.", "A heavy door stands ajar.", "Something rattles behind the stones.",
        "A skeleton sits at a chess board.", "Footprints end in the middle of the floor.", "It smells of burnt sugar.",
    ]
}
