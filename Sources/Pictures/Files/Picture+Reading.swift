import Foundation
import LoRWeBFiles

extension Picture {
  /// How many pixels a file may have unless the caller says otherwise: 200 megapixels, twice the largest cameras'.
  public static let defaultPixelLimit = 200_000_000
  /// Files longer than this are not loaded.
  private static let largestFile = 1 << 31

  /// The picture in a PNG, JPEG or WebP file, upright and in sRGB.
  ///
  /// The format is told by the content. EXIF orientation is applied, an ICC profile (or a PNG's gAMA and cHRM) converted to
  /// sRGB, 16-bit samples rounded to 8, CMYK and grey made RGB; metadata are left behind.
  /// - Parameter pixelLimit: larger pictures are refused by their header, before anything is allocated.
  /// - Throws: `PicturesError.unreadable`, `.refusedFormat`, `.unknownFormat`, `.damaged` or `.tooManyPixels`.
  public init(contentsOf url: URL, pixelLimit: Int = defaultPixelLimit) throws {
    try self.init(data: Picture.load(url), named: url.lastPathComponent, pixelLimit: pixelLimit)
  }

  /// The picture in the bytes of a PNG, JPEG or WebP file; as `init(contentsOf:pixelLimit:)`.
  /// - Parameter name: what errors call it.
  public init(data: Data, named name: String = "The picture", pixelLimit: Int = defaultPixelLimit) throws {
    let stored =
      switch try PictureFormat(recognising: data, file: name) {
      case .png: try PNGFile.read(data, file: name, pixelLimit: pixelLimit)
      case .jpeg: try JPEGFile.read(data, file: name, pixelLimit: pixelLimit)
      case .webp: try WebPFile.read(data, file: name, pixelLimit: pixelLimit)
      }
    self = stored.picture()
  }

  /// The texts a PNG file carries before its image data, by key; the editor keeps its recipe there.
  /// - Throws: `PicturesError.unreadable`, `.unknownFormat` for another format, or `.damaged`.
  public static func text(ofPNG url: URL) throws -> [String: String] {
    let data = try load(url)
    guard try PictureFormat(recognising: data, file: url.lastPathComponent) == .png else {
      throw PicturesError.unknownFormat(file: url.lastPathComponent, found: "only PNG files carry texts")
    }
    return try PNGFile.text(data, file: url.lastPathComponent)
  }

  private static func load(_ url: URL) throws -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw PicturesError.unreadable(file: url.path, reason: "there is no such file")
    }
    if isFolder.boolValue { throw PicturesError.unreadable(file: url.path, reason: "it is a folder") }
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw PicturesError.unreadable(file: url.path, reason: "it is not an ordinary file")
      }
      if let length = attributes[.size] as? NSNumber, length.intValue > largestFile { throw try tooLong(url) }
      FileOpenings.report(url)
      return try Data(contentsOf: url)
    } catch let error as CocoaError {
      throw PicturesError.unreadable(file: url.path, reason: error.plainReason)
    }
  }

  /// Videos and raw files are long: a format that isn't read is still told by its name.
  private static func tooLong(_ url: URL) throws -> PicturesError {
    let handle = try FileHandle(forReadingFrom: url)
    defer { try? handle.close() }
    _ = try PictureFormat(recognising: handle.read(upToCount: 4096) ?? Data(), file: url.lastPathComponent)
    return .unreadable(file: url.path, reason: "it is larger than 2 GiB")
  }
}
