import Foundation
import LoRWeBFiles
import LoRWeBModels

/// `manifest.json` of a material folder: every picture with what it shows, which part it belongs to and whose it is.
///
/// `package` is the Debian package a picture was taken from, `licence` and `credit` are what its copyright file says.
package struct MaterialManifest: Codable, Equatable {
  package struct Photo: Codable, Equatable {
    package var kind: Material.Photo.Kind
    package var part: Material.Part
    package var id, file, package, licence, credit: String
  }

  package struct Cutout: Codable, Equatable {
    package var part: Material.Part
    package var id, category, name, file, package, licence, credit: String
  }

  package struct Glyph: Codable, Equatable {
    /// `id` is the code point in lower-case hexadecimal digits.
    package var id, file, package, licence, credit: String
  }

  package static let name = "manifest.json"
  package static let currentVersion = 1

  package var version = currentVersion
  package var photos: [Photo] = []
  package var cutouts: [Cutout] = []
  package var glyphs: [Glyph] = []

  package init() {}

  package enum Kind: Sendable {
    case photo(Material.Photo.Kind)
    case cutout(category: String, name: String)
    case glyph
  }

  /// Adds a picture; its part is decided when all are there.
  /// - Parameter path: inside the package; a glyph's code point.
  package mutating func add(
    _ kind: Kind, _ path: String, of package: String, file: String, source: (licence: String, credit: String)
  ) {
    let (id, (licence, credit)) = ("\(package)/\(path)", source)
    switch kind {
    case .photo(let kind):
      photos.append(Photo(kind: kind, part: .train, id: id, file: file, package: package, licence: licence, credit: credit))
    case .cutout(let category, let name):
      cutouts.append(
        Cutout(
          part: .train, id: id, category: category, name: name, file: file, package: package, licence: licence, credit: credit))
    case .glyph: glyphs.append(Glyph(id: path, file: file, package: package, licence: licence, credit: credit))
    }
  }

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
