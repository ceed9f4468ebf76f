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
    let name = name ?? url.lastPathComponent
    self.init(try Self.load(url, name: name), named: name)
  }

  /// A file that is in memory already.
  public init(_ bytes: Data, named name: String) { (self.name, self.bytes) = (name, bytes) }

  /// The picture, upright and in sRGB; its format is told by the content.
  ///
  /// EXIF orientation is applied, an ICC profile (or a PNG's gAMA and cHRM) converted to
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
    func unreadable(_ reason: String) -> PicturesError { .unreadable(file: url.path, reason: reason) }
    guard FileManager.default.fileExists(atPath: url.path) else { throw unreadable("there is no such file") }
    if Folder.isFolder(url) { throw unreadable("it is a folder") }
    do {
      guard let length = try length(ofOrdinary: url) else { throw unreadable("it is not an ordinary file") }
      guard length > largestFile else { return try Data(opening: url) }
      // Videos and raw files are long: a format that isn't read is still told by its name.
      _ = try PictureFormat(recognising: head(of: url), file: name)
      throw unreadable("it is larger than 2 GiB")
    } catch let error as CocoaError {
      throw unreadable(error.plainReason)
    }
  }

  /// Bytes of a file; nil for what is no ordinary file, a link counting as what it leads to. Reading a pipe would wait for its writer.
  static func length(ofOrdinary url: URL) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
    guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
    return (attributes[.size] as? NSNumber)?.intValue ?? 0
  }

  /// Enough of a file to tell every format by.
  static func head(of url: URL) throws -> Data {
    FileOpenings.report(url)
    let file = try FileHandle(forReadingFrom: url)
    defer { try? file.close() }
    return try file.read(upToCount: 4096) ?? Data()
  }
}

extension Picture {
  /// How many pixels a file may have unless the caller says otherwise: 200 megapixels, twice the largest cameras'.
  public static let defaultPixelLimit = 200_000_000

  /// The picture in a PNG, JPEG or WebP file, upright and in sRGB; as `PictureFile.picture`, one that is damaged refused.
  /// - Throws: `PicturesError.unreadable`, `.refusedFormat`, `.unknownFormat`, `.damaged` or `.tooManyPixels`.
  public init(contentsOf url: URL, pixelLimit: Int = defaultPixelLimit) throws {
    self = try PictureFile(contentsOf: url).picture(pixelLimit: pixelLimit)
  }

  /// The picture in the bytes of a PNG, JPEG or WebP file; as `init(contentsOf:pixelLimit:)`.
  /// - Parameter name: what errors call it.
  public init(data: Data, named name: String = "The picture", pixelLimit: Int = defaultPixelLimit) throws {
    self = try PictureFile(data, named: name).picture(pixelLimit: pixelLimit)
  }
}
