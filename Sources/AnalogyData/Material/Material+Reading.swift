import Dispatch
import Foundation
import LoRWeBPictures
import Synchronization

extension Material {
  /// Reads the folder that `lorweb data material` wrote, on all cores.
  ///
  /// - Throws: `MaterialError.notMaterial` for a folder without a manifest that can be read, `.badPicture` for a picture that
  ///   is missing, damaged or not below the folder.
  public init(folder: URL) throws {
    let manifest = try MaterialManifest(folder: folder)
    let files = manifest.photos.map(\.file) + manifest.cutouts.map(\.file) + manifest.glyphs.map(\.file)
    let pictures = try Material.pictures(files, in: folder)
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

  /// The first file that fails, in the manifest's order, decides the error, however many cores there are.
  private static func pictures(_ files: [String], in folder: URL) throws -> [Picture] {
    let results = Mutex([Result<Picture, MaterialError>?](repeating: nil, count: files.count))
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      let result = Result<Picture, MaterialError> { () throws(MaterialError) in try picture(files[index], in: folder) }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }
  }

  private static func picture(_ file: String, in folder: URL) throws(MaterialError) -> Picture {
    let path = folder.path(percentEncoded: false)
    guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
      throw .badPicture(folder: path, file: file, reason: "its path leads out of the folder")
    }
    do {
      return try Picture(contentsOf: folder.appending(path: file))
    } catch {
      throw .badPicture(folder: path, file: file, reason: "\(error)")
    }
  }
}
