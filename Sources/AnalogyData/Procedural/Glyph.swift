/// The emoji that tasks lay on pictures, by code point as in `Material.glyphs`.
public enum Glyph: String, CaseIterable, Sendable {
  case topHat = "1f3a9"
  case crown = "1f451"
  case graduationCap = "1f393"
  case helmet = "26d1"
  case sunHat = "1f452"
  case balloon = "1f388"
  case sun = "1f31e"
  case moon = "1f31b"
  case tulip = "1f337"
  case sunflower = "1f33b"
  case rose = "1f339"
  case bow = "1f380"
  case shoe = "1f45f"
  case heart = "1f496"
  case mapleLeaf = "1f341"
  case fallenLeaf = "1f342"
  case star = "1f31f"
  case smile = "1f600"
  case fire = "1f525"
  case fox = "1f98a"
  case car = "1f697"
  case mushroom = "1f344"
  case penguin = "1f427"
  case guitar = "1f3b8"
  case cat = "1f431"
  case dogFace = "1f436"
  case apple = "1f34e"
  case tree = "1f333"
  case rocket = "1f680"
  case bulb = "1f4a1"
  case house = "1f3e0"
  case shirt = "1f455"
  case ball = "26bd"
  case gift = "1f381"

  /// The emoji that stands for a category of cut-outs; a gift for what has none.
  init(category: String) {
    switch category {
    case "animals", "animal": self = .dogFace
    case "food", "fruit": self = .apple
    case "vehicles", "vehicle", "military": self = .car
    case "plants", "natural": self = .tree
    case "space": self = .rocket
    case "household", "medical": self = .bulb
    case "town", "buildings": self = .house
    case "clothes", "hats", "people": self = .shirt
    case "sports", "hobbies", "music": self = .ball
    default: self = .gift
    }
  }
}
