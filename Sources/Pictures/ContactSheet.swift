/// Rows of pictures side by side on one white sheet: a, a', b, b' of each analogy, in that order.
public struct ContactSheet: Sendable {
  /// Height of every picture on the sheet, in pixels.
  public var rowHeight: Int
  /// White between pictures and round the sheet, in pixels.
  public var gap: Int

  public init(rowHeight: Int = 256, gap: Int = 8) { (self.rowHeight, self.gap) = (rowHeight, gap) }

  /// The sheet. Pictures keep their aspect; columns are as wide as their widest picture, narrower ones are centred.
  /// - Throws: `PicturesError.badSize` if there is no picture or the sheet would be absurdly large.
  public func picture(rows: [[Picture]]) throws -> Picture {
    let small = try rows.map { try $0.map { try scaled($0) } }
    let columns = (0..<(small.map(\.count).max() ?? 0)).map { column in
      small.compactMap { column < $0.count ? $0[column].width : nil }.max() ?? 0
    }
    let size = PictureSize(
      width: columns.reduce(gap) { $0 + $1 + gap }, height: small.reduce(gap) { total, _ in total + rowHeight + gap })
    guard !columns.isEmpty, gap >= 0, let count = size.pixelCount, count <= Picture.largestResize else {
      throw PicturesError.badSize(size)
    }
    var pieces: [(picture: Picture, x: Int, y: Int)] = []
    for (row, pictures) in small.enumerated() {
      var x = gap
      for (column, picture) in pictures.enumerated() {
        pieces.append((picture, x + (columns[column] - picture.width) / 2, gap + row * (rowHeight + gap)))
        x += columns[column] + gap
      }
    }
    return try Picture.assembled(size: size, background: .white, pieces: pieces)
  }

  /// A picture as it will stand on the sheet: laid on white, as high as a row. Someone with many large pictures scales each when
  /// it is read and keeps only this; scaling it again changes nothing.
  /// - Throws: `PicturesError.badSize` for a row of no height.
  public func scaled(_ picture: Picture) throws -> Picture {
    let width = max(1, Int((picture.size.aspect * Double(rowHeight)).rounded()))
    return try picture.composited().resized(to: PictureSize(width: width, height: rowHeight), filter: .lanczos)
  }
}
