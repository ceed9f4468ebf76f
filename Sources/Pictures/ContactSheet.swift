/// Rows of pictures side by side on one white sheet: a, a', b, b' of each analogy, in that order.
public struct ContactSheet: Sendable {
  /// Height of every picture on the sheet, in pixels.
  public var rowHeight: Int
  /// White between pictures and round the sheet, in pixels.
  public var gap: Int

  /// A sheet with rows of `rowHeight` pixels.
  public init(rowHeight: Int = 256, gap: Int = 8) {
    self.rowHeight = rowHeight
    self.gap = gap
  }

  /// The sheet. Pictures keep their aspect; columns are as wide as their widest picture, narrower ones are centred.
  /// - Throws: `PicturesError.badSize` if there is no picture or the sheet would be absurdly large.
  public func picture(rows: [[Picture]]) throws -> Picture {
    let scaled = try rows.map { try $0.map { try atRowHeight($0) } }
    let columns = (0..<(scaled.map(\.count).max() ?? 0)).map { column in
      scaled.compactMap { column < $0.count ? $0[column].width : nil }.max() ?? 0
    }
    let size = PictureSize(
      width: columns.reduce(gap) { $0 + $1 + gap }, height: scaled.reduce(gap) { total, _ in total + rowHeight + gap })
    guard !columns.isEmpty, gap >= 0, let count = size.pixelCount, count <= Picture.largestResize else {
      throw PicturesError.badSize(size)
    }
    var pieces: [(picture: Picture, x: Int, y: Int)] = []
    for (row, pictures) in scaled.enumerated() {
      var x = gap
      for (column, picture) in pictures.enumerated() {
        pieces.append((picture, x + (columns[column] - picture.width) / 2, gap + row * (rowHeight + gap)))
        x += columns[column] + gap
      }
    }
    return try Picture.assembled(size: size, background: .white, pieces: pieces)
  }

  /// A picture as it stands on the sheet; such a one stays as it is.
  /// - Throws: `PicturesError.badSize` for a row height that no picture can have.
  public func atRowHeight(_ picture: Picture) throws -> Picture {
    let width = max(1, Int((picture.size.aspect * Double(rowHeight)).rounded()))
    return try picture.composited().resized(to: PictureSize(width: width, height: rowHeight), filter: .lanczos)
  }
}
