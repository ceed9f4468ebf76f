import Foundation

/// `manifest.json` of a material folder: every picture with what it shows, which part it belongs to and whose it is.
///
/// `package` is the Debian package a picture was taken from, `licence` and `credit` are what its copyright file says.
struct MaterialManifest: Codable, Equatable {
  struct Photo: Codable, Equatable {
    var id: String
    var kind: Material.Photo.Kind
    var part: Material.Part
    var file: String
    var package, licence, credit: String
  }

  struct Cutout: Codable, Equatable {
    var id: String
    var category: String
    var name: String
    var part: Material.Part
    var file: String
    var package, licence, credit: String
  }

  struct Glyph: Codable, Equatable {
    /// The code point in lower-case hexadecimal digits.
    var id: String
    var file: String
    var package, licence, credit: String
  }

  static let name = "manifest.json"
  static let currentVersion = 1

  var version = currentVersion
  var photos: [Photo] = []
  var cutouts: [Cutout] = []
  var glyphs: [Glyph] = []
}
