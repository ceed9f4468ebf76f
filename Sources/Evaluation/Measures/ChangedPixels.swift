import LoRWeBPictures

/// Which pixels an edit changed: those where b′ differs from b by more than a threshold on any channel.
public struct ChangedPixels: Equatable, Sendable {
  /// 0.05 of the full range, the threshold of the published figures of this project.
  public static let threshold = 0.05

  public let size: PictureSize
  /// True where the edit changed something, row by row.
  public let mask: [Bool]
  public let count: Int

  /// - Parameter threshold: of the full range; exactly that much is no change.
  /// - Throws: `EvaluationError.sizesDiffer`.
  public init(from b: Picture, to bPrime: Picture, threshold: Double = threshold) throws {
    try checkSameSize("b", b, as: bPrime.size)
    size = b.size
    let limit = threshold * 255
    mask = (0..<b.width * b.height).map { pixel in
      (0..<3).contains { abs(Double(b.pixels[pixel * 3 + $0]) - Double(bPrime.pixels[pixel * 3 + $0])) > limit }
    }
    count = mask.count { $0 }
  }

  func check(for other: PictureSize) throws {
    guard size != other else { return }
    throw EvaluationError.sizesDiffer(what: "The mask of changed pixels", expected: other, found: size)
  }

  /// Share of all pixels, 0 to 1.
  public var share: Double { Double(count) / Double(mask.count) }
}

/// Refuses a picture that can't be laid on another pixel by pixel.
func checkSameSize(_ what: String, _ picture: Picture, as size: PictureSize) throws {
  guard picture.size == size else { throw EvaluationError.sizesDiffer(what: what, expected: size, found: picture.size) }
}
