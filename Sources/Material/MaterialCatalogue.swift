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
    (
      "lomiri-wallpapers-16.04",
      [
        Rule(
          folder: "usr/share/backgrounds", copyright: "16.04", ending: "jpg", shows: .photo(.scenery),
          only: ["Bridge", "aitzgorri", "life", "picosdeeuropa", "sunset"]),
        Rule(
          folder: "usr/share/backgrounds", copyright: "16.04", ending: "jpg", shows: .photo(.thing),
          only: ["Picture_", "Wine", "free_", "friends", "greentock", "seeding"]),
        Rule(
          folder: "usr/share/backgrounds", copyright: "16.04", ending: "jpg", shows: .photo(.animal), only: ["Dragonfly"]),
      ]
    ),
    (
      "mate-backgrounds",
      [
        Rule(
          folder: "usr/share/backgrounds/mate/nature", copyright: "nature", ending: "jpg", shows: .photo(.scenery),
          only: ["Dune", "Garden", "GreenMeadow", "Storm"]),
        Rule(
          folder: "usr/share/backgrounds/mate/nature", copyright: "nature", ending: "jpg", shows: .photo(.texture),
          only: ["Aqua", "Blinds", "RainDrops", "Wood"]),
        Rule(
          folder: "usr/share/backgrounds/mate/nature", copyright: "nature", ending: "jpg", shows: .photo(.thing),
          only: ["FreshFlower", "LadyBird", "TwoWings", "YellowFlower"]),
      ]
    ),
    (
      "tuxpaint-data",
      [
        Rule(
          folder: "usr/share/tuxpaint/templates", copyright: "templates", ending: "jpg", shows: .photo(.texture),
          only: ["bark", "mossy", "mudstone", "rocks", "corn_maze", "ocean_waves"]),
        Rule(
          folder: "usr/share/tuxpaint/templates", copyright: "templates", ending: "jpg", shows: .photo(.scenery),
          except: ["bark", "mossy", "mudstone", "rocks", "corn_maze", "ocean_waves", "jellyfish", "sheep", "spiders", "wool"]),
        Rule(
          folder: "usr/share/tuxpaint/templates", copyright: "templates", ending: "jpg", shows: .photo(.animal),
          only: ["jellyfish", "sheep"]),
        Rule(folder: "usr/share/tuxpaint/starters", copyright: "starters", ending: "jpeg", shows: .photo(.scenery)),
      ]
    ),
    (
      "lxqt-themes",
      [
        Rule(
          folder: "usr/share/lxqt/wallpapers", copyright: "wallpapers", ending: "jpg", shows: .photo(.scenery),
          only: ["after-the-rain", "fog"]),
        Rule(
          folder: "usr/share/lxqt/wallpapers", copyright: "wallpapers", ending: "png", shows: .photo(.scenery),
          only: ["Valendas", "cloud"]),
        Rule(
          folder: "usr/share/lxqt/wallpapers", copyright: "wallpapers", ending: "png", shows: .photo(.thing),
          only: ["appleflower", "drop", "flowers"]),
        Rule(
          folder: "usr/share/lxqt/wallpapers", copyright: "wallpapers", ending: "jpg", shows: .photo(.animal),
          only: ["Butterfly"]),
      ]
    ),
    (
      "palapeli-data",
      [
        Rule(
          folder: "usr/share/palapeli/collection", copyright: "puzzles", ending: "jpg", shows: .photo(.scenery),
          only: ["castle", "bridge"]),
        Rule(
          folder: "usr/share/palapeli/collection", copyright: "puzzles", ending: "jpg", shows: .photo(.animal),
          only: ["bee", "chameleon"]),
        Rule(
          folder: "usr/share/palapeli/collection", copyright: "puzzles", ending: "jpg", shows: .photo(.thing), only: ["citrus"]),
      ]
    ),
  ]

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
