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

  /// Cosine of e(b′) − e(b) with e(a′) − e(a), −1 to 1, of pictures of any sizes.
  ///
  /// - Returns: nil if one of the two differences has no length, as for b itself; such a cosine doesn't exist.
  /// - Throws: `ModelError`, `PicturesError` for pictures that the encoder can't take; `TorchError`.
  public func similarity(a: Picture, aPrime: Picture, b: Picture, bPrime: Picture) throws -> Double? {
    let embedded = try withTorchErrors {
      try noGrad { try embeddings([a, aPrime, b, bPrime]).to(.float64) }
    }
    return try withTorchErrors {
      let rows = (0..<4).map { embedded.selected(0, $0) }
      return cosine((rows[1] - rows[0]).array(of: Double.self), (rows[3] - rows[2]).array(of: Double.self))
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
