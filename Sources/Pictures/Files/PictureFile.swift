import Foundation
import LoRWeBFiles

/// A picture's file, loaded: pixels, texts and bytes are had of it without opening it again.
public struct PictureFile: Sendable {
  /// What errors call it.
  public let name: String
  public let bytes: Data

  /// Files longer than this are not loaded.
  private static let largestFile = 1 << 31

  /// Loads a file.
  /// - Parameter name: what errors call it; its last path component if left out.
  /// - Throws: `PicturesError.unreadable`, and for files too long to be pictures `.refusedFormat` or `.unknownFormat`.
  public init(contentsOf url: URL, named name: String? = nil) throws {
    self.init(try Self.load(url, name: name ?? url.lastPathComponent), named: name ?? url.lastPathComponent)
  }

  /// A file that is in memory already.
  public init(_ bytes: Data, named name: String) {
    self.name = name
    self.bytes = bytes
  }

  /// The picture, upright and in sRGB.
  ///
  /// The format is told by the content. EXIF orientation is applied, an ICC profile (or a PNG's gAMA and cHRM) converted to
  /// sRGB, 16-bit samples rounded to 8, CMYK and grey made RGB; metadata are left behind.
  /// - Parameters:
  ///   - pixelLimit: larger pictures are refused by their header, before anything is allocated.
  ///   - damaged: told what is lost where a JPEG can be read in part; unless it throws, the picture comes as it is.
  /// - Throws: `PicturesError.refusedFormat`, `.unknownFormat`, `.damaged` or `.tooManyPixels`.
  public func picture(
    pixelLimit: Int = Picture.defaultPixelLimit, damaged: (PicturesError) throws -> Void = { throw $0 }
  ) throws -> Picture {
    let stored =
      switch try format {
      case .png: try PNGFile.read(bytes, file: name, pixelLimit: pixelLimit)
      case .jpeg: try JPEGFile.read(bytes, file: name, pixelLimit: pixelLimit, damaged: damaged)
      case .webp: try WebPFile.read(bytes, file: name, pixelLimit: pixelLimit)
      }
    return stored.picture()
  }

  /// The texts the file carries, by key: a PNG's text chunks before its image data, what we wrote into a JPEG's or WebP's XMP.
  /// - Throws: `PicturesError.refusedFormat`, `.unknownFormat` or `.damaged`.
  public func text() throws -> [String: String] {
    switch try format {
    case .png: try PNGFile.text(bytes, file: name)
    case .jpeg: TextPacket.text(in: JPEGSegments(bytes).xmp)
    case .webp: TextPacket.text(in: WebPContainer(bytes).first("XMP "))
    }
  }

  private var format: PictureFormat { get throws { try PictureFormat(recognising: bytes, file: name) } }

  private static func load(_ url: URL, name: String) throws -> Data {
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
      if let length = attributes[.size] as? NSNumber, length.intValue > largestFile { throw try tooLong(url, name: name) }
      return try Data(opening: url)
    } catch let error as CocoaError {
      throw PicturesError.unreadable(file: url.path, reason: error.plainReason)
    }
  }

  /// Videos and raw files are long: a format that isn't read is still told by its name.
  private static func tooLong(_ url: URL, name: String) throws -> PicturesError {
    FileOpenings.report(url)
    let handle = try FileHandle(forReadingFrom: url)
    defer { try? handle.close() }
    _ = try PictureFormat(recognising: handle.read(upToCount: 4096) ?? Data(), file: name)
    return .unreadable(file: url.path, reason: "it is larger than 2 GiB")
  }
}
