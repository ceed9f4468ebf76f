import Foundation

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
