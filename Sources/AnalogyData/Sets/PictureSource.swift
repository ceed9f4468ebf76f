import Foundation
import LoRWeBPictures

/// Where the pixels of one picture of an analogy are: a file, or a vertical slice of one that holds several side by side.
public struct PictureSource: Hashable, Sendable {
  /// One of `count` pictures side by side, counted from the left; they are cut at width · index / count, rounded down.
  public struct Slice: Hashable, Sendable {
    public let index, count: Int

    public static let whole = Slice(index: 0, count: 1)
    public static let halves = (0..<2).map { Slice(index: $0, count: 2) }
    public static let thirds = (0..<3).map { Slice(index: $0, count: 3) }

    /// Where the slice lies in a picture of `size`; empty if the picture has fewer columns than slices.
    public func rectangle(in size: PictureSize) -> PictureRectangle {
      let (from, to) = (size.width * index / count, size.width * (index + 1) / count)
      return PictureRectangle(x: from, y: 0, width: to - from, height: size.height)
    }

    /// - Throws: `PicturesError.cropOutside` if the picture has fewer columns than slices.
    func cut(from picture: Picture) throws -> Picture {
      self == .whole ? picture : try picture.cropped(to: rectangle(in: picture.size))
    }
  }

  public let url: URL
  public let slice: Slice
  /// The slice's size in pixels.
  public let size: PictureSize

  public init(url: URL, slice: Slice = .whole, size: PictureSize) { (self.url, self.slice, self.size) = (url, slice, size) }

  /// Reads the file and cuts the slice out.
  /// - Throws: `PicturesError` for a file that can't be read or cut.
  public func picture() throws -> Picture { try picture(Latest()) }

  /// The same, but for a file that was the last to be read.
  func picture(_ latest: Latest<URL, Picture>) throws -> Picture {
    try slice.cut(from: latest.of(url) { try Picture(contentsOf: url) })
  }
}
