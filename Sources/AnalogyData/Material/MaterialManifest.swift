import Foundation
import LoRWeBFiles
import LoRWeBModels

/// `manifest.json` of a material folder: every picture with what it shows, which part it belongs to and whose it is.
///
/// `package` is the Debian package a picture was taken from, `licence` and `credit` are what its copyright file says.
package struct MaterialManifest: Codable, Equatable {
  package struct Photo: Codable, Equatable {
    package var id: String
    package var kind: Material.Photo.Kind
    package var part: Material.Part
    package var file: String
    package var package, licence, credit: String

    package init(
      id: String, kind: Material.Photo.Kind, part: Material.Part, file: String, package: String, licence: String, credit: String
    ) {
      (self.id, self.kind, self.part, self.file) = (id, kind, part, file)
      (self.package, self.licence, self.credit) = (package, licence, credit)
    }
  }

  package struct Cutout: Codable, Equatable {
    package var id: String
    package var category: String
    package var name: String
    package var part: Material.Part
    package var file: String
    package var package, licence, credit: String

    package init(
      id: String, category: String, name: String, part: Material.Part, file: String, package: String, licence: String,
      credit: String
    ) {
      (self.id, self.category, self.name, self.part, self.file) = (id, category, name, part, file)
      (self.package, self.licence, self.credit) = (package, licence, credit)
    }
  }

  package struct Glyph: Codable, Equatable {
    /// The code point in lower-case hexadecimal digits.
    package var id: String
    package var file: String
    package var package, licence, credit: String

    package init(id: String, file: String, package: String, licence: String, credit: String) {
      (self.id, self.file, self.package, self.licence, self.credit) = (id, file, package, licence, credit)
    }
  }

  package static let name = "manifest.json"
  package static let currentVersion = 1

  package var version = currentVersion
  package var photos: [Photo] = []
  package var cutouts: [Cutout] = []
  package var glyphs: [Glyph] = []

  package init() {}

  /// Reads a folder's.
  /// - Throws: `MaterialError.notMaterial`.
  package init(folder: URL) throws {
    let path = folder.path(percentEncoded: false)
    func refused(_ reason: String) -> MaterialError { .notMaterial(folder: path, reason: reason) }
    guard let data = try? Data(opening: folder.appending(path: Self.name)) else {
      throw refused("there is no \(Self.name) that can be read")
    }
    struct Version: Decodable { let version: Int }
    do {
      let version = try JSONDecoder().decode(Version.self, from: data).version
      guard version == Self.currentVersion else {
        throw refused("its manifest is of version \(version) but version \(Self.currentVersion) is read here")
      }
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch let error as DecodingError {
      throw refused("its manifest is damaged: " + (JSONTrouble(in: data).map { "\($0)" } ?? error.explanation))
    }
  }
}
