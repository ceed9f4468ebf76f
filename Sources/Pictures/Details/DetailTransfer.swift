import Foundation

/// Carries an edit that was painted small and through an autoencoder over to the full-size picture.
///
/// Not the painted pixels are enlarged: a local colour map is fitted that turns b, sent through the same autoencoder, into the
/// painted b', and applied to the real b. What the autoencoder loses stands on both sides of the fit and cancels. Where the
/// edit is no colour map (a new object, brush strokes, a frame) the map leaves a residual above the autoencoder's own error,
/// and the enlarged b' takes over. Relatives: guided filter (He et al. 2010), bilateral guided upsampling (Chen et al. 2016).
public struct DetailTransfer: Codable, Hashable, Sendable {
  /// Width of the Gaussian window in small pixels: wide is best where one map fits the whole picture, narrow where the edit changes in
  /// space; 3 is the compromise of Proofs/pictures/detail_study.py.
  public var sigma: Double
  /// In squared samples of 0...1. Added to the covariance of the guide: larger flattens the map towards a mere shift. And to the
  /// error the autoencoder is expected to make: smaller residuals are no reason to prefer the enlarged b'.
  public var epsilon: Double
  /// Steepness k of the change to the enlarged b': a sigmoid of k·ln(residual / (expected · threshold)).
  public var steepness: Double
  /// The residual over the expected one at which both count half.
  public var threshold: Double

  public init(sigma: Double = 3, epsilon: Double = 1e-3, steepness: Double = 4, threshold: Double = 2) {
    (self.sigma, self.epsilon, self.steepness, self.threshold) = (sigma, epsilon, steepness, threshold)
  }

  /// b' at the size of `picture`.
  /// - Parameters:
  ///   - picture: the real b at full size; its alpha is put back on the result.
  ///   - guide: b after the autoencoder, at the model's size. Not the b in the painted canvas: that one is edited a little too.
  ///   - target: the painted b' after the autoencoder, as large as the guide.
  /// - Throws: `PicturesError.wrongSize` if guide and target differ in size, `.badDetailTransfer` for settings out of range.
  public func apply(to picture: Picture, guide: Picture, target: Picture) throws -> Picture {
    guard (0.3...64).contains(sigma), (1e-5...1).contains(epsilon), steepness > 0, steepness <= 100, threshold > 0,
      threshold <= 100
    else {
      throw PicturesError.badDetailTransfer(
        reason: "sigma must be 0.3 to 64, epsilon 0.00001 to 1, steepness and threshold above 0 up to 100, but they are "
          + "\(sigma), \(epsilon), \(steepness) and \(threshold)")
    }
    guard guide.size == target.size else {
      throw PicturesError.wrongSize(what: "The guide of a detail transfer", expected: target.size, found: guide.size)
    }
    let real = picture.composited()
    let small = try real.resized(to: guide.size, filter: .lanczos)
    let map = LocalColorMap(guide: guide.composited(), target: target.composited(), real: small, settings: self)
    let enlarged = try target.composited().resized(to: picture.size, filter: .bicubic)
    return try map.applied(to: real, enlarged: enlarged).withAlpha(picture.alpha)
  }
}
