import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// Directional similarity in its analogy form: does the edit go the same way in an image encoder's space?
public struct DirectionEncoder {
  private let embeddings: ([Picture]) throws -> Tensor

  /// - Parameter embeddings: gives [n, width] for n pictures of any sizes.
  public init(embeddings: @escaping ([Picture]) throws -> Tensor) {
    self.embeddings = embeddings
  }

  /// - Parameter preprocessor: the encoder's own.
  public init(encoder: any ImageEncoder, preprocessor: ImagePreprocessor) {
    self.init { try encoder.embeddings(of: $0, preparedBy: preprocessor) }
  }

  /// An example's change, and the picture it is to be done to, as the encoder sees them.
  public struct Example {
    /// e(a′) − e(a).
    fileprivate let change: [Double]
    /// e(b).
    fileprivate let b: [Double]
  }

  /// What every method's output for a, a′ and b is measured against.
  ///
  /// - Throws: `ModelError`, `PicturesError` for pictures that the encoder can't take; `TorchError`.
  public func example(a: Picture, aPrime: Picture, b: Picture) throws -> Example {
    let rows = try embedded([a, aPrime, b])
    return Example(change: zip(rows[1], rows[0]).map(-), b: rows[2])
  }

  /// Cosine of e(b′) − e(b) with e(a′) − e(a), −1 to 1, of pictures of any sizes.
  ///
  /// - Returns: nil if one of the two differences has no length, as for b itself; such a cosine doesn't exist.
  /// - Throws: as `example`.
  public func similarity(of bPrime: Picture, to example: Example) throws -> Double? {
    cosine(example.change, zip(try embedded([bPrime])[0], example.b).map(-))
  }

  private func embedded(_ pictures: [Picture]) throws -> [[Double]] {
    try withTorchErrors {
      let rows = try noGrad { try embeddings(pictures).to(.float64) }
      return pictures.indices.map { rows.selected(0, $0).array(of: Double.self) }
    }
  }
}

/// The cosine of two vectors; nil if one is shorter than rounding in fp32 could make it.
func cosine(_ x: [Double], _ y: [Double]) -> Double? {
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  let lengths = (product(x, x).squareRoot(), product(y, y).squareRoot())
  guard min(lengths.0, lengths.1) > 1e-4 else { return nil }
  return product(x, y) / (lengths.0 * lengths.1)
}
