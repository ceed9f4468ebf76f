import Foundation
import LoRWeBModels
import LoRWeBPictures

/// What one training step sees of a quadruple: the canvas to be painted, the context, and where the router looks.
///
///     target  a | a′     control  a | a′
///             --+---              --+---
///             b | b′              b | b
public struct TrainingCanvas: Equatable, Sendable {
  /// How a quadruple is laid out.
  public enum Rule: Encodable, Hashable, Sendable {
    /// The published training (see `init(paper:…)`): the whole grid has about `resolution`² pixels.
    case paper(resolution: Int, crops: Crops)
    /// As the editor lays out what it edits, so that a model is trained on what it will see; `token` is the side in pixels of what
    /// one of the model's tokens stands for.
    case plan(CanvasPlan.Rule, token: Int)

    private enum PlanCodingKeys: CodingKey { case _0 }

    /// The published training as it ran.
    public static let published = Rule.paper(resolution: 512, crops: .compatible)
  }

  /// Where the router's encoder cuts the control canvas in the published layout.
  public enum Crops: String, NamedChoice {
    /// At half the width and half the height: a, a′ and b themselves.
    case quarters
    /// The published training to the bit: at half the *height* on both axes, right for square canvases only, and levels as they
    /// come out of the way through −1…1, where some are one lower.
    case compatible
  }

  /// a | a′ over b | b′.
  public let target: Picture
  /// The same with b in place of b′.
  public let control: Picture
  /// Where a, a′ and b lie on the control canvas for the router's encoder.
  public let crops: [PictureRectangle]
  /// Whether the encoder's pictures go through −1…1 as in the published training.
  let losesLevels: Bool
}

extension TrainingCanvas {
  /// Lays a quadruple's pictures out, given in the order a, a′, b, b′.
  /// - Throws: `AnalogySetError.noCanvas` for sizes no canvas can be made of.
  public init(_ quadruple: AnalogyQuadruple, pictures: [Picture], rule: Rule) throws {
    do {
      guard pictures.count == 4 else {
        throw PicturesError.noCanvas(reason: "a quadruple has 4 pictures, got \(pictures.count)")
      }
      switch rule {
      case .paper(let resolution, let crops): try self.init(paper: pictures, resolution: resolution, crops: crops)
      case .plan(let rule, let token): try self.init(pictures, plan: CanvasPlan(rule, token, pictures.map(\.size)))
      }
    } catch let error as PicturesError {
      throw AnalogySetError.noCanvas(quadruple: quadruple.id, reason: error.description)
    }
  }

  private init(_ pictures: [Picture], plan: CanvasPlan) throws {
    let target = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2], bPrime: pictures[3])
    self.init(target: target, control: try target.repeatingLowerLeft(), crops: plan.crops, losesLevels: false)
  }

  /// a, a′, b and b′ as they lie on the target canvas.
  public func quarters() throws -> [Picture] {
    try target.size.parts(cutAt: target.width / 2, target.height / 2).map(target.cropped(to:))
  }

  /// What the router's encoder sees, in the order a, a′, b.
  /// - Throws: `PicturesError.cropOutside` where the compatible crops leave nothing of a picture.
  public func encoderPictures() throws -> [Picture] {
    let seen = try encoderCanvas()
    return try crops.map(seen.cropped(to:))
  }

  /// The control canvas as the router's encoder sees it.
  /// - Throws: `PicturesError`.
  public func encoderCanvas() throws -> Picture { losesLevels ? try control.throughSignedRange() : control }
}

extension TrainingCanvas.Rule {
  /// What tells the rule from all others.
  /// - Throws: `EncodingError` if it holds a number JSON can't write.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(self), as: UTF8.self)
    // Square tiles are the same whatever a token is.
    if case .plan(.aspect, let token) = self { return "\(text), tokens of \(token)" }
    return text
  }

  /// The size of the target canvas, known from the pictures' sizes alone: what may be in one batch.
  /// - Throws: `AnalogySetError.noCanvas`.
  public func canvas(of quadruple: AnalogyQuadruple) throws -> PictureSize {
    switch self {
    case .paper(let resolution, _):
      guard let choice = AspectBuckets.choice(for: quadruple.bPrime.size, resolution: resolution) else {
        throw AnalogySetError.noCanvas(
          quadruple: quadruple.id, reason: "b′ is \(quadruple.bPrime.size), too small for any of the buckets.")
      }
      return choice.bucket
    case .plan(let rule, let token):
      do {
        return try CanvasPlan(rule, token, quadruple.sources.map(\.size)).canvas
      } catch let error as PicturesError {
        throw AnalogySetError.noCanvas(quadruple: quadruple.id, reason: error.description)
      }
    }
  }
}

extension CanvasPlan {
  fileprivate init(_ rule: Rule, _ token: Int, _ sizes: [PictureSize]) throws {
    try self.init(a: sizes[0], aPrime: sizes[1], b: sizes[2], rule: rule, token: token)
  }
}
