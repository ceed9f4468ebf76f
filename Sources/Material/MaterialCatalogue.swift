import LoRWeBAnalogyData

/// What is taken from which Debian package; the one place that names their files (docs/data.md).
enum MaterialCatalogue {
  /// Files of one folder that show the same kind of thing.
  struct Rule {
    enum Shows {
      case photo(Material.Photo.Kind)
      /// Cut-outs of a category.
      case cutout(String)
    }

    /// Inside the unpacked package, or inside the archive.
    let folder: String
    /// An archive (.rcc) in the package that holds the folder.
    var archive: String?
    /// Where the copyright file knows the folder by.
    let copyright: String
    let ending: String
    let shows: Shows
    /// Only files whose name holds one of these.
    var only: [String] = []
    /// No files whose name holds one of these.
    var except: [String] = []
    /// No files of exactly these names, without ending.
    var exceptNames: Set<String> = []

    /// Whether the rule is about a file below `folder`, subfolders included.
    func takes(_ path: String) -> Bool {
      guard path.hasPrefix(folder + "/"), path.hasSuffix(".\(ending)"), let file = path.split(separator: "/").last else {
        return false
      }
      let name = String(file.dropLast(ending.count + 1))
      return (only.isEmpty || only.contains(where: name.contains)) && !except.contains(where: name.contains)
        && !exceptNames.contains(name)
    }
  }

  static let packages: [(name: String, rules: [Rule])] = [
    ("gcompris-qt-data", gcompris),
    ("tuxpaint-stamps-default", stamps),
    (EmojiCatalogue.package, []),
    ("lomiri-wallpapers-16.04", lomiri),
    ("mate-backgrounds", mate),
    ("tuxpaint-data", tuxpaint),
    ("lxqt-themes", lxqt),
    ("palapeli-data", palapeli),
  ]

  private static let lomiri = [
    photos("backgrounds", "16.04", .scenery, only: ["Bridge", "aitzgorri", "life", "picosdeeuropa", "sunset"]),
    photos("backgrounds", "16.04", .thing, only: ["Picture_", "Wine", "free_", "friends", "greentock", "seeding"]),
    photos("backgrounds", "16.04", .animal, only: ["Dragonfly"]),
  ]
  private static let mate = [
    photos("backgrounds/mate/nature", "nature", .scenery, only: ["Dune", "Garden", "GreenMeadow", "Storm"]),
    photos("backgrounds/mate/nature", "nature", .texture, only: ["Aqua", "Blinds", "RainDrops", "Wood"]),
    photos("backgrounds/mate/nature", "nature", .thing, only: ["FreshFlower", "LadyBird", "TwoWings", "YellowFlower"]),
  ]
  private static let tuxpaint = [
    photos("tuxpaint/templates", "templates", .texture, only: grounds),
    photos("tuxpaint/templates", "templates", .scenery, except: grounds + ["jellyfish", "sheep", "spiders", "wool"]),
    photos("tuxpaint/templates", "templates", .animal, only: ["jellyfish", "sheep"]),
    photos("tuxpaint/starters", "starters", .scenery, ending: "jpeg"),
  ]
  private static let lxqt = [
    photos("lxqt/wallpapers", "wallpapers", .scenery, only: ["after-the-rain", "fog"]),
    photos("lxqt/wallpapers", "wallpapers", .scenery, ending: "png", only: ["Valendas", "cloud"]),
    photos("lxqt/wallpapers", "wallpapers", .thing, ending: "png", only: ["appleflower", "drop", "flowers"]),
    photos("lxqt/wallpapers", "wallpapers", .animal, only: ["Butterfly"]),
  ]
  private static let palapeli = [
    photos("palapeli/collection", "puzzles", .scenery, only: ["castle", "bridge"]),
    photos("palapeli/collection", "puzzles", .animal, only: ["bee", "chameleon"]),
    photos("palapeli/collection", "puzzles", .thing, only: ["citrus"]),
  ]

  private static let grounds = ["bark", "mossy", "mudstone", "rocks", "corn_maze", "ocean_waves"]

  /// Photos of a folder below `usr/share`.
  private static func photos(
    _ folder: String, _ copyright: String, _ kind: Material.Photo.Kind, ending: String = "jpg", only: [String] = [],
    except: [String] = []
  ) -> Rule {
    Rule(folder: "usr/share/\(folder)", copyright: copyright, ending: ending, shows: .photo(kind), only: only, except: except)
  }

  private static let paintings = ["Gogh", "Eglise", "PereTanguy"]
  private static let paintingsWhole = [
    "Gogh4_b", "Eglise_dAuvers-sur-Oise_b", "PortraitOfPereTanguy_b", "Van_Gogh_The_Night_Cafe_b", "VincentVanGogh0012_b",
    "VincentVanGogh0013_b", "VincentVanGogh0019_b", "VincentVanGoghBridge_b",
  ]
  private static let gcompris: [Rule] = [
    activity("categorization", "resource/images/monuments", .photo(.scenery)),
    activity("categorization", "resource/images/renewable", .photo(.scenery)),
    activity("categorization", "resource/images/fishes", .photo(.animal)),
    activity("explore_monuments", "resource", .photo(.scenery)),
    activity("explore_world_animals", "resource/animals", .photo(.animal)),
    activity("explore_farm_animals", "resource/animals", .photo(.animal)),
    activity("explore_world_music", "resource/music", .photo(.thing)),
    activity("erase", "resource", .photo(.animal)),
    activity("details", "resource/image", .photo(.painting), only: paintingsWhole),
    activity("details", "resource/image", .photo(.scenery), only: ["_background"], except: paintings),
    Rule(
      folder: "gcompris/src/activities/lang/resource/words_sample", archive: "usr/share/gcompris-qt/rcc/lang.rcc",
      copyright: "src/activities/lang/resource/words_sample", ending: "webp", shows: .cutout("things"), exceptNames: colourWords
    ),
  ]
  /// Words of the language game that are blots of colour or digits.
  private static let colourWords: Set<String> = [
    "black", "white", "red", "blue", "green", "yellow", "brown", "grey", "gray", "orange-color", "pink", "purple", "mauve",
    "color", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "sixteen",
    "zero",
  ]

  private static func activity(
    _ name: String, _ folder: String, _ shows: Rule.Shows, only: [String] = [], except: [String] = []
  ) -> Rule {
    Rule(
      folder: "gcompris/src/activities/\(name)/\(folder)", archive: "usr/share/gcompris-qt/rcc/\(name).rcc",
      copyright: "src/activities/\(name)/\(folder)", ending: "webp", shows: shows, only: only, except: except)
  }

  private static let stamps: [Rule] =
    ["animals", "food", "vehicles", "plants", "household", "town", "clothes", "sports", "hobbies", "space"].map { category in
      Rule(
        folder: "usr/share/tuxpaint/stamps/\(category)", copyright: "stamps/\(category)", ending: "png",
        shows: .cutout(category), except: ["_mirror", "_flip"])
    }
}
