import Foundation
import LoRWeBFiles
import LoRWeBPictures

/// What procedural pictures are made of: photos, cut-outs and small symbols, in memory at working size.
public struct Material: Sendable {
  /// Which pictures a model may learn from. Files are divided once and for all, so that test pictures were never seen.
  public enum Part: String, Codable, CaseIterable, Sendable { case train, test }

  /// A photo without transparency, its shorter side about 200 pixels.
  public struct Photo: Sendable {
    /// What it shows. Only scenery may lie behind objects: a portrait there would be a second subject.
    public enum Kind: String, Codable, CaseIterable, Sendable { case scenery, animal, thing, texture, painting }

    /// The package and file it comes from.
    public let id: String
    public let kind: Kind
    public let part: Part
    public let picture: Picture
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
  }

  public let photos: [Photo]
  public let cutouts: [Cutout]
  /// Emoji by code point in lower-case hexadecimal digits ("1f451"), with alpha, longest side 128 pixels; hats, moons, hearts.
  public let glyphs: [String: Picture]

  /// The photos and cut-outs of one part; glyphs belong to both.
  public func part(_ part: Part) -> Material {
    Material(photos: photos.filter { $0.part == part }, cutouts: cutouts.filter { $0.part == part }, glyphs: glyphs)
  }
}

extension Material {
  /// Reads the folder that `lorweb data material` wrote, on all cores.
  /// - Throws: `MaterialError.notMaterial` for a folder without a manifest that can be read, `.badPicture` for a picture that
  ///   is missing, damaged or not below the folder.
  public init(folder: URL) throws {
    let manifest = try MaterialManifest(folder: folder)
    let files = manifest.photos.map(\.file) + manifest.cutouts.map(\.file) + manifest.glyphs.map(\.file)
    let pictures = try [Picture](concurrently: files.count) { try Material.picture(files[$0], in: folder) }
    let (photos, cutouts) = (manifest.photos.count, manifest.cutouts.count)
    self.init(
      photos: zip(manifest.photos, pictures).map { entry, picture in
        Photo(id: entry.id, kind: entry.kind, part: entry.part, picture: picture.composited())
      },
      cutouts: zip(manifest.cutouts, pictures[photos...]).map { entry, picture in
        Cutout(id: entry.id, category: entry.category, name: entry.name, part: entry.part, picture: picture)
      },
      glyphs: Dictionary(
        zip(manifest.glyphs.map(\.id), pictures[(photos + cutouts)...]), uniquingKeysWith: { first, _ in first }))
  }

  private static func picture(_ file: String, in folder: URL) throws -> Picture {
    let path = folder.path(percentEncoded: false)
    guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
      throw MaterialError.badPicture(folder: path, file: file, reason: "its path leads out of the folder")
    }
    do {
      return try Picture(contentsOf: folder.appending(path: file))
    } catch {
      throw MaterialError.badPicture(folder: path, file: file, reason: "\(error)")
    }
  }
}

/// Why a folder of material can't be read.
public enum MaterialError: ExplainedError {
  case notMaterial(folder: String, reason: String)
  case badPicture(folder: String, file: String, reason: String)

  public var description: String {
    switch self {
    case .notMaterial(let folder, let reason):
      "\(folder) is no folder of material: \(reason); make one with lorweb data material."
    case .badPicture(let folder, let file, let reason):
      "\(file) of the material in \(folder) can't be used (\(reason)); gather it again with lorweb data material."
    }
  }
}
