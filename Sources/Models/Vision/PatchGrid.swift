import LoRWeBPictures

/// Patches down and across a picture.
public struct PatchGrid: Sendable, Hashable {
  public let rows: Int
  public let columns: Int

  public init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  /// Number of patches; sides beyond a million are not multiplied.
  var count: Int { rows < 1 << 20 && columns < 1 << 20 ? rows * columns : .max }
}

extension PatchGrid {
  /// The grid that Siglip2ImageProcessor gives a picture: the largest scale, by bisection, at which sides rounded up to whole
  /// patches make at most `most` of them.
  init(filling most: Int, patch: Int, size: PictureSize) {
    let tolerance = 1e-5
    func patches(_ side: Int, _ scale: Double) -> Int { max(1, Int((Double(side) * scale / Double(patch)).rounded(.up))) }
    func grid(_ scale: Double) -> PatchGrid {
      PatchGrid(rows: patches(size.height, scale), columns: patches(size.width, scale))
    }
    var (low, high) = (tolerance / 10, 100.0)
    while high - low >= tolerance {
      let middle = (low + high) / 2
      if grid(middle).count <= most { low = middle } else { high = middle }
    }
    self = grid(low)
  }

  func pixels(patch: Int) -> PictureSize { PictureSize(width: columns * patch, height: rows * patch) }
}
