import LoRWeBPictures

/// What procedural pictures are made of: photos, cut-outs and small symbols, in memory at working size.
public struct Material: Sendable {
  /// Which pictures a model may learn from. Files are divided once and for all, so that test pictures were never seen.
  public enum Part: String, Codable, CaseIterable, Sendable {
    case train
    case test
  }

  /// A photo without transparency, its shorter side about 200 pixels.
  public struct Photo: Sendable {
    /// What it shows. Only scenery may lie behind objects: a portrait there would be a second subject.
    public enum Kind: String, Codable, CaseIterable, Sendable {
      case scenery
      case animal
      case thing
      case texture
      case painting
    }

    /// The package and file it comes from.
    public let id: String
    public let kind: Kind
    public let part: Part
    public let picture: Picture

    /// A photo.
    public init(id: String, kind: Kind, part: Part, picture: Picture) {
      (self.id, self.kind, self.part, self.picture) = (id, kind, part, picture)
    }
  }

  /// An object with alpha, cropped to what is visible, its longest side 112 pixels.
  public struct Cutout: Sendable {
    /// The package and file it comes from.
    public let id: String
    /// animals, food, vehicles, plants, household, things and so on.
    public let category: String
    /// One word for instructions, such as "dog".
    public let name: String
    public let part: Part
    public let picture: Picture

    /// A cut-out.
    public init(id: String, category: String, name: String, part: Part, picture: Picture) {
      (self.id, self.category, self.name, self.part, self.picture) = (id, category, name, part, picture)
    }
  }

  public let photos: [Photo]
  public let cutouts: [Cutout]
  /// Emoji by code point in lower-case hexadecimal digits ("1f451"), with alpha, longest side 128 pixels; hats, moons, hearts.
  public let glyphs: [String: Picture]

  /// Material from pictures in memory.
  public init(photos: [Photo], cutouts: [Cutout], glyphs: [String: Picture]) {
    (self.photos, self.cutouts, self.glyphs) = (photos, cutouts, glyphs)
  }

  /// The photos and cut-outs of one part; glyphs belong to both.
  public func part(_ part: Part) -> Material {
    Material(photos: photos.filter { $0.part == part }, cutouts: cutouts.filter { $0.part == part }, glyphs: glyphs)
  }
}
